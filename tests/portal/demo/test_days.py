"""The timetable of a story is lawful and in order, whatever day it ends."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.demo import days
from procurement.rules import SHANGHAI

METHODS = ["open", "invited", "negotiation", "consultation", "single-source", "grant"]


@given(st.dates(date(2013, 1, 1), date(2028, 12, 31)), st.sampled_from(METHODS))
def test_each_step_follows_the_one_before(day: date, method: str) -> None:
    table = days.closing(days.at(day, 17), method)
    steps = [table.planned, table.drafted, table.submitted, table.published, table.notice_end]
    steps += [table.deadline, table.opened, table.seated, table.judging, table.decided]
    assert steps == sorted(steps)
    assert table.published - table.planned > timedelta(days=30)


@given(st.dates(date(2013, 1, 1), date(2028, 12, 31)), st.integers(1, 30))
def test_shift_ends_on_the_working_day_that_many_away(day: date, count: int) -> None:
    end = days.shift(day, count)
    passed = [day + timedelta(days=step) for step in range(1, (end - day).days + 1)]
    assert days.is_working_day(end)
    assert sum(days.is_working_day(each) for each in passed) == count
    assert days.shift(days.shift(end, -count), count) == end


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 10), True),  # a Saturday made up for it
        (date(2031, 3, 3), True),  # past the official calendar: a Monday
    ],
)
def test_working_days_are_official_as_far_as_they_are_known(day: date, is_worked: bool) -> None:
    assert days.is_working_day(day) is is_worked


def test_between_is_a_whole_minute_of_the_time_to_bid() -> None:
    table = days.closing(datetime(2026, 11, 30, 17, 0, tzinfo=SHANGHAI), "open")
    assert table.between(0) == table.published
    assert table.between(1) == table.deadline
    assert table.between(0.37).second == 0
