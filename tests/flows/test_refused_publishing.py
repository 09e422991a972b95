"""What is refused when a plan or a tender is written, approved and published.

A refused act leaves nothing behind.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from organizations.refusals import Invalid, NotPermitted
from organizations.terms import Population, Service
from procurement import legality
from procurement.lifecycle import NotNow, Stage
from procurement.planning import actions as planning
from procurement.publication.models import Entry
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db


def test_publish_is_refused_to_the_person_who_drafted() -> None:
    who = build.cast()
    tender = build.draft(who)
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    both = who.drafter.__class__(
        who.drafter.user_id, who.agency.pk, who.drafter.roles | who.approver.roles
    )
    entries = Entry.objects.count()

    with pytest.raises(NotPermitted, match="不能审批自己的稿件"):
        tenders.publish(tender, by=both, at=build.TENDER_DAY)

    tender.refresh_from_db()
    assert (tender.published_at, Entry.objects.count()) == (None, entries)


def test_publish_is_refused_to_another_agency() -> None:
    who, other = build.cast(), build.cast(0)
    tender = build.draft(who)
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    with pytest.raises(NotPermitted, match="属于另一个采购单位"):
        tenders.publish(tender, by=other.approver, at=build.TENDER_DAY)


def test_publish_with_a_deadline_too_near_names_the_rule_and_the_earliest_date() -> None:
    who = build.cast()
    near = build.TENDER_DAY + timedelta(days=12)
    tender = build.draft(who, "open", enquiry_period_end=None, tender_period_end=near)
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    entries = Entry.objects.count()

    with pytest.raises(legality.RulesBroken) as refusal:
        tenders.publish(tender, by=who.approver, at=build.TENDER_DAY)

    [finding] = refusal.value.findings
    assert finding.rule.id == "bid-period-20-days"
    assert finding.earliest is not None
    assert finding.earliest.isoformat() == "2026-04-27"
    tender.refresh_from_db()
    assert (tender.published_at, tender.rulebook) == (None, "")
    assert Entry.objects.count() == entries


def test_days_are_counted_from_the_statutory_medium_when_it_is_later() -> None:
    who = build.cast()
    there = (build.TENDER_DAY + timedelta(days=3)).date()
    tender = build.draft(who, "open", designated_media_date=there)
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)

    with pytest.raises(legality.RulesBroken) as refusal:
        tenders.publish(tender, by=who.approver, at=build.TENDER_DAY)

    [finding] = refusal.value.findings
    assert finding.rule.id == "bid-period-20-days"
    assert finding.earliest is not None
    assert finding.earliest.isoformat() == "2026-04-30"


def test_a_rule_that_holds_in_principle_yields_to_a_published_reason() -> None:
    who = build.cast()
    early = build.START + timedelta(days=17)  # less than 30 days after the planning notice
    tender = build.draft(who, "consultation", early)
    tenders.submit(tender, by=who.drafter, at=early)
    with pytest.raises(legality.RulesBroken) as refusal:
        tenders.publish(tender, by=who.approver, at=early)
    assert [f.rule.id for f in refusal.value.findings] == ["intention-min-30-days"]

    tenders.send_back(tender, reason="请写明急需的原因。", by=who.approver, at=early)
    reasons = {"intention-min-30-days": "上一期服务意外中断，感染者随访不能停。"}
    tenders.revise(tender, changes={"rule_reasons": reasons}, by=who.drafter, at=early)
    tenders.submit(tender, by=who.drafter, at=early)
    published = tenders.publish(tender, by=who.approver, at=early)

    assert published.stage(early) is Stage.OPEN
    body = bytes(Entry.objects.of(tender.ocid).last().body).decode()  # type: ignore[union-attr]
    assert "上一期服务意外中断" in body


def test_an_incomplete_draft_is_not_handed_in() -> None:
    who = build.cast()
    tender = tenders.draft(title="随访", by=who.drafter, at=build.TENDER_DAY)
    with pytest.raises(legality.Incomplete) as refusal:
        tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    assert [p.field for p in refusal.value.problems] == [
        "procurement_method",
        "summary",
        "services",
        "populations",
        "regions",
        "value_amount",
        "tender_period_end",
        "lots",
        "criteria",
        "advice_answers",
    ]
    tender.refresh_from_db()
    assert tender.submitted_at is None


def test_a_published_tender_and_plan_cannot_be_edited() -> None:
    who = build.cast()
    tender = build.published(who)
    plan = tender.planning_notice
    assert plan is not None
    later = build.TENDER_DAY + timedelta(days=1)
    with pytest.raises(NotNow):
        tenders.revise(tender, changes={"title": "另一个"}, by=who.drafter, at=later)
    with pytest.raises(NotNow):
        planning.revise(plan, changes={"title": "另一个"}, by=who.drafter, at=later)
    assert Tender.objects.get(pk=tender.pk).title == "艾滋病随访关怀服务"


def test_a_planning_notice_that_says_too_little_is_not_handed_in() -> None:
    who = build.cast(0)
    plan = planning.draft(title="检测", by=who.drafter, at=build.START)
    with pytest.raises(legality.Incomplete) as refusal:
        planning.submit(plan, by=who.drafter, at=build.START)
    assert [problem.field for problem in refusal.value.problems] == [
        "need_summary",
        "services",
        "populations",
        "regions",
        "budget_amount",
        "expected_month",
    ]
    plan.refresh_from_db()
    assert plan.submitted_at is None


def test_planning_without_its_budget_reference_is_not_published() -> None:
    who = build.cast(0)
    plan = planning.draft(title="检测", by=who.drafter, at=build.START)
    changes = {
        "need_summary": "检测咨询。",
        "services": [Service.TESTING],
        "populations": [Population.MSM],
        "budget_amount": Decimal(50000),
        "expected_month": build.TENDER_DAY.date(),
    }
    regions = [people.region("530102")]
    planning.revise(plan, changes=changes, regions=regions, by=who.drafter, at=build.START)
    planning.submit(plan, by=who.drafter, at=build.START)
    entries = Entry.objects.count()
    with pytest.raises(legality.RulesBroken) as refusal:
        planning.publish(plan, by=who.approver, at=build.START)
    assert "budget-before-purchase" in [f.rule.id for f in refusal.value.findings]
    plan.refresh_from_db()
    assert (plan.published_at, Entry.objects.count()) == (None, entries)


def test_the_method_cannot_change_once_invitees_are_drawn() -> None:
    who = build.cast(6)
    tender = build.draft(who, "invited")
    with pytest.raises(Invalid, match="备选名单"):
        tenders.revise(
            tender,
            changes={"procurement_method": "open"},
            by=who.drafter,
            at=build.TENDER_DAY,
        )
    assert Tender.objects.get(pk=tender.pk).procurement_method == "invited"


def test_the_single_lot_total_may_not_exceed_the_budget() -> None:
    who = build.cast()
    tender = build.draft(who, value_amount=Decimal(100000))
    with pytest.raises(legality.Incomplete) as refusal:
        tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    assert [p.field for p in refusal.value.problems] == ["lots"]
    assert Tender.objects.get(pk=tender.pk).submitted_at is None
