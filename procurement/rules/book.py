"""Reads a book from its folder and refuses one with a mistake, naming the rule that has it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from procurement.rules import conditions
from procurement.rules.types import Alternative, Book, Ground, LegalBasis, Method, Rule
from procurement.rules.vocabulary import (
    AwardBy,
    Instrument,
    Kind,
    LegalForce,
    OcdsMethod,
    Override,
    Phase,
    Severity,
    Source,
    Unit,
    Verification,
)

BOOKS = Path(__file__).parent / "books"
FILES = ("statute.toml", "methods.toml")
TIME_UNITS = frozenset({Unit.CALENDAR_DAY, Unit.WORKING_DAY, Unit.YEAR})
INTERVALS = frozenset({Kind.MIN_INTERVAL, Kind.MAX_INTERVAL})
COUNTED = frozenset({Kind.MIN_COUNT, Kind.MAX_RATIO, Kind.MIN_RATIO})
MAPPING_FIELDS = frozenset(Rule.__dataclass_fields__)

Row = dict[str, Any]
Made = TypeVar("Made", Rule, Method)


class BookError(ValueError):
    """The book has a mistake; the message begins with the id of the rule or method."""


@lru_cache
def load(name: str = "cn-53") -> Book:
    """Return the book of that name, read once; raise BookError where it has a mistake."""
    return read(BOOKS / name)


def read(folder: Path) -> Book:
    """Read the book in a folder (statute.toml, methods.toml); raise BookError for a mistake."""
    try:
        texts = texts_of(folder)
    except OSError as mistake:
        raise BookError(f"{folder.name}: {mistake.strerror}") from mistake
    return parse(folder.name, texts)


def texts_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a book as they are; raise OSError where one cannot be read."""
    return {name: (folder / name).read_bytes() for name in FILES}


def parse(name: str, texts: Mapping[str, bytes]) -> Book:
    """Read a book from the text of its files; raise BookError for a mistake."""
    try:
        parsed = {file: tomllib.loads(text.decode()) for file, text in texts.items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as mistake:
        raise BookError(f"{name}: {mistake}") from mistake
    try:
        book = _book(name, parsed["statute.toml"], parsed["methods.toml"], _digest(texts))
    except (KeyError, AttributeError, ArithmeticError, TypeError) as mistake:
        raise BookError(f"{name}: {mistake!r}") from mistake
    _validate(book)
    return book


def _book(name: str, statute: Row, listed: Row, digest: str) -> Book:
    methods = tuple(_told(_method, row) for row in listed["method"])
    rules = tuple(_told(_rule, row) for row in statute["rule"])
    return Book(
        name=name,
        version=statute["meta"]["version"],
        jurisdiction=statute["meta"]["jurisdiction"],
        digest=digest,
        rules=rules,
        methods=methods,
        thresholds=MappingProxyType(_thresholds(statute["thresholds"])),
        aliases=MappingProxyType(_aliases(statute["events"].get("alias", {}))),
        events=tuple(statute["events"]["names"]),
    )


def _told(make: Callable[[Row], Made], row: Row) -> Made:
    """Make one value of a row; a mistake is told with the row's id."""
    try:
        return make(row)
    except (KeyError, ValueError, TypeError, ArithmeticError) as mistake:
        raise BookError(f"{row.get('id', '(no id)')}: {mistake}") from mistake


def _digest(texts: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(texts):
        whole.update(f"{name}\0{len(texts[name])}\0".encode() + texts[name])
    return whole.hexdigest()


def _thresholds(table: Row) -> dict[str, Decimal | None]:
    """Return the figures in yuan; "unset" is None, which never compares as zero."""
    figures = {name: value for name, value in table.items() if name not in ("currency", "verified")}
    return {name: None if v == "unset" else Decimal(str(v)) for name, v in figures.items()}


def _aliases(table: Mapping[str, str]) -> dict[tuple[str, str], str]:
    pairs = ((key.partition(":"), alias) for key, alias in table.items())
    return {(method, event): alias for (method, _colon, event), alias in pairs}


def _method(row: Row) -> Method:
    return Method(
        **{
            **row,
            "ocds_method": OcdsMethod(row["ocds_method"]),
            "instrument": Instrument(row["instrument"]),
            "award_by": AwardBy(row["award_by"]),
            "law": Source(row["law"]),
            "legal_basis": LegalBasis(**row["legal_basis"]),
            "opening_events": tuple(row["opening_events"]),
            "grounds": tuple(Ground(**ground) for ground in row.get("grounds", ())),
        }
    )


def _rule(row: Row) -> Rule:
    unknown = set(row) - MAPPING_FIELDS
    if unknown:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}")
    figures = {key: _decimal(row.get(key)) for key in ("amount", "amount_min", "amount_max")}
    return Rule(
        **{
            **row,
            **figures,
            "procedures": tuple(row["procedures"]),
            "phase": Phase(row["phase"]),
            "kind": Kind(row["kind"]),
            "severity": Severity(row["severity"]),
            "override": Override(row["override"]),
            "legal_force": LegalForce(row["legal_force"]),
            "verification": Verification(row["verification"]),
            "unit": Unit(row["unit"]) if row.get("unit") else None,
            "effective_from": _date(row["effective_from"]),
            "required_fields": tuple(row["required_fields"]),
            "amounts": tuple(Decimal(str(figure)) for figure in row.get("amounts", ())),
            "amounts_labels": tuple(row.get("amounts_labels", ())),
            "amount_alt": tuple(
                Alternative(Decimal(str(other["amount"])), other["when"])
                for other in row.get("amount_alt", ())
            ),
        }
    )


def _decimal(figure: float | int | None) -> Decimal | None:
    return None if figure is None else Decimal(str(figure))


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _validate(book: Book) -> None:
    _require_unique([rule.id for rule in book.rules])
    _require_unique([method.id for method in book.methods])
    methods = {method.id for method in book.methods}
    events = {*book.events, *book.aliases.values()}
    for method_id, event in book.aliases:
        if method_id not in methods or event not in events:
            raise BookError(f"{method_id}:{event}: unknown alias")
    for method in book.methods:
        for mistake in _unreadable([*(g.when for g in method.grounds), method.suggested_when]):
            raise BookError(f"{method.id}: {mistake}")
    for rule in book.rules:
        for mistake in _mistakes(rule, methods, events):
            raise BookError(f"{rule.id}: {mistake}")


def _unreadable(texts: list[str]) -> list[str]:
    """Return what is wrong with conditions that cannot be read."""
    mistakes = []
    for text in texts:
        try:
            if text:
                conditions.parse(text)
        except conditions.ConditionError as mistake:
            mistakes.append(str(mistake))
    return mistakes


def _require_unique(ids: list[str]) -> None:
    for index, known in enumerate(ids):
        if known in ids[:index]:
            raise BookError(f"{known}: the id is used twice")


def _mistakes(rule: Rule, methods: set[str], events: set[str]) -> list[str]:
    """Return what is wrong with a rule that was read, in words."""
    mistakes = [f"unknown procedure {name}" for name in rule.procedures if name not in methods]
    named = [event for event in (rule.from_event, rule.to_event) if event]
    mistakes += [f"unknown event {event}" for event in named if event not in events]
    mistakes += _unreadable([rule.applies_when, *(other.when for other in rule.amount_alt)])
    if rule.is_policy is not rule.verification.is_policy:
        mistakes.append("a rule of the portal's own is called law, or a law its own")
    return mistakes + _mistakes_in_figures(rule)


def _mistakes_in_figures(rule: Rule) -> list[str]:
    mistakes = _mistakes_in_interval(rule) if rule.kind in INTERVALS else []
    if rule.kind in COUNTED and rule.amount is None and not rule.amounts:
        mistakes.append("a count or ratio needs an amount")
    if rule.kind is Kind.RATIO_RANGE:
        if rule.amount_min is None or rule.amount_max is None:
            mistakes.append("a range needs amount_min and amount_max")
        elif rule.amount_min > rule.amount_max:
            mistakes.append("the range is inverted")
    if rule.kind is Kind.REQUIRED_FIELD and not rule.required_fields:
        mistakes.append("a required-field rule needs required_fields")
    return mistakes


def _mistakes_in_interval(rule: Rule) -> list[str]:
    mistakes = []
    if not (rule.from_event and rule.to_event):
        mistakes.append("an interval needs from_event and to_event")
    if rule.unit not in TIME_UNITS:
        mistakes.append("an interval needs a unit of time")
    if rule.amount is None or rule.amount < 0 or rule.amount % 1:
        mistakes.append("an interval needs a whole amount of zero or more")
    elif rule.kind is Kind.MIN_INTERVAL and not rule.amount:
        mistakes.append("a period of no days is no period")
    return mistakes
