"""Whatever the procedure, facts and figures: the earliest timetable is lawful, and least."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from procurement import rules
from procurement.rules import Change, engine
from procurement.rules.types import Book
from procurement.rules.vocabulary import Kind, Outcome

BOOK = rules.load()
TODAY = date(2026, 11, 22)
ONE_DAY = timedelta(days=1)
OFFERED = [method.id for method in BOOK.methods if method.offered]
PLANNED = BOOK.rule("intention-min-30-days").procedures
PUBLISHED = "tender.published"
# what happens with the publication, and so on the same day
TOGETHER = ("tender.documents.startDate", "singleSource.publicity.startDate")
PERIODS = [rule for rule in BOOK.rules if rule.kind is Kind.MIN_INTERVAL]
DAYS = st.dates(date(2023, 1, 1), date(2026, 5, 31))

FACTS = st.fixed_dictionaries(
    {
        "service.audience": st.sampled_from(["public", "government"]),
        "mainProcurementCategory": st.just("services"),
        "isGovernmentPurchaseOfServices": st.booleans(),
        "inCatalogue": st.just(True),
        "value": st.integers(1, 10).map(lambda million: Decimal(million * 1_000_000)),
        "thresholds.open_tender_services": st.just(Decimal(4_000_000)),
        "thresholds.procurement_limit": st.just(Decimal(500_000)),
        "tender.invitationMode": st.sampled_from(["public-notice", "register-draw"]),
        "amendment.affectsPreparation": st.booleans(),
        "rationale": st.sampled_from(["only-supplier", "urgent"]),
    }
)


@st.composite
def stricter(draw: st.DrawFn) -> tuple[Change, ...]:
    """Draw periods that a province has made longer than the law asks."""
    chosen = draw(st.sets(st.sampled_from(range(len(PERIODS))), max_size=4))
    return tuple(
        Change(rule.id, "amount", (rule.amount or Decimal(0)) + draw(st.integers(1, 9)))
        for rule in (PERIODS[index] for index in sorted(chosen))
    )


def edition(changes: tuple[Change, ...]) -> Book:
    """The book with these changes."""
    return rules.amend(BOOK, changes, number=1) if changes else BOOK


def _outcome(
    book: Book, method: str, rule_id: str, facts: Mapping[str, object]
) -> tuple[Outcome, date | None]:
    rule = book.rule(rule_id)
    filled = {name: "x" for name in rule.required_fields if name not in facts}
    found = engine.find(rule, engine.ask(book, method, {**filled, **facts}, on=TODAY))
    return found.outcome, found.earliest


def _is_least(
    book: Book, method: str, facts: Mapping[str, object], bounds: tuple[rules.Earliest, ...]
) -> None:
    days: dict[str, object] = {bound.event: bound.date for bound in bounds}
    for bound in bounds:
        assert bound.date is not None
        moved = (PUBLISHED, *TOGETHER) if bound.event == PUBLISHED else (bound.event,)
        sooner = days | dict.fromkeys(moved, bound.date - ONE_DAY)
        kept = _outcome(book, method, bound.rule.id, {**facts, **days})
        assert kept == (Outcome.KEPT, bound.date)
        assert _outcome(book, method, bound.rule.id, {**facts, **sooner})[0] == Outcome.BROKEN


@given(stricter(), st.sampled_from(OFFERED), DAYS, FACTS)
def test_the_earliest_days_after_publication_are_lawful_and_none_may_come_sooner(
    changes: tuple[Change, ...], method: str, published: date, known: Mapping[str, object]
) -> None:
    book = edition(changes)
    facts = {
        **known,
        "tender.published": published,
        "tender.documents.startDate": published,
        "singleSource.publicity.startDate": published,
        "amendment.published": published,
        "award.published": published,
    }
    bounds = rules.earliest(book, method, facts, on=TODAY)

    _is_least(book, method, facts, bounds)


@given(stricter(), st.sampled_from(sorted({*PLANNED} & {*OFFERED})), DAYS, FACTS)
def test_the_earliest_days_from_the_planning_notice_on_are_lawful(
    changes: tuple[Change, ...], method: str, planned: date, known: Mapping[str, object]
) -> None:
    book = edition(changes)
    facts = {**known, "planning.published": planned}
    bounds = rules.earliest(book, method, facts, on=TODAY)
    published = next(bound.date for bound in bounds if bound.event == PUBLISHED)

    _is_least(book, method, facts | dict.fromkeys(TOGETHER, published), bounds)


@given(stricter(), st.sampled_from(OFFERED), DAYS, FACTS)
def test_no_rule_is_broken_by_the_whole_earliest_timetable(
    changes: tuple[Change, ...], method: str, published: date, known: Mapping[str, object]
) -> None:
    book = edition(changes)
    facts = {
        **known,
        "tender.published": published,
        "tender.documents.startDate": published,
        "singleSource.publicity.startDate": published,
        "award.published": published,
    }
    days = {bound.event: bound.date for bound in rules.earliest(book, method, facts, on=TODAY)}
    broken = [
        finding.rule.id
        for finding in rules.check(book, method, {**facts, **days}, on=TODAY)
        if finding.rule.kind is Kind.MIN_INTERVAL and finding.actual
        if finding.outcome is Outcome.BROKEN
        and finding.earliest
        and finding.actual < finding.earliest
    ]

    assert broken == []
