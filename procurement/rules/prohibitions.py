"""What must not be so: forbidden values, exclusions and the low-price review, by rule id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from procurement.rules.facts import MISSING, is_after, is_blank
from procurement.rules.parts import (
    NOT_APPLICABLE,
    Part,
    Question,
    blank,
    broken,
    join,
    kept,
    unknown,
)
from procurement.rules.presence import fields
from procurement.rules.types import Rule

Check = Callable[[Rule, Question], Part]

# Order 102 Art. 6: category-one public institutions and state-funded mass organisations.
BARRED_FORMS = frozenset({"category-one-institution", "state-funded-mass-organisation"})
SINGLE_SOURCE = "single-source"
CONFLICT = "conflict"


def declared(name: str) -> Check:
    """Return a check that a declaration was made: only a plain yes keeps the rule."""

    def check(_rule: Rule, question: Question) -> Part:
        value = question.facts.value(name)
        if value is MISSING:
            return unknown(name)
        if is_blank(value):
            return blank(name)
        return broken(name) if value is False else kept(name)

    return check


def must_be(name: str, *allowed: object) -> Check:
    """Return a check that a fact has one of the allowed values."""

    def check(_rule: Rule, question: Question) -> Part:
        value = question.facts.value(name)
        if value is MISSING:
            return unknown(name)
        if is_blank(value):
            return blank(name)
        return kept(name) if value in allowed else broken(name)

    return check


def must_not(name: str) -> Check:
    """Return a check that a fact is blank, False or zero."""

    def check(_rule: Rule, question: Question) -> Part:
        value = question.facts.value(name)
        if value is MISSING:
            return unknown(name)
        return kept(name) if is_blank(value) or not value else broken(name)

    return check


def with_fields(check: Check) -> Check:
    """Return a check that asks for the rule's required fields too."""
    return lambda rule, question: join((check(rule, question), fields(rule, question)))


def quotation_for_services(_rule: Rule, _question: Question) -> Part:
    """Order 74 Art. 3: the condition of the rule (a service) is itself the offence."""
    return broken("tender.procurementMethod", "mainProcurementCategory")


def _not_before(act: str, bound: str, question: Question) -> Part:
    """A disclosure may come only with or after another event; none made keeps the rule."""
    made, allowed = question.facts.moment(act), question.facts.moment(bound)
    if made is None:
        return kept(act)
    if made is MISSING:
        return unknown(act)
    if allowed is MISSING:
        return unknown(bound)
    if allowed is None:
        return broken(act)
    return broken(act) if is_after(allowed, made) else kept(act)


def panel_secrecy(_rule: Rule, question: Question) -> Part:
    """Order 87 Arts. 28, 47: no panel names before the result, no takers before the deadline."""
    return join(
        (
            _not_before("panel.namesPublished", "award.published", question),
            _not_before(
                "tender.documents.takersPublished", "tender.tenderPeriod.endDate", question
            ),
        )
    )


def signing_under_challenge(rule: Rule, question: Question) -> Part:
    """Regulations Art. 54: no signature between a challenge and its answer."""
    received = question.facts.moment(rule.from_event)
    signed = question.facts.moment(rule.to_event)
    answered = question.facts.moment("challenge.answered")
    if received is None:
        return NOT_APPLICABLE
    if signed is None:
        return kept(rule.to_event)
    if received is MISSING or signed is MISSING:
        return unknown(rule.from_event if received is MISSING else rule.to_event)
    if is_after(received, signed):
        return NOT_APPLICABLE
    if answered is MISSING:
        return unknown("challenge.answered")
    open_still = answered is None or is_after(answered, signed)
    return broken(rule.to_event) if open_still else kept(rule.to_event)


def assignment(_rule: Rule, question: Question) -> Part:
    """Regulations Art. 72, Order 87 Art. 35: no assignment; subcontract only agreed side work."""
    parts = [must_not("contract.assigned")(_rule, question)]
    subcontracts = question.facts.members("contract.subcontracts")
    if subcontracts is MISSING:
        return join((*parts, unknown("contract.subcontracts")))
    for subcontract in subcontracts:
        lawful = subcontract.get("consented") is True and subcontract.get("core") is False
        parts.append((kept if lawful else broken)("contract.subcontracts"))
    return join(parts)


def provider_forms(rule: Rule, question: Question) -> Part:
    """Order 102 Art. 6: barred legal forms."""
    tenderers = question.facts.members("tenderers")
    if tenderers is MISSING:
        return unknown("tenderers[].legalForm")
    barred = any(tenderer.get("legalForm") in BARRED_FORMS for tenderer in tenderers)
    return join((broken("tenderers[].legalForm") if barred else kept(), fields(rule, question)))


def sme_reservation(rule: Rule, question: Question) -> Part:
    """Caiku 46 Art. 2: SMEs are enterprises, so a reservation shuts social organisations out."""
    return join((must_not("tender.smeReservation")(rule, question), fields(rule, question)))


def personal_conflict(rule: Rule, question: Question) -> Part:
    """Regulations Art. 9: everyone declares, and whoever has an interest is not there."""
    parts = [fields(rule, question)]
    for whole in ("panel.members", "buyer.officers"):
        members = question.facts.members(whole)
        if members is MISSING:
            continue
        answers = [member.get("conflictDeclaration") for member in members]
        if any(answer is False or answer == CONFLICT for answer in answers):
            parts.append(broken(f"{whole}[].conflictDeclaration"))
    return join(parts)


def supplier_conflict(_rule: Rule, question: Question) -> Part:
    """Regulations Art. 18: no two related parties in one contract, nobody who prepared it.

    `relatedParties` holds the ids of related organisations; an empty list says there are none.
    """
    tenderers = question.facts.members("tenderers")
    if tenderers is MISSING:
        return unknown("tenderers[].relatedParties", "tenderers[].priorInvolvement")
    everyone = {tenderer.get("id") for tenderer in tenderers}
    keys = ["relatedParties"]
    if question.method.id != SINGLE_SOURCE:
        keys.append("priorInvolvement")
    parts = [kept("tenderers[].relatedParties")]
    for key in keys:
        name = f"tenderers[].{key}"
        for tenderer in tenderers:
            value = tenderer.get(key, MISSING)
            if value is MISSING:
                parts.append(unknown(name))
            elif value is None:
                parts.append(blank(name))
            elif (everyone & _ids(value)) if key == "relatedParties" else value:
                parts.append(broken(name))
    return join(parts)


def _ids(value: object) -> set[object]:
    return set(value) if isinstance(value, list | tuple | set | frozenset) else {value}


def low_prices(rule: Rule, question: Question) -> Part:
    """Caiku [2026] 2: a price strictly below any of three shares starts a review on record.

    `bids.validPrices` are the prices (yuan) of the valid bids; the shares are the rule's
    amounts: of the average, of the next lowest, of the ceiling or else the budget.
    """
    values = question.facts.value("bids.validPrices")
    if values is MISSING or not isinstance(values, list | tuple):
        return unknown("bids.validPrices")
    prices = sorted(Decimal(str(price)) for price in values)
    if not prices:
        return NOT_APPLICABLE
    lowest, (of_average, of_next, of_ceiling) = prices[0], rule.amounts
    if lowest < of_average * sum(prices) / len(prices):
        return fields(rule, question)
    if len(prices) > 1 and lowest < of_next * prices[1]:
        return fields(rule, question)
    ceiling = question.facts.number("tender.ceilingPrice")
    if not isinstance(ceiling, Decimal):
        ceiling = question.facts.number("tender.value.amount")
    if not isinstance(ceiling, Decimal):
        return unknown("tender.value.amount")
    return fields(rule, question) if lowest < of_ceiling * ceiling else kept("bids.validPrices")


PROHIBITIONS: Mapping[str, Check] = {
    "negative-list": declared("planning.negativeListDeclaration"),
    "quotation-not-for-services": quotation_for_services,
    "no-discriminatory-conditions": declared("tender.nonDiscriminationDeclaration"),
    "panel-secret-until-award": panel_secrecy,
    "no-signing-while-challenge-open": signing_under_challenge,
    "negotiation-lowest-price": must_be("tender.awardCriteriaType", "lowest-price"),
    "no-assignment": assignment,
    "provider-types": provider_forms,
    "no-years-of-establishment": must_not("tender.minimumYearsEstablished"),
    "sme-reservation-excludes-csos": sme_reservation,
    "no-plhiv-identity": declared("notice.privacyCheck"),
    "conflict-person": personal_conflict,
    "conflict-supplier": supplier_conflict,
    "abnormally-low-price": low_prices,
}
