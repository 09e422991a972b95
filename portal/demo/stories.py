"""The stories of the rehearsal: what each procurement goes through, and when."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta

from portal.demo import cards, days, keeping, steps
from portal.demo.case import Case
from portal.demo.steps import Moments
from portal.demo.world import Office, World
from procurement.amendments import actions as amendments
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.models import Tender

Story = Callable[[Case, World], Moments]
LATE_BY = 8  # working days from the judging to a decision that was due after five


def whole(case: Case, world: World) -> Moments:
    """A procurement that goes its whole way, or as far as time has come."""
    case, tender = yield from _open_call(case, world)
    yield from _ending(case, tender)


def intention(case: Case, world: World) -> Moments:
    """A planning notice that the public may comment on; the tender comes later."""
    yield from steps.planned(case, world)


def unapproved_intention(case: Case, world: World) -> Moments:
    """A planning notice that waits for its second person."""
    story = steps.planned(case, world)
    yield next(story)
    next(story)
    yield case.times.published


def returned(case: Case, world: World) -> Moments:
    """A draft that came back from the approver with a reason."""
    plan = yield from steps.planned(case, world)
    tender = yield from steps.drafted(case, world, plan)
    at = case.times.drafted + timedelta(hours=1)
    yield at
    tenders.submit(tender, by=case.office.drafter, at=at)
    at += timedelta(hours=5)
    yield at
    tenders.send_back(
        tender,
        reason="服务要求第三条没有写清楚每周的服务时间；评分办法里“服务方案”的档次请再细分。",
        by=case.office.approver,
        at=at,
    )
    yield from steps.called(case, tender)


def awaiting_witnesses(case: Case, world: World) -> Moments:
    """A draw that is committed to in public and waits for the words of its two witnesses."""
    plan = yield from steps.planned(case, world)
    story = steps.drafted(case, world, plan)
    yield next(story)
    yield next(story)
    next(story)


def cancelled(case: Case, world: World) -> Moments:
    """A call the agency had to end before the deadline, with its reason."""
    case, tender = yield from _call(case, world)
    yield from steps.asked(case, tender)
    at = case.times.between(0.6)
    yield at
    tenders.cancel(
        tender,
        reason="上级调整了本年度任务，这项服务并入全州（市）统一采购，预算已收回。请关注新的采购意向。",
        by=case.office.approver,
        at=at,
    )
    yield from keeping.linked(case, tender)


def cancelled_after_opening(case: Case, world: World) -> Moments:
    """A procurement ended after the opening, because the documents had a grave mistake."""
    case, tender = yield from _open_call(case, world)
    tender = yield from steps.opened(case, tender)
    at = case.times.seated + timedelta(hours=2)
    yield at
    tenders.cancel(
        tender,
        reason="评审前发现采购文件中两处服务量互相矛盾，影响公平比较，终止后修改文件重新采购。",
        by=case.office.approver,
        at=at,
    )
    yield from keeping.linked(case, tender)


def amended(case: Case, world: World) -> Moments:
    """A change of the call that came so late that the deadline moves on."""
    case, tender = yield from _call(case, world)
    yield from steps.asked(case, tender)
    at = case.times.between(0.65)
    yield at
    change = amendments.propose(
        tender,
        changes={
            "quantity": "240 人，12 个月",
            "description": tender.description + "六、每周至少一个晚上提供服务。",
        },
        rationale="征求意见后增加服务人数和晚上的服务时间，预算不变。",
        affects_preparation=True,
        by=case.office.drafter,
        at=at,
    )
    at += timedelta(hours=3)
    yield at
    amendments.publish(change, by=case.office.approver, at=at)
    yield from keeping.linked(case, tender)
    tender = Tender.objects.get(pk=tender.pk)
    case = steps.following(case, tender.tender_period_end or case.times.deadline)
    yield from steps.bid_for(case, tender, first=0.75)
    yield from _ending(case, tender)


def change_proposed(case: Case, world: World) -> Moments:
    """A change that waits for its approval."""
    case, tender = yield from _call(case, world)
    at = case.times.between(0.45)
    yield at
    amendments.propose(
        tender,
        changes={"contact_telephone": "0871-65001234", "opening_address": "本平台"},
        rationale="办公室搬迁，更换联系电话。",
        affects_preparation=False,
        by=case.office.drafter,
        at=at,
    )
    yield from steps.bid_for(case, tender)


def slow_panel(case: Case, world: World) -> Moments:
    """A panel whose members judge on different days."""
    yield from whole(replace(case, times=replace(case.times, gap=timedelta(hours=36))), world)


def awaiting_cards(case: Case, world: World) -> Moments:
    """A large call that is closed and waits for two key cards: whoever has them may open it."""
    case, tender = yield from _open_call(case, world)
    yield from steps.closed(case, tender)


def key_cards(office: Office, made: datetime) -> Moments:
    """An office makes its key cards, at an hour when nothing else happens, and rehearses once."""
    yield made
    key_set = cards.published(office, at=made)
    rehearsed = made + timedelta(days=1)
    yield rehearsed
    cards.drilled(office, key_set, at=rehearsed)


def _call(case: Case, world: World) -> Generator[datetime, None, tuple[Case, Tender]]:
    """Up to the published call; under invitation, those drawn are the bidders."""
    plan = None
    if case.method != "grant" and days.day_of(case.times.published).year >= 2021:
        plan = yield from steps.planned(case, world)
    tender = yield from steps.drafted(case, world, plan)
    tender = yield from steps.called(case, tender)
    if case.method == "invited":
        drawn = queries.invitees(tender).values_list("pk", flat=True)
        case = replace(case, bidders=tuple(world.of(number) for number in drawn))
    return case, tender


def _open_call(case: Case, world: World) -> Generator[datetime, None, tuple[Case, Tender]]:
    case, tender = yield from _call(case, world)
    yield from steps.asked(case, tender)
    yield from steps.bid_for(case, tender)
    return case, tender


def late_award(case: Case, world: World) -> Moments:
    """A decision that comes two working days late, with the agency's reasons beside it."""
    case, tender = yield from _open_call(case, world)
    yield from steps.judged(case, (yield from steps.opened(case, tender)))
    yield from keeping.late_decision(case, tender)
    decided = days.at(days.shift(days.day_of(case.times.judging), LATE_BY), 10)
    case = replace(case, times=replace(case.times, decided=decided))
    yield from steps.decided(case, tender)
    yield from keeping.linked(case, tender)
    yield from keeping.performed(case, tender)


def late_link(case: Case, world: World) -> Moments:
    """A result whose link to the statutory medium came late, which the overseer excused."""
    case, tender = yield from _open_call(case, world)
    yield from steps.judged(case, (yield from steps.opened(case, tender)))
    yield from steps.decided(case, tender)
    yield from keeping.late_link(case, tender, world)
    yield from keeping.performed(case, tender)


def _ending(case: Case, tender: Tender) -> Moments:
    tender = yield from steps.opened(case, tender)
    if not tender.unsuccessful_at:
        yield from steps.judged(case, tender)
        yield from steps.decided(case, tender)
    yield from keeping.linked(case, tender)
    yield from keeping.performed(case, tender)
