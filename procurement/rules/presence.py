"""Are the required fields filled in, the roles filled, and one event before another?"""

from __future__ import annotations

from collections.abc import Mapping

from procurement.rules import conditions
from procurement.rules.conditions import Truth
from procurement.rules.facts import MISSING, PARTS, is_after, is_blank
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
from procurement.rules.types import Rule
from procurement.rules.vocabulary import Kind

# Fields a rule asks for only when a condition holds; the rule's note or article says so.
FIELD_CONDITIONS: Mapping[str, str] = {
    # Notes of open-notice-fields and consultation-notice-fields: only if an agency is used.
    "agency.name": "procurement.hasAgency",
    "agency.address": "procurement.hasAgency",
    "agency.contactPoint": "procurement.hasAgency",
    # Note of open-notice-fields: only if a ceiling is set. Not stated means none is set.
    "tender.ceilingPrice": "tender.ceilingPrice",
    # Order 74 Art. 38 names the finance department that approves; below the threshold none does.
    "financeDepartment.contactPoint": "value >= thresholds.open_tender_services",
    # Invitations are sent one by one only where the call is not a public notice.
    "invitation.sent": 'not (tender.invitationMode == "public-notice")',
    # Order 102: a term over one year must say why; a term within it need not.
    "contract.multiYearJustification": "contract.multiYearConditionsMet",
    # Note of loser-notification: for scored tenders.
    "bids[].score": 'tender.awardCriteriaType == "scored"',
    "bids[].rank": 'tender.awardCriteriaType == "scored"',
    # A list of names that came from a recommendation carries reasons; another does not.
    "invitation.recommendationReasons": 'invitation.poolSource == "buyer-recommendation"',
}

# The same for one rule only.
RULE_FIELD_CONDITIONS: Mapping[tuple[str, str], str] = {
    # Note: performanceEvaluation becomes due after evaluation; the rest at contract.published.
    (
        "purchase-disclosure-fields",
        "implementation.performanceEvaluation",
    ): "implementation.evaluated",
}

# Note of award-notice-fields: for single source the purchasing staff are named, not a panel.
SUBSTITUTES: Mapping[tuple[str, str, str], str] = {
    ("award-notice-fields", "single-source", "panel.members[].name"): "buyer.officers[].name",
}

# Members of a list a field is asked of, by the member's status.
DISQUALIFIED = "disqualified"
MEMBER_STATUS: Mapping[str, bool] = {
    "bids[].disqualificationReason": True,
    "bids[].score": False,
    "bids[].rank": False,
}

# Regulations Art. 38: the approval of a single source is sought after its publicity, not before.
AFTER_PUBLICITY = frozenset({("method-approval-above-threshold", "single-source")})
PUBLICITY_END = "singleSource.publicity.endDate"

# An earlier act the rule demands: blank means it was neglected. Another blank earlier event
# means only that the rule's clock never started.
DUTIES_BEFORE = frozenset(
    {"planning.published", "planning.consultation.published", "planning.approval.granted"}
)


def fields(rule: Rule, question: Question) -> Part:
    """Check every required field of the rule; blank ones are named together."""
    return join([kept(), *(_field(rule, name, question) for name in rule.required_fields)])


def _field(rule: Rule, name: str, question: Question) -> Part:
    name = SUBSTITUTES.get((rule.id, question.method.id, name), name)
    condition = RULE_FIELD_CONDITIONS.get((rule.id, name)) or FIELD_CONDITIONS.get(name, "")
    wanted = conditions.judge(condition, question.facts.value)
    if wanted.truth is Truth.FALSE:
        return kept(name)
    found = _present(name, question)
    if wanted.truth is Truth.UNKNOWN and found.missing:
        return unknown(*wanted.missing)
    return found


def _present(name: str, question: Question) -> Part:
    if "[]." in name:
        return _members_present(name, question)
    value = question.facts.value(name)
    if value is MISSING and name in PARTS:
        return join(_present(part, question) for part in PARTS[name])
    if value is MISSING:
        return unknown(name)
    return blank(name) if is_blank(value) else kept(name)


def _members_present(name: str, question: Question) -> Part:
    """`list[].key`: every member has the key filled in, and there is a member."""
    whole, key = name.split("[].", 1)
    members = question.facts.members(whole)
    if members is MISSING:
        return unknown(name)
    asked = MEMBER_STATUS.get(name)
    if asked is not None:
        members = tuple(m for m in members if (m.get("status") == DISQUALIFIED) is asked)
    elif not members:
        return blank(name)
    if any(key in member and is_blank(member[key]) for member in members):
        return blank(name)
    return unknown(name) if any(key not in member for member in members) else kept(name)


def roles(rule: Rule, question: Question) -> Part:
    """Check the required roles: filled in, and not answered with "no"."""
    refused = [name for name in rule.required_fields if question.facts.value(name) is False]
    return join([fields(rule, question), *(broken(name) for name in refused)])


def order(rule: Rule, question: Question) -> Part:
    """Check that from_event happened before to_event (instants compared when both are known).

    A notice that is owed but not out yet is unknown, not broken: these rules give no figure.
    """
    if not rule.from_event:
        return kept()
    if (rule.id, question.method.id) in AFTER_PUBLICITY:
        return _after_publicity(question)
    first, second = question.facts.moment(rule.from_event), question.facts.moment(rule.to_event)
    if first is None:
        return blank(rule.from_event) if rule.from_event in DUTIES_BEFORE else NOT_APPLICABLE
    if first is MISSING:
        return unknown(rule.from_event)
    if second is MISSING or second is None:
        prior = rule.kind is Kind.REQUIRED_FIELD or rule.from_event in DUTIES_BEFORE
        return kept(rule.from_event) if second is None and prior else unknown(rule.to_event)
    names = (rule.from_event, rule.to_event)
    return broken(*names) if is_after(first, second) else kept(*names)


def _after_publicity(question: Question) -> Part:
    """Return kept once the publicity is over; until then the rule asks for nothing."""
    end = question.facts.day(PUBLICITY_END)
    if end is MISSING:
        return unknown(PUBLICITY_END)
    return NOT_APPLICABLE if end is None or question.on <= end else kept(PUBLICITY_END)
