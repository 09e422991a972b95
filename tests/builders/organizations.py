"""Regions, agencies, groups and people with roles, made by the portal's own acts."""

from datetime import UTC, datetime
from itertools import count

from allauth.account.models import EmailAddress
from django.conf import settings

from organizations.accounts import actions as accounts
from organizations.accounts import queries as people
from organizations.accounts.models import Membership, User
from organizations.agencies.actions import register_agency
from organizations.agencies.models import Agency
from organizations.csos import hosting
from organizations.csos.actions import Profile
from organizations.csos.models import INDEPENDENT_FORMS, Cso, CsoType, Hosting, LegalForm
from organizations.regions import actions as regions
from organizations.regions.models import Level, Region
from organizations.register import actions as register
from organizations.register.models import Organization
from organizations.roles import CSO_ROLES, Actor, Role
from organizations.terms import Population, Service

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Beijing
PASSWORD = "a-long-word-of-spring"
SEATS = {Level.PROVINCE: "530000", Level.PREFECTURE: "530100", Level.COUNTY: "530102"}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_numbers = count(1)


def region(code: str) -> Region:
    """The division with this code, the province's divisions loaded first if need be."""
    if not Region.objects.filter(code=code).exists():
        regions.load(settings.PROVINCE_CODE)
    return Region.objects.get(code=code)


def credit_code(number: int) -> str:
    """A valid unified social credit code (GB 32100-2015) that no organisation has."""
    body = f"52530100{number:09d}"
    weights = [pow(3, place, 31) for place in range(17)]
    total = sum(ALPHABET.index(sign) * w for sign, w in zip(body, weights, strict=True))
    return body + ALPHABET[(31 - total) % 31]


def user(name: str = "", email: str = "", *, confirmed: bool = True) -> User:
    """A person with an account and a confirmed address."""
    number = next(_numbers)
    person = User.objects.create_user(
        email or f"person{number}@example.org", PASSWORD, name=name or f"张{number}"
    )
    EmailAddress.objects.create(user=person, email=person.email, verified=confirmed, primary=True)
    return person


def overseer() -> Actor:
    """The province's overseer: the first one is founded, later calls return the same person."""
    active = Membership.objects.filter(role=Role.OVERSEER, ended_at=None)
    held = active.select_related("user", "organization").first()
    if held:
        return people.actor_for(held.user, held.organization)
    person = user("省级监督")
    office = accounts.found_oversight(
        person, name="云岭省卫生健康委员会", region=region(SEATS[Level.PROVINCE]), at=AT
    )
    return people.actor_for(person, office.organization)


def office() -> Organization:
    """The provincial office of the overseer."""
    overseer()
    return Organization.objects.get(memberships__role=Role.OVERSEER, memberships__ended_at=None)


def agency(
    level: Level = Level.COUNTY, code: str = "", name: str = "", at: datetime = AT
) -> Agency:
    """A verified agency at the level, seated in the division with this code."""
    name = name or f"疾病预防控制中心{next(_numbers)}"
    return register_agency(
        name=name,
        region=region(code or SEATS[level]),
        evidence="机构编制文件",
        by=overseer(),
        at=at,
    )


def profile(
    cso_type: CsoType = CsoType.COMMUNITY_BASED,
    legal_form: LegalForm = LegalForm.SOCIAL_SERVICE_AGENCY,
    code: str = "530102",
    name: str = "",
    host: Organization | None = None,
) -> Profile:
    """What a group says of itself; with a credit code when its legal form has one."""
    number = next(_numbers)
    return Profile(
        name=name or f"春城关怀小组{number}",
        region=region(code),
        uscc=credit_code(number) if legal_form in INDEPENDENT_FORMS else None,
        cso_type=cso_type,
        legal_form=legal_form,
        host=host,
        populations=[Population.PLHIV],
        services=[Service.FOLLOW_UP, Service.OUTREACH],
        regions=[region(code)],
        full_time=2,
        part_time=1,
        volunteers=5,
    )


def cso(
    cso_type: CsoType = CsoType.COMMUNITY_BASED,
    legal_form: LegalForm = LegalForm.SOCIAL_SERVICE_AGENCY,
    code: str = "530102",
    name: str = "",
    host: Organization | None = None,
    *,
    verified: bool = True,
    accepted: bool = True,
    at: datetime = AT,
) -> Cso:
    """A registered group with a signatory; unless told otherwise verified, its host agreed."""
    founder = user()
    group = accounts.register_cso(
        profile(cso_type, legal_form, code, name, host),
        by=people.actor_for(founder, None),
        at=at,
    )
    if verified:
        group.organization = register.verify(
            group.organization, by=overseer(), at=at, evidence="登记证书"
        )
    if host and accepted:
        hosting.accept(request(group), by=signatory(host.cso), at=at)
    return group


def request(group: Cso) -> Hosting:
    """What the group asks of its host, as it stands now."""
    return Hosting.objects.filter(group=group).select_related("host", "group").latest("pk")


def signatory(group: Cso) -> Actor:
    """The signatory that registered the group, as actor for it."""
    membership = Membership.objects.select_related("user").filter(
        organization=group.organization, role=Role.CSO_SIGNATORY, ended_at=None
    )[0]
    return people.actor_for(membership.user, group.organization)


def person(actor: Actor) -> User:
    """The person behind an actor."""
    if actor.user_id is None:
        raise LookupError(actor)
    return User.objects.get(pk=actor.user_id)


def member(organization: Organization, *roles: Role, at: datetime = AT) -> tuple[User, Actor]:
    """A new person with these roles in the organisation, and that person as actor."""
    person = user()
    for role in roles:
        by = signatory(organization.cso) if role in CSO_ROLES else overseer()
        accounts.grant(user=person, organization=organization, role=role, by=by, at=at)
    return person, people.actor_for(person, organization)
