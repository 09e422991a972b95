"""The rule on outages: which deadlines it touches, and to when they move."""

import re
from datetime import datetime, timedelta

import pytest

from procurement.pulse import rule
from procurement.rules import OFFICIAL, SHANGHAI

DEADLINE = datetime(2026, 4, 28, 17, 0, tzinfo=SHANGHAI)  # a Tuesday


def at(text: str) -> datetime:
    """Read an instant of Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("began", "ended", "is_touched"),
    [
        (-3700, -3601, False),  # over an hour before
        (-3700, -3600, False),
        (-3700, -3599, True),
        (-300, -200, True),
        (-30, 40, True),
        (119, 200, True),
        (120, 200, False),  # the register may be written from then on
        (-90000, 90000, True),
    ],
)
def test_an_outage_touches_the_last_hour_and_two_minutes(
    began: int, ended: int, is_touched: bool
) -> None:
    moments = (DEADLINE + timedelta(seconds=each) for each in (began, ended))
    assert rule.touches(DEADLINE, began=next(moments), ended=next(moments)) is is_touched


@pytest.mark.parametrize(
    ("restored", "deadline"),
    [
        ("2026-04-28 10:30:07", "2026-04-28 11:30:07"),
        ("2026-04-28 16:00:00", "2026-04-28 17:00:00"),
        ("2026-04-28 16:00:01", "2026-04-29 10:00:00"),  # would end after 17:00
        ("2026-04-28 23:40:00", "2026-04-29 10:00:00"),
        ("2026-04-28 03:00:00", "2026-04-28 10:00:00"),  # before office hours
        ("2026-04-30 17:05:00", "2026-05-06 10:00:00"),  # over the Labour Day holiday
        ("2026-05-09 14:00:00", "2026-05-09 15:00:00"),  # a Saturday worked to make up for it
        ("2026-06-20 14:00:00", "2026-06-22 10:00:00"),  # the dragon boat weekend
        ("2035-03-03 14:00:00", "2035-03-05 10:00:00"),  # a Saturday of a year nobody announced
    ],
)
def test_the_deadline_is_an_hour_of_working_time_after_the_return(
    restored: str, deadline: str
) -> None:
    assert rule.extended(at(restored), OFFICIAL) == at(deadline)


def test_what_is_extended_is_not_touched_by_the_same_outage() -> None:
    began, ended = DEADLINE - timedelta(minutes=70), DEADLINE - timedelta(minutes=5)
    moved = rule.extended(ended, OFFICIAL)
    assert moved > DEADLINE
    assert rule.touches(moved, began=began, ended=ended) is False


def test_both_languages_name_the_same_figures() -> None:
    chinese, english = (sorted(re.findall(r"\d+", each)) for each in (rule.TEXT, rule.TEXT_EN))
    assert chinese == english
