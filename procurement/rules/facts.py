"""What is known about one procurement, asked by the names the book uses.

A name not supplied is MISSING (cannot tell); None, "" or an empty list is known to be blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from procurement.rules.types import Book, Method

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Missing(Enum):
    """The one value that says a fact was not supplied."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
NotSupplied = Literal[Missing.MISSING]

# Names that stand for one another where the first was not supplied.
FALLBACKS: Mapping[str, str] = {
    # A supplier that cannot show when it obtained the documents counts from the notice period.
    "challenge.cause.documents": "tender.noticePeriod.endDate",
    "planning.approval.date": "planning.approval.granted",
    "planning.approval.granted": "planning.approval.date",
}

# A period is stated when each of its ends is.
PARTS: Mapping[str, tuple[str, ...]] = {
    "tender.noticePeriod": ("tender.noticePeriod.endDate",),
    "tender.documents.period": ("tender.documents.startDate", "tender.documents.endDate"),
    "award.noticePeriod": ("award.noticePeriod.endDate",),
    "contract.period": ("contract.period.startDate", "contract.period.endDate"),
    "framework.period": ("framework.period.startDate", "framework.period.endDate"),
}


class BadFact(TypeError):
    """A fact has a value of the wrong type: a mistake of the caller, not of the official."""


class Facts:
    """The facts of one procurement under one method, with the book's thresholds."""

    def __init__(self, values: Mapping[str, object], *, book: Book, method: Method) -> None:
        """Wrap the mapping; nothing is copied."""
        self._values = values
        self._book = book
        self._method = method

    def given(self, values: Mapping[str, object]) -> Facts:
        """Return other facts of the same procurement."""
        return Facts(values, book=self._book, method=self._method)

    def value(self, name: str) -> object:
        """Return the value of a fact, or MISSING."""
        if name == "procedure":
            return self._method.id
        if name in self._values:
            return self._values[name]
        if name.startswith("thresholds."):
            level = str(self._values.get("buyer.level") or "")
            figure = self._book.threshold(name.removeprefix("thresholds."), level)
            return MISSING if figure is None else figure
        if name in FALLBACKS and FALLBACKS[name] in self._values:
            return self._values[FALLBACKS[name]]
        return MISSING

    def event_name(self, event: str) -> str:
        """Return the name under which this method knows the event, where its day is given."""
        alias = self._book.aliases.get((self._method.id, event), event)
        return alias if isinstance(self._values.get(alias), date) else event

    def moment(self, event: str) -> date | datetime | NotSupplied | None:
        """Return when an event happens: an instant, a day, None (not set), or MISSING."""
        value = self.value(self.event_name(event))
        if value is MISSING or value is None:
            return value
        if is_blank(value):
            return None
        if isinstance(value, date):
            return value
        raise BadFact(f"{event} must be a date or a datetime, not {type(value).__name__}")

    def day(self, event: str) -> date | NotSupplied | None:
        """Return the day of an event in Asia/Shanghai, None (not set), or MISSING."""
        moment = self.moment(event)
        return day_of(moment) if isinstance(moment, date) else moment

    def number(self, name: str) -> Decimal | NotSupplied | None:
        """Return a figure (the length, for a collection), None (blank), or MISSING."""
        value = self.value(name)
        if value is MISSING:
            return MISSING
        if isinstance(value, Sequence | Set | Mapping) and not isinstance(value, str):
            return Decimal(len(value))
        if is_blank(value):
            return None
        figure = as_number(value)
        if figure is None:
            raise BadFact(f"{name} must be a number, not {type(value).__name__}")
        return figure

    def members(self, name: str) -> tuple[Mapping[str, object], ...] | NotSupplied:
        """Return the members of a list of mappings, or MISSING."""
        value = self.value(name)
        if value is MISSING:
            return MISSING
        if is_blank(value):
            return ()
        if isinstance(value, Sequence) and all(isinstance(item, Mapping) for item in value):
            return tuple(value)
        raise BadFact(f"{name} must be a list of mappings")


def is_blank(value: object) -> bool:
    """Return whether a supplied value says "nothing": None, blank text, an empty collection."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Sequence | Set | Mapping) and not value)


def as_number(value: object) -> Decimal | None:
    """Return a number as a Decimal, None for anything else (a bool is not a number)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(str(value)) if isinstance(value, float) else None


def day_of(moment: date | datetime) -> date:
    """Return the day in Asia/Shanghai; a datetime without a zone is taken as Shanghai time."""
    if isinstance(moment, datetime):
        return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()
    return moment


def is_after(one: date | datetime, other: date | datetime) -> bool:
    """Return whether one is later: by the instant when both are instants, else by the day."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return _zoned(one) > _zoned(other)
    return day_of(one) > day_of(other)


def _zoned(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
