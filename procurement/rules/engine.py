"""Checks facts against the book: kept, broken, cannot tell, or not applicable; pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal

from procurement.rules import conditions
from procurement.rules.calendar import OFFICIAL, WorkingCalendar
from procurement.rules.conditions import Truth, Verdict
from procurement.rules.facts import MISSING, Facts
from procurement.rules.intervals import at_least, at_most
from procurement.rules.measures import COUNTED, RULE_CONDITIONS
from procurement.rules.parts import NOT_APPLICABLE, Part, Question, broken, join, kept, unknown
from procurement.rules.presence import fields, order, roles
from procurement.rules.prohibitions import PROHIBITIONS
from procurement.rules.types import Book, Finding, Method, Rule
from procurement.rules.vocabulary import Kind, Outcome

Answer = Callable[[Rule, Decimal, Question], Part]


def check(
    book: Book,
    method: Method | str,
    facts: Mapping[str, object],
    *,
    on: date,
    phases: Collection[str] | None = None,
    reasons: Mapping[str, str] | None = None,
    calendar: WorkingCalendar = OFFICIAL,
) -> tuple[Finding, ...]:
    """Return a finding for every rule that binds this method on that day, in book order.

    A fact that is not in the mapping is unknown; None, "" or an empty collection is blank.
    `on` (Asia/Shanghai) also tells whether an act that has not happened is overdue.
    `reasons` maps rule ids to the recorded reason for an exception the text allows.
    """
    question = ask(book, method, facts, on=on, calendar=calendar)
    rules = book.rules_for(question.method, on=on, phases=phases)
    given = reasons or {}
    return tuple(find(rule, question, reason=given.get(rule.id, "").strip()) for rule in rules)


def ask(
    book: Book,
    method: Method | str,
    facts: Mapping[str, object],
    *,
    on: date,
    calendar: WorkingCalendar = OFFICIAL,
) -> Question:
    """Return the facts of one procurement, ready for the rules."""
    known = method if isinstance(method, Method) else book.method(method)
    return Question(Facts(facts, book=book, method=known), known, on, calendar)


def find(rule: Rule, question: Question, *, reason: str = "") -> Finding:
    """Answer one rule.

    When it cannot be told whether the rule applies, a rule that is kept anyway is kept; one
    that would be broken is unknown and names what would settle it.
    """
    applies = applicable(rule, question)
    if applies.truth is Truth.FALSE:
        return _finding(rule, NOT_APPLICABLE, reason)
    part = answer(rule, question)
    undecided = part.outcome in (Outcome.BROKEN, Outcome.UNKNOWN)
    if applies.truth is Truth.UNKNOWN and undecided:
        missing = applies.missing + (part.missing if part.outcome is Outcome.UNKNOWN else ())
        part = Part(
            Outcome.UNKNOWN,
            part.facts,
            tuple(dict.fromkeys(missing)),
            part.earliest,
            part.latest,
            part.count,
            part.provisional,
            part.actual,
        )
    return _finding(rule, part, reason)


def applicable(rule: Rule, question: Question) -> Verdict:
    """Return whether the rule's conditions hold: those of the book and those of its words."""
    texts = (rule.applies_when, RULE_CONDITIONS.get(rule.id, ""))
    verdicts = [conditions.judge(text, question.facts.value) for text in texts]
    if any(verdict.truth is Truth.FALSE for verdict in verdicts):
        return Verdict(Truth.FALSE)
    missing = tuple(name for verdict in verdicts for name in verdict.missing)
    return Verdict(Truth.UNKNOWN if missing else Truth.TRUE, missing)


def amounts(rule: Rule, question: Question) -> tuple[tuple[Decimal, ...], tuple[str, ...]]:
    """Return the figures that may hold (one, unless a condition is unknown) and what is unknown."""
    base = Decimal(0) if rule.amount is None else rule.amount
    possible: list[Decimal] = [base]
    missing: list[str] = []
    for other in rule.amount_alt:
        verdict = conditions.judge(other.when, question.facts.value)
        if verdict.truth is Truth.TRUE:
            return (other.amount,), ()
        if verdict.truth is Truth.UNKNOWN:
            possible.append(other.amount)
            missing.extend(verdict.missing)
    return tuple(possible), tuple(dict.fromkeys(missing))


def answer(rule: Rule, question: Question) -> Part:
    """Answer a rule that applies, under each figure that may hold; unlike answers are unknown."""
    figures, missing = amounts(rule, question)
    parts = [ANSWERS[rule.kind](rule, figure, question) for figure in figures]
    if len({part.outcome for part in parts}) == 1:
        return parts[0]
    names = tuple(dict.fromkeys(name for part in parts for name in part.facts))
    return Part(Outcome.UNKNOWN, names, missing)


def _min_interval(rule: Rule, amount: Decimal, question: Question) -> Part:
    return join((at_least(rule, amount, question), fields(rule, question)))


def _max_interval(rule: Rule, amount: Decimal, question: Question) -> Part:
    """The fields of a dated act are asked for once the act has happened."""
    timed = at_most(rule, amount, question)
    happened = question.facts.moment(rule.to_event)
    if happened is None or happened is MISSING:
        return timed
    return join((timed, fields(rule, question)))


def _required_field(rule: Rule, _amount: Decimal, question: Question) -> Part:
    return join((order(rule, question), fields(rule, question)))


def _required_role(rule: Rule, amount: Decimal, question: Question) -> Part:
    present = roles(rule, question)
    return join((present, _at_least(rule, amount, question))) if amount else present


def _at_least(rule: Rule, amount: Decimal, question: Question) -> Part:
    return _compared(rule, question, lambda figure: figure >= amount)


def _at_most(rule: Rule, amount: Decimal, question: Question) -> Part:
    if rule.id in PROHIBITIONS:
        return PROHIBITIONS[rule.id](rule, question)
    return _compared(rule, question, lambda figure: figure <= amount)


def _between(rule: Rule, _amount: Decimal, question: Question) -> Part:
    low, high = rule.amount_min or Decimal(0), rule.amount_max or Decimal(0)
    return _compared(rule, question, lambda figure: low <= figure <= high)


def _compared(rule: Rule, question: Question, holds: Callable[[Decimal], bool]) -> Part:
    """Compare the figure the rule measures; one that is not measured yet cannot be told."""
    if rule.id not in COUNTED:
        return unknown(*rule.required_fields)
    counted = COUNTED[rule.id]
    figure = counted.measure.read(question.facts)
    if isinstance(figure, Part):
        measured = figure
    else:
        names = counted.measure.names
        measured = kept(*names) if holds(figure) else broken(*names)
    return join(
        (
            measured,
            *(extra.check(question) for extra in counted.extras),
            fields(rule, question),
        )
    )


def _prohibited(rule: Rule, _amount: Decimal, question: Question) -> Part:
    if rule.id not in PROHIBITIONS:
        return unknown(*rule.required_fields)
    return PROHIBITIONS[rule.id](rule, question)


ANSWERS: Mapping[Kind, Answer] = {
    Kind.MIN_INTERVAL: _min_interval,
    Kind.MAX_INTERVAL: _max_interval,
    Kind.REQUIRED_FIELD: _required_field,
    Kind.REQUIRED_NOTICE: _required_field,
    Kind.REQUIRED_ROLE: _required_role,
    Kind.MIN_COUNT: _at_least,
    Kind.MIN_RATIO: _at_least,
    Kind.MAX_RATIO: _at_most,
    Kind.RATIO_RANGE: _between,
    Kind.FORBIDDEN_VALUE: _prohibited,
    Kind.EXCLUSION: _prohibited,
}


def _finding(rule: Rule, part: Part, reason: str) -> Finding:
    return Finding(
        rule=rule,
        outcome=part.outcome,
        facts=part.facts,
        missing=part.missing,
        earliest=part.earliest,
        latest=part.latest,
        count=part.count,
        provisional=part.provisional,
        actual=part.actual,
        reason=reason,
    )
