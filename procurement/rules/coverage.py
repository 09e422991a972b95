"""Which rules of a book the engine can answer, and what of them it leaves to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from procurement.rules.measures import COUNTED
from procurement.rules.prohibitions import PROHIBITIONS
from procurement.rules.types import Book, Rule
from procurement.rules.vocabulary import Kind

# Kinds answered from the book's own words alone; the others need a measure by rule id.
SELF_DESCRIBED = frozenset(
    {
        Kind.MIN_INTERVAL,
        Kind.MAX_INTERVAL,
        Kind.REQUIRED_FIELD,
        Kind.REQUIRED_NOTICE,
        Kind.REQUIRED_ROLE,
    }
)

# What a rule says beyond what the facts can show; everything else of it is checked.
LEFT_TO_PEOPLE: Mapping[str, str] = {
    "negative-list": "rests on the buyer's declaration",
    "no-discriminatory-conditions": "rests on the buyer's declaration",
    "no-plhiv-identity": "rests on the publisher's privacy check",
    "key-review-and-counsel": "whether a reviewer helped to draft the need is not checked",
    "method-approval-above-threshold": "the rank of the approving authority is not checked",
    "intention-min-30-days": "the ground of urgency is judged by people from the recorded reason",
    "tender-clarification-15-days": "that the change leaves the subject alone is not checked",
    "termination-notice": "the text says promptly and gives no number of days",
    "acceptance-published": "the text gives no number of days",
    "complaint-decision-published": "the text gives no number of days",
    "panel-tender-5": "who chairs the panel and whom experts work for is not checked",
    "conflict-person": "rests on declarations",
    "conflict-supplier": "rests on the relations the bidders declare",
    "abnormally-low-price": "higher shares set in the tender documents are not read",
    "bid-bond-max-2-percent": "that the bond is not in cash is not checked",
    "performance-bond-max-10-percent": "that the bond is not in cash is not checked",
    "complaint-decision-30wd": "days for tests, expert review and corrections are not excluded",
    "policy-objection-window": "that nothing is signed inside the window is checked at signing",
    "records-15-years": "the portal itself disposes of nothing",
}

NO_MEASURE = "what to measure is not known yet"


class Coverage(NamedTuple):
    """Whether the engine can find a rule kept or broken, and what is left to people."""

    rule_id: str
    enforced: bool
    reason: str


def coverage(book: Book) -> list[Coverage]:
    """Return one line for each rule of the book, in book order."""
    return [_covered(rule) for rule in book.rules]


def _covered(rule: Rule) -> Coverage:
    enforced = rule.kind in SELF_DESCRIBED or rule.id in COUNTED or rule.id in PROHIBITIONS
    return Coverage(rule.id, enforced, LEFT_TO_PEOPLE.get(rule.id, "") if enforced else NO_MEASURE)
