"""One year's holiday notice as text: read, and refused with the line and the reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from procurement.rules.calendar import SATURDAY, YearNotice

KEYS = ("year", "source", "source_url", "holidays", "makeup_days")
FIRST, LAST = 2004, 2100
LONGEST_HOLIDAY = 14  # days in one range: a longer one is a slip of the keyboard
RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|~|至|到)\s*(\d{4}-\d{2}-\d{2}))?")


class YearFault(StrEnum):
    """Why a year cannot be loaded."""

    SYNTAX = "syntax"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    BAD_YEAR = "bad-year"
    NOT_A_DATE = "not-a-date"
    INVERTED = "inverted"
    ANOTHER_YEAR = "another-year"
    TWICE = "twice"
    BOTH = "both"
    WORKED_WEEKDAY = "worked-weekday"
    NO_HOLIDAYS = "no-holidays"


class BadYear(ValueError):
    """A year that cannot be loaded: the line (from 1), what stands there, and the reason."""

    def __init__(self, fault: YearFault, line: int, what: str, field: str = "") -> None:
        """Keep what the refusal is about."""
        super().__init__(f"line {line}: {fault}: {what}")
        self.fault, self.line, self.what, self.field = fault, line, what, field


@dataclass(frozen=True)
class YearFile:
    """A holiday notice as its file tells it."""

    year: int
    source: str
    source_url: str
    notice: YearNotice


@dataclass(frozen=True)
class Line:
    """A day and the line it is written on."""

    number: int
    day: date


def read(text: str) -> YearFile:
    """Read a year from TOML (keys `KEYS`); raise BadYear for the first mistake."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as mistake:
        found = re.search(r"at line (\d+)", str(mistake))
        raise BadYear(YearFault.SYNTAX, int(found[1]) if found else 1, str(mistake)) from mistake
    for key in told:
        if key not in KEYS:
            raise BadYear(YearFault.UNKNOWN_KEY, _line_of(text, key), key)
    for key in ("year", "source", "holidays"):
        if not told.get(key):
            raise BadYear(YearFault.MISSING_KEY, _line_of(text, key), key, key)
    year = told["year"]
    if not isinstance(year, int):
        raise BadYear(YearFault.BAD_YEAR, _line_of(text, "year"), str(year), "year")
    holidays, makeup = (_listed(text, told.get(key, []), key) for key in KEYS[3:])
    notice = judge(year, holidays, makeup, year_line=_line_of(text, "year"))
    return YearFile(year, str(told["source"]), str(told.get("source_url", "")), notice)


def days(text: str, field: str) -> list[Line]:
    """Read days written one a line, or a range `2027-02-05..2027-02-11`; raise BadYear."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found += [Line(number, day) for day in _spread(line.strip(), number, field)]
    return found


def judge(
    year: int, holidays: Iterable[Line], makeup: Iterable[Line], *, year_line: int = 1
) -> YearNotice:
    """Return the notice when its days make sense; raise BadYear for the first that does not.

    Days of that year only, none twice, none both off and worked; a make-up day is a weekend day.
    """
    if not FIRST <= year <= LAST:
        raise BadYear(YearFault.BAD_YEAR, year_line, str(year), "year")
    off = _of_year(year, holidays, "holidays")
    if not off:
        raise BadYear(YearFault.NO_HOLIDAYS, year_line, str(year), "holidays")
    worked = _of_year(year, makeup, "makeup_days")
    for day, line in worked.items():
        if day in off:
            raise BadYear(YearFault.BOTH, line, day.isoformat(), "makeup_days")
        if day.weekday() < SATURDAY:
            raise BadYear(YearFault.WORKED_WEEKDAY, line, day.isoformat(), "makeup_days")
    return YearNotice(frozenset(off), frozenset(worked))


def _of_year(year: int, lines: Iterable[Line], field: str) -> dict[date, int]:
    found: dict[date, int] = {}
    for line in lines:
        if line.day.year != year:
            raise BadYear(YearFault.ANOTHER_YEAR, line.number, line.day.isoformat(), field)
        if line.day in found:
            raise BadYear(YearFault.TWICE, line.number, line.day.isoformat(), field)
        found[line.day] = line.number
    return found


def _listed(text: str, values: object, field: str) -> list[Line]:
    """Return the days of a TOML list, each with the line it is written on."""
    if not isinstance(values, list):
        raise BadYear(YearFault.NOT_A_DATE, _line_of(text, field), str(values), field)
    found: list[Line] = []
    seen: dict[str, int] = {}
    start = text.find(field)
    for value in values:
        written = value.isoformat() if isinstance(value, date) else str(value)
        at = text.find(written, seen.get(written, start))
        seen[written] = at + len(written)
        number = text.count("\n", 0, max(at, 0)) + 1
        found += [Line(number, day) for day in _spread(written, number, field)]
    return found


def _spread(written: str, line: int, field: str) -> list[date]:
    """Return the days of `2027-02-05` or of `2027-02-05..2027-02-11`."""
    match = RANGE.fullmatch(written)
    if match is None:
        raise BadYear(YearFault.NOT_A_DATE, line, written, field)
    try:
        first = date.fromisoformat(match[1])
        last = date.fromisoformat(match[2] or match[1])
    except ValueError:
        raise BadYear(YearFault.NOT_A_DATE, line, written, field) from None
    if not timedelta(0) <= last - first < timedelta(days=LONGEST_HOLIDAY):
        raise BadYear(YearFault.INVERTED, line, written, field)
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _line_of(text: str, key: str) -> int:
    """Return the line a key is written on, the first where it is nowhere."""
    found = re.search(rf"^\s*{re.escape(key)}\s*=", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
