"""Partial answers about one rule, and how they join into one: the worst decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from procurement.rules.calendar import WorkingCalendar
from procurement.rules.facts import Facts
from procurement.rules.types import Count, Method
from procurement.rules.vocabulary import Outcome


@dataclass(frozen=True)
class Part:
    """One partial answer; the fields are those of a Finding."""

    outcome: Outcome
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    count: Count | None = None
    provisional: bool = False
    actual: date | None = None


@dataclass(frozen=True)
class Question:
    """What a kind's function may look at besides its rule."""

    facts: Facts
    method: Method
    on: date
    calendar: WorkingCalendar


ORDER = (Outcome.BROKEN, Outcome.UNKNOWN, Outcome.KEPT)


def kept(*names: str) -> Part:
    """Return a kept part about these facts."""
    return Part(Outcome.KEPT, names)


def broken(*names: str) -> Part:
    """Return a broken part to be shown beside these facts."""
    return Part(Outcome.BROKEN, names)


def blank(*names: str) -> Part:
    """Return a broken part for facts that were left blank."""
    return Part(Outcome.BROKEN, names, names)


def unknown(*names: str) -> Part:
    """Return a part that cannot tell for want of these facts."""
    return Part(Outcome.UNKNOWN, names, names)


NOT_APPLICABLE = Part(Outcome.NOT_APPLICABLE)


def join(parts: Iterable[Part]) -> Part:
    """Return one part: the first that does not apply ends it, else the worst outcome wins.

    Facts and missing names come from the parts with that outcome; the counted days and the
    dates from whichever part has them.
    """
    known = tuple(parts)
    if any(part.outcome is Outcome.NOT_APPLICABLE for part in known):
        return NOT_APPLICABLE
    outcome = next(o for o in ORDER if any(part.outcome is o for part in known))
    worst = [part for part in known if part.outcome is outcome]
    return Part(
        outcome,
        _names(part.facts for part in worst),
        _names(part.missing for part in worst),
        next((part.earliest for part in known if part.earliest), None),
        next((part.latest for part in known if part.latest), None),
        next((part.count for part in known if part.count), None),
        any(part.provisional for part in known),
        next((part.actual for part in known if part.actual), None),
    )


def _names(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))
