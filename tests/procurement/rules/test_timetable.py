"""Lawful dates: the planner's earliest timetable passes the engine, one day earlier fails it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import rules
from procurement.rules import engine
from procurement.rules.calendar import OFFICIAL
from procurement.rules.facts import SHANGHAI
from procurement.rules.vocabulary import Kind, Outcome

BOOK = rules.load()
TODAY = date(2026, 11, 22)
OFFERED = [method.id for method in BOOK.methods if method.offered]
ONE_DAY = timedelta(days=1)
KNOWN: Mapping[str, object] = {
    "service.audience": "public",
    "mainProcurementCategory": "services",
    "isGovernmentPurchaseOfServices": True,
    "inCatalogue": True,
    "tender.invitationMode": "public-notice",
}


def dates(found: tuple[rules.Earliest, ...]) -> dict[str, tuple[date | None, str]]:
    """Return the earliest day and the strictest rule of each event."""
    return {each.event: (each.date, each.rule.id) for each in found}


def test_earliest_works_out_an_open_tender_over_national_day() -> None:
    found = rules.earliest(BOOK, "open", {"tender.published": date(2026, 9, 28)}, on=TODAY)

    assert dates(found) == {
        "tender.noticePeriod.endDate": (date(2026, 10, 10), "open-notice-period-5wd"),
        "tender.documents.endDate": (date(2026, 10, 10), "tender-documents-5wd"),
        "tender.tenderPeriod.endDate": (date(2026, 10, 19), "bid-period-20-days"),
    }


def test_earliest_works_forward_from_the_planning_notice() -> None:
    facts = {"inCatalogue": True, "planning.published": date(2026, 3, 2)}

    assert dates(rules.earliest(BOOK, "consultation", facts, on=TODAY)) == {
        "tender.published": (date(2026, 4, 1), "intention-min-30-days"),
        "tender.tenderPeriod.endDate": (date(2026, 4, 13), "consultation-period-10-days"),
        "tender.documents.endDate": (date(2026, 4, 9), "consultation-documents-5wd"),
        "tender.noticePeriod.endDate": (date(2026, 4, 7), "nontender-notice-period-3wd"),
    }


def test_earliest_says_when_a_rule_may_not_apply() -> None:
    facts = {"planning.published": date(2026, 3, 2)}
    bound = rules.earliest(BOOK, "open", facts, on=TODAY)[0]

    assert (bound.event, bound.conditional) == ("tender.published", True)


def test_earliest_single_source_counts_the_publicity_from_publication() -> None:
    facts = {"tender.published": date(2026, 11, 2), "rationale": "only-supplier"}

    found = dates(rules.earliest(BOOK, "single-source", facts, on=TODAY))

    assert found["singleSource.publicity.endDate"][0] == date(2026, 11, 9)


def test_earliest_past_the_last_official_year_is_provisional() -> None:
    found = rules.earliest(BOOK, "grant", {"tender.published": date(2026, 12, 20)}, on=TODAY)

    assert [(bound.event, bound.date, bound.not_before, bound.provisional) for bound in found] == [
        ("tender.tenderPeriod.endDate", None, date(2027, 1, 9), True)
    ]


@given(st.sampled_from(OFFERED), st.dates(date(2023, 1, 1), date(2026, 6, 30)))
def test_the_earliest_timetable_is_lawful_and_one_day_earlier_is_not(
    method: str, published: date
) -> None:
    start = {
        **KNOWN,
        "tender.published": published,
        "tender.documents.startDate": published,
        "singleSource.publicity.startDate": published,
        "award.published": published,
    }
    bounds = rules.earliest(BOOK, method, start, on=TODAY)
    days: dict[str, object] = {each.event: each.date for each in bounds}

    assert bounds
    for bound in bounds:
        assert bound.date is not None
        assert _outcome(method, bound.rule.id, start | days) == Outcome.KEPT
        sooner = days | {bound.event: bound.date - ONE_DAY}
        assert _outcome(method, bound.rule.id, start | sooner) == Outcome.BROKEN


def _outcome(method: str, rule_id: str, facts: Mapping[str, object]) -> Outcome:
    filled = {name: "x" for name in BOOK.rule(rule_id).required_fields if name not in facts}
    facts = {**filled, "value": 1, "thresholds.open_tender_services": 2, **facts}
    if rule_id == "single-source-publicity-5wd":
        facts = {**facts, "value": 2, "rationale": "only-supplier"}
    return engine.find(BOOK.rule(rule_id), engine.ask(BOOK, method, facts, on=TODAY)).outcome


@pytest.mark.parametrize(
    ("method", "deadline", "moved"),
    [
        ("open", date(2026, 11, 16), date(2026, 11, 17)),
        ("open", date(2026, 11, 17), None),
        ("consultation", date(2026, 11, 6), date(2026, 11, 9)),
        ("negotiation", date(2026, 11, 4), date(2026, 11, 5)),
        ("negotiation", date(2026, 11, 5), None),
        ("grant", date(2026, 11, 6), date(2026, 11, 9)),
        ("single-source", date(2026, 11, 3), None),
    ],
)
def test_deadline_after_change_moves_as_the_method_says(
    method: str, deadline: date, moved: date | None
) -> None:
    facts = {"tender.tenderPeriod.endDate": deadline}
    changed_at = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)

    assert (
        rules.deadline_after_change(BOOK, method, facts, changed_at=changed_at, on=TODAY) == moved
    )


def test_deadline_after_change_stays_when_preparation_is_not_affected() -> None:
    facts = {
        "tender.tenderPeriod.endDate": date(2026, 11, 3),
        "amendment.affectsPreparation": False,
    }
    changed_at = datetime(2026, 11, 2, 1, tzinfo=UTC)

    assert rules.deadline_after_change(BOOK, "open", facts, changed_at=changed_at, on=TODAY) is None


@pytest.mark.parametrize(
    ("method", "facts", "least", "rule_id"),
    [
        ("open", {}, 3, "open-min-3-bidders"),
        ("invited", {}, 3, "open-min-3-bidders"),
        ("negotiation", {}, 3, "final-offers-min-3"),
        ("consultation", {}, 3, "final-offers-min-3"),
        (
            "consultation",
            {"isGovernmentPurchaseOfServices": False, "statutoryTwoSupplierException": False},
            3,
            "final-offers-min-3",
        ),
        ("consultation", {"isGovernmentPurchaseOfServices": True}, 2, "consultation-two-suppliers"),
        ("quotation", {}, 3, "nontender-invite-min-3"),
        ("framework-closed", {}, 2, "framework-min-2-and-elimination"),
        ("single-source", {}, 1, None),
        ("grant", {}, 1, None),
    ],
)
def test_minimum_tenderers_names_its_rule(
    method: str, facts: Mapping[str, object], least: int, rule_id: str | None
) -> None:
    number, rule = rules.minimum_tenderers(BOOK, method, facts, on=TODAY)

    assert (number, rule.id if rule else None) == (least, rule_id)


def test_limits_tell_what_falls_due_after_an_event() -> None:
    decided = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)

    assert [
        (limit.event, limit.due, limit.rule.id)
        for limit in rules.limits(BOOK, "open", "award.decided", decided)
    ] == [
        ("award.published", date(2026, 11, 24), "award-publication-2wd"),
        ("award.notification.sent", date(2026, 11, 24), "award-notification-2wd"),
    ]


def test_limits_past_the_last_official_year_are_provisional() -> None:
    limit = next(
        limit
        for limit in rules.limits(BOOK, "open", "complaint.received", date(2026, 11, 20))
        if limit.event == "complaint.decided"
    )

    assert (limit.due, limit.not_before, limit.provisional) == (None, date(2027, 1, 1), True)


@given(st.dates(date(2023, 1, 1), date(2026, 6, 30)), st.sampled_from(OFFERED))
def test_an_act_on_its_due_day_is_in_time_and_a_day_later_is_not(day: date, method: str) -> None:
    events = {r.from_event for r in BOOK.rules_for(method, on=day) if r.kind is Kind.MAX_INTERVAL}
    for event in sorted(events):
        for limit in rules.limits(BOOK, method, event, day):
            assert limit.due == limit.not_before
            counted = OFFICIAL.count(day, limit.count.n, limit.count.unit)
            assert counted.end == limit.due


def test_challenge_window_of_the_worked_example() -> None:
    window = rules.challenge_window(BOOK, "open", award_published=date(2025, 12, 1))

    assert window.notice_end == date(2025, 12, 2)
    assert window.window_end == date(2025, 12, 11)
    assert [rule.id for rule in window.rules] == ["award-notice-period-1wd", "challenge-result-7wd"]


def test_challenge_window_of_a_grant_runs_from_publication() -> None:
    window = rules.challenge_window(BOOK, "grant", award_published=date(2025, 12, 1))

    assert (window.notice_end, window.window_end) == (None, date(2025, 12, 10))
    assert [rule.id for rule in window.rules] == ["policy-objection-window"]


def test_challenge_window_into_an_unknown_year_has_no_end_yet() -> None:
    window = rules.challenge_window(BOOK, "open", award_published=date(2026, 12, 24))

    assert (window.notice_end, window.window_end) == (date(2026, 12, 25), None)
    assert window.not_before == date(2027, 1, 3)
