"""Where each fact of the rulebook is asked for: one table a draft, fact name to step and field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Places that are no step of the draft.
CHECK: Final = "check"  # the act of publishing itself: its day, its planning notice
PROFILE: Final = "profile"  # the agency's own entry in the register
LATER: Final = "later"  # asked when a later act happens


@dataclass(frozen=True)
class Place:
    """A field of a step; without a field, the step as a whole."""

    step: str
    field: str = ""


def _places(step: str, **facts: str) -> dict[str, Place]:
    """Return places in one step: field=fact, or field="fact fact"."""
    return {fact: Place(step, field) for field, named in facts.items() for fact in named.split()}


def _elsewhere(step: str, facts: str) -> dict[str, Place]:
    return {fact: Place(step) for fact in facts.split()}


ANYWHERE: Mapping[str, Place] = {
    **_elsewhere(PROFILE, "buyer.name buyer.address buyer.contactPoint notice.publisher.verified"),
    **_elsewhere(
        LATER,
        "agency.name agency.address agency.contactPoint procurement.hasAgency"
        " amendment.published amendment.affectsPreparation amendment.description"
        " amendment.rationale objection.received objection.reviewed objection.outcome"
        " objection.reasons tender.terminated tender.terminationReason tender.statusDetails"
        " tender.termination.published tenderers[].legalForm tenderers[].registrationNumber"
        " tenderers[].financialReport tenderers[].taxAndSocialSecurity"
        " tenderers[].capacityEvidence tenderers[].cleanRecordStatement"
        " tenderers[].relatedParties tenderers[].priorInvolvement prequalification.published"
        " prequalification.submission.endDate prequalification.submission.place"
        " tender.bidBond.amount tender.smePriceDeduction tender.documents.takersPublished"
        " invitation.recommendedByBuyer invitation.recommendedByExperts"
        " invitation.recommendationOpinions invitation.recommendationReasons"
        " notice.submitted notice.published notice.contentHash panel.namesPublished"
        " classification.id inCatalogue planning.nonOpenPurchases.amount"
        " planning.survey.respondents planning.survey.doneWithinYear"
        " planning.review.nonDiscrimination planning.review.competition planning.review.policy"
        " planning.review.performanceRisk planning.review.legalCounsel planning.exAnteEvaluation"
        " thresholds.open_tender_services thresholds.procurement_limit"
        " tender.minimumYearsEstablished mainProcurementCategory service.audience"
        " isGovernmentPurchaseOfServices bids.count",
    ),
}

PLAN_PLACES: Mapping[str, Place] = {
    **ANYWHERE,
    **_places(
        "need",
        title="planning.project.title",
        need_summary="planning.needSummary",
    ),
    **_places(
        "money",
        budget_amount="planning.budget.amount value",
        budget_reference="planning.budget.reference",
        fiscal_year="planning.budget.fiscalYear",
        midterm_years="planning.budget.midTermPlanYears",
    ),
    **_places(
        "timing",
        expected_month="planning.expectedProcurementDate",
        procurement_method="procedure",
    ),
    **_places("comments", comments_until="planning.consultation.published"),
    **_places(
        "declarations",
        negative_list_declared="planning.negativeListDeclaration",
        designated_media_url="notice.designatedMedia.url",
        designated_media_date="notice.designatedMedia.publishedDate",
    ),
    **_elsewhere(CHECK, "planning.published"),
    **_elsewhere(LATER, "notice.privacyCheck"),
}

TENDER_PLACES: Mapping[str, Place] = {
    **ANYWHERE,
    **_places("summary", title="tender.title tender.id"),
    **_places(
        "need",
        description="tender.description",
        quantity="tender.quantity",
    ),
    **_places(
        "consultation",
        consultation_summary="planning.consultation.summary",
        consultation_responses="planning.consultation.responses",
    ),
    **_places(
        "procedure",
        procurement_method="procedure tender.invitationMode tender.procurementMethod rationale",
        method_rationale="tender.procurementMethodRationale planning.approval.reason",
    ),
    **_places(
        "approval",
        approval_authority="planning.approval.authority",
        approval_number="planning.approval.number",
        approval_date="planning.approval.date planning.approval.granted",
    ),
    **_places(
        "supplier",
        single_source_supplier="singleSource.supplier.name singleSource.supplier.address",
        experts="singleSource.experts[].name singleSource.experts[].opinion"
        " singleSource.experts[].employer singleSource.experts[].professionalTitle",
    ),
    **_places(
        "draw",
        draw="invitation.pool invitation.poolSource invitation.drawn invitation.invited"
        " invitation.sent invitation.draw.date invitation.draw.method invitation.draw.record"
        " invitation.draw.witnesses",
    ),
    **_places(
        "money",
        value_amount="value tender.value.amount",
        ceiling_amount="tender.ceilingPrice",
        grant_maximum="grant.maxAward",
        fixed_price="tender.fixedPrice",
        budget_reference="planning.budget.reference",
        fiscal_year="planning.budget.fiscalYear",
        midterm_years="planning.budget.midTermPlanYears",
    ),
    **_places(
        "costs",
        full_cost_covered="tender.fullCostCovered",
        indirect_rate_cap="grant.indirectCostRate",
        paid_direct="tender.budgetBreakdown.direct grant.eligibleCosts",
        paid_wages="tender.budgetBreakdown.staff",
        paid_administration="tender.budgetBreakdown.indirect",
        paid_tax="tender.budgetBreakdown.tax",
    ),
    **_places(
        "criteria",
        award_by="tender.awardCriteriaType",
        criteria="tender.awardCriteria tender.awardCriteria[].weight"
        " tender.awardCriteria[].levels tender.priceWeight",
    ),
    **_places(
        "dates",
        notice_period_end="tender.noticePeriod.endDate tender.noticePeriod",
        documents_end="tender.documents.endDate tender.documents.period",
        enquiry_period_end="tender.enquiryPeriod.endDate",
        tender_period_end="tender.tenderPeriod.endDate tender.bidOpening.date",
        publicity_period_end="singleSource.publicity.endDate",
        award_expected_date="award.expectedDate",
        contract_start="contract.period.startDate contract.period",
        contract_end="contract.period.endDate contract.multiYearConditionsMet"
        " contract.multiYearJustification",
    ),
    **_places("eligibility", eligibility="tender.eligibilityCriteria"),
    **_places(
        "contacts",
        documents_place="tender.documents.place",
        documents_method="tender.documents.method",
        documents_price="tender.documents.price",
        opening_address="tender.bidOpening.address",
        contact_name="tender.contactPerson.name",
        contact_telephone="tender.contactPerson.telephone",
        challenge_method="tender.challenge.method",
        challenge_department="tender.challenge.department financeDepartment.contactPoint",
        challenge_telephone="tender.challenge.telephone",
        challenge_address="tender.challenge.address",
    ),
    **_places(
        "declarations",
        non_discrimination_declared="tender.nonDiscriminationDeclaration",
        negative_list_declared="planning.negativeListDeclaration",
        privacy_checked="notice.privacyCheck",
        sme_reserved="tender.smeReservation",
        sme_reason="tender.smeReservationReason",
        designated_media_url="notice.designatedMedia.url",
        designated_media_date="notice.designatedMedia.publishedDate",
    ),
    **_elsewhere(
        CHECK,
        "tender.published tender.documents.startDate singleSource.publicity.startDate"
        " planning.published planning.consultation.published planning.project.title"
        " planning.expectedProcurementDate planning.needSummary planning.budget.amount",
    ),
}

# Problems that a draft has whatever the law says, by the field the domain names.
PROBLEM_STEPS: Mapping[str, str] = {
    "advice_answers": "procedure",
    "procurement_method": "procedure",
    "method_rationale": "procedure",
    "summary": "summary",
    "services": "need",
    "populations": "need",
    "regions": "need",
    "value_amount": "money",
    "tender_period_end": "dates",
    "enquiry_period_end": "dates",
    "contract_end": "dates",
    "lots": "lots",
    "criteria": "criteria",
    "single_source_supplier": "supplier",
    "draw": "draw",
}
