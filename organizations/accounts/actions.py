"""Registering a group as a person, granting and ending roles, and the separation of the sides."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.accounts.models import Membership, User
from organizations.agencies import actions as agencies
from organizations.agencies.models import Agency
from organizations.csos import actions as csos
from organizations.csos.models import Cso
from organizations.refusals import Invalid, NotNow, NotPermitted
from organizations.regions.models import Level, Region
from organizations.register.models import Kind, Organization
from organizations.roles import (
    CSO_ROLES,
    PROVINCE_ROLES,
    Actor,
    Permission,
    Role,
)


class BothSides(Invalid):
    """One account would hold roles of an agency and of a social organisation."""

    def __init__(self) -> None:
        super().__init__(
            _("同一个账户不能既代表政府部门又代表社会组织。请换一个账户，或先结束另一边的职务。")
        )


class AdministratorHasNoRole(Invalid):
    """The site's administrator takes no part in procurement."""

    def __init__(self) -> None:
        super().__init__(_("技术管理员不能担任任何业务角色。请使用另一个账户。"))


class EmailNotConfirmed(NotNow):
    """The person has not shown that the address is theirs."""

    def __init__(self) -> None:
        super().__init__(_("请先确认您的邮箱：打开我们发给您的邮件，点其中的链接。"))


class OneAtATime(NotNow):
    """The person has another group waiting for verification."""

    def __init__(self) -> None:
        super().__init__(_("您登记的另一个组织还在等待核验。核验完成后就可以再登记一个。"))


class CannotBeAdded(Invalid):
    """Says no more than this, so that nobody learns who has an account or where one works."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "暂时不能添加这个邮箱。请对方先用它注册账户并确认邮箱；"
                "担任政府部门职务的人不能加入社会组织。"
            ),
            "email",
        )


@transaction.atomic
def register_cso(profile: csos.Profile, *, by: Actor, at: datetime) -> Cso:
    """Register a group and make the person who does so its signatory.

    Asked twice with the same name and place, it returns the group registered the first time.
    Raises NotPermitted (nobody signed in), EmailNotConfirmed, BothSides, OneAtATime or Invalid.
    """
    user = _signed_in(by)
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        raise EmailNotConfirmed
    _require_one_side(user, Role.CSO_SIGNATORY)
    waiting = Cso.objects.filter(
        organization__memberships__user=user,
        organization__memberships__ended_at=None,
        organization__memberships__granted_by_id=None,
        organization__verified_at=None,
    ).select_related("organization")
    for cso in waiting:
        same = (cso.organization.name, cso.organization.region_id)
        if same == (profile.name, profile.region.pk):
            return cso
        raise OneAtATime
    cso = csos.register_profile(profile, by=by, at=at)
    _write(user, cso.organization, Role.CSO_SIGNATORY, by=None, at=at)
    return cso


@transaction.atomic
def found_oversight(
    user: User, *, name: str, region: Region, at: datetime, name_en: str = ""
) -> Agency:
    """Make the province's first overseer and the office they work for; only when there is none.

    Everyone after that is appointed by an overseer. Raises NotNow when one exists.
    """
    if Membership.objects.filter(role=Role.OVERSEER, ended_at=None).exists():
        raise NotNow(_("已经有省级监督人员。请由他们授予角色。"))
    user = User.objects.select_for_update().get(pk=user.pk)
    _require_one_side(user, Role.OVERSEER)
    founder = Actor(user.pk, None, frozenset({Role.OVERSEER}), str(user))
    agency = agencies.register_agency(
        name=name, name_en=name_en, region=region, evidence="设立省级监督机构", by=founder, at=at
    )
    _write(user, agency.organization, Role.OVERSEER, by=None, at=at)
    audit.record("role.found", by=founder, at=at, subject=f"user:{user.pk}")
    return agency


@transaction.atomic
def grant(
    *, user: User, organization: Organization, role: Role, by: Actor, at: datetime
) -> Membership:
    """Give a person a role in an organisation; an active one is returned as it is.

    A signatory grants the roles of its own group, an overseer every other. Raises NotPermitted,
    BothSides, AdministratorHasNoRole or Invalid (the role does not belong in this organisation).
    """
    _require_granting(organization, role, by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if by.user_id == user.pk:
        raise NotPermitted(_("不能给自己授予角色。请由另一个人办理。"))
    _require_fitting(organization, role)
    _require_one_side(user, role)
    active = Membership.objects.filter(
        user=user, organization=organization, role=role, ended_at=None
    ).first()
    return active or _write(user, organization, role, by=by, at=at)


@transaction.atomic
def add_member(
    *, email: str, organization: Organization, role: Role, by: Actor, at: datetime
) -> Membership:
    """Add the person with this confirmed address to the actor's own group.

    Raises NotPermitted, or CannotBeAdded whatever the reason lies in the person's account.
    """
    _require_granting(organization, role, by)
    _require_fitting(organization, role)
    address = (
        EmailAddress.objects.filter(email=email.strip().lower(), verified=True)
        .select_related("user")
        .first()
    )
    if address is None or not address.user.is_active:
        raise CannotBeAdded
    try:
        return grant(user=address.user, organization=organization, role=role, by=by, at=at)
    except (BothSides, AdministratorHasNoRole) as refusal:
        raise CannotBeAdded from refusal


@transaction.atomic
def end(membership: Membership, *, by: Actor, at: datetime) -> Membership:
    """End a role. Whoever may grant it may end it, and everyone may lay down their own.

    The last signatory of a group and the last overseer stay: raises NotNow. Ending an ended
    role changes nothing.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=membership.pk)
    )
    require_ending(membership, by=by)
    if membership.ended_at:
        return membership
    _require_another(membership.organization, Role(membership.role))
    membership.ended_at = at
    membership.ended_by_id = by.user_id
    membership.save(update_fields=["ended_at", "ended_by_id"])
    _record("role.end", membership, by=by, at=at)
    return membership


def require_ending(membership: Membership, *, by: Actor) -> None:
    """Raise NotPermitted unless the role is the actor's own, or one the actor may grant."""
    if by.user_id is None or by.user_id != membership.user_id:
        _require_granting(membership.organization, Role(membership.role), by)


def _signed_in(by: Actor) -> User:
    people = User.objects.select_for_update().filter(is_active=True)
    user = people.filter(pk=by.user_id).first() if by.user_id is not None else None
    if user is None:
        raise NotPermitted(_("请先登录。"))
    return user


def _require_granting(organization: Organization, role: Role, by: Actor) -> None:
    own = by.organization_id == organization.pk and by.may(Permission.MANAGE_OWN_ORGANIZATION)
    if role in CSO_ROLES and own:
        return
    if role in CSO_ROLES or not by.may(Permission.GRANT_ROLES):
        raise NotPermitted


def _require_fitting(organization: Organization, role: Role) -> None:
    if (role in CSO_ROLES) != (organization.kind == Kind.CSO):
        raise Invalid(_("这个角色不属于这类机构。请重新选择。"), "role")
    if role in PROVINCE_ROLES and organization.agency.level != Level.PROVINCE:
        raise Invalid(_("监督、核验、规则和审计角色只设在省级部门。"), "role")


def _require_one_side(user: User, role: Role) -> None:
    if user.is_superuser:
        raise AdministratorHasNoRole
    held = Membership.objects.filter(user=user, ended_at=None).values_list("role", flat=True)
    if any((Role(other) in CSO_ROLES) != (role in CSO_ROLES) for other in held):
        raise BothSides


def _require_another(organization: Organization, role: Role) -> None:
    if role not in {Role.CSO_SIGNATORY, Role.OVERSEER}:
        return
    Organization.objects.select_for_update().get(pk=organization.pk)
    holders = Membership.objects.filter(role=role, ended_at=None)
    if role is Role.CSO_SIGNATORY:
        holders = holders.filter(organization=organization)
    if holders.count() < 2:
        raise NotNow(_("这是最后一位担任这个角色的人。请先让另一个人担任，再结束这一项。"))


def _write(
    user: User, organization: Organization, role: Role, *, by: Actor | None, at: datetime
) -> Membership:
    membership = Membership.objects.create(
        user=user,
        organization=organization,
        role=role,
        granted_at=at,
        granted_by_id=by.user_id if by else None,
    )
    if by:
        _record("role.grant", membership, by=by, at=at)
    return membership


def _record(kind: str, membership: Membership, *, by: Actor, at: datetime) -> None:
    audit.record(
        kind,
        by=by,
        at=at,
        subject=f"user:{membership.user_id} organization:{membership.organization_id}",
        reason=membership.role,
    )
