"""Counting days: the worked examples, and what holds for every period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.calendar import OFFICIAL, UnknownYear, WorkingCalendar, YearNotice
from procurement.rules.types import Count
from procurement.rules.vocabulary import Unit

DAYS = st.dates(date(2010, 1, 1), date(2026, 6, 30))
SPANS = st.integers(0, 60)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2025, 12, 12), 5, date(2025, 12, 19)),
        (date(2025, 11, 3), 3, date(2025, 11, 6)),
        (date(2025, 12, 1), 1, date(2025, 12, 2)),
        (date(2025, 12, 2), 7, date(2025, 12, 11)),
        (date(2024, 9, 26), 5, date(2024, 10, 9)),
        (date(2026, 9, 28), 5, date(2026, 10, 10)),
    ],
)
def test_add_working_days_agrees_with_the_worked_examples(start: date, n: int, end: date) -> None:
    assert OFFICIAL.add_working_days(start, n).end == end


def test_add_calendar_days_agrees_with_the_worked_example() -> None:
    assert OFFICIAL.add_calendar_days(date(2023, 2, 10), 10).end == date(2023, 2, 20)


def test_add_working_days_lists_the_days_one_by_one() -> None:
    assert OFFICIAL.add_working_days(date(2024, 9, 26), 5) == Count(
        start=date(2024, 9, 26),
        n=5,
        unit=Unit.WORKING_DAY,
        end=date(2024, 10, 9),
        not_before=date(2024, 10, 9),
        days=(
            date(2024, 9, 27),
            date(2024, 9, 29),
            date(2024, 9, 30),
            date(2024, 10, 8),
            date(2024, 10, 9),
        ),
    )


def test_add_calendar_days_rolls_a_holiday_forward() -> None:
    counted = OFFICIAL.add_calendar_days(date(2026, 9, 11), 20)

    assert counted.end == date(2026, 10, 8)
    assert counted.days[-1] == date(2026, 10, 8)
    assert len(counted.days) == 27


def test_add_calendar_days_of_zero_is_the_same_day_even_on_a_sunday() -> None:
    assert OFFICIAL.add_calendar_days(date(2026, 11, 22), 0).end == date(2026, 11, 22)


def test_add_years_keeps_the_day_and_does_not_roll() -> None:
    assert OFFICIAL.add_years(date(2026, 1, 1), 15).end == date(2041, 1, 1)
    assert OFFICIAL.add_years(date(2024, 2, 29), 1).end == date(2025, 2, 28)


def test_count_refuses_a_unit_that_is_not_time() -> None:
    with pytest.raises(ValueError, match="person does not measure time"):
        OFFICIAL.count(date(2026, 1, 1), 3, Unit.PERSON)


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert OFFICIAL.is_working_day(date(2026, 10, 10))
    assert OFFICIAL.is_working_day(date(2026, 2, 14))
    assert not OFFICIAL.is_working_day(date(2026, 10, 7))
    assert not OFFICIAL.is_working_day(date(2026, 10, 11))


def test_is_working_day_raises_past_the_last_official_year() -> None:
    with pytest.raises(UnknownYear, match="no official working-day calendar for 2027"):
        OFFICIAL.is_working_day(date(2027, 1, 4))

    assert OFFICIAL.knows(2026)
    assert not OFFICIAL.knows(2027)


def test_add_working_days_into_an_unknown_year_is_provisional() -> None:
    counted = OFFICIAL.add_working_days(date(2026, 11, 20), 30)

    assert counted.provisional
    assert counted.end is None
    assert counted.days[-1] == date(2026, 12, 31)
    assert len(counted.days) == 29
    assert counted.not_before == date(2027, 1, 1)


def test_add_calendar_days_into_an_unknown_year_is_provisional() -> None:
    counted = OFFICIAL.add_calendar_days(date(2026, 12, 20), 20)

    assert counted.end is None
    assert counted.not_before == date(2027, 1, 9)


def test_a_loaded_year_makes_the_date_certain() -> None:
    invented = YearNotice(
        holidays=frozenset({date(2027, 1, 1)}), makeup_days=frozenset({date(2027, 1, 9)})
    )
    calendar = WorkingCalendar({2027: invented})

    assert calendar.add_working_days(date(2026, 11, 20), 30).end == date(2027, 1, 4)
    assert calendar.add_calendar_days(date(2026, 12, 20), 20).end == date(2027, 1, 9)
    assert calendar.add_calendar_days(date(2026, 12, 20), 21).end == date(2027, 1, 11)


@given(DAYS, SPANS, SPANS)
def test_a_longer_period_never_ends_earlier(start: date, n: int, more: int) -> None:
    for unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
        short, long = OFFICIAL.count(start, n, unit), OFFICIAL.count(start, n + more, unit)
        assert short.not_before <= long.not_before


@given(DAYS, st.integers(0, 10), SPANS)
def test_a_later_start_never_ends_earlier(start: date, later: int, n: int) -> None:
    moved = start + timedelta(days=later)
    for unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
        assert (
            OFFICIAL.count(start, n, unit).not_before <= OFFICIAL.count(moved, n, unit).not_before
        )


@given(DAYS, st.integers(1, 60))
def test_rolling_never_shortens_and_stops_at_the_first_working_day(start: date, n: int) -> None:
    end = OFFICIAL.add_calendar_days(start, n).not_before
    last = start + timedelta(days=n)

    assert end >= last
    assert OFFICIAL.is_working_day(end)
    assert not any(
        OFFICIAL.is_working_day(last + timedelta(days=step)) for step in range((end - last).days)
    )


@given(DAYS, st.integers(1, 40))
def test_the_counted_working_days_are_all_there_are(start: date, n: int) -> None:
    counted = OFFICIAL.add_working_days(start, n)
    between = [
        start + timedelta(days=step)
        for step in range(1, (counted.not_before - start).days + 1)
        if OFFICIAL.is_working_day(start + timedelta(days=step))
    ]

    assert counted.days == tuple(between)
    assert len(between) == n
