"""What each count, ratio, forbidden value and exclusion of the book measures, by rule id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from procurement.rules.facts import MISSING, Facts, is_blank
from procurement.rules.parts import Part, Question, blank, broken, join, kept, unknown

Figure = Decimal | Part


@dataclass(frozen=True)
class Number:
    """One figure (or the length of a list): the first of the names that is supplied."""

    names: tuple[str, ...]

    def read(self, facts: Facts) -> Figure:
        """Return the figure, or the part that says why there is none."""
        for name in self.names:
            figure = facts.number(name)
            if figure is None:
                return blank(name)
            if figure is not MISSING:
                return figure
        return unknown(self.names[0])


@dataclass(frozen=True)
class Total:
    """The sum of figures; a blank one counts as nothing."""

    names: tuple[str, ...]

    def read(self, facts: Facts) -> Figure:
        """Return the sum, or the part that says which figure is not supplied."""
        figures = {name: facts.number(name) for name in self.names}
        absent = [name for name, figure in figures.items() if figure is MISSING]
        if absent:
            return unknown(*absent)
        return sum((f for f in figures.values() if isinstance(f, Decimal)), Decimal(0))


@dataclass(frozen=True)
class MemberTotal:
    """The sum of one key over the members of a list."""

    whole: str
    key: str

    @property
    def names(self) -> tuple[str, ...]:
        """The name a finding belongs beside."""
        return (f"{self.whole}[].{self.key}",)

    def read(self, facts: Facts) -> Figure:
        """Return the sum, or the part that says it cannot be told."""
        members = facts.members(self.whole)
        if members is MISSING or any(self.key not in member for member in members):
            return unknown(*self.names)
        amounts = (m[self.key] for m in members if not is_blank(m[self.key]))
        return sum((Decimal(str(amount)) for amount in amounts), Decimal(0))


@dataclass(frozen=True)
class Quotient:
    """One figure over another; over zero or a blank it cannot be told."""

    over: Number | Total | MemberTotal
    under: Number | Total

    @property
    def names(self) -> tuple[str, ...]:
        """The names a finding belongs beside."""
        return self.over.names

    def read(self, facts: Facts) -> Figure:
        """Return the ratio, or the part that says why there is none."""
        over, under = self.over.read(facts), self.under.read(facts)
        for figure in (over, under):
            if isinstance(figure, Part):
                return figure
        if not under:
            return unknown(*self.under.names)
        return Decimal(over) / Decimal(under)  # type: ignore[arg-type]


Measure = Number | Total | MemberTotal | Quotient


@dataclass(frozen=True)
class Extra:
    """A further demand of the same rule, over named figures."""

    names: tuple[str, ...]
    holds: Callable[..., bool]

    def check(self, question: Question) -> Part:
        """Return kept, broken, or what is wanting."""
        figures = [Number((name,)).read(question.facts) for name in self.names]
        wanting = [figure for figure in figures if isinstance(figure, Part)]
        if wanting:
            return join(wanting)
        return kept(*self.names) if self.holds(*figures) else broken(*self.names)


@dataclass(frozen=True)
class Counted:
    """How a count or ratio rule is measured, and what else the rule demands."""

    measure: Measure
    extras: tuple[Extra, ...] = field(default=())


def _odd(size: Decimal) -> bool:
    return size % 2 == 1


def _two_thirds(experts: Decimal, size: Decimal) -> bool:
    return experts * 3 >= size * 2


def _at_most_half(part: Decimal, size: Decimal) -> bool:
    return part * 2 <= size


PANEL = (
    Extra(("panel.size",), _odd),
    Extra(("panel.expertCount", "panel.size"), _two_thirds),
)
OFFERS = Number(("bids.finalOffers", "bids.count"))
BUDGET = Number(("tender.value.amount",))
CONTRACT = Number(("contract.value.amount",))
RECOMMENDED = ("invitation.recommendedByBuyer", "invitation.recommendedByExperts")

COUNTED: Mapping[str, Counted] = {
    "need-survey-min-3": Counted(Number(("planning.survey.respondents",))),
    "no-splitting": Counted(
        Quotient(
            Number(("planning.nonOpenPurchases.amount",)),
            Number(("thresholds.open_tender_services",)),
        )
    ),
    "invited-draw-min-3": Counted(Number(("invitation.drawn",))),
    "invited-pool-twice": Counted(
        Quotient(Number(("invitation.pool",)), Number(("invitation.drawn",)))
    ),
    "invited-draw-witnesses": Counted(Number(("invitation.draw.witnesses",))),
    # A public notice invites every qualified supplier; the figure binds the other two routes.
    "nontender-invite-min-3": Counted(Number(("invitation.invited", "invitation.drawn"))),
    "recommendation-buyer-max-half": Counted(
        Quotient(Number(("invitation.recommendedByBuyer",)), Total(RECOMMENDED))
    ),
    "final-offers-min-3": Counted(OFFERS),
    "consultation-two-suppliers": Counted(OFFERS),
    # Under three bidders no opening; under three qualified ones no evaluation.
    "open-min-3-bidders": Counted(Number(("bids.qualifiedCount", "bids.count"))),
    "panel-tender-5": Counted(Number(("panel.size",)), PANEL),
    "panel-nontender-3": Counted(Number(("panel.size",)), PANEL),
    "policy-review-panel": Counted(
        Number(("panel.size",)),
        (
            Extra(("panel.size",), _odd),
            Extra(("panel.buyerRepresentatives", "panel.size"), _at_most_half),
        ),
    ),
    "price-weight-tender": Counted(Number(("tender.priceWeight",))),
    "price-weight-consultation": Counted(Number(("tender.priceWeight",))),
    "sme-price-deduction": Counted(Number(("tender.smePriceDeduction",))),
    "bid-bond-max-2-percent": Counted(Quotient(Number(("tender.bidBond.amount",)), BUDGET)),
    "performance-bond-max-10-percent": Counted(
        Quotient(Number(("contract.performanceBond.amount",)), CONTRACT)
    ),
    "contract-supplement-10-percent": Counted(
        Quotient(MemberTotal("contract.amendments", "value"), CONTRACT)
    ),
    # At least two respond and qualify; normally 20 percent, and at least one, are eliminated.
    "framework-min-2-and-elimination": Counted(
        Number(("framework.qualifiedCount",)),
        (
            Extra(("framework.responseCount",), lambda responses: responses >= 2),
            Extra(
                ("framework.admittedCount", "framework.qualifiedCount"),
                lambda admitted, qualified: qualified - admitted >= max(1, qualified / 5),
            ),
        ),
    ),
    "framework-recipient-choice-min-2": Counted(Number(("framework.admittedCount",))),
}

# Conditions the text states in words: the rule applies only where they hold.
RULE_CONDITIONS: Mapping[str, str] = {
    "need-survey-min-3": "not planning.survey.doneWithinYear",
    "nontender-invite-min-3": 'not (tender.invitationMode == "public-notice")',
    "tender-clarification-15-days": "not (amendment.affectsPreparation == false)",
    "negotiation-clarification-3wd": "not (amendment.affectsPreparation == false)",
    "consultation-clarification-5-days": "not (amendment.affectsPreparation == false)",
    "policy-amendment-5-days": "not (amendment.affectsPreparation == false)",
    "prequalification-amendment-3-days": "not (amendment.affectsPreparation == false)",
    "single-source-objection-5wd": "objection.received",
    "bid-bond-max-2-percent": "tender.bidBond.amount",
    "bid-bond-refund-5wd": "tender.bidBond.amount",
    "bid-bond-refund-winner-5wd": "tender.bidBond.amount",
    "performance-bond-max-10-percent": "contract.performanceBond.amount",
    "contract-supplement-10-percent": "contract.amendments",
    "sme-price-deduction": "not tender.smeReservation",
    "framework-recipient-choice-min-2": "framework.recipientsChoose",
}

# Where no rule counts the bids themselves, as many must bid as must be invited (Order 74).
INVITED_SUPPLIERS = "nontender-invite-min-3"

# Which rules say how many must bid, for the clock that opens or cancels.
TENDERER_MINIMA: tuple[str, ...] = (
    "open-min-3-bidders",
    "final-offers-min-3",
    "consultation-two-suppliers",
    "framework-min-2-and-elimination",
)
