"""No change of the book takes time from those who may challenge, complain or answer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import rules
from procurement.rules import BadChange, Change, Fault, changes
from procurement.rules.intervals import NEED_NOT_HAPPEN
from procurement.rules.vocabulary import Kind

BOOK = rules.load()
LONGEST = [rule for rule in BOOK.rules if rule.kind is Kind.MAX_INTERVAL]
OF_SUPPLIERS = [rule for rule in LONGEST if rule.to_event in changes.SET_BY_LAW]


def test_the_periods_that_the_province_may_not_shorten_are_these() -> None:
    assert {rule.id for rule in OF_SUPPLIERS} == {
        "challenge-documents-7wd",
        "challenge-process-7wd",
        "challenge-result-7wd",
        "complaint-15wd",
        "complaint-rejection-3wd",
        "complaint-respondent-5wd",
        "complaint-suspension-max-30-days",
        "policy-objection-window",
    }


def test_whatever_need_not_happen_is_among_them() -> None:
    assert NEED_NOT_HAPPEN <= changes.SET_BY_LAW


@given(rule=st.sampled_from(LONGEST), figure=st.integers(min_value=0, max_value=400))
def test_no_accepted_change_shortens_a_period_that_suppliers_have(
    rule: rules.Rule, figure: int
) -> None:
    try:
        amended = rules.amend(BOOK, [Change(rule.id, "amount", Decimal(figure))], number=1)
    except BadChange:
        return
    for each in OF_SUPPLIERS:
        was, now = each.amount, amended.rule(each.id).amount
        assert was is not None
        assert now is not None
        assert now == was or (each.is_policy and now > was)


@pytest.mark.parametrize("figure", [1, 6, 8, 30])
@pytest.mark.parametrize("rule", [each for each in OF_SUPPLIERS if not each.is_policy])
def test_a_statutes_time_of_suppliers_is_not_for_the_province_to_set(
    rule: rules.Rule, figure: int
) -> None:
    with pytest.raises(BadChange) as refused:
        rules.amend(BOOK, [Change(rule.id, "amount", Decimal(figure))], number=1)
    assert refused.value.fault is Fault.SUPPLIERS_TIME
    assert changes.changeable(rule) == ()


def test_the_portals_own_window_for_objections_may_grow() -> None:
    change = Change("policy-objection-window", "amount", Decimal(10))
    assert rules.amend(BOOK, [change], number=1).rule(change.target).amount == 10


def test_a_duty_of_the_buyer_may_still_be_made_stricter() -> None:
    change = Change("challenge-answer-7wd", "amount", Decimal(5))
    assert rules.amend(BOOK, [change], number=1).rule(change.target).amount == 5
