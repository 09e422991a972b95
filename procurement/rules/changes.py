"""The province's own figures in a book: a threshold filled in, a policy changed, a law tightened.

A rule of statute may only be made stricter; only a rule of the portal's policy may be relaxed.
Nobody shortens the time in which a supplier may challenge, complain or answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from procurement.rules.types import Book, Rule
from procurement.rules.vocabulary import Kind, Unit
from procurement.rules.words import amount_in_words

THRESHOLDS = "thresholds."
LEVELS = ("province", "prefecture", "county")
FIELDS = ("amount", "amount_min", "amount_max")
OPEN_TENDER, LIMIT = "open_tender_services", "procurement_limit"


class Fault(StrEnum):
    """Why a change cannot be made."""

    UNKNOWN_RULE = "unknown-rule"
    UNKNOWN_FIELD = "unknown-field"
    POLICY_AS_LAW = "policy-as-law"
    NOT_A_FIGURE = "not-a-figure"
    INVERTED = "inverted"
    LAXER = "laxer"
    SUPPLIERS_TIME = "suppliers-time"
    UNCHANGED = "unchanged"
    TWICE = "twice"


class BadChange(ValueError):
    """A change that cannot be made; says which rule, which field, and why."""

    def __init__(self, fault: Fault, change: Change) -> None:
        """Keep what the refusal is about."""
        super().__init__(f"{change.target}: {change.field}: {fault}")
        self.fault = fault
        self.change = change


@dataclass(frozen=True)
class Change:
    """One figure: of a rule (`amount`, `amount_min`, `amount_max`), or of a threshold in yuan.

    `target` is a rule's id or `thresholds.<name>`; a threshold may be that of one `level`.
    """

    target: str
    field: str
    value: Decimal
    level: str = ""

    @property
    def threshold(self) -> str:
        """The name under which a book keeps the threshold; blank for a rule."""
        if not self.target.startswith(THRESHOLDS):
            return ""
        name = self.target.removeprefix(THRESHOLDS)
        return f"{name}@{self.level}" if self.level else name


# Whether the new figure (second) is at least as strict as the old one (first).
STRICTER: Mapping[Kind, Callable[[Decimal, Decimal], bool]] = {
    Kind.MIN_INTERVAL: lambda old, new: new > old,
    Kind.MAX_INTERVAL: lambda old, new: new < old,
    Kind.MIN_COUNT: lambda old, new: new > old,
    Kind.MIN_RATIO: lambda old, new: new > old,
    Kind.REQUIRED_ROLE: lambda old, new: new > old,
    Kind.MAX_RATIO: lambda old, new: new < old,
}
RANGE: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "amount_min": lambda old, new: new > old,
    "amount_max": lambda old, new: new < old,
}
# Later events that are no duty of the buyer: a longest interval that ends with one is the time a
# supplier has, or who decides a complaint. A smaller figure is not stricter: it takes time away
# from them. In statute the figure is the law's alone; in policy it may only grow.
SET_BY_LAW = frozenset(
    {
        "challenge.received",
        "complaint.received",
        "complaint.rejected",
        "complaint.respondent.replied",
        "procurement.resumed",
    }
)
RATIOS = frozenset({Kind.MIN_RATIO, Kind.MAX_RATIO, Kind.RATIO_RANGE})


def changeable(rule: Rule) -> tuple[str, ...]:
    """Return the fields of a rule that hold a figure a change could replace."""
    if rule.kind is not Kind.RATIO_RANGE and rule.kind not in STRICTER:
        return ()
    if is_set_by_law(rule):
        return ()
    return tuple(field for field in FIELDS if getattr(rule, field) is not None)


def is_suppliers_time(rule: Rule) -> bool:
    """Return whether a rule gives others than the buyer the time in which they may act."""
    return rule.kind is Kind.MAX_INTERVAL and rule.to_event in SET_BY_LAW


def is_set_by_law(rule: Rule) -> bool:
    """Return whether only the law may set the figure: a province may change it in neither way."""
    return is_suppliers_time(rule) and not rule.is_policy


def before(book: Book, change: Change) -> Decimal | None:
    """Return the figure as it is, None where it is unset; raise BadChange for an unknown name."""
    if change.threshold:
        name = change.target.removeprefix(THRESHOLDS)
        if name not in book.thresholds or "@" in name:
            raise BadChange(Fault.UNKNOWN_RULE, change)
        if change.field != "value" or change.level not in ("", *LEVELS):
            raise BadChange(Fault.UNKNOWN_FIELD, change)
        return book.thresholds.get(change.threshold)
    rule = _rule(book, change)
    if change.field == "legal_force" and rule.is_policy:
        raise BadChange(Fault.POLICY_AS_LAW, change)
    if is_set_by_law(rule):
        raise BadChange(Fault.SUPPLIERS_TIME, change)
    if change.level or change.field not in changeable(rule):
        raise BadChange(Fault.UNKNOWN_FIELD, change)
    figure: Decimal = getattr(rule, change.field)
    return figure


def amend(book: Book, changes: Iterable[Change], *, number: int) -> Book:
    """Return the book with the changes made, as the province's edition of that number.

    Raises BadChange for the first that cannot be made; nothing of the others is then made.
    """
    made = tuple(changes)
    amended = book
    for index, change in enumerate(made):
        if any(_same_place(change, other) for other in made[:index]):
            raise BadChange(Fault.TWICE, change)
        amended = _amended(amended, change)
    _require_order(amended, made)
    return replace(
        amended,
        version=f"{book.version.partition('+')[0]}+{number}",
        digest=_digest(book, made, number),
    )


def _same_place(one: Change, other: Change) -> bool:
    return (one.target, one.field, one.level) == (other.target, other.field, other.level)


def _amended(book: Book, change: Change) -> Book:
    old = before(book, change)
    if not change.value.is_finite() or change.value < 0 or (change.threshold and not change.value):
        raise BadChange(Fault.NOT_A_FIGURE, change)
    if old == change.value:
        raise BadChange(Fault.UNCHANGED, change)
    if change.threshold:
        return book.with_thresholds({change.threshold: change.value})
    rule = _rule(book, change)
    if old is None:  # changeable() names only figures that are there
        raise BadChange(Fault.UNKNOWN_FIELD, change)
    _require_lawful(rule, change, old)
    new = _noted(rule, change, old)
    return replace(book, rules=tuple(new if r.id == rule.id else r for r in book.rules))


def _require_lawful(rule: Rule, change: Change, old: Decimal) -> None:
    """The figure makes sense for its rule, and a statute is not relaxed."""
    if rule.kind in RATIOS:
        if rule.unit is Unit.RATIO and change.value > 1:
            raise BadChange(Fault.NOT_A_FIGURE, change)
    elif change.value % 1 or not change.value:
        raise BadChange(Fault.NOT_A_FIGURE, change)
    if rule.kind is Kind.RATIO_RANGE:
        low = change.value if change.field == "amount_min" else rule.amount_min
        high = change.value if change.field == "amount_max" else rule.amount_max
        if low is not None and high is not None and low > high:
            raise BadChange(Fault.INVERTED, change)
    stricter = RANGE[change.field] if rule.kind is Kind.RATIO_RANGE else STRICTER[rule.kind]
    if not rule.is_policy and not stricter(old, change.value):
        raise BadChange(Fault.LAXER, change)
    if is_suppliers_time(rule) and change.value < old:
        raise BadChange(Fault.SUPPLIERS_TIME, change)


def _noted(rule: Rule, change: Change, old: Decimal) -> Rule:
    """Return the rule with the new figure, and with a sentence that says whose figure it is."""
    new = replace(rule, **{change.field: change.value})  # type: ignore[arg-type]
    words = {
        f"{name}_{tongue}": amount_in_words(rule, figure, tongue)
        for name, figure in (("old", old), ("new", change.value))
        for tongue in ("zh", "en")
    }
    if rule.is_policy:
        zh = "（本平台现按 {new_zh}执行，原为 {old_zh}。）"
        en = " (This portal now applies {new_en}; it was {old_en}.)"
    else:
        zh = "（本平台的规定更严：按 {new_zh}执行，法定为 {old_zh}。）"
        en = " (A stricter rule of this portal: {new_en} applies; the statute says {old_en}.)"
    return replace(
        new, text_zh=rule.text_zh + zh.format(**words), text_en=rule.text_en + en.format(**words)
    )


def _require_order(book: Book, made: tuple[Change, ...]) -> None:
    """Nowhere may the procurement limit lie above the open-tender threshold."""
    for level in ("", *LEVELS):
        limit, threshold = (book.threshold(name, level) for name in (LIMIT, OPEN_TENDER))
        if limit is not None and threshold is not None and limit > threshold:
            blamed = [c for c in made if c.threshold and c.level in ("", level)]
            raise BadChange(Fault.INVERTED, (blamed or made)[-1])


def _rule(book: Book, change: Change) -> Rule:
    try:
        return book.rule(change.target)
    except KeyError:
        raise BadChange(Fault.UNKNOWN_RULE, change) from None


def _digest(book: Book, made: tuple[Change, ...], number: int) -> str:
    rows: list[dict[str, Any]] = [
        {
            "target": c.target,
            "field": c.field,
            "level": c.level,
            "value": f"{c.value.normalize():f}",
        }
        for c in made
    ]
    text = json.dumps([book.digest, number, rows], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
