"""The planner: what it proposes is lawful, one day earlier is not; what a moved day bends."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement import rules
from procurement.rules import planner, steps
from procurement.rules.steps import Fault, Timetable
from procurement.rules.vocabulary import Outcome

BOOK = rules.load()
OFFERED = [method.id for method in BOOK.methods if method.offered]
ONE_DAY = timedelta(days=1)
KNOWN: dict[str, object] = {
    "service.audience": "public",
    "mainProcurementCategory": "services",
    "isGovernmentPurchaseOfServices": True,
    "inCatalogue": True,
    "tender.invitationMode": "public-notice",
    "rationale": "only-supplier",
    "procurement.hasAgency": False,
    "contract.multiYearConditionsMet": False,
    "value": 1,
    "thresholds.open_tender_services": 2,
}
APRIL = date(2026, 4, 7)  # a Tuesday


def timetable(method: str = "open", on: date = APRIL, **chosen: date) -> Timetable:
    """A timetable of a procurement published in April; `chosen` by the names below."""
    days = {NAMES[name]: day for name, day in chosen.items()}
    return planner.plan(BOOK, method, KNOWN, published=on, on=on, chosen=days)


NAMES = {
    "planned": steps.PLANNED,
    "notice_end": steps.NOTICE_END,
    "enquiry_end": steps.ENQUIRY_END,
    "deadline": steps.DEADLINE,
    "awarded": steps.AWARDED,
    "starts": steps.START,
    "ends": steps.END,
}


def days(found: Timetable) -> dict[str, str]:
    return {step.event: step.day.isoformat() for step in found.steps}


def bent(found: Timetable, event: str) -> list[str]:
    step = found.step(event)
    assert step is not None
    return [finding.rule.id for finding in step.bends]


def test_an_open_tender_is_planned_from_the_planning_notice_to_the_last_day_of_service() -> None:
    assert days(timetable()) == {
        "planning.published": "2026-03-08",
        "tender.published": "2026-04-07",
        "amendment.published": "2026-04-12",
        "tender.noticePeriod.endDate": "2026-04-14",
        "tender.documents.endDate": "2026-04-14",
        "tender.enquiryPeriod.endDate": "2026-04-22",
        "tender.tenderPeriod.endDate": "2026-04-27",
        "evaluation.report.delivered": "2026-04-30",
        "award.decided": "2026-05-11",
        "award.published": "2026-05-13",
        "award.noticePeriod.endDate": "2026-05-14",
        "challenge.received": "2026-05-25",
        "contract.signed": "2026-05-25",
        "contract.period.startDate": "2026-05-26",
        "contract.published": "2026-05-27",
        "contract.period.endDate": "2027-05-25",
    }


def test_a_single_source_has_its_publicity_and_a_grant_neither_that_nor_a_planning_notice() -> None:
    single, grant = days(timetable("single-source")), days(timetable("grant"))
    assert single["singleSource.publicity.endDate"] == "2026-04-14"
    assert {"singleSource.publicity.endDate", "planning.published"}.isdisjoint(grant)


def test_each_bound_has_its_rule_and_its_counted_days() -> None:
    deadline = timetable().step(steps.DEADLINE)
    assert deadline is not None
    assert deadline.earliest is not None
    assert (deadline.earliest.day, deadline.earliest.rule.id) == (
        date(2026, 4, 27),
        "bid-period-20-days",
    )
    assert deadline.earliest.count is not None
    assert deadline.earliest.count.n == 20


def test_a_deadline_moved_one_day_forward_bends_its_rule_and_no_other() -> None:
    found = timetable(deadline=date(2026, 4, 26))
    assert bent(found, steps.DEADLINE) == ["bid-period-20-days"]
    assert [finding.rule.id for finding in found.bends] == ["bid-period-20-days"]


def test_what_follows_is_counted_from_the_day_that_was_chosen() -> None:
    found = timetable(awarded=date(2026, 6, 1))
    window = found.step(steps.CHALLENGED)
    assert window is not None
    assert window.day == date(2026, 6, 11)


def test_a_planning_notice_published_too_late_moves_the_call_not_itself() -> None:
    found = timetable(planned=date(2026, 3, 20))
    call = found.step(steps.PUBLISHED)
    assert call is not None
    assert call.earliest is not None
    assert call.earliest.day == date(2026, 4, 20)  # 30 days on, a Sunday rolled forward
    assert bent(found, steps.PUBLISHED) == ["intention-min-30-days"]


@pytest.mark.parametrize(
    ("chosen", "event", "fault", "instead"),
    [
        ({"deadline": date(2026, 4, 1)}, steps.DEADLINE, Fault.PAST, date(2026, 4, 7)),
        ({"deadline": date(2026, 5, 2)}, steps.DEADLINE, Fault.DAY_OFF, date(2026, 5, 6)),
        ({"deadline": date(2026, 5, 9)}, steps.DEADLINE, None, None),  # a make-up Saturday
        ({"notice_end": APRIL}, steps.NOTICE_END, Fault.NO_DAYS, date(2026, 4, 14)),
        (
            {"starts": date(2026, 6, 1), "ends": date(2026, 6, 1)},
            steps.END,
            Fault.NO_DAYS,
            date(2026, 6, 2),
        ),
        (
            {"enquiry_end": date(2026, 4, 29)},
            steps.ENQUIRY_END,
            Fault.AFTER_DEADLINE,
            date(2026, 4, 27),
        ),
    ],
)
def test_a_day_that_is_wrong_in_itself_is_named_with_a_way_out(
    chosen: dict[str, date], event: str, fault: Fault | None, instead: date | None
) -> None:
    step = timetable("open", APRIL, **chosen).step(event)
    assert step is not None
    assert (step.fault, step.instead) == (fault, instead)


def test_past_the_last_official_year_days_are_provisional_and_bend_nothing() -> None:
    found = timetable(on=date(2026, 12, 20))
    deadline = found.step(steps.DEADLINE)
    assert deadline is not None
    assert (deadline.day, deadline.provisional) == (date(2027, 1, 9), True)
    assert found.bends == ()


def test_a_rule_that_may_not_apply_is_conditional() -> None:
    unset = {name: fact for name, fact in KNOWN.items() if name != "inCatalogue"}
    unset.pop("thresholds.open_tender_services")
    found = planner.plan(BOOK, "open", unset, published=APRIL, on=APRIL)
    planned = found.step(steps.PLANNED)
    assert planned is not None
    assert planned.latest is not None
    assert planned.latest.conditional


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(OFFERED), st.dates(date(2023, 2, 10), date(2026, 6, 30)))
def test_the_proposed_timetable_is_lawful_and_any_minimum_one_day_earlier_is_not(
    method: str, published: date
) -> None:
    found = timetable(method, published)
    assert found.bends == ()
    assert _broken(method, found, {}) == set()
    bounded = [step for step in found.steps if step.earliest and step.day == step.earliest.day]
    assert {steps.DEADLINE, steps.SIGNED} & {step.event for step in bounded} or method == (
        "single-source"
    )
    for step in bounded:
        assert step.earliest is not None
        sooner = {step.event: step.day - ONE_DAY}
        assert step.earliest.rule.id in _broken(method, found, sooner)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(OFFERED), st.dates(date(2023, 2, 10), date(2026, 6, 30)))
def test_any_maximum_one_day_later_is_unlawful(method: str, published: date) -> None:
    found = timetable(method, published)
    for step in found.steps:
        if step.latest and step.event not in {steps.AMENDED, steps.CHALLENGED}:
            later = {step.event: step.latest.day + ONE_DAY}
            assert step.latest.rule.id in _broken(method, found, later)


def _broken(method: str, found: Timetable, moved: dict[str, date]) -> set[str]:
    """Return the rules about periods that rules.check finds broken, with days moved."""
    planned = {step.event: step.day for step in found.steps}
    for event in (steps.AMENDED, steps.CHALLENGED):  # nobody plans those
        planned.pop(event, None)
    planned |= moved
    together = {name: planned[event] for name, event in steps.TOGETHER.items()}
    facts = {**KNOWN, **planned, **together}
    checked = rules.check(BOOK, method, facts, on=planned[steps.PUBLISHED])
    return {
        finding.rule.id
        for finding in checked
        if finding.outcome is Outcome.BROKEN and finding.rule.to_event in planned
    }
