"""What a rulebook is made of: rules, contracting methods, and the findings the engine returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from procurement.rules.vocabulary import (
    AwardBy,
    Instrument,
    Kind,
    LegalForce,
    OcdsMethod,
    Outcome,
    Override,
    Phase,
    Severity,
    Source,
    Unit,
    Verification,
)


@dataclass(frozen=True)
class LegalBasis:
    """The provision a method rests on, in both languages."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Ground:
    """A case in which a method may be used, and the clause that says so."""

    when: str
    zh: str
    en: str
    clause_zh: str
    clause_en: str


@dataclass(frozen=True)
class Method:
    """A contracting method (采购方式): a value of the book."""

    id: str
    name_zh: str
    name_en: str
    ocds_method: OcdsMethod
    legal_basis: LegalBasis
    instrument: Instrument
    offered: bool
    award_by: AwardBy
    opening_events: tuple[str, ...]
    used_zh: str
    used_en: str
    law: Source
    grounds: tuple[Ground, ...] = ()
    suggested_when: str = ""

    @property
    def is_policy(self) -> bool:
        """The method is the portal's own, without a statute."""
        return self.law is Source.POLICY


@dataclass(frozen=True)
class Alternative:
    """Another figure that holds when a condition does."""

    amount: Decimal
    when: str


@dataclass(frozen=True)
class Rule:
    """One cited demand of the book; figures are in `unit`, dates in Asia/Shanghai."""

    id: str
    tier: int
    procedures: tuple[str, ...]
    phase: Phase
    kind: Kind
    severity: Severity
    override: Override
    legal_force: LegalForce
    instrument: str
    article: str
    citation_zh: str
    citation_en: str
    text_zh: str
    text_en: str
    verification: Verification
    verified: bool
    effective_from: date | None
    effective_from_verified: bool
    required_fields: tuple[str, ...] = ()
    from_event: str = ""
    to_event: str = ""
    amount: Decimal | None = None
    amount_alt: tuple[Alternative, ...] = ()
    amount_min: Decimal | None = None
    amount_max: Decimal | None = None
    amounts: tuple[Decimal, ...] = ()
    amounts_labels: tuple[str, ...] = ()
    unit: Unit | None = None
    applies_when: str = ""
    note: str = ""

    @property
    def is_policy(self) -> bool:
        """The portal's own rule; it is never to be called law."""
        return self.legal_force is LegalForce.PORTAL_POLICY

    @property
    def may_be_overridden(self) -> bool:
        """The text speaks in principle (原则上, 一般): a recorded reason lifts the refusal."""
        return self.override is Override.REASON_REQUIRED

    def in_force(self, on: date) -> bool:
        """Return whether the rule binds on that day; one without a known date always does."""
        return self.effective_from is None or self.effective_from <= on


class UnknownMethod(KeyError):
    """The book has no contracting method of that id."""


@dataclass(frozen=True)
class Book:
    """A versioned body of rules and methods; `digest` is the SHA-256 of its files."""

    name: str
    version: str
    jurisdiction: str
    digest: str
    rules: tuple[Rule, ...]
    methods: tuple[Method, ...]
    thresholds: Mapping[str, Decimal | None]
    aliases: Mapping[tuple[str, str], str] = field(default_factory=dict)
    events: tuple[str, ...] = ()

    def method(self, method_id: str) -> Method:
        """Return the method of that id; raise UnknownMethod when there is none."""
        for method in self.methods:
            if method.id == method_id:
                return method
        raise UnknownMethod(method_id)

    def rule(self, rule_id: str) -> Rule:
        """Return the rule of that id; raise KeyError when there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def rules_for(
        self, method: Method | str, *, on: date, phases: Collection[str] | None = None
    ) -> tuple[Rule, ...]:
        """Return the rules that bind this method on that day, in book order."""
        known = method if isinstance(method, Method) else self.method(method)
        return tuple(
            rule
            for rule in self.rules
            if known.id in rule.procedures
            and rule.in_force(on)
            and (phases is None or rule.phase in phases)
        )

    def threshold(self, name: str, level: str = "") -> Decimal | None:
        """Return a threshold in yuan at an administrative level, None while it is unset."""
        figure = self.thresholds.get(f"{name}@{level}") if level else None
        return self.thresholds.get(name) if figure is None else figure

    def with_thresholds(self, figures: Mapping[str, Decimal | None]) -> Book:
        """Return the same book with the province's figures (yuan) filled in."""
        return replace(self, thresholds={**self.thresholds, **figures})


@dataclass(frozen=True)
class Count:
    """A period counted day by day: start excluded, end included, last day rolled forward.

    Past the last official year nobody can know the end: `end` is then None, `provisional`
    is true, and `not_before` is a day the end certainly does not precede.
    """

    start: date
    n: int
    unit: Unit
    end: date | None
    not_before: date
    days: tuple[date, ...] = ()

    @property
    def provisional(self) -> bool:
        """The end waits for the State Council's holiday notice of a later year."""
        return self.end is None


@dataclass(frozen=True)
class Finding:
    """What the engine found about one rule.

    `facts` are the names the finding belongs beside. `missing` are the names that are
    wanting: blank ones when broken, unsupplied ones when unknown. `earliest` is the first
    lawful day of the later event, `latest` the last lawful one, `actual` the one it has.
    `reason` is the recorded ground for an exception the text allows.
    """

    rule: Rule
    outcome: Outcome
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    count: Count | None = None
    provisional: bool = False
    actual: date | None = None
    reason: str = ""

    @property
    def excused(self) -> bool:
        """The text allows an exception and its reason is recorded."""
        return bool(self.reason) and self.rule.may_be_overridden

    @property
    def blocks(self) -> bool:
        """The act must be refused."""
        return (
            self.outcome is Outcome.BROKEN
            and self.rule.severity is Severity.BLOCK
            and not self.excused
        )

    @property
    def may_be_excused(self) -> bool:
        """A recorded reason would lift the refusal."""
        return self.blocks and self.rule.may_be_overridden
