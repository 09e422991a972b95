"""Every rule of the book is kept, broken by the smallest step, or undecided for want of a fact."""

from datetime import date

import pytest

from procurement import rules
from procurement.rules import engine
from procurement.rules.coverage import LEFT_TO_PEOPLE
from procurement.rules.types import Finding, Rule
from procurement.rules.vocabulary import Outcome
from tests.procurement.rules import cases

BOOK = rules.load()
TODAY = date(2026, 11, 22)

# Rules no facts can decide yet, each with its reason: none.
NOT_ENFORCED: dict[str, str] = {}

ENFORCED = [rule for rule in BOOK.rules if rule.id not in NOT_ENFORCED]


def finding(rule: Rule, facts: cases.Facts) -> Finding:
    """Return what the engine finds about one rule."""
    return engine.find(rule, engine.ask(BOOK, rule.procedures[0], facts, on=TODAY))


@pytest.mark.parametrize("rule", ENFORCED, ids=lambda rule: rule.id)
def test_the_rule_is_kept_on_the_edge(rule: Rule) -> None:
    expected = Outcome.KEPT
    if rule.id == "quotation-not-for-services":
        expected = Outcome.NOT_APPLICABLE

    assert finding(rule, cases.kept(rule)).outcome == expected


@pytest.mark.parametrize("rule", ENFORCED, ids=lambda rule: rule.id)
def test_the_rule_is_broken_by_the_smallest_step(rule: Rule) -> None:
    found = finding(rule, cases.broken(rule))

    assert found.outcome == Outcome.BROKEN
    assert found.facts
    assert found.blocks == (rule.severity == "block")


@pytest.mark.parametrize("rule", ENFORCED, ids=lambda rule: rule.id)
def test_the_rule_cannot_be_told_without_the_fact(rule: Rule) -> None:
    found = finding(rule, cases.unknown(rule))

    assert found.outcome == Outcome.UNKNOWN
    assert found.missing
    assert not found.blocks


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_the_rule_is_never_broken_when_nothing_is_known(rule: Rule) -> None:
    assert finding(rule, {}).outcome == Outcome.UNKNOWN


def test_coverage_agrees_with_the_table_of_reasons() -> None:
    lines = rules.coverage(BOOK)

    assert [line.rule_id for line in lines] == [rule.id for rule in BOOK.rules]
    assert {line.rule_id: line.reason for line in lines if not line.enforced} == NOT_ENFORCED


def test_coverage_speaks_only_of_rules_of_the_book() -> None:
    known = {rule.id for rule in BOOK.rules}

    assert set(LEFT_TO_PEOPLE) <= known
