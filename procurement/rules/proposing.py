"""A day for each step, worked out from those before it: the first lawful one, or the last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from procurement.rules.calendar import UnknownYear, WorkingCalendar
from procurement.rules.conditions import Truth
from procurement.rules.engine import amounts, applicable
from procurement.rules.intervals import count
from procurement.rules.parts import Question
from procurement.rules.steps import (
    AMENDED,
    AWARDED,
    BEFORE,
    CHALLENGED,
    DEADLINE,
    DECIDED,
    DOCUMENTS_END,
    END,
    ENQUIRY_END,
    ONE_DAY,
    PUBLICITY_END,
    PUBLISHED,
    REPORTED,
    SIGNED,
    START,
    TOGETHER,
    Bound,
    Step,
)
from procurement.rules.types import Rule
from procurement.rules.vocabulary import Kind

# Suggestions of this portal where the book sets no day, in working days.
TO_ANSWER = 3  # from the last question to the deadline
TO_JUDGE = 3  # from the opening to the panel's report
TO_BEGIN = 1  # from the signature to the first day of the service
Strictest = Callable[[Iterable[Decimal]], Decimal]


@dataclass(frozen=True)
class Day:
    """A proposed day, and whether a later year's holidays may still move it."""

    day: date
    provisional: bool


class Making:
    """The steps so far, each with its bounds."""

    def __init__(self, question: Question, rules: list[Rule], given: Mapping[str, date]) -> None:
        self.question, self.rules, self.given = question, rules, given
        self.steps: dict[str, Step] = {}

    def add(self, event: str) -> None:
        """Work out one step from those before it; without anything to count from there is none."""
        earliest, latest = self._first(event), self._last(event)
        proposed = self._proposed(event, earliest, latest)
        day = self.given.get(event, proposed.day if proposed else None)
        if day is None:
            return
        self.steps[event] = Step(
            event=event,
            day=day,
            chosen=event in self.given,
            provisional=event not in self.given and proposed is not None and proposed.provisional,
            earliest=earliest,
            latest=latest,
        )

    def _proposed(self, event: str, first: Bound | None, last: Bound | None) -> Day | None:
        if first:
            return self._not_before_documents(event, Day(first.day, first.provisional))
        if event == END and START in self.steps:
            year = self.question.calendar.add_years(self.steps[START].day, 1)
            return Day(year.not_before - ONE_DAY, self.steps[START].provisional)
        if last:
            return Day(last.day, last.provisional)
        return self._suggested(event)

    def _not_before_documents(self, event: str, day: Day) -> Day:
        """Return the day; a deadline not before the last day on which documents are had."""
        documents = self.steps.get(DOCUMENTS_END)
        if event != DEADLINE or documents is None or documents.day <= day.day:
            return day
        return Day(documents.day, documents.provisional)

    def _suggested(self, event: str) -> Day | None:
        """Return the portal's own suggestion where the book sets no day."""
        if event == ENQUIRY_END:
            start, end = self.steps[PUBLISHED].day, self.steps[DEADLINE].day
            return Day(
                max(_back(end, TO_ANSWER, self.question.calendar), start + ONE_DAY),
                provisional=False,
            )
        before = {
            DEADLINE: (PUBLICITY_END, 0),
            REPORTED: (DEADLINE, TO_JUDGE),
            DECIDED: (DEADLINE, TO_JUDGE),
            AWARDED: (DECIDED, 0),
            SIGNED: (CHALLENGED, 0),
            START: (SIGNED, TO_BEGIN),
        }.get(event)
        if before is None or before[0] not in self.steps:
            return None
        origin = self.steps[before[0]]
        counted = self.question.calendar.add_working_days(origin.day, before[1])
        return Day(counted.not_before, counted.provisional or origin.provisional)

    def _first(self, event: str) -> Bound | None:
        if event in BEFORE:
            return None
        bounds = [
            bound
            for rule in self.rules
            if rule.kind is Kind.MIN_INTERVAL and rule.to_event == event
            for bound in [self._bound(rule, strictest=max)]
            if bound and rule.from_event != AMENDED
        ]
        return max(bounds, key=lambda bound: (bound.day, bound.provisional), default=None)

    def _last(self, event: str) -> Bound | None:
        bounds = [
            bound
            for rule in self.rules
            if rule.kind is Kind.MAX_INTERVAL and rule.to_event == event
            for bound in [self._bound(rule, strictest=min)]
            if bound
        ]
        if event in BEFORE:
            bounds += [
                bound
                for rule in self.rules
                if rule.kind is Kind.MIN_INTERVAL and rule.from_event == event
                for bound in [self._bound_before(rule)]
                if bound
            ]
        return min(bounds, key=lambda bound: bound.day, default=None)

    def _bound(self, rule: Rule, *, strictest: Strictest) -> Bound | None:
        origin = self.steps.get(TOGETHER.get(rule.from_event, rule.from_event))
        if origin is None:
            return None
        figures, unsettled = amounts(rule, self.question)
        counted = count(rule, origin.day, strictest(figures), self.question)
        return Bound(
            day=counted.not_before,
            rule=rule,
            provisional=counted.provisional or origin.provisional,
            conditional=self._is_conditional(rule, unsettled),
            count=counted,
        )

    def _bound_before(self, rule: Rule) -> Bound | None:
        """Return the last day from which the period still ends in time."""
        end = self.steps.get(rule.to_event)
        if end is None:
            return None
        figures, unsettled = amounts(rule, self.question)
        day = end.day - int(max(figures)) * ONE_DAY
        while count(rule, day, max(figures), self.question).not_before > end.day:
            day -= ONE_DAY
        counted = count(rule, day, max(figures), self.question)
        return Bound(
            day=day,
            rule=rule,
            provisional=counted.provisional or end.provisional,
            conditional=self._is_conditional(rule, unsettled),
            count=counted,
        )

    def _is_conditional(self, rule: Rule, unsettled: tuple[str, ...]) -> bool:
        return bool(unsettled) or applicable(rule, self.question).truth is Truth.UNKNOWN


def _back(end: date, n: int, calendar: WorkingCalendar) -> date:
    """Return the last working day from which n working days still end by a day."""
    day = end - n * ONE_DAY
    while is_off(day, calendar) or calendar.add_working_days(day, n).not_before > end:
        day -= ONE_DAY
    return day


def is_off(day: date, calendar: WorkingCalendar) -> bool:
    """Return whether it is surely a day off; of a year without a notice nobody can tell."""
    try:
        return not calendar.is_working_day(day)
    except UnknownYear:
        return False
