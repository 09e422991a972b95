"""Nobody approves, judges or reads what their own hand or interest is in."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from organizations.audit import AuditRow
from organizations.refusals import Invalid, NotPermitted
from organizations.roles import Actor, Role
from procurement.amendments import actions as amendments
from procurement.awards import actions as awards
from procurement.awards.actions import Decision
from procurement.awards.models import Award
from procurement.bids import actions as bids
from procurement.bids.models import Bid
from procurement.evaluation import actions as evaluation
from procurement.evaluation import queries as judging
from procurement.evaluation.models import Capacity
from procurement.lifecycle import Stage
from procurement.planning import actions as planning
from procurement.publication.models import Entry
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
EARLY = build.TENDER_DAY + timedelta(days=1)
YES = Decision(is_awarded=True, reasons="方案最符合需求。")
NO = Decision(is_awarded=False, reasons="符合要求的组织太少。")


def _of_many_hats(who: build.Cast) -> Actor:
    """A colleague who drafts, approves and sits on panels."""
    return people.member(who.agency, Role.DRAFTER, Role.APPROVER, Role.PANEL_MEMBER)[1]


def _seated(who: build.Cast, *others: Actor) -> dict[int, str]:
    """A lawful panel of five with these people in it."""
    judges = [*others, *who.panel][:5]
    members: dict[int, str] = {by.person_id: Capacity.EXPERT for by in judges}
    return members | {judges[-1].person_id: Capacity.BUYER}


def test_who_changed_a_draft_of_another_does_not_approve_it() -> None:
    who = build.cast(0)
    colleague = _of_many_hats(who)
    plan = build.planning_draft(who)
    planning.revise(plan, changes={"title": "另一个名称"}, by=colleague, at=build.START)
    planning.submit(plan, by=who.drafter, at=build.START)
    with pytest.raises(NotPermitted, match="修改"):
        planning.publish(plan, by=colleague, at=build.START)
    tender = build.draft(who)
    tenders.revise(tender, changes={"quantity": "300 人"}, by=colleague, at=build.TENDER_DAY)
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    entries = Entry.objects.count()

    with pytest.raises(NotPermitted, match="修改"):
        tenders.publish(tender, by=colleague, at=build.TENDER_DAY)

    tender.refresh_from_db()
    assert (tender.published_at, Entry.objects.count()) == (None, entries)
    assert tenders.publish(tender, by=who.approver, at=build.TENDER_DAY).published_at


def test_who_had_a_hand_in_a_change_of_the_call_does_not_judge_in_it() -> None:
    who = build.cast()
    colleague = _of_many_hats(who)
    tender = build.published(who)
    seats = evaluation.appoint(tender, members=_seated(who, colleague), by=who.approver, at=EARLY)
    change = amendments.propose(
        tender,
        changes={"contact_telephone": "0871-65000009"},
        rationale="电话有变。",
        affects_preparation=False,
        by=who.drafter,
        at=EARLY,
    )
    amendments.publish(change, by=colleague, at=EARLY)
    opened = build.opened(who, tender)
    [seat] = [seat for seat in seats if seat.user_id == colleague.user_id]

    with pytest.raises(NotPermitted, match="不能参加评审"):
        evaluation.declare(seat, has_interest=False, declaration="", by=colleague, at=build.JUDGING)
    with pytest.raises(Invalid, match="不能参加评审"):
        evaluation.appoint(
            opened, members=_seated(who, colleague), by=who.approver, at=build.JUDGING
        )

    assert colleague.user_id not in {m.user_id for m in judging.candidates(opened)}
    assert not judging.judges(opened).exists()


def test_who_declared_an_interest_reads_no_bid_in_any_role() -> None:
    who = build.cast()
    colleague = _of_many_hats(who)
    opened = build.opened(who, build.published(who))
    seats = evaluation.appoint(
        opened, members=_seated(who, colleague), by=who.approver, at=build.JUDGING
    )
    [seat] = [seat for seat in seats if seat.user_id == colleague.user_id]
    assert judging.may_read_bids(opened, colleague)

    evaluation.declare(
        seat, has_interest=True, declaration="曾在那里工作。", by=colleague, at=build.JUDGING
    )

    assert not judging.may_read_bids(opened, colleague)
    assert judging.may_read_bids(opened, who.approver)


def test_a_judge_whose_role_ended_reads_no_bid() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    judge = who.panel[0]
    assert judging.may_read_bids(tender, judge)
    assert not judging.may_read_bids(tender, replace(judge, roles=frozenset()))


def test_a_withdrawal_is_not_on_the_audit_record_that_officials_read() -> None:
    who = build.cast(1)
    tender = build.published(who)
    [by] = who.signatories()
    sent = build.bid(tender, by)
    rows = AuditRow.objects.count()

    bids.withdraw(tender, by=by, at=build.DEADLINE)

    withdrawn = Bid.objects.get(pk=sent.pk)
    assert (withdrawn.withdrawn_at, withdrawn.withdrawn_by_id) == (build.DEADLINE, by.user_id)
    assert AuditRow.objects.count() == rows


def test_one_request_key_serves_each_call_once() -> None:
    who = build.cast(1)
    first, second = build.published(who), build.published(who)
    [by] = who.signatories()
    key, at = uuid4(), build.DEADLINE
    for tender in (first, second):
        build.bid(tender, by)
        bids.submit(tender, request_key=key, by=by, at=at)
        assert bids.submit(tender, request_key=key, by=by, at=at).tender_id == tender.pk
    assert Bid.objects.in_force().filter(request_key=key).count() == 2


def _judged_with_one_refused(who: build.Cast) -> Tender:
    """An open tender of three bidders, the dearest found not to meet the requirements."""
    opened = build.opened(who, build.published(who))
    members = _seated(who)
    for seat in evaluation.appoint(opened, members=members, by=who.approver, at=build.JUDGING):
        [by] = [member for member in who.panel if member.user_id == seat.user_id]
        at = build.JUDGING
        evaluation.declare(seat, has_interest=False, declaration="", by=by, at=at)
        for offer in judging.missing_judgements(seat):
            refused = offer.amount == Decimal(110000)
            evaluation.score(
                seat,
                offer=offer,
                is_responsive=not refused,
                comment="没有写转介安排。" if refused else "",
                points={c.pk: Decimal(c.weight) for c in judging.judged_criteria(opened)},
                by=by,
                at=at,
            )
        evaluation.finish(seat, by=by, at=at)
    return Tender.objects.get(pk=opened.pk)


def test_no_award_with_fewer_acceptable_bidders_than_the_rule_asks() -> None:
    who = build.cast()
    tender = _judged_with_one_refused(who)
    with pytest.raises(Invalid, match=r"只有 2 家.*至少 3 家") as refusal:
        awards.decide(tender, decisions={1: YES}, by=who.approver, at=build.DECISION)
    assert refusal.value.field == "decision_1"
    assert not Award.objects.exists()

    awards.decide(tender, decisions={1: NO}, by=who.approver, at=build.DECISION)

    tender.refresh_from_db()
    assert tender.stage(build.DECISION) is Stage.UNSUCCESSFUL


def test_several_suppliers_of_a_lot_stay_within_its_budget() -> None:
    who = build.cast()
    tender = build.draft(who)
    lot = {"number": 1, "title": "随访", "value_amount": Decimal(120000), "suppliers_wanted": 2}
    at = build.TENDER_DAY
    tenders.revise(tender, changes={}, parts={"lots": [lot]}, by=who.drafter, at=at)
    tenders.submit(tender, by=who.drafter, at=at)
    tenders.publish(tender, by=who.approver, at=at)
    ranked = build.evaluated(who, build.opened(who, tender))

    [award] = build.awarded(who, ranked)  # the next would make it 205,000 yuan of 120,000

    assert award.amount == Decimal(100000)
