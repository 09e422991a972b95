"""Registering a civil-society organisation and correcting its profile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.csos import hosting
from organizations.csos.models import INDEPENDENT_FORMS, Cso, CsoType, LegalForm
from organizations.refusals import Invalid, NotPermitted
from organizations.regions.models import Region
from organizations.register import actions as register
from organizations.register.models import Kind, Organization
from organizations.roles import Actor, Permission, require
from organizations.terms import Population, Service


@dataclass(frozen=True, kw_only=True)
class Profile:
    """All that a group says about itself: at registration, and at every correction."""

    # Identity and office
    name: str
    region: Region
    name_en: str = ""
    uscc: str | None = None
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    # What it is
    cso_type: CsoType
    legal_form: LegalForm
    host: Organization | None = None
    founded_year: int | None = None
    purpose: str = ""
    networks: str = ""
    # Whom, what, where
    populations: Sequence[Population] = ()
    services: Sequence[Service] = ()
    regions: Sequence[Region] = ()
    # People
    full_time: int = 0
    part_time: int = 0
    volunteers: int = 0
    contact_name: str = ""
    contact_phone: str = ""
    consent_public_contact: bool = False


IN_ORGANIZATION = ("name", "name_en", "uscc", "region", "address", "phone", "email", "website")
IN_CSO = (
    "cso_type",
    "legal_form",
    "founded_year",
    "purpose",
    "networks",
    "full_time",
    "part_time",
    "volunteers",
    "contact_name",
    "contact_phone",
    "consent_public_contact",
)


def profile_of(cso: Cso) -> Profile:
    """Return what a group says about itself now, to be changed in part and given to `revise`."""
    organization = cso.organization
    asked = cso.hostings.open().select_related("host").first()
    return Profile(
        **{name: getattr(organization, name) for name in IN_ORGANIZATION},
        **{name: getattr(cso, name) for name in IN_CSO},
        host=asked.host if asked else None,
        populations=[Population(each) for each in cso.populations],
        services=[Service(each) for each in cso.services],
        regions=list(cso.regions.all()),
    )


@transaction.atomic
def register_profile(profile: Profile, *, by: Actor, at: datetime) -> Cso:
    """Put a group on the register, to be verified, and ask the host it names. Raises Invalid.

    People register through `accounts.actions.register_cso`, which makes them signatory.
    """
    require_consistent(profile)
    organization = Organization(
        kind=Kind.CSO, **{name: getattr(profile, name) for name in IN_ORGANIZATION}
    )
    register.enter(organization, by=by, at=at)
    cso = Cso(organization=organization)
    _fill(cso, profile)
    register.check(cso)
    cso.save(force_insert=True)
    cso.regions.set(profile.regions)
    hosting.choose(cso, profile.host, by=by, at=at)
    return cso


@transaction.atomic
def revise(cso: Cso, profile: Profile, *, by: Actor, at: datetime) -> Cso:
    """Correct a group's profile; a changed legal form or host has to be verified anew.

    Another host is asked anew, and the one before no longer answers for the group.
    Raises NotPermitted unless the actor manages this very organisation, Invalid with the field.
    """
    require(by, Permission.MANAGE_OWN_ORGANIZATION)
    if by.organization_id != cso.pk:
        raise NotPermitted
    require_consistent(profile)
    cso = Cso.objects.select_for_update(of=("self",)).get(pk=cso.pk)
    before = cso.legal_form
    _fill(cso, profile)
    register.check(cso)
    cso.save()
    cso.regions.set(profile.regions)
    changes = {name: getattr(profile, name) for name in IN_ORGANIZATION}
    organization = register.revise(cso.organization, changes, by=by, at=at)
    is_new_host = hosting.choose(cso, profile.host, by=by, at=at)
    if cso.legal_form != before or is_new_host:
        organization = register.reopen(organization, by=by, at=at)
    cso.organization = organization
    audit.record("cso.revise", by=by, at=at, subject=register.subject(organization))
    return cso


def require_consistent(profile: Profile) -> None:
    """Raise Invalid unless legal form, credit code and host fit together."""
    independent = profile.legal_form in INDEPENDENT_FORMS
    if independent and not profile.uscc:
        raise Invalid(_("已登记的组织请填写 18 位统一社会信用代码，登记证书上有。"), "uscc")
    if not independent and profile.uscc:
        raise Invalid(
            _("您选的是“未登记”，不用填信用代码。如果有登记证书，请改选相应的法律形式。"), "uscc"
        )
    if profile.host is None:
        return
    if profile.legal_form != LegalForm.HOSTED:
        raise Invalid(_("只有“由登记的组织托管”的小组才填写托管组织。"), "host")
    host = Cso.objects.filter(pk=profile.host.pk).first()
    if host is None or not host.may_bid_alone:
        raise Invalid(_("托管组织要是本平台上已登记的法人组织。请重新选择。"), "host")


def _fill(cso: Cso, profile: Profile) -> None:
    for name in IN_CSO:
        setattr(cso, name, getattr(profile, name))
    cso.populations = [str(each) for each in profile.populations]
    cso.services = [str(each) for each in profile.services]
