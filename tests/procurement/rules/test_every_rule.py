"""Every rule of the book is kept, broken by the smallest step, or undecided for want of a fact."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

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


# Left blank they break nothing, each with its reason.
ASKED_OF_SOME = {
    "bids[].disqualificationReason": "asked of bids that were turned down",
    "tender.ceilingPrice": "asked where a ceiling is set",
    "invitation.sent": "asked where the call is not a public notice",
    "contract.multiYearJustification": "asked of a term over one year",
    "invitation.poolSource": "only a pool of the register or of the buyer has a least size",
    "tender.bidBond.amount": "no bond, no limit to it",
    "contract.performanceBond.amount": "no bond, no limit to it",
}

FIELDS = [
    (rule, name)
    for rule in ENFORCED
    for name in rule.required_fields
    if name not in ASKED_OF_SOME and rule.id not in cases.ASKED_WHEN_BROKEN
]


@pytest.mark.parametrize(("rule", "name"), FIELDS, ids=lambda each: getattr(each, "id", each))
def test_each_missing_field_breaks_the_rule(rule: Rule, name: str) -> None:
    found = finding(rule, cases.without(rule, name))

    assert (found.outcome, found.missing) == (Outcome.BROKEN, (name,))


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_the_rule_is_never_broken_when_nothing_is_known(rule: Rule) -> None:
    assert finding(rule, {}).outcome == Outcome.UNKNOWN


def test_coverage_agrees_with_the_table_of_reasons() -> None:
    lines = rules.coverage(BOOK)

    assert [line.rule_id for line in lines] == [rule.id for rule in BOOK.rules]
    assert {line.rule_id: line.reason for line in lines if not line.enforced} == NOT_ENFORCED


def test_the_command_prints_the_list_and_the_count_last() -> None:
    out = StringIO()

    call_command("rulebook", "--coverage", stdout=out)
    lines = out.getvalue().splitlines()

    assert [line.split()[0] for line in lines[:-1]] == [rule.id for rule in BOOK.rules]
    assert lines[-1] == "enforced: 70 of 70 in tier 1, 129 of 129 in all"


def test_the_command_checks_a_book_and_names_its_mistake(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("rulebook", "--check", str(tmp_path))


def test_coverage_speaks_only_of_rules_of_the_book() -> None:
    known = {rule.id for rule in BOOK.rules}

    assert set(LEFT_TO_PEOPLE) <= known
