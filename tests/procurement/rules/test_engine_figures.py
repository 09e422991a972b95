"""Counts with more than one figure: panels by size and value, offers by method."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from procurement import rules
from procurement.rules.types import Finding
from procurement.rules.vocabulary import Outcome

BOOK = rules.load()
SERVICE: Mapping[str, object] = {
    "mainProcurementCategory": "services",
    "isGovernmentPurchaseOfServices": True,
    "value": Decimal(300_000),
}


def found(method: str, rule_id: str, facts: Mapping[str, object]) -> Finding:
    """Return the finding of one rule for a service under a method."""
    findings = rules.check(BOOK, method, {**SERVICE, **facts}, on=date(2026, 11, 22))
    return next(finding for finding in findings if finding.rule.id == rule_id)


@pytest.mark.parametrize(
    ("method", "facts", "outcome"),
    [
        ("open", {"panel.size": 6, "panel.expertCount": 4}, Outcome.BROKEN),  # even
        ("open", {"panel.size": 5, "panel.expertCount": 3}, Outcome.BROKEN),  # under two thirds
        ("open", {"panel.size": 5, "panel.expertCount": 4}, Outcome.KEPT),
        (
            "open",
            {"panel.size": 5, "panel.expertCount": 4, "value": Decimal(10_000_000)},
            Outcome.BROKEN,
        ),
        (
            "open",
            {"panel.size": 7, "panel.expertCount": 5, "value": Decimal(10_000_000)},
            Outcome.KEPT,
        ),
    ],
)
def test_a_tender_panel_is_large_odd_and_two_thirds_experts(
    method: str, facts: Mapping[str, object], outcome: Outcome
) -> None:
    known = {
        "panel.buyerRepresentatives": 1,
        "panel.complex": False,
        "panel.highSocialImpact": False,
    }

    assert found(method, "panel-tender-5", {**known, **facts}).outcome == outcome


def test_an_unknown_larger_panel_leaves_five_undecided_and_three_broken() -> None:
    five = {"panel.size": 5, "panel.expertCount": 4, "panel.buyerRepresentatives": 1}
    three = {"panel.size": 3, "panel.expertCount": 3, "panel.buyerRepresentatives": 0}

    assert found("open", "panel-tender-5", five).outcome == Outcome.UNKNOWN
    assert found("open", "panel-tender-5", five).missing == (
        "panel.complex",
        "panel.highSocialImpact",
    )
    assert found("open", "panel-tender-5", three).outcome == Outcome.BROKEN


def test_two_final_offers_suffice_for_purchased_services_under_consultation() -> None:
    two: dict[str, object] = {"bids.count": 2, "statutoryTwoSupplierException": False}

    assert found("consultation", "final-offers-min-3", two).outcome == Outcome.KEPT
    assert found("negotiation", "final-offers-min-3", two).outcome == Outcome.BROKEN
