"""Lawful dates worked out from the book: the earliest days, due dates and windows; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from procurement.rules.calendar import OFFICIAL, WorkingCalendar
from procurement.rules.conditions import Truth
from procurement.rules.engine import amounts, applicable, ask
from procurement.rules.facts import day_of
from procurement.rules.intervals import count
from procurement.rules.measures import INVITED_SUPPLIERS, TENDERER_MINIMA
from procurement.rules.parts import Question
from procurement.rules.types import Book, Count, Method, Rule
from procurement.rules.vocabulary import Kind

NOTICE_END = "award.noticePeriod.endDate"
AWARD = "award.published"
CHALLENGE = "challenge.received"
AMENDMENT = "amendment.published"
DEADLINE = "tender.tenderPeriod.endDate"
PUBLISHED = "tender.published"
DOCUMENTS = "tender.documents.startDate"
PUBLICITY = "singleSource.publicity.startDate"

Day = date  # for the class below, whose field is called date


@dataclass(frozen=True)
class Earliest:
    """The first lawful day of an event, and the strictest rule that makes it so.

    `date` is None when it waits for a later year's holiday notice (`provisional`); the event
    is then lawful not before `not_before`. `conditional`: the rule may turn out not to apply.
    """

    event: str
    date: Day | None
    rule: Rule
    provisional: bool
    not_before: Day
    conditional: bool
    count: Count


@dataclass(frozen=True)
class Limit:
    """The last lawful day of an event that follows from another one."""

    event: str
    due: date | None
    rule: Rule
    provisional: bool
    not_before: date
    conditional: bool
    count: Count


class ChallengeWindow(NamedTuple):
    """When the result notice ends and the last day to challenge the result.

    A date is None when it waits for a later year's holiday notice; the window then ends
    not before `not_before`.
    """

    notice_end: date | None
    window_end: date | None
    rules: tuple[Rule, ...]
    not_before: date


def earliest(
    book: Book,
    method: Method | str,
    facts: Mapping[str, object],
    *,
    on: date,
    calendar: WorkingCalendar = OFFICIAL,
) -> tuple[Earliest, ...]:
    """Return the earliest lawful day of every event a minimum period leads to.

    Works forward from the days given: from `planning.published` to the publication, from the
    publication to the rest. Where they are not given, the documents are taken to be out on
    the day of publication. Rules that may apply count as if they did.
    """
    question = ask(book, method, facts, on=on, calendar=calendar)
    rules = [
        rule
        for rule in book.rules_for(question.method, on=on)
        if rule.kind is Kind.MIN_INTERVAL and applicable(rule, question).truth is not Truth.FALSE
    ]
    days: dict[str, date] = {}
    found: dict[str, Earliest] = {}
    for rule in sorted(rules, key=lambda rule: rule.from_event != "planning.published"):
        _assume_documents(days, question)
        start = _known_day(rule.from_event, days, question)
        if start is None:
            continue
        bound = _bound(rule, start, question)
        known = found.get(rule.to_event)
        if known is None or _is_stricter(bound, known):
            found[rule.to_event] = bound
        strictest = found[rule.to_event]
        if strictest.date is None:
            days.pop(strictest.event, None)
        else:
            days[strictest.event] = strictest.date
    return tuple(found.values())


def _known_day(event: str, days: Mapping[str, date], question: Question) -> date | None:
    given = question.facts.day(event)
    return given if isinstance(given, date) else days.get(event)


def _assume_documents(days: dict[str, date], question: Question) -> None:
    published = _known_day(PUBLISHED, days, question)
    if published is not None:
        days.setdefault(DOCUMENTS, published)
        days.setdefault(PUBLICITY, published)


def _bound(rule: Rule, start: date, question: Question) -> Earliest:
    figures, unsettled = amounts(rule, question)
    counted = count(rule, start, max(figures), question)
    return Earliest(
        event=rule.to_event,
        date=counted.end,
        rule=rule,
        provisional=counted.provisional,
        not_before=counted.not_before,
        conditional=bool(unsettled) or applicable(rule, question).truth is Truth.UNKNOWN,
        count=counted,
    )


def _is_stricter(bound: Earliest, known: Earliest) -> bool:
    """A later day is stricter; of two bounds a provisional one may still move later."""
    return (bound.not_before, bound.provisional) > (known.not_before, known.provisional)


def deadline_after_change(
    book: Book,
    method: Method | str,
    facts: Mapping[str, object],
    *,
    changed_at: date | datetime,
    on: date,
    calendar: WorkingCalendar = OFFICIAL,
) -> date | None:
    """Return the day the bid deadline must move to after a change, None if it may stay.

    Counts 15 days, 5 days or 3 working days from the change, by method (Regulations Art. 31,
    Order 74, Caiku 214). Past the last official year the day returned is the least that the
    deadline must move to.
    """
    changed = {**facts, AMENDMENT: changed_at}
    question = ask(book, method, changed, on=on, calendar=calendar)
    needed = [
        _bound(rule, day_of(changed_at), question).not_before
        for rule in book.rules_for(question.method, on=on)
        if rule.kind is Kind.MIN_INTERVAL
        and (rule.from_event, rule.to_event) == (AMENDMENT, DEADLINE)
        and applicable(rule, question).truth is not Truth.FALSE
    ]
    current = question.facts.day(DEADLINE)
    if not needed or not isinstance(current, date) or current >= max(needed):
        return None
    return max(needed)


def minimum_tenderers(
    book: Book,
    method: Method | str,
    facts: Mapping[str, object],
    *,
    on: date,
) -> tuple[int, Rule | None]:
    """Return how many must bid for the procedure to go on, and the rule that says so.

    One, without a rule, where the book sets no number (single source, grants).
    """
    question = ask(book, method, facts, on=on)
    least, named = 1, None
    for rule in book.rules_for(question.method, on=on):
        if rule.id not in TENDERER_MINIMA:
            continue
        if applicable(rule, question).truth is not Truth.TRUE:
            continue
        needed = int(max(amounts(rule, question)[0]))
        if needed >= least:
            least, named = needed, rule
    if named is None:
        for rule in book.rules_for(question.method, on=on):
            if rule.id == INVITED_SUPPLIERS:
                return int(max(amounts(rule, question)[0])), rule
    return least, named


def limits(
    book: Book,
    method: Method | str,
    event: str,
    at: date | datetime,
    *,
    facts: Mapping[str, object] | None = None,
    on: date | None = None,
    calendar: WorkingCalendar = OFFICIAL,
) -> tuple[Limit, ...]:
    """Return what falls due, and by when, because this event happened at that time.

    The rules are those in force on `on`, by default the day of the event.
    A rule that surely does not apply is left out; one that may not is `conditional`.
    """
    start = day_of(at)
    question = ask(book, method, facts or {}, on=on or start, calendar=calendar)
    found = []
    for rule in book.rules_for(question.method, on=question.on):
        if rule.kind is not Kind.MAX_INTERVAL or rule.from_event != event:
            continue
        applies = applicable(rule, question).truth
        if applies is Truth.FALSE:
            continue
        figures, unsettled = amounts(rule, question)
        counted = count(rule, start, min(figures), question)
        found.append(
            Limit(
                event=rule.to_event,
                due=counted.end,
                rule=rule,
                provisional=counted.provisional,
                not_before=counted.not_before,
                conditional=bool(unsettled) or applies is Truth.UNKNOWN,
                count=counted,
            )
        )
    return tuple(found)


def challenge_window(
    book: Book,
    method: Method | str,
    *,
    award_published: date | datetime,
    calendar: WorkingCalendar = OFFICIAL,
) -> ChallengeWindow:
    """Return the end of the result notice, the last day to challenge the result, and the rules.

    Under a method without a result notice period the window runs from publication.
    """
    published = day_of(award_published)
    ends = [
        bound
        for bound in earliest(book, method, {AWARD: published}, on=published, calendar=calendar)
        if bound.event == NOTICE_END
    ]
    rules = tuple(bound.rule for bound in ends)
    starts = (NOTICE_END, ends[0].not_before) if ends else (AWARD, published)
    windows = [
        limit
        for limit in limits(book, method, *starts, calendar=calendar)
        if limit.event == CHALLENGE
    ]
    if not windows:
        windows = [
            limit
            for limit in limits(book, method, NOTICE_END, published, calendar=calendar)
            if limit.event == CHALLENGE
        ]
    notice_end = ends[0].date if ends else None
    known = windows[0].due if not (ends and notice_end is None) else None
    return ChallengeWindow(notice_end, known, (*rules, windows[0].rule), windows[0].not_before)
