"""Pages of a list by keyset: no counting, no offset; the same cost on every page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

SIZE = 25
NEXT, PREVIOUS = "after", "before"

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows, and the cursors of the pages beside them; empty where there is none."""

    rows: list[M]
    following: str
    preceding: str


def plainly(rows: QuerySet[M], _every: QuerySet[M]) -> list[M]:
    """Read the rows of a page in one plain query: what `page` does unless told otherwise."""
    return list(rows)


def page(
    found: QuerySet[M],
    *,
    by: str,
    cursor: str = "",
    size: int = SIZE,
    read: Callable[[QuerySet[M], QuerySet[M]], list[M]] = plainly,
    among: QuerySet[M] | None = None,
) -> Page[M]:
    """Return one page of rows ordered by a field ("-field" descending), the key breaking ties.

    `cursor` is what an earlier page gave, else empty; one that cannot be read gives the first page.
    `read` gets the rows of the page, and all rows from there on in the same order: those of
    `among`, or of the table.
    """
    whole = found.model._default_manager.all() if among is None else among
    way, _, rest = cursor.partition("~")
    backwards = way == PREVIOUS
    try:
        beyond = _beyond(by, rest, backwards=backwards) if way in {NEXT, PREVIOUS} else None
        every = _ordered(whole, by, beyond, backwards=backwards)
        rows = read(_ordered(found, by, beyond, backwards=backwards)[: size + 1], every)
    except (ValidationError, ValueError):
        beyond, backwards = None, False
        every = _ordered(whole, by)
        rows = read(_ordered(found, by)[: size + 1], every)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], "", "")
    value = _reader(by)
    after = f"{NEXT}~{value(rows[-1])}" if more or backwards else ""
    before = f"{PREVIOUS}~{value(rows[0])}" if beyond and (more or not backwards) else ""
    return Page(rows, after, before)


def _ordered(
    found: QuerySet[M],
    by: str,
    beyond: Q | None = None,
    *,
    backwards: bool = False,
) -> QuerySet[M]:
    descending = by.startswith("-") is not backwards
    sign = "-" if descending else ""
    kept = found if beyond is None else found.filter(beyond)
    return kept.order_by(f"{sign}{by.lstrip('-')}", f"{sign}pk")


def _beyond(by: str, place: str, *, backwards: bool) -> Q:
    name = by.lstrip("-")
    value, _, key = place.rpartition("~")
    way = "lt" if by.startswith("-") is not backwards else "gt"
    strictly = Q(**{f"{name}__{way}": value}) | Q(**{name: value, f"pk__{way}": key})
    return Q(**{f"{name}__{way}e": value}) & strictly


def _reader(by: str) -> Callable[[Model], str]:
    read = attrgetter(by.lstrip("-").replace("__", "."))

    def place(row: Model) -> str:
        value: Any = read(row)
        return f"{value.isoformat() if isinstance(value, datetime) else value}~{row.pk}"

    return place
