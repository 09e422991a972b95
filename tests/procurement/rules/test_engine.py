"""What the engine answers: kept, broken, cannot tell, not applicable, and where to say it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from procurement import rules
from procurement.rules.facts import SHANGHAI, BadFact
from procurement.rules.types import Finding
from procurement.rules.vocabulary import Outcome

BOOK = rules.load()
TODAY = date(2026, 11, 22)
CALL = date(2026, 11, 2)
SERVICE: Mapping[str, object] = {
    "service.audience": "public",
    "mainProcurementCategory": "services",
    "isGovernmentPurchaseOfServices": True,
    "value": Decimal(300_000),
}


def found(
    method: str,
    rule_id: str,
    facts: Mapping[str, object],
    *,
    on: date = TODAY,
    reasons: Mapping[str, str] | None = None,
) -> Finding:
    """Return the finding of one rule for a service under a method."""
    findings = rules.check(BOOK, method, {**SERVICE, **facts}, on=on, reasons=reasons)
    return next(finding for finding in findings if finding.rule.id == rule_id)


def test_check_returns_one_finding_for_each_rule_in_book_order() -> None:
    findings = rules.check(BOOK, BOOK.method("grant"), {}, on=TODAY, phases={"tender"})

    assert [finding.rule.id for finding in findings] == [
        rule.id for rule in BOOK.rules_for("grant", on=TODAY, phases={"tender"})
    ]


def test_a_short_period_names_the_earliest_lawful_day_and_the_field() -> None:
    short = found(
        "open",
        "open-notice-period-5wd",
        {"tender.published": CALL, "tender.noticePeriod.endDate": date(2026, 11, 6)},
    )

    assert short.outcome == Outcome.BROKEN
    assert short.blocks
    assert short.facts == ("tender.noticePeriod.endDate",)
    assert short.earliest == date(2026, 11, 9)
    assert short.actual == date(2026, 11, 6)
    assert short.count is not None
    assert short.count.days == (
        date(2026, 11, 3),
        date(2026, 11, 4),
        date(2026, 11, 5),
        date(2026, 11, 6),
        date(2026, 11, 9),
    )


def test_a_date_left_blank_is_broken_and_one_not_supplied_is_unknown() -> None:
    blank = found(
        "open",
        "open-notice-period-5wd",
        {"tender.published": CALL, "tender.noticePeriod.endDate": None},
    )
    unsupplied = found("open", "open-notice-period-5wd", {"tender.published": CALL})

    assert (blank.outcome, blank.earliest) == (Outcome.BROKEN, date(2026, 11, 9))
    assert (unsupplied.outcome, unsupplied.earliest) == (Outcome.UNKNOWN, date(2026, 11, 9))


def test_days_are_those_of_shanghai() -> None:
    late_evening = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)  # 00:30 on the 3rd in Shanghai

    counted = found("open", "open-notice-period-5wd", {"tender.published": late_evening}).count

    assert counted is not None
    assert counted.start == date(2026, 11, 3)


def test_a_period_into_an_unknown_year_is_never_broken_by_a_guess() -> None:
    facts = {
        "tender.documents.startDate": date(2026, 12, 20),
        "tender.tenderPeriod.endDate": date(2027, 1, 9),
    }
    unsure = found("open", "bid-period-20-days", facts)
    surely_short = found(
        "open", "bid-period-20-days", {**facts, "tender.tenderPeriod.endDate": date(2027, 1, 8)}
    )

    assert (unsure.outcome, unsure.provisional, unsure.earliest) == (Outcome.UNKNOWN, True, None)
    assert (surely_short.outcome, surely_short.blocks) == (Outcome.BROKEN, True)


def test_an_unset_threshold_never_compares_as_zero() -> None:
    asked = found("consultation", "method-approval-above-threshold", {})
    answered = found(
        "consultation",
        "method-approval-above-threshold",
        {"thresholds.open_tender_services": Decimal(2_000_000)},
    )

    assert asked.outcome == Outcome.UNKNOWN
    assert "thresholds.open_tender_services" in asked.missing
    assert answered.outcome == Outcome.NOT_APPLICABLE


def test_a_rule_kept_anyway_is_kept_though_it_may_not_apply() -> None:
    kept = found(
        "open",
        "intention-min-30-days",
        {"planning.published": date(2026, 10, 3), "tender.published": CALL},
    )

    assert kept.outcome == Outcome.KEPT


def test_a_recorded_reason_lifts_the_refusal_where_the_text_speaks_in_principle() -> None:
    facts = {
        "inCatalogue": True,
        "planning.published": date(2026, 10, 20),
        "tender.published": CALL,
    }
    refused = found("open", "intention-min-30-days", facts)
    excused = found(
        "open", "intention-min-30-days", facts, reasons={"intention-min-30-days": "疫情暴发"}
    )

    assert (refused.blocks, refused.may_be_excused) == (True, True)
    assert (excused.outcome, excused.excused, excused.blocks) == (Outcome.BROKEN, True, False)
    assert excused.reason == "疫情暴发"


def test_a_reason_lifts_nothing_where_the_text_is_strict() -> None:
    facts = {"tender.documents.startDate": CALL, "tender.tenderPeriod.endDate": CALL}

    assert found(
        "open", "bid-period-20-days", facts, reasons={"bid-period-20-days": "来不及"}
    ).blocks


def test_procurement_starts_with_the_earliest_of_its_first_steps() -> None:
    early_documents = found(
        "open",
        "intention-min-30-days",
        {
            "inCatalogue": True,
            "planning.published": date(2026, 10, 9),
            "tender.published": date(2026, 11, 10),
            "tender.documents.startDate": date(2026, 11, 6),
        },
    )

    assert early_documents.outcome == Outcome.BROKEN
    assert early_documents.earliest == date(2026, 11, 9)


def test_a_quotation_is_refused_for_services() -> None:
    assert found("quotation", "quotation-not-for-services", {}).blocks


def test_agency_fields_are_asked_only_where_an_agency_is_used() -> None:
    facts = dict.fromkeys(BOOK.rule("open-notice-fields").required_fields, "x") | {
        "agency.name": None,
        "agency.address": None,
        "agency.contactPoint": None,
        "tender.ceilingPrice": None,
        "tender.tenderPeriod.endDate": CALL,
        "tender.value.amount": Decimal(300_000),
    }

    without = found("open", "open-notice-fields", {**facts, "procurement.hasAgency": False})
    through = found("open", "open-notice-fields", {**facts, "procurement.hasAgency": True})

    assert without.outcome == Outcome.KEPT
    assert through.missing == ("agency.name", "agency.address", "agency.contactPoint")


def test_every_member_of_a_list_must_have_the_field() -> None:
    staff = [{"conflictDeclaration": "none"}]
    members = [{"conflictDeclaration": "none"}, {"conflictDeclaration": ""}]

    one_silent = found(
        "open", "conflict-person", {"panel.members": members, "buyer.officers": staff}
    )

    assert one_silent.outcome == Outcome.BROKEN
    assert one_silent.missing == ("panel.members[].conflictDeclaration",)


def test_an_act_not_done_yet_is_undecided_until_its_last_day_is_over() -> None:
    facts = {"award.decided": date(2026, 11, 18), "award.published": None}

    in_time = found("open", "award-publication-2wd", facts, on=date(2026, 11, 20))
    overdue = found("open", "award-publication-2wd", facts, on=date(2026, 11, 21))

    assert (in_time.outcome, in_time.latest) == (Outcome.UNKNOWN, date(2026, 11, 20))
    assert (overdue.outcome, overdue.latest) == (Outcome.BROKEN, date(2026, 11, 20))
    assert not overdue.blocks  # a breach on the record, not a refusal


def test_a_right_nobody_used_is_no_breach() -> None:
    facts = {"award.noticePeriod.endDate": date(2026, 11, 2), "challenge.received": None}

    assert found("open", "challenge-result-7wd", facts).outcome == Outcome.NOT_APPLICABLE


def test_a_challenge_to_the_documents_counts_from_the_notice_period_by_default() -> None:
    facts = {"tender.noticePeriod.endDate": CALL, "challenge.received": date(2026, 11, 11)}

    assert found("open", "challenge-documents-7wd", facts).latest == date(2026, 11, 11)


def test_the_opening_is_exactly_at_the_deadline() -> None:
    deadline = datetime(2026, 11, 20, 9, tzinfo=SHANGHAI)
    facts: dict[str, object] = {
        "tender.tenderPeriod.endDate": deadline,
        "bids.openingRecord": "x",
        "bids.recordingReference": "x",
    }
    early = datetime(2026, 11, 20, 8, 59, 59, tzinfo=SHANGHAI)

    on_time = found("open", "opening-at-deadline", {**facts, "bids.opened": deadline})
    too_early = found("open", "opening-at-deadline", {**facts, "bids.opened": early})

    assert on_time.outcome == Outcome.KEPT
    assert too_early.outcome == Outcome.BROKEN


def test_a_single_source_seeks_approval_after_its_publicity() -> None:
    rule_id = "method-approval-above-threshold"
    facts = dict.fromkeys(BOOK.rule(rule_id).required_fields) | {
        "thresholds.open_tender_services": Decimal(200_000),
        "singleSource.publicity.endDate": date(2026, 11, 20),
    }

    during = found("single-source", rule_id, facts, on=date(2026, 11, 20))
    after = found("single-source", rule_id, facts, on=date(2026, 11, 21))

    assert during.outcome == Outcome.NOT_APPLICABLE
    assert after.outcome == Outcome.BROKEN


def test_an_invited_tender_runs_from_the_day_the_invitations_are_sent() -> None:
    facts = {"tender.published": CALL, "tender.documents.endDate": date(2026, 11, 9)}

    at_once = found("invited", "tender-documents-5wd", facts)
    later = found(
        "invited", "tender-documents-5wd", {**facts, "invitation.sent": date(2026, 11, 3)}
    )
    as_list = found("invited", "tender-documents-5wd", {**facts, "invitation.sent": ["a", "b"]})

    assert [at_once.outcome, later.outcome, as_list.outcome] == [
        Outcome.KEPT,
        Outcome.BROKEN,
        Outcome.KEPT,
    ]


def test_a_fact_of_the_wrong_type_is_the_callers_mistake() -> None:
    with pytest.raises(BadFact, match=r"tender\.published must be a date"):
        rules.check(BOOK, "open", {"tender.published": "2026-11-02"}, on=TODAY)
    with pytest.raises(BadFact, match=r"bids\.count must be a number, not str"):
        rules.check(BOOK, "open", {"bids.count": "three"}, on=TODAY)
