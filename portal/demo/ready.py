"""Ready-made procurements to practise with: begun before now by the acts of the portal."""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from django.db import transaction

from portal.demo import briefs, days, returned, steps
from portal.demo.case import Case
from portal.demo.days import Timetable
from portal.demo.world import Party, World
from procurement import clock
from procurement.bids import actions as bids
from procurement.planning import actions as planning
from procurement.pulse import queries as pulse
from procurement.pulse import rule
from procurement.tenders.models import Tender

MARK = "【练习】"
METHOD = "consultation"
YUAN = 260_000
OWN = 2  # of the bidders: the organisations whose signatories have a demo account


class Point(StrEnum):
    """How far a procurement has come when it is handed to those who practise."""

    BEGINNING = "beginning"  # a planning notice with a title, nothing more
    DRAFT = "draft"  # a complete draft, ready to be submitted
    OPEN = "open"  # published; two others have bid
    CLOSED = "closed"  # the deadline has just passed with enough bids; the clock does the rest


@transaction.atomic
def make(point: Point, *, at: datetime) -> str:
    """Make one as it stands at `at`, the present, and return its ocid.

    What went before is dated before, which only a rehearsal can do. Bids are dated within the
    minutes before. Raises LookupError where the demo accounts are missing.
    """
    if point is Point.BEGINNING:
        return planning.draft(title=_titled(), by=returned.office().drafter, at=at).ocid
    world = returned.world()
    [office] = world.offices.values()
    brief = replace(briefs.FOLLOW_UP, title=MARK + briefs.FOLLOW_UP.title)
    case = Case(
        office=office,
        brief=brief,
        method=METHOD,
        places=(office.region.code,),
        yuan=YUAN,
        times=_timetable(point, at),
        bidders=tuple(world.parties),
        questions=1,
        answered=1,
        seed=uuid4().int,
    )
    return _told(_story(case, world, point, at), until=at)


def _titled() -> str:
    place = returned.office().region.name_zh
    return MARK + briefs.FOLLOW_UP.title.format(place=place)


def _timetable(point: Point, at: datetime) -> Timetable:
    today = days.day_of(at)
    match point:
        case Point.DRAFT:
            return days.publishing(days.shift(today, 3), METHOD)
        case Point.OPEN:
            return days.closing(days.at(days.shift(today, 7), 17), METHOD)
    return days.closing(_just_passed(at), METHOD)


def _just_passed(at: datetime) -> datetime:
    """Return the latest deadline that is closed at once: one that no outage of the portal touched.

    Otherwise the rule on outages would rightly move it on, and nobody could begin to judge.
    """
    passed = at.replace(microsecond=0) - clock.GRACE - timedelta(seconds=5)
    for outage in reversed(pulse.recent(at)):
        began, ended = outage.portal_began_at, outage.portal_ended_at
        if rule.touches(passed, began=began, ended=ended):
            passed = began.replace(microsecond=0) - rule.AFTER - timedelta(seconds=5)
    return passed


def _story(
    case: Case, world: World, point: Point, at: datetime
) -> Generator[datetime, None, Tender]:
    plan = yield from steps.planned(case, world)
    tender = yield from steps.drafted(case, world, plan)
    if point is Point.DRAFT:
        return tender
    tender = yield from steps.called(case, tender)
    if point is Point.OPEN:
        _bid(case, tender, case.bidders[OWN:], at=at)
        return tender
    yield from steps.asked(case, tender)
    _bid(case, tender, case.bidders, at=case.times.deadline - timedelta(minutes=2))
    return tender


def _bid(case: Case, tender: Tender, parties: tuple[Party, ...], *, at: datetime) -> None:
    for number, party in enumerate(parties):
        content = steps.offer(case, tender, number)
        bids.prepare(tender, changes=content, by=party.signatory, at=at)
        bids.submit(tender, request_key=uuid4(), by=party.signatory, at=at)


def _told(story: Generator[datetime, None, Tender], *, until: datetime) -> str:
    """Let everything happen and return the ocid; nothing may lie ahead."""
    try:
        while (instant := next(story)) <= until:
            pass
    except StopIteration as ended:
        tender: Tender = ended.value
        return tender.ocid
    raise ValueError(f"the story goes on at {instant}, after {until}")
