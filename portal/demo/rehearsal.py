"""The rehearsal: people first, then every story side by side in the order of time."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from django.db import transaction

from organizations.accounts import actions as accounts
from organizations.roles import Role
from portal.demo import (
    days,
    gatekeeper,
    groups,
    newcomers,
    plot,
    round_2013,
    stories,
    two_lots,
    world,
)
from portal.demo.groups import Group
from portal.demo.plot import Scene
from portal.demo.steps import Moments
from portal.demo.world import Crowd, World
from procurement.publication import heads

Say = Callable[[str], None]
FOUNDED = days.at(date(2012, 11, 5), 9)
REGISTERED = days.at(date(2013, 1, 7), 9)
OFFICE_PEOPLE = (
    "drafter", "approver", "panel1", "panel2", "panel3", "panel4", "panel5", "clerk",
)  # fmt: skip
CARDS_MADE = 90  # days ago
MEMBERS = 5  # the group with a plain member
SIGNATORIES = {0: "host", 5: "signatory", 6: "signatory2"}  # number of the group → address


class Size(StrEnum):
    """How much there is to see."""

    SMALL = "small"
    STUDY = "study"
    LARGE = "large"


@transaction.atomic
def perform(size: Size, *, now: datetime, say: Say, tenders: int = 0) -> World:
    """Fill an empty portal; all of it or nothing. `tenders` adds as many whole procurements."""
    heads.forget_unused()  # of a rehearsal that was cut short
    gatekeeper.announce()
    chance = Random(53)  # noqa: S311 -- a story, not a secret
    crowd = Crowd(chance)
    scenes = (*plot.SMALL, *(() if size is Size.SMALL else plot.STUDY), *plot.more(tenders))
    everyone = groups.population()
    province = world.found(crowd, chance, at=FOUNDED)
    say("机构与社会组织 Organisations …")
    _open_offices(province, crowd, plot.offices(scenes))
    _register(province, crowd, groups.small(everyone) if size is Size.SMALL else everyone)
    say("采购项目 Procurements …")
    with gatekeeper.one_reading():
        tell(_stories(province, crowd, scenes, now), until=now)
    return province


def tell(told: Iterable[Moments], *, until: datetime) -> None:
    """Let the stories happen side by side, each act at its instant, as far as time has come."""
    for instant in heapq.merge(*told):
        if instant > until:
            break


def _stories(
    province: World, crowd: Crowd, scenes: Sequence[Scene], now: datetime
) -> Iterator[Moments]:
    offices, parties = province.offices, province.parties
    yield stories.whole(round_2013.case(offices[groups.PROVINCE], parties), province)
    relief = plot.Closes(-7).table(now, "consultation")
    yield stories.whole(two_lots.case(offices[two_lots.CODE], parties, relief), province)
    cards_made = days.at(days.day_of(now - timedelta(days=CARDS_MADE)), 3)
    yield stories.key_cards(offices[plot.KUNMING], cards_made)
    yield from plot.told(province, scenes, now)
    yield newcomers.arrive(province, crowd, now)


def _open_offices(province: World, crowd: Crowd, codes: Sequence[str]) -> None:
    addresses = {plot.KUNMING: OFFICE_PEOPLE, plot.DEHONG: ("other-drafter", "other-approver")}
    for code in dict.fromkeys((groups.PROVINCE, *codes)):
        world.open_office(province, crowd, code, addresses.get(code, ()), at=FOUNDED)
    world.open_office(
        province, crowd, two_lots.CODE, body=two_lots.BODY, body_en=two_lots.BODY_EN, at=FOUNDED
    )


def _register(province: World, crowd: Crowd, chosen: list[Group]) -> None:
    """Each group registers and is verified, its host agrees; hosts come before their groups."""
    for place, group in enumerate(chosen):
        at = REGISTERED + timedelta(hours=place)
        address = SIGNATORIES.get(group.number, "")
        party = world.welcome(province, crowd, group, address, at=at)
        world.verify(province, party, at=at + timedelta(minutes=30))
        world.agree(province, party, at=at + timedelta(minutes=40))
    first = next(p for p in province.parties if p.group.number == MEMBERS)
    accounts.grant(
        user=crowd.person("member"),
        organization=first.cso.organization,
        role=Role.CSO_MEMBER,
        by=first.signatory,
        at=REGISTERED + timedelta(days=30),
    )
