"""A tender as the facts the rulebook asks for. Pure: model in, mapping out."""

from datetime import date, datetime
from decimal import Decimal

from organizations.terms import CostLine
from procurement.planning import facts as planning_facts
from procurement.rules import SHANGHAI
from procurement.tenders import advising
from procurement.tenders.models import InvitationMode, Tender
from procurement.tenders.parts import CriterionKind, Invitation


def facts(tender: Tender, *, published: datetime) -> dict[str, object]:
    """Return what the book may ask of this tender if it were published at that instant.

    A name left out is one this portal cannot answer yet; the book then says "cannot tell".
    """
    buyer = tender.procuring_entity
    known: dict[str, object] = {
        "buyer.name": buyer.name,
        "buyer.level": buyer.agency.level if hasattr(buyer, "agency") else None,
        "buyer.address": buyer.address,
        "buyer.contactPoint": buyer.phone or buyer.email,
        "procurement.hasAgency": False,
        "mainProcurementCategory": "services",
        "service.audience": "public",
        "isGovernmentPurchaseOfServices": True,
        "value": tender.value_amount,
        "notice.publisher.verified": buyer.is_verified or None,
        "notice.contentHash": "sha-256",  # the log computes it when the notice is appended
        "notice.privacyCheck": tender.privacy_checked or None,
        "notice.designatedMedia.url": tender.designated_media_url,
        "notice.designatedMedia.publishedDate": tender.designated_media_date,
    }
    return known | _planning(tender) | _what(tender) | _when(tender, published) | _how(tender)


def _planning(tender: Tender) -> dict[str, object]:
    plan = tender.planning_notice
    known: dict[str, object] = planning_facts.facts(plan) if plan else {}
    known.pop("value", None)
    known.pop("inCatalogue", None)
    if tender.in_catalogue is not None:
        known["inCatalogue"] = tender.in_catalogue
    asked = plan is not None and plan.published_at is not None and plan.comments_until is not None
    return known | {
        "planning.published": plan.published_at if plan else None,
        "planning.consultation.published": plan.published_at if plan and asked else None,
        "planning.consultation.summary": tender.consultation_summary,
        "planning.consultation.responses": tender.consultation_responses,
        "planning.budget.reference": tender.budget_reference,
        "planning.budget.fiscalYear": tender.fiscal_year,
        "planning.budget.midTermPlanYears": tender.midterm_years,
        "planning.negativeListDeclaration": tender.negative_list_declared or None,
        "planning.approval.authority": tender.approval_authority,
        "planning.approval.number": tender.approval_number,
        "planning.approval.date": tender.approval_date,
        "planning.approval.granted": tender.approval_date,
        "planning.approval.reason": tender.method_rationale,
    }


def _what(tender: Tender) -> dict[str, object]:
    paid = {line.line: line.is_paid for line in tender.cost_policy.all()}
    stated = {line: paid.get(line) for line in CostLine.values}
    return {
        "tender.title": tender.title,
        "tender.id": tender.ocid,
        "tender.description": tender.description,
        "tender.quantity": tender.quantity,
        "tender.value.amount": tender.value_amount,
        "tender.ceilingPrice": tender.ceiling_amount,
        "tender.eligibilityCriteria": tender.eligibility,
        "tender.contactPerson.name": tender.contact_name,
        "tender.contactPerson.telephone": tender.contact_telephone,
        "tender.challenge.method": tender.challenge_method,
        "tender.challenge.department": tender.challenge_department,
        "tender.challenge.telephone": tender.challenge_telephone,
        "tender.challenge.address": tender.challenge_address,
        "tender.nonDiscriminationDeclaration": tender.non_discrimination_declared or None,
        "tender.smeReservation": tender.sme_reserved,
        "tender.smeReservationReason": tender.sme_reason,
        "tender.fullCostCovered": _stated(tender.full_cost_covered),
        "tender.budgetBreakdown.direct": _stated(stated[CostLine.DIRECT]),
        "tender.budgetBreakdown.staff": _stated(stated[CostLine.WAGES]),
        "tender.budgetBreakdown.indirect": _stated(stated[CostLine.ADMINISTRATION]),
        "tender.budgetBreakdown.tax": _stated(stated[CostLine.TAX]),
        "grant.maxAward": tender.grant_maximum,
        "grant.eligibleCosts": [line for line, is_paid in stated.items() if is_paid],
        "grant.indirectCostRate": tender.indirect_rate_cap,
    }


def _stated(answer: bool | None) -> str | None:
    """Return a yes or no as the book reads it: both are statements, silence is not."""
    return None if answer is None else ("yes" if answer else "no")


def _public_since(tender: Tender, published: datetime) -> date:
    """Return from when the call is public: the later of here and the statutory medium.

    Where the two differ the medium prevails (MOF Order 101 Art. 11); counting from the later of
    the two never shortens a bidder's time.
    """
    there = tender.designated_media_date
    return there if there and there > published.astimezone(SHANGHAI).date() else published


def _when(tender: Tender, published: datetime) -> dict[str, object]:
    since = _public_since(tender, published)
    return {
        "tender.published": since,
        "tender.documents.startDate": since,
        "tender.documents.endDate": tender.documents_end,
        "tender.documents.place": tender.documents_place,
        "tender.documents.method": tender.documents_method,
        "tender.documents.price": tender.documents_price,
        "tender.noticePeriod.endDate": tender.notice_period_end,
        "tender.enquiryPeriod.endDate": tender.enquiry_period_end,
        "tender.tenderPeriod.endDate": tender.tender_period_end,
        "tender.bidOpening.date": tender.tender_period_end,
        "tender.bidOpening.address": tender.opening_address,
        "award.expectedDate": tender.award_expected_date,
        "contract.period.startDate": tender.contract_start,
        "contract.period.endDate": tender.contract_end,
        "singleSource.publicity.startDate": since,
        "singleSource.publicity.endDate": tender.publicity_period_end,
    }


def _how(tender: Tender) -> dict[str, object]:
    criteria = list(tender.criteria.all())
    price = sum(c.weight for c in criteria if c.kind == CriterionKind.PRICE)
    known: dict[str, object] = {
        "tender.procurementMethodRationale": tender.method_rationale,
        "tender.invitationMode": tender.invitation_mode,
        "tender.awardCriteriaType": tender.award_by,
        "tender.awardCriteria": [{"weight": c.weight, "levels": c.description} for c in criteria],
        "tender.fixedPrice": tender.fixed_price,
        "tender.priceWeight": Decimal(price) / 100 if criteria else None,
        # known to be absent: the book then has nothing to ask
        "tender.minimumYearsEstablished": None,
        "tender.bidBond.amount": None,
        "tender.terminated": None,
        "amendment.published": None,
        "amendment.affectsPreparation": False,
        "prequalification.published": None,
    }
    if tender.invitation_mode == InvitationMode.REGISTER_DRAW:
        known |= _invitation(tender)
    supplier = tender.single_source_supplier
    return known | {
        **advising.ground(tender.advice_answers),
        "singleSource.supplier.name": supplier.name if supplier else None,
        "singleSource.supplier.address": supplier.address if supplier else None,
        "singleSource.experts": [
            {
                "opinion": expert.opinion,
                "name": expert.name,
                "employer": expert.employer,
                "professionalTitle": expert.professional_title,
            }
            for expert in tender.experts.all()
        ],
        "financeDepartment.contactPoint": tender.challenge_department,
    }


def _invitation(tender: Tender) -> dict[str, object]:
    draw = getattr(tender, "draw", None)
    invited = list(Invitation.objects.filter(tender=tender).values_list("organization", "added_at"))
    drawn = [number for number, by_hand in invited if by_hand is None]
    sent = [number for number, _by_hand in invited]
    seen = [w.name for w in draw.witnesses.all() if w.given_at is not None] if draw else []
    return {
        "invitation.poolSource": "register",
        "invitation.pool": [member["id"] for member in draw.pool] if draw else [],
        "invitation.drawn": drawn,
        "invitation.invited": sent,
        "invitation.sent": sent,  # sent to all at the instant of publication
        "invitation.draw.date": draw.drawn_at if draw else None,
        "invitation.draw.method": "SHA-256" if draw else None,
        "invitation.draw.witnesses": seen,
        "invitation.draw.record": (draw.release_id or draw.seed) if draw else None,
    }
