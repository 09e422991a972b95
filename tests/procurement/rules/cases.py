"""For every rule of the book: facts that keep it, facts that break it by the smallest step."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from procurement.rules.calendar import OFFICIAL
from procurement.rules.types import Rule
from procurement.rules.vocabulary import Kind, Unit

Facts = dict[str, object]

START = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
NOTHING: Mapping[str, object] = {}

# Under these every rule applies, save where WHERE says otherwise.
APPLYING: Mapping[str, object] = {
    "inCatalogue": True,
    "value": Decimal(3_000_000),
    "thresholds.open_tender_services": Decimal(2_000_000),
    "thresholds.procurement_limit": Decimal(500_000),
    "rationale": "only-supplier",
    "service.audience": "public",
    "mainProcurementCategory": "services",
    "isGovernmentPurchaseOfServices": True,
    "procurement.hasAgency": True,
    "tender.awardCriteriaType": "scored",
    "tender.fixedPrice": False,
    "tender.ceilingPrice": Decimal(3_000_000),
    "tender.invitationMode": "public-notice",
    "invitation.poolSource": "buyer-recommendation",
    "challenge.mayAffectResult": True,
    "contract.multiYearConditionsMet": False,
    "statutoryTwoSupplierException": False,
    "planning.survey.doneWithinYear": False,
    "objection.received": True,
    "tender.bidBond.amount": Decimal(1),
    "implementation.evaluated": True,
    "framework.recipientsChoose": True,
    "panel.complex": False,
    "panel.highSocialImpact": False,
    "amendment.affectsPreparation": True,
}

WHERE: Mapping[str, Mapping[str, object]] = {
    "nontender-invite-min-3": {"tender.invitationMode": "register-draw"},
    "recommendation-buyer-max-half": {"tender.invitationMode": "written-recommendation"},
    "recommendation-opinions-published": {"tender.invitationMode": "written-recommendation"},
    "policy-single-source-publicity": {"value": Decimal(100_000)},
    "contract-term": {"contract.multiYearJustification": "a"},
    "final-offers-min-3": {"isGovernmentPurchaseOfServices": False},
}

PANEL_OF_FIVE: Facts = {"panel.size": 5, "panel.expertCount": 4, "panel.buyerRepresentatives": 1}
PANEL_OF_THREE: Facts = {"panel.size": 3, "panel.expertCount": 2, "panel.buyerRepresentatives": 1}
DEADLINE = date(2026, 4, 1)
BUDGET: Facts = {"tender.value.amount": Decimal(100_000)}
CONTRACT: Facts = {"contract.value.amount": Decimal(100_000)}


def _tenderers(**changed: object) -> Facts:
    first: Facts = {
        "id": "a",
        "legalForm": "social-service-agency",
        "registrationNumber": "52530000MJY0000000",
        "relatedParties": [],
        "priorInvolvement": False,
    }
    return {"tenderers": [first, {**first, "id": "b", **changed}]}


# Rule id: the facts that keep it, and the change that breaks it by the smallest step.
MEASURED: Mapping[str, tuple[Facts, Facts]] = {
    "need-survey-min-3": (
        {"planning.survey.respondents": ["a", "b", "c"]},
        {"planning.survey.respondents": ["a", "b"]},
    ),
    "no-splitting": (
        {"planning.nonOpenPurchases.amount": Decimal(2_000_000)},
        {"planning.nonOpenPurchases.amount": Decimal("2000000.01")},
    ),
    "invited-draw-min-3": (
        {"invitation.drawn": ["a", "b", "c"]},
        {"invitation.drawn": ["a", "b"]},
    ),
    "invited-pool-twice": (
        {"invitation.pool": list("abcdef"), "invitation.drawn": list("abc")},
        {"invitation.pool": list("abcde")},
    ),
    "invited-draw-witnesses": (
        {"invitation.draw.witnesses": ["a", "b"]},
        {"invitation.draw.witnesses": ["a"]},
    ),
    "nontender-invite-min-3": (
        {"invitation.invited": ["a", "b", "c"]},
        {"invitation.invited": ["a", "b"]},
    ),
    "recommendation-buyer-max-half": (
        {"invitation.recommendedByBuyer": 2, "invitation.recommendedByExperts": 2},
        {"invitation.recommendedByBuyer": 3},
    ),
    "final-offers-min-3": ({"bids.finalOffers": 3}, {"bids.finalOffers": 2}),
    "consultation-two-suppliers": ({"bids.finalOffers": 2}, {"bids.finalOffers": 1}),
    "open-min-3-bidders": ({"bids.count": 3}, {"bids.count": 2}),
    "panel-tender-5": (PANEL_OF_FIVE, {"panel.size": 4, "panel.buyerRepresentatives": 0}),
    "panel-nontender-3": (PANEL_OF_FIVE, {"panel.size": 4, "panel.buyerRepresentatives": 0}),
    "policy-review-panel": (PANEL_OF_THREE, {"panel.size": 2}),
    "price-weight-tender": (
        {"tender.priceWeight": Decimal("0.10")},
        {"tender.priceWeight": Decimal("0.09")},
    ),
    "price-weight-consultation": (
        {"tender.priceWeight": Decimal("0.30")},
        {"tender.priceWeight": Decimal("0.31")},
    ),
    "sme-price-deduction": (
        {"tender.smeReservation": False, "tender.smePriceDeduction": Decimal("0.10")},
        {"tender.smePriceDeduction": Decimal("0.09")},
    ),
    "bid-bond-max-2-percent": (
        {**BUDGET, "tender.bidBond.amount": Decimal(2000)},
        {"tender.bidBond.amount": Decimal("2000.01")},
    ),
    "performance-bond-max-10-percent": (
        {**CONTRACT, "contract.performanceBond.amount": Decimal(10_000)},
        {"contract.performanceBond.amount": Decimal("10000.01")},
    ),
    "contract-supplement-10-percent": (
        {**CONTRACT, "contract.amendments": [{"value": Decimal(4000)}, {"value": Decimal(6000)}]},
        {"contract.amendments": [{"value": Decimal(4000)}, {"value": Decimal("6000.01")}]},
    ),
    "framework-min-2-and-elimination": (
        {
            "framework.responseCount": 3,
            "framework.qualifiedCount": 3,
            "framework.admittedCount": 2,
        },
        {"framework.admittedCount": 3},
    ),
    "framework-recipient-choice-min-2": (
        {"framework.admittedCount": 2},
        {"framework.admittedCount": 1},
    ),
    "negative-list": (
        {"planning.negativeListDeclaration": True},
        {"planning.negativeListDeclaration": False},
    ),
    "quotation-not-for-services": ({"mainProcurementCategory": "goods"}, dict(APPLYING)),
    "no-discriminatory-conditions": (
        {"tender.nonDiscriminationDeclaration": True},
        {"tender.nonDiscriminationDeclaration": None},
    ),
    "no-plhiv-identity": ({"notice.privacyCheck": True}, {"notice.privacyCheck": False}),
    "no-years-of-establishment": (
        {"tender.minimumYearsEstablished": None},
        {"tender.minimumYearsEstablished": 1},
    ),
    "negotiation-lowest-price": (
        {"tender.awardCriteriaType": "lowest-price"},
        {"tender.awardCriteriaType": "scored"},
    ),
    "sme-reservation-excludes-csos": (
        {"tender.smeReservation": False, "tender.smeReservationReason": "a"},
        {"tender.smeReservation": True},
    ),
    "panel-secret-until-award": (
        {
            "panel.namesPublished": DEADLINE,
            "award.published": DEADLINE,
            "tender.documents.takersPublished": None,
        },
        {"panel.namesPublished": DEADLINE - ONE_DAY},
    ),
    "no-signing-while-challenge-open": (
        {
            "challenge.received": DEADLINE,
            "challenge.answered": DEADLINE + ONE_DAY,
            "contract.signed": DEADLINE + ONE_DAY,
        },
        {"contract.signed": DEADLINE},
    ),
    "no-assignment": (
        {
            "contract.assigned": False,
            "contract.subcontracts": [{"consented": True, "core": False}],
        },
        {"contract.subcontracts": [{"consented": True, "core": True}]},
    ),
    "provider-types": (_tenderers(), _tenderers(legalForm="category-one-institution")),
    "conflict-supplier": (_tenderers(), _tenderers(relatedParties=["a"])),
    "conflict-person": (
        {
            "panel.members": [{"conflictDeclaration": "none"}],
            "buyer.officers": [{"conflictDeclaration": "none"}],
        },
        {"panel.members": [{"conflictDeclaration": "conflict"}]},
    ),
    "abnormally-low-price": (
        {"bids.validPrices": [Decimal(90), Decimal(45)], **BUDGET, "tender.ceilingPrice": 100},
        {"bids.validPrices": [Decimal(90), Decimal("44.99")]},
    ),
}

# Which field to leave blank, where the first is not asked of every bid.
LEFT_BLANK: Mapping[str, str] = {"loser-notification": "bids[].score"}

# Filled in by the rule's required fields, but only asked for when the case breaks the rule.
ASKED_WHEN_BROKEN = frozenset({"abnormally-low-price"})

# Which fact to leave out for "cannot tell", where the first measured name would not do.
UNSUPPLIED: Mapping[str, str] = {
    "quotation-not-for-services": "mainProcurementCategory",
    "sme-price-deduction": "tender.smePriceDeduction",
    "bid-bond-max-2-percent": "tender.value.amount",
    "performance-bond-max-10-percent": "contract.value.amount",
    "contract-supplement-10-percent": "contract.value.amount",
    "no-signing-while-challenge-open": "challenge.answered",
}


def filled(rule: Rule) -> Facts:
    """Return the rule's required fields, all filled in, and what makes it apply."""
    facts: Facts = {**APPLYING, **WHERE.get(rule.id, NOTHING)}
    lists: dict[str, dict[str, object]] = {}
    for name in rule.required_fields:
        if "[]." in name:
            whole, key = name.split("[].", 1)
            lists.setdefault(whole, {})[key] = "a"
        elif name.endswith(("Date", ".date")):
            facts[name] = START
        elif name not in facts:
            facts[name] = "a"
    facts |= {whole: [member] for whole, member in lists.items()}
    return facts | {
        "bids": [{**lists.get("bids", {}), "status": "valid"}],
        **({"tender.smeReservation": False} if rule.id == "sme-price-deduction" else {}),
    }


def kept(rule: Rule) -> Facts:
    """Return facts that keep the rule, on the edge where it has one."""
    facts = filled(rule)
    if rule.kind in (Kind.MIN_INTERVAL, Kind.MAX_INTERVAL):
        return facts | {rule.from_event: START, rule.to_event: edge(rule)}
    if rule.from_event and rule.id not in MEASURED:
        facts |= {rule.from_event: START, rule.to_event: START}
    return facts | MEASURED.get(rule.id, ({}, {}))[0]


def broken(rule: Rule) -> Facts:
    """Return facts that break the rule by the smallest step."""
    facts = kept(rule)
    if rule.kind is Kind.MIN_INTERVAL:
        return facts | {rule.to_event: edge(rule) - ONE_DAY}
    if rule.kind is Kind.MAX_INTERVAL:
        return facts | {rule.to_event: edge(rule) + ONE_DAY}
    if rule.id in MEASURED:
        change = dict(MEASURED[rule.id][1])
        return facts | change | _unasked(rule)
    return _changed(facts, LEFT_BLANK.get(rule.id, rule.required_fields[0]), lambda _value: None)


def without(rule: Rule, name: str) -> Facts:
    """Return facts that keep the rule but for one required field, which is left blank."""
    return _changed(kept(rule), name, lambda _value: None)


def unknown(rule: Rule) -> Facts:
    """Return facts that leave the rule undecided: one fact that decides is not supplied."""
    facts = kept(rule)
    if rule.kind is Kind.MIN_INTERVAL:
        name = rule.to_event
    elif rule.kind is Kind.MAX_INTERVAL:
        name = rule.from_event
    elif rule.id in MEASURED:
        name = UNSUPPLIED.get(rule.id) or next(iter(MEASURED[rule.id][0]))
    else:
        name = rule.required_fields[0].split("[].")[0]
    return {key: value for key, value in facts.items() if key != name}


def edge(rule: Rule) -> date:
    """Return the day counted from START that just keeps an interval."""
    end = OFFICIAL.count(START, int(rule.amount or 0), rule.unit or Unit.CALENDAR_DAY).end
    assert end is not None
    return end


def _unasked(rule: Rule) -> Facts:
    return dict.fromkeys(rule.required_fields) if rule.id in ASKED_WHEN_BROKEN else {}


def _changed(facts: Facts, name: str, change: Callable[[object], object]) -> Facts:
    if "[]." not in name:
        return facts | {name: change(facts[name])}
    whole, key = name.split("[].", 1)
    members = facts[whole]
    assert isinstance(members, list)
    return facts | {whole: [{**members[0], key: change(members[0][key])}, *members[1:]]}
