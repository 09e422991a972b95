"""Is a period long enough, or an act in time?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from procurement.rules.facts import MISSING, NotSupplied, day_of, is_after
from procurement.rules.parts import NOT_APPLICABLE, Part, Question, blank, unknown
from procurement.rules.presence import DUTIES_BEFORE
from procurement.rules.types import Count, Rule
from procurement.rules.vocabulary import Outcome, Unit

# Note of intention-min-30-days: the procurement starts with the earliest of these.
STARTS: Mapping[str, tuple[str, ...]] = {
    "intention-min-30-days": (
        "tender.published",
        "singleSource.publicity.startDate",
        "tender.documents.startDate",
    ),
}

# Later events that are somebody's right, or happen only in some cases: none means no breach.
NEED_NOT_HAPPEN = frozenset(
    {
        "challenge.received",
        "complaint.received",
        "complaint.rejected",
        "complaint.respondent.replied",
    }
)


def count(rule: Rule, start: date, amount: Decimal, question: Question) -> Count:
    """Count the rule's figure from a day, in the rule's unit."""
    return question.calendar.count(start, int(amount), rule.unit or Unit.CALENDAR_DAY)


def at_least(rule: Rule, amount: Decimal, question: Question) -> Part:
    """Check that to_event comes no earlier than the counted day after from_event."""
    start, end = question.facts.day(rule.from_event), _later(rule, question)
    if start is None:
        owed = rule.from_event in DUTIES_BEFORE or is_set_in_advance(rule.from_event)
        return blank(rule.from_event) if owed else NOT_APPLICABLE
    if start is MISSING:
        return unknown(rule.from_event)
    counted = count(rule, start, amount, question)
    bound = Part(
        Outcome.UNKNOWN,
        (rule.to_event,),
        earliest=counted.end,
        count=counted,
        provisional=counted.provisional,
    )
    if end is MISSING:
        return replace(bound, missing=(rule.to_event,))
    if end is None:
        if not is_set_in_advance(rule.to_event):
            return NOT_APPLICABLE
        return replace(bound, outcome=Outcome.BROKEN, missing=(rule.to_event,))
    bound = replace(bound, actual=day_of(end))
    if day_of(end) < counted.not_before:
        return replace(bound, outcome=Outcome.BROKEN)
    return bound if counted.provisional else replace(bound, outcome=Outcome.KEPT)


def at_most(rule: Rule, amount: Decimal, question: Question) -> Part:
    """Check that to_event comes no later than the counted day after from_event.

    While it has not happened the answer is unknown until that day is over, then broken.
    """
    start, end = question.facts.moment(rule.from_event), question.facts.moment(rule.to_event)
    if start is None:
        return NOT_APPLICABLE
    if start is MISSING:
        return unknown(rule.from_event)
    counted = count(rule, day_of(start), amount, question)
    bound = Part(
        Outcome.UNKNOWN,
        (rule.to_event,),
        latest=counted.end,
        count=counted,
        provisional=counted.provisional,
    )
    if end is MISSING:
        return replace(bound, missing=(rule.to_event,))
    if end is None:
        return _not_yet(rule, bound, question)
    bound = replace(bound, actual=day_of(end))
    if not amount and is_after(start, end):
        return replace(bound, outcome=Outcome.BROKEN)
    if day_of(end) <= counted.not_before:
        return replace(bound, outcome=Outcome.KEPT)
    return bound if counted.provisional else replace(bound, outcome=Outcome.BROKEN)


def _not_yet(rule: Rule, bound: Part, question: Question) -> Part:
    if rule.to_event in NEED_NOT_HAPPEN:
        return NOT_APPLICABLE
    if is_set_in_advance(rule.to_event):
        return replace(bound, outcome=Outcome.BROKEN, missing=(rule.to_event,))
    if bound.latest is not None and question.on > bound.latest:
        return replace(bound, outcome=Outcome.BROKEN)
    return replace(bound, missing=(rule.to_event,))


def is_set_in_advance(event: str) -> bool:
    """Return whether the event is a date written into a notice rather than a happening."""
    return event.endswith(("startDate", "endDate"))


def _later(rule: Rule, question: Question) -> date | datetime | NotSupplied | None:
    """Return when to_event happens; for a rule with several starts, the earliest known."""
    names = STARTS.get(rule.id, (rule.to_event,))
    moments = [question.facts.moment(name) for name in names]
    known: list[date | datetime] = [m for m in moments if isinstance(m, date)]
    if not known:
        return moments[0]
    return min(known, key=day_of)
