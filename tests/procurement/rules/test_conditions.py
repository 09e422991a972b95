"""The condition language: what it reads, and how it answers when a fact is missing."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import rules
from procurement.rules.conditions import ConditionError, Truth, Verdict, judge, parse
from procurement.rules.facts import MISSING
from procurement.rules.measures import RULE_CONDITIONS
from procurement.rules.presence import FIELD_CONDITIONS, RULE_FIELD_CONDITIONS

BOOK = rules.load()
TRUTHS = st.sampled_from([True, False, MISSING])


def answer(text: str, facts: Mapping[str, object]) -> Verdict:
    """Judge a condition over a plain mapping."""
    return judge(text, lambda name: facts.get(name, MISSING))


def test_every_condition_of_the_book_and_of_the_engine_parses() -> None:
    texts = [rule.applies_when for rule in BOOK.rules if rule.applies_when]
    texts += [other.when for rule in BOOK.rules for other in rule.amount_alt]
    for table in (RULE_CONDITIONS, FIELD_CONDITIONS, RULE_FIELD_CONDITIONS):
        texts += table.values()

    assert len(texts) > 40
    assert all(parse(text) for text in texts)


@pytest.mark.parametrize(
    ("text", "facts", "truth"),
    [
        ("", {}, Truth.TRUE),
        ("a", {"a": True}, Truth.TRUE),
        ("a", {"a": None}, Truth.FALSE),
        ("a", {"a": []}, Truth.FALSE),
        ("a", {"a": 0}, Truth.FALSE),
        ("a", {}, Truth.UNKNOWN),
        ("not a", {"a": ""}, Truth.TRUE),
        ('a == "x"', {"a": "x"}, Truth.TRUE),
        ('a == "x"', {"a": None}, Truth.FALSE),
        ("a == false", {"a": False}, Truth.TRUE),
        ("a == false", {"a": None}, Truth.FALSE),
        ("a == false", {"a": 0}, Truth.FALSE),
        ("a >= 10", {"a": Decimal("10.00")}, Truth.TRUE),
        ("a >= 10", {"a": 9.99}, Truth.FALSE),
        ("a >= 10", {"a": None}, Truth.UNKNOWN),
        ("a >= b", {"a": 5}, Truth.UNKNOWN),
        ('a in ["x","y"]', {"a": "y"}, Truth.TRUE),
        ('a in ["x","y"]', {"a": "z"}, Truth.FALSE),
        ("a or b and c", {"a": True, "b": False, "c": False}, Truth.TRUE),
        ("(a or b) and c", {"a": True, "b": False, "c": False}, Truth.FALSE),
    ],
)
def test_judge_answers(text: str, facts: Mapping[str, object], truth: Truth) -> None:
    assert answer(text, facts).truth == truth


@given(TRUTHS, TRUTHS)
def test_one_decisive_part_decides_whatever_is_unknown(left: object, right: object) -> None:
    facts = {"a": left, "b": right}
    both, either = answer("a and b", facts).truth, answer("a or b", facts).truth

    assert (both == Truth.FALSE) == (left is False or right is False)
    assert (either == Truth.TRUE) == (left is True or right is True)
    assert (both == Truth.TRUE) == (left is True and right is True)
    assert answer("not (a and b)", facts) == answer("not a or not b", facts)


def test_an_unknown_answer_names_what_would_settle_it() -> None:
    text = "inCatalogue or value >= thresholds.procurement_limit"

    assert answer(text, {"inCatalogue": False, "value": 5}) == Verdict(
        Truth.UNKNOWN, ("thresholds.procurement_limit",)
    )


@pytest.mark.parametrize(
    "text", ["a ==", "a = b", "(a", "a in [b]", "a in [", "and", "a b", "1 >= a", 'a == "x', "a;b"]
)
def test_parse_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(ConditionError):
        parse(text)
