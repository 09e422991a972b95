"""The rehearsal's people as they stand in the database, for procurements begun later."""

from random import Random

from organizations.accounts.models import Membership
from organizations.csos.models import Cso
from organizations.regions.models import Region
from organizations.register.models import Organization
from organizations.roles import Actor, Role
from portal.demo import groups
from portal.demo.world import DOMAIN, Office, Party, World, actor

BIDDERS = (5, 6, 7, 8)  # numbers of the groups: those of signatory@ and signatory2@, and two more


def world() -> World:
    """Return the office of the demo accounts and who bids. Raises LookupError without a demo."""
    here = office()
    overseer = _actors(_place_of("overseer", Role.OVERSEER), Role.OVERSEER)[0]
    regions = {region.code: region for region in Region.objects.all()}
    return World(
        Random(),  # noqa: S311 -- a story, not a secret
        overseer,
        offices={here.region.code: here},
        parties=_parties(),
        regions=regions,
    )


def office() -> Office:
    """Return the agency that the demo accounts work in. Raises LookupError without a demo."""
    organization = _place_of("drafter", Role.DRAFTER)
    region = organization.region
    if region is None:
        raise LookupError("the agency of the rehearsal has no region")
    return Office(
        organization,
        region,
        drafter=_actors(organization, Role.DRAFTER)[0],
        approver=_actors(organization, Role.APPROVER)[0],
        clerk=_actors(organization, Role.OPENING_OFFICER)[0],
        panel=tuple(_actors(organization, Role.PANEL_MEMBER)),
    )


def _place_of(address: str, role: Role) -> Organization:
    held = Membership.objects.filter(user__email=f"{address}@{DOMAIN}", role=role, ended_at=None)
    found = held.select_related("organization__region").first()
    if found is None:
        raise LookupError(f"no demo account {address} with the role {role}")
    return found.organization


def _actors(organization: Organization, role: Role) -> list[Actor]:
    held = Membership.objects.filter(organization=organization, role=role, ended_at=None)
    found = [actor(each.user, organization, role) for each in held.select_related("user")]
    if not found:
        raise LookupError(f"nobody is {role} in the agency of the rehearsal")
    return found


def _parties() -> list[Party]:
    """Return the parties of BIDDERS that are registered, in that order."""
    everyone = {group.number: group for group in groups.population()}
    found = []
    for number in BIDDERS:
        group = everyone[number]
        cso = Cso.objects.filter(organization__name=group.name).first()
        if cso is not None:
            [signatory, *_others] = _actors(cso.organization, Role.CSO_SIGNATORY)
            found.append(Party(group, cso, signatory))
    return found
