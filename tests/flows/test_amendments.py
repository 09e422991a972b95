"""A published tender changes only by a further notice that shows what changed."""

from datetime import date, timedelta

import pytest

from organizations.refusals import Invalid, NotPermitted
from procurement import legality
from procurement.amendments import actions as amendments
from procurement.amendments.models import Amendment
from procurement.publication import merge
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
EARLY = build.TENDER_DAY + timedelta(days=2)
LATE = build.DEADLINE - timedelta(days=4)


def propose(
    tender: Tender, who: build.Cast, at: object = EARLY, *, matters: bool = True
) -> Amendment:
    """An amendment that asks for more visits."""
    assert hasattr(at, "date")
    return amendments.propose(
        tender,
        changes={"quantity": "220 人", "description": "每两周随访，心理支持，转介治疗。"},
        rationale="新增感染者，需要增加随访人数。",
        affects_preparation=matters,
        by=who.drafter,
        at=at,  # type: ignore[arg-type]
    )


def test_an_early_change_leaves_the_deadline_and_shows_before_and_after() -> None:
    who = build.cast(0)
    tender = build.published(who)
    amendments.publish(propose(tender, who), by=who.approver, at=EARLY)

    tender.refresh_from_db()
    assert (tender.quantity, tender.tender_period_end) == ("220 人", build.DEADLINE)
    release = merge.release_of(Entry.objects.get(ocid=tender.ocid, kind=NoticeKind.AMENDMENT))
    [amendment] = release["tender"]["amendments"]
    assert amendment["rationale"] == "新增感染者，需要增加随访人数。"
    assert amendment["differences"][0] == {
        "id": "quantity",
        "title": "数量和单位",
        "before": "200 人",
        "after": "220 人",
    }
    compiled = Listing.objects.get(pk=tender.ocid).compiled
    assert compiled["tender"]["quantityDescription"] == "220 人"


def test_a_late_change_moves_the_deadline_fifteen_days_on() -> None:
    who = build.cast(0)
    tender = build.published(who)
    amendments.publish(propose(tender, who, LATE), by=who.approver, at=LATE)
    tender.refresh_from_db()
    assert tender.tender_period_end is not None
    moved = tender.tender_period_end.astimezone(SHANGHAI)
    assert moved.isoformat() == "2026-05-09T17:00:00+08:00"  # a make-up Saturday
    assert "投标截止" in str(Amendment.objects.get().changes)


def test_a_late_change_of_no_consequence_leaves_the_deadline() -> None:
    who = build.cast(0)
    tender = build.published(who)
    amendments.publish(propose(tender, who, LATE, matters=False), by=who.approver, at=LATE)
    tender.refresh_from_db()
    assert tender.tender_period_end == build.DEADLINE


def test_a_deadline_never_moves_back() -> None:
    who = build.cast(0)
    tender = build.published(who)
    with pytest.raises(Invalid, match="只能延后"):
        amendments.propose(
            tender,
            changes={"tender_period_end": build.DEADLINE - timedelta(days=1)},
            rationale="提前结束。",
            affects_preparation=True,
            by=who.drafter,
            at=EARLY,
        )
    assert Amendment.objects.count() == 0


def test_the_subject_and_the_conditions_cannot_be_amended() -> None:
    who = build.cast(0)
    tender = build.published(who)
    with pytest.raises(Invalid) as refusal:
        amendments.propose(
            tender,
            changes={"eligibility": "只限本县组织"},
            rationale="缩小范围。",
            affects_preparation=True,
            by=who.drafter,
            at=EARLY,
        )
    assert refusal.value.field == "eligibility"


def test_the_drafter_of_an_amendment_cannot_publish_it() -> None:
    who = build.cast(0)
    tender = build.published(who)
    amendment = propose(tender, who)
    with pytest.raises(NotPermitted):
        amendments.publish(amendment, by=who.drafter, at=EARLY)
    tender.refresh_from_db()
    assert tender.quantity == "200 人"
    assert not Entry.objects.filter(kind=NoticeKind.AMENDMENT).exists()


def test_one_amendment_at_a_time_and_a_withdrawn_one_makes_room() -> None:
    who = build.cast(0)
    tender = build.published(who)
    first = propose(tender, who)
    with pytest.raises(Invalid, match="等待审批"):
        propose(tender, who)
    amendments.withdraw(first, by=who.drafter, at=EARLY)
    assert propose(tender, who).published_at is None


def test_an_amendment_keeps_dates_in_order_and_may_take_one_out() -> None:
    who = build.cast(0)
    tender = build.published(who)
    late = build.DEADLINE + timedelta(days=1)
    with pytest.raises(Invalid, match="提问截止") as refusal:
        amendments.propose(
            tender,
            changes={"enquiry_period_end": late},
            rationale="延长提问时间。",
            affects_preparation=False,
            by=who.drafter,
            at=EARLY,
        )
    assert refusal.value.field == "enquiry_period_end"

    change = amendments.propose(
        tender,
        changes={"award_expected_date": None},
        rationale="预计日期未定。",
        affects_preparation=False,
        by=who.drafter,
        at=EARLY,
    )
    amendments.publish(change, by=who.approver, at=EARLY)

    assert Tender.objects.get(pk=tender.pk).award_expected_date is None


def test_a_late_change_is_judged_by_the_deadline_that_the_law_moves_on() -> None:
    who = build.cast(0)
    tender = build.published(who)
    questions_until = build.DEADLINE + timedelta(days=1)  # after the old deadline, not the new
    proposed = amendments.propose(
        tender,
        changes={"quantity": "220 人", "enquiry_period_end": questions_until},
        rationale="新增感染者，延长提问时间。",
        affects_preparation=True,
        by=who.drafter,
        at=LATE,
    )
    amendments.publish(proposed, by=who.approver, at=LATE)
    tender.refresh_from_db()
    assert tender.tender_period_end is not None
    assert tender.enquiry_period_end == questions_until
    assert tender.tender_period_end > questions_until


def test_the_compiled_record_says_what_an_amendment_changed() -> None:
    who = build.cast(0)
    tender = build.published(who)
    change = amendments.propose(
        tender,
        changes={"contact_telephone": "0871-65009999", "contract_end": date(2027, 6, 30)},
        rationale="电话和服务期有变。",
        affects_preparation=False,
        by=who.drafter,
        at=EARLY,
    )
    amendments.publish(change, by=who.approver, at=EARLY)

    compiled = Listing.objects.get(ocid=tender.ocid).compiled
    [buyer] = [party for party in compiled["parties"] if "buyer" in party["roles"]]
    assert buyer["contactPoint"]["telephone"] == "0871-65009999"
    assert compiled["tender"]["contractPeriod"]["endDate"].startswith("2027-06-30")


def change(tender: Tender, who: build.Cast, **changes: object) -> Amendment:
    """An amendment of no consequence for the bids."""
    return amendments.propose(
        tender,
        changes=changes,
        rationale="情况有变。",
        affects_preparation=False,
        by=who.drafter,
        at=EARLY,
    )


def test_a_change_may_not_break_a_rule_that_the_call_kept() -> None:
    who = build.cast(0)
    tender = build.published(who)
    with pytest.raises(legality.RulesBroken) as refusal:
        change(tender, who, description="", contact_name="")
    [finding] = refusal.value.findings
    assert finding.rule.id == "open-notice-fields"
    assert finding.missing == ("tender.description", "tender.contactPerson.name")
    assert Amendment.objects.count() == 0


def test_a_rule_that_stood_against_the_call_before_does_not_hold_up_a_change() -> None:
    who = build.cast(0)
    tender = build.published(who)
    Tender.objects.filter(pk=tender.pk).update(challenge_address="", eligibility="")
    tender.refresh_from_db()

    amendments.publish(change(tender, who, quantity="220 人"), by=who.approver, at=EARLY)

    tender.refresh_from_db()
    assert tender.quantity == "220 人"


def test_a_change_that_came_to_break_a_rule_is_not_published() -> None:
    who = build.cast(0)
    tender = build.published(who)
    waiting = change(tender, who, quantity="220 人")
    emptied = {"label": "服务要求", "before": tender.description, "after": ""}
    waiting.changes["description"] = emptied  # as it could be proposed before it was checked
    waiting.save()
    with pytest.raises(legality.RulesBroken):
        amendments.publish(waiting, by=who.approver, at=EARLY)
    tender.refresh_from_db()
    assert (tender.quantity, bool(tender.description)) == ("200 人", True)
    assert not Entry.objects.filter(kind=NoticeKind.AMENDMENT).exists()


def test_what_an_amendment_takes_out_leaves_the_compiled_record() -> None:
    who = build.cast(0)
    tender = build.published(who)
    before = Listing.objects.get(pk=tender.ocid).compiled["tender"]
    assert {"awardPeriod", "quantityDescription"} <= before.keys()

    proposed = change(tender, who, award_expected_date=None, contract_end=None, quantity="")
    amendments.publish(proposed, by=who.approver, at=EARLY)

    release = merge.release_of(Entry.objects.get(ocid=tender.ocid, kind=NoticeKind.AMENDMENT))
    assert release["tender"]["awardPeriod"]["endDate"] is None
    assert release["tender"]["quantityDescription"] is None
    [said] = release["tender"]["amendments"]
    assert "数量和单位：200 人 → （无）" in said["description"]
    compiled = Listing.objects.get(pk=tender.ocid).compiled["tender"]
    assert compiled["awardPeriod"].keys() == {"startDate"}
    assert "quantityDescription" not in compiled
    assert compiled["contractPeriod"].keys() == {"startDate"}
    assert compiled["description"] == before["description"]


def test_a_period_without_any_date_left_is_none() -> None:
    who = build.cast(0)
    tender = build.published(who)
    proposed = change(tender, who, contract_start=None, contract_end=None)
    amendments.publish(proposed, by=who.approver, at=EARLY)
    assert "contractPeriod" not in Listing.objects.get(pk=tender.ocid).compiled["tender"]
