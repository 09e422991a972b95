"""The days of a story: working days, office hours, and the timetable of one procurement."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from procurement.rules import OFFICIAL, SHANGHAI, UnknownYear

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# Calendar days from call to deadline: the lawful minimum with room for any run of holidays.
PERIODS = {"consultation": 21, "negotiation": 17, "single-source": 17}
LONGEST = 31
INTENTION = timedelta(days=45)  # 30 days is the least (Caiku [2020] 10)


def is_working_day(day: date) -> bool:
    """Say whether people work that day; past the last official calendar, Monday to Friday."""
    try:
        return OFFICIAL.is_working_day(day)
    except UnknownYear:
        return day.weekday() < SATURDAY


def shift(day: date, working_days: int) -> date:
    """Return the day that many working days after a day, or before it when negative."""
    step = ONE_DAY if working_days > 0 else -ONE_DAY
    left = abs(working_days)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working(day: date) -> date:
    """Return the day itself or the next working day."""
    return day if is_working_day(day) else shift(day, 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant on a day in Asia/Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def day_of(instant: datetime) -> date:
    """Return the day of an instant in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


@dataclass(frozen=True)
class Timetable:
    """When each step of one procurement is due."""

    planned: datetime
    drafted: datetime
    submitted: datetime
    published: datetime
    notice_end: datetime
    deadline: datetime
    seated: datetime
    judging: datetime
    decided: datetime
    gap: timedelta = timedelta(minutes=25)  # between two members of a panel

    @property
    def opened(self) -> datetime:
        """When the clock closes and opens: no request in time is under way any more."""
        return self.deadline + timedelta(seconds=130)

    def between(self, share: float) -> datetime:
        """Return an instant within the time to bid: 0 its beginning, 1 its end; whole minutes."""
        instant = self.published + (self.deadline - self.published) * share
        return instant.replace(second=0, microsecond=0)


def closing(deadline: datetime, method: str) -> Timetable:
    """Return the timetable that leads to a deadline and on from it."""
    end = day_of(deadline)
    first = working(end - timedelta(days=PERIODS.get(method, LONGEST)))
    return Timetable(
        planned=at(working(first - INTENTION), 10),
        drafted=at(shift(first, -5), 9, 30),
        submitted=at(shift(first, -2), 16),
        published=at(first, 9),
        notice_end=at(shift(first, 6), 17),
        deadline=deadline,
        seated=at(shift(end, 1), 9, 30),
        judging=at(shift(end, 3), 9),
        decided=at(shift(end, 6), 10),
    )


def publishing(day: date, method: str) -> Timetable:
    """Return the timetable of a call on a day."""
    end = working(day + timedelta(days=PERIODS.get(method, LONGEST)))
    table = closing(at(end, 17), method)
    return replace(
        table,
        planned=at(working(day - INTENTION), 10),
        drafted=at(shift(day, -5), 9, 30),
        submitted=at(shift(day, -2), 16),
        published=at(day, 9),
        notice_end=at(shift(day, 6), 17),
    )
