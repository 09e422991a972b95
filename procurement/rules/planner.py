"""The timetable planner: a lawful day for every step, and which rules bend when one is moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from procurement.rules.calendar import OFFICIAL, UnknownYear, WorkingCalendar
from procurement.rules.conditions import Truth
from procurement.rules.engine import amounts, applicable, ask, find
from procurement.rules.intervals import count
from procurement.rules.parts import Question
from procurement.rules.types import Book, Count, Finding, Method, Rule
from procurement.rules.vocabulary import Kind, Outcome

PLANNED = "planning.published"
PUBLISHED = "tender.published"
PUBLICITY_END = "singleSource.publicity.endDate"
NOTICE_END = "tender.noticePeriod.endDate"
DOCUMENTS_END = "tender.documents.endDate"
ENQUIRY_END = "tender.enquiryPeriod.endDate"
AMENDED = "amendment.published"
DEADLINE = "tender.tenderPeriod.endDate"
REPORTED = "evaluation.report.delivered"
DECIDED = "award.decided"
AWARDED = "award.published"
AWARD_NOTICE_END = "award.noticePeriod.endDate"
CHALLENGED = "challenge.received"
SIGNED = "contract.signed"
CONTRACT_PUBLISHED = "contract.published"
START = "contract.period.startDate"
END = "contract.period.endDate"

# In the order in which one follows from another.
STEPS = (
    *(PUBLISHED, PLANNED, PUBLICITY_END, NOTICE_END, DOCUMENTS_END, DEADLINE, AMENDED, ENQUIRY_END),
    *(REPORTED, DECIDED, AWARDED, AWARD_NOTICE_END, CHALLENGED, SIGNED, CONTRACT_PUBLISHED),
    *(START, END),
)
# The book may set them no day; a procurement has them all the same.
ALWAYS = frozenset({PUBLISHED, DEADLINE, ENQUIRY_END, AWARDED, START, END})
# Judged by the day of another step that they come before.
BEFORE = frozenset({PLANNED, AMENDED})
# Days on which a period ends: on a day off nobody can act, and the law moves it on.
DEADLINES = frozenset({PUBLISHED, PUBLICITY_END, NOTICE_END, DOCUMENTS_END, ENQUIRY_END, DEADLINE})
# What happens together with another step: an act of this portal is both.
TOGETHER: Mapping[str, str] = {
    "tender.documents.startDate": PUBLISHED,
    "singleSource.publicity.startDate": PUBLISHED,
    "award.notification.sent": AWARDED,
}
# Known to be absent while a procurement is planned.
ABSENT = ("prequalification.published", "tender.bidBond.amount", "tender.terminated")

# Suggestions of this portal where the book sets no day, in working days.
TO_ANSWER = 3  # from the last question to the deadline
TO_JUDGE = 3  # from the opening to the panel's report
TO_BEGIN = 1  # from the signature to the first day of the service
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bound:
    """The first or last lawful day of a step, and the rule that makes it so.

    `provisional`: a later year's holidays may still move it. `conditional`: the rule may turn out
    not to apply.
    """

    day: date
    rule: Rule
    provisional: bool
    conditional: bool
    count: Count | None = None


class Fault(StrEnum):
    """What is wrong with a day whatever the rules say."""

    PAST = "past"
    DAY_OFF = "day-off"
    NO_DAYS = "no-days"


@dataclass(frozen=True)
class Step:
    """One step with its day, chosen or proposed; without either nothing can be said of it yet.

    `bends` are the rules that the day breaks; `fault` what is wrong with it in itself, and
    `instead` the nearest day without that fault.
    """

    event: str
    day: date
    chosen: bool
    provisional: bool
    earliest: Bound | None = None
    latest: Bound | None = None
    bends: tuple[Finding, ...] = ()
    fault: Fault | None = None
    instead: date | None = None


@dataclass(frozen=True)
class Timetable:
    """Every step of a procurement, in the order of their days."""

    method: Method
    steps: tuple[Step, ...]

    def step(self, event: str) -> Step | None:
        """Return the step of an event, None where the procedure has none."""
        return next((step for step in self.steps if step.event == event), None)

    @property
    def bends(self) -> tuple[Finding, ...]:
        """Every rule that a day breaks."""
        return tuple(finding for step in self.steps for finding in step.bends)

    @property
    def faults(self) -> tuple[Step, ...]:
        """The steps whose day is wrong in itself."""
        return tuple(step for step in self.steps if step.fault)


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
    made = _Making(question, rules, given)
    for event in STEPS:
        if event in ALWAYS or event in given or any(_leads_to(rule, event) for rule in rules):
            made.add(event)
    days = {step.event: step.day for step in made.steps.values()}
    bent = _bent(book, question, rules, {**known, **days})
    steps = [_judged(step, bent, days, question) for step in made.steps.values()]
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
        and _applies(rule, question) is not Truth.FALSE
    ]


def _applies(rule: Rule, question: Question) -> Truth:
    return applicable(rule, question).truth


def _leads_to(rule: Rule, event: str) -> bool:
    return rule.from_event == event if event in BEFORE else rule.to_event == event or (
        rule.from_event == event and event == REPORTED
    )


class _Making:
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

    def _proposed(self, event: str, first: Bound | None, last: Bound | None) -> _Day | None:
        if first:
            return _Day(first.day, first.provisional)
        if event == END and START in self.steps:
            year = self.question.calendar.add_years(self.steps[START].day, 1)
            return _Day(year.not_before - ONE_DAY, self.steps[START].provisional)
        if last:
            return _Day(last.day, last.provisional)
        return self._suggested(event)

    def _suggested(self, event: str) -> _Day | None:
        """Return the portal's own suggestion where the book sets no day."""
        if event == ENQUIRY_END:
            start, end = self.steps[PUBLISHED].day, self.steps[DEADLINE].day
            return _Day(max(_back(end, TO_ANSWER, self.question.calendar), start + ONE_DAY), False)
        before = {
            DEADLINE: (PUBLICITY_END, 0),
            REPORTED: (DEADLINE, TO_JUDGE),
            DECIDED: (DEADLINE, TO_JUDGE),
            AWARDED: (DEADLINE, TO_JUDGE),
            START: (SIGNED if SIGNED in self.steps else AWARDED, TO_BEGIN),
        }.get(event)
        if before is None or before[0] not in self.steps:
            return None
        origin = self.steps[before[0]]
        counted = self.question.calendar.add_working_days(origin.day, before[1])
        return _Day(counted.not_before, counted.provisional or origin.provisional)

    def _first(self, event: str) -> Bound | None:
        if event in BEFORE:
            return None
        bounds = [
            bound
            for rule in self.rules
            if rule.kind is Kind.MIN_INTERVAL and rule.to_event == event
            for bound in [self._bound(rule, strictest=max)]
            if bound and rule.from_event not in BEFORE
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

    def _bound(self, rule: Rule, *, strictest: type[max] | type[min]) -> Bound | None:  # type: ignore[valid-type]
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
        return bool(unsettled) or _applies(rule, self.question) is Truth.UNKNOWN


@dataclass(frozen=True)
class _Day:
    day: date
    provisional: bool


def _back(end: date, n: int, calendar: WorkingCalendar) -> date:
    """Return the last working day from which n working days still end by a day."""
    day = end - n * ONE_DAY
    while _is_off(day, calendar) or calendar.add_working_days(day, n).not_before > end:
        day -= ONE_DAY
    return day


def _is_off(day: date, calendar: WorkingCalendar) -> bool:
    """Return whether it is surely a day off; of a year without a notice nobody can tell."""
    try:
        return not calendar.is_working_day(day)
    except UnknownYear:
        return False


def _bent(
    book: Book, question: Question, rules: Iterable[Rule], facts: Mapping[str, object]
) -> dict[str, list[Finding]]:
    """Return the rules that the days break, by the step each is shown at."""
    days = {**facts, **{name: facts[event] for name, event in TOGETHER.items() if event in facts}}
    days.pop(AMENDED, None)  # the last day on which a change would be free; no change is planned
    asked = ask(book, question.method, days, on=question.on, calendar=question.calendar)
    found: dict[str, list[Finding]] = {}
    for rule in rules:
        finding = find(rule, asked)
        if finding.outcome is Outcome.BROKEN:
            event = rule.from_event if rule.from_event in BEFORE else rule.to_event
            found.setdefault(event, []).append(finding)
    return found


def _judged(
    step: Step, bent: Mapping[str, list[Finding]], days: Mapping[str, date], question: Question
) -> Step:
    fault, instead = _fault(step, days, question)
    return replace(step, bends=tuple(bent.get(step.event, ())), fault=fault, instead=instead)


def _fault(
    step: Step, days: Mapping[str, date], question: Question
) -> tuple[Fault | None, date | None]:
    if not step.chosen:
        return None, None
    origin = {END: START, START: AWARDED}.get(step.event, PUBLISHED)
    calendar = question.calendar
    if step.event not in BEFORE and step.day < question.on:
        return Fault.PAST, calendar.add_working_days(question.on - ONE_DAY, 1).not_before
    if step.event not in {PUBLISHED, *BEFORE} and step.day <= days.get(origin, date.min):
        least = calendar.add_working_days(days[origin], 1).not_before
        return Fault.NO_DAYS, max(least, step.earliest.day) if step.earliest else least
    if step.event in DEADLINES and _is_off(step.day, calendar):
        return Fault.DAY_OFF, calendar.add_working_days(step.day, 1).not_before
    return None, None
