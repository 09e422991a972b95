"""The timetable planner: a lawful day for every step, and which rules bend when one is moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from procurement.rules.calendar import OFFICIAL, WorkingCalendar
from procurement.rules.conditions import Truth
from procurement.rules.engine import applicable, ask, find
from procurement.rules.parts import Question
from procurement.rules.proposing import Making, is_off
from procurement.rules.steps import (
    AFTER,
    ALWAYS,
    AMENDED,
    BEFORE,
    DEADLINE,
    DEADLINES,
    ENQUIRY_END,
    ONE_DAY,
    PLANNED,
    PUBLISHED,
    REPORTED,
    STEPS,
    TOGETHER,
    Fault,
    Step,
    Timetable,
)
from procurement.rules.types import Book, Finding, Method, Rule
from procurement.rules.vocabulary import Kind, Outcome

# Known to be absent while a procurement is planned.
ABSENT = ("prequalification.published", "tender.bidBond.amount", "tender.terminated")


def plan(
    book: Book,
    method: Method | str,
    facts: Mapping[str, object],
    *,
    published: date,
    on: date,
    chosen: Mapping[str, date] | None = None,
    calendar: WorkingCalendar = OFFICIAL,
) -> Timetable:
    """Return the timetable of a procurement that is published on a day (Asia/Shanghai).

    `chosen` maps events to days already chosen; the rest is proposed: the first lawful day where
    a minimum leads to the step, the last one where only a maximum does. `on` is today, whose
    rules bind. Rules that may apply count as if they did.
    """
    known = {**dict.fromkeys(ABSENT), **facts}
    given = {**(chosen or {}), PUBLISHED: published}
    question = ask(book, method, known, on=on, calendar=calendar)
    rules = _rules(book, question)
    made = Making(question, rules, given)
    for event in STEPS:
        if event in ALWAYS or event in given or any(_is_about(rule, event) for rule in rules):
            made.add(event)
    if PLANNED in given:
        made.add(PUBLISHED)  # now that there is a day to count from
    days = {step.event: step.day for step in made.steps.values()}
    bent = _bent(question, rules, {**known, **days}, movable=not given.keys() & BEFORE)
    steps = [
        _judged(step, bent.get(step.event, []), days, question) for step in made.steps.values()
    ]
    order = {event: place for place, event in enumerate(STEPS)}
    return Timetable(
        question.method, tuple(sorted(steps, key=lambda step: (step.day, order[step.event])))
    )


def _rules(book: Book, question: Question) -> list[Rule]:
    """Return the rules about periods between the steps, those left out that surely do not apply."""
    events = {*STEPS, *TOGETHER}
    return [
        rule
        for rule in book.rules_for(question.method, on=question.on)
        if rule.kind in (Kind.MIN_INTERVAL, Kind.MAX_INTERVAL)
        and rule.from_event in events
        and rule.to_event in STEPS
        and applicable(rule, question).truth is not Truth.FALSE
    ]


def _is_about(rule: Rule, event: str) -> bool:
    """Return whether a rule counts to the step, or from it where it is a beginning."""
    begins = event in BEFORE or event == REPORTED
    return event == (rule.from_event if begins else rule.to_event)


def _bent(
    question: Question, rules: Iterable[Rule], facts: Mapping[str, object], *, movable: bool
) -> dict[str, list[Finding]]:
    """Return the rules that the days break, by the step each is shown at.

    A period before the publication is shown where it begins while that may move, else at its end.
    """
    days = {**facts, **{name: facts[event] for name, event in TOGETHER.items() if event in facts}}
    days.pop(AMENDED, None)  # the last day on which a change would be free; no change is planned
    asked = replace(question, facts=question.facts.given(days))
    found: dict[str, list[Finding]] = {}
    for rule in rules:
        finding = find(rule, asked)
        if finding.outcome is Outcome.BROKEN:
            begins = rule.from_event in BEFORE and movable
            event = rule.from_event if begins else rule.to_event
            found.setdefault(event, []).append(finding)
    return found


def _judged(
    step: Step, bends: Iterable[Finding], days: Mapping[str, date], question: Question
) -> Step:
    fault, instead = _fault(step, days, question)
    return replace(step, bends=tuple(bends), fault=fault, instead=instead)


def _if_planned_today(step: Step, question: Question) -> date | None:
    """Return when the call may be published if it is only planned today, once that is too late."""
    counted = step.latest.count if step.event == PLANNED and step.latest else None
    if counted is None or step.day >= question.on:
        return None
    return question.calendar.count(question.on, counted.n, counted.unit).not_before


def _fault(
    step: Step, days: Mapping[str, date], question: Question
) -> tuple[Fault | None, date | None]:
    if not step.chosen:
        return None, _if_planned_today(step, question)
    origin = days.get(AFTER.get(step.event, PUBLISHED), date.min)
    calendar = question.calendar
    if step.event not in BEFORE and step.day < question.on:
        return Fault.PAST, calendar.add_working_days(question.on - ONE_DAY, 1).not_before
    if step.event not in {PUBLISHED, *BEFORE} and step.day <= origin:
        least = calendar.add_working_days(origin, 1).not_before
        return Fault.NO_DAYS, max(least, step.earliest.day) if step.earliest else least
    if step.event == ENQUIRY_END and step.day > days[DEADLINE]:
        return Fault.AFTER_DEADLINE, days[DEADLINE]
    if step.event in DEADLINES and is_off(step.day, calendar):
        return Fault.DAY_OFF, calendar.add_working_days(step.day, 1).not_before
    return None, None
