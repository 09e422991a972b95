"""A year's file: read as it is, or refused with the line and the reason."""

from datetime import date

import pytest

from procurement.rules import years
from procurement.rules.years import BadYear, YearFault

GOOD = """# the notice of 2027
year = 2027
source = "关于2027年部分节假日安排的通知"
source_url = "https://example.org/2027"
holidays = [
  2027-01-01,
  "2027-02-05..2027-02-11",
]
makeup_days = [2027-01-31, 2027-02-13]
"""


def test_read_takes_days_and_ranges() -> None:
    told = years.read(GOOD)

    assert (told.year, told.source_url) == (2027, "https://example.org/2027")
    assert told.notice.holidays == {
        date(2027, 1, 1),
        *(date(2027, 2, day) for day in range(5, 12)),
    }
    assert told.notice.makeup_days == {date(2027, 1, 31), date(2027, 2, 13)}


@pytest.mark.parametrize(
    ("old", "new", "line", "fault"),
    [
        ("year = 2027", "year == 2027", 2, YearFault.SYNTAX),
        ("source_url", "source_link", 4, YearFault.UNKNOWN_KEY),
        ("year = 2027", "", 1, YearFault.MISSING_KEY),
        ("year = 2027", "year = 1927", 2, YearFault.BAD_YEAR),
        ("2027-01-01", "2026-01-01", 6, YearFault.ANOTHER_YEAR),
        ("2027-01-01", "2027-02-07", 7, YearFault.TWICE),
        ("2027-02-13]", "2027-02-11]", 9, YearFault.BOTH),
        ("2027-02-13]", "2027-02-15]", 9, YearFault.WORKED_WEEKDAY),
        ("2027-02-13]", "2027-01-31]", 9, YearFault.TWICE),
        ("2027-02-05..2027-02-11", "2027-02-11..2027-02-05", 7, YearFault.INVERTED),
        ("2027-02-05..2027-02-11", "2027-02-05..2027-12-11", 7, YearFault.INVERTED),
        ("2027-02-05..2027-02-11", "2027-02-30", 7, YearFault.NOT_A_DATE),
        ("2027-02-05..2027-02-11", "spring", 7, YearFault.NOT_A_DATE),
    ],
)
def test_read_refuses_with_the_line_and_the_reason(
    old: str, new: str, line: int, fault: YearFault
) -> None:
    with pytest.raises(BadYear) as refused:
        years.read(GOOD.replace(old, new, 1))

    assert (refused.value.line, refused.value.fault) == (line, fault)


def test_days_typed_one_a_line_keep_their_lines() -> None:
    lines = years.days("2027-01-01\n\n2027-02-05 至 2027-02-06\n", "holidays")

    assert [(line.number, line.day.day) for line in lines] == [(1, 1), (3, 5), (3, 6)]
