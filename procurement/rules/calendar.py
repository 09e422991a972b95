"""The one way to count days in the portal: calendar days, working days and years.

The working days come from the State Council's yearly holiday notice, never from a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import chinese_calendar

from procurement.rules.types import Count
from procurement.rules.vocabulary import Unit

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# The years whose State Council notice the library holds.
FIRST_YEAR, LAST_YEAR = min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year


class UnknownYear(Exception):
    """No official holiday notice is loaded for the year of this day."""

    def __init__(self, day: date) -> None:
        """Keep the day that cannot be judged."""
        super().__init__(f"no official working-day calendar for {day.year}")
        self.day = day


@dataclass(frozen=True)
class YearNotice:
    """One year's State Council notice: weekdays off, and weekend days worked (调休)."""

    holidays: frozenset[date]
    makeup_days: frozenset[date]


@dataclass(frozen=True)
class WorkingCalendar:
    """Official working days; `notices` adds or replaces whole years."""

    notices: Mapping[int, YearNotice] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Return whether people work that day; raise UnknownYear where no notice is loaded."""
        notice = self.notices.get(day.year)
        if notice is not None:
            if day in notice.makeup_days:
                return True
            return day.weekday() < SATURDAY and day not in notice.holidays
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise UnknownYear(day)
        return bool(chinese_calendar.is_workday(day))

    def knows(self, year: int) -> bool:
        """Return whether the official notice of that year is loaded."""
        try:
            self.is_working_day(date(year, 1, 1))
        except UnknownYear:
            return False
        return True

    def roll_forward(self, day: date) -> date:
        """Return the day itself, or the next working day when it is a day off."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, start: date, n: int) -> Count:
        """Count n working days after start (Order 87 Art. 85: the first day is excluded).

        Every further working day takes at least one day, so past the known years the end is
        not before the last known day plus the days still to count.
        """
        days: list[date] = []
        day = start
        try:
            while len(days) < n:
                if self.is_working_day(day + ONE_DAY):
                    days.append(day + ONE_DAY)
                day += ONE_DAY
        except UnknownYear:
            not_before = day + (n - len(days)) * ONE_DAY
            return Count(start, n, Unit.WORKING_DAY, None, not_before, tuple(days))
        return Count(start, n, Unit.WORKING_DAY, day, day, tuple(days))

    def add_calendar_days(self, start: date, n: int) -> Count:
        """Count n days after start and roll the last one forward to a working day.

        Zero days means the same day, holiday or not: nothing is left to roll.
        """
        last = start + n * ONE_DAY
        end: date | None
        try:
            end = self.roll_forward(last) if n else last
        except UnknownYear as unknown:
            end, last = None, unknown.day
        span = ((end or last) - start).days
        days = tuple(start + step * ONE_DAY for step in range(1, span + 1))
        return Count(start, n, Unit.CALENDAR_DAY, end, end or last, days)

    def add_years(self, start: date, n: int) -> Count:
        """Return the same day n years on (Civil Code Art. 202: else the month's last day).

        A term of years is a length, not a time limit for an act: it is not rolled forward.
        """
        try:
            end = start.replace(year=start.year + n)
        except ValueError:
            end = start.replace(year=start.year + n, day=28)
        return Count(start, n, Unit.YEAR, end, end)

    def count(self, start: date, n: int, unit: Unit) -> Count:
        """Count n units after start; raise ValueError when the unit is not one of time."""
        match unit:
            case Unit.WORKING_DAY:
                return self.add_working_days(start, n)
            case Unit.CALENDAR_DAY:
                return self.add_calendar_days(start, n)
            case Unit.YEAR:
                return self.add_years(start, n)
        raise ValueError(f"{unit} does not measure time")


OFFICIAL = WorkingCalendar()
