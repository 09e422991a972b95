"""What the public sees of a tender: an allow-list, as OCDS fragments."""

from datetime import datetime

from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment
from procurement.rulebook import queries as rulebook
from procurement.tenders.models import AwardBy, InvitationMode, Tender
from procurement.tenders.parts import Criterion, CriterionKind, Lot

OCDS_AWARD_CRITERIA = {
    AwardBy.SCORED: "ratedCriteria",
    AwardBy.LOWEST_PRICE: "priceOnly",
    AwardBy.AGREED: "ratedCriteria",
}


def tender_notice(tender: Tender, at: datetime) -> Fragment:
    """Return the sections of the tender release. Who is invited is never among them."""
    buyer = tender.procuring_entity
    contact = {"name": tender.contact_name, "telephone": tender.contact_telephone}
    parties = [
        fragments.party(buyer, "buyer", "procuringEntity", "payer") | {"contactPoint": contact}
    ]
    if tender.invitation_mode == InvitationMode.DIRECT and tender.single_source_supplier:
        parties.append(fragments.party(tender.single_source_supplier, "invitedSupplier"))
    return {
        "title": tender.title,
        "description": tender.summary,
        "buyer": fragments.reference(buyer),
        "parties": parties,
        "tender": _what(tender)
        | _how(tender)
        | _when(tender, at)
        | {
            "status": "active",
            "documents": [
                fragments.document(attachment.document, at)
                for attachment in tender.attachments.select_related("document")
            ],
        },
        "notice": fragments.designated_medium(
            tender.designated_media_url, tender.designated_media_date
        )
        | {"rulebook": tender.rulebook, "ruleReasons": _reasons(tender), "receipt": receipt},
    }


def _reasons(tender: Tender) -> list[Fragment]:
    return [{"id": rule, "reason": reason} for rule, reason in tender.rule_reasons.items()]


def _what(tender: Tender) -> Fragment:
    return {
        "id": tender.ocid,
        "title": tender.title,
        "description": tender.description,
        "procuringEntity": fragments.reference(tender.procuring_entity),
        "value": fragments.value(tender.value_amount),
        "ceilingPrice": fragments.value(tender.ceiling_amount),
        "grantMaximum": fragments.value(tender.grant_maximum),
        "mainProcurementCategory": "services",
        "eligibilityCriteria": tender.eligibility,
        "hostedGroupsMayBid": tender.hosted_may_bid,
        "quantityDescription": tender.quantity,
        "instrument": tender.instrument,
        "publicConsultation": {
            "summary": tender.consultation_summary,
            "responses": tender.consultation_responses,
        },
        "costPolicy": _costs(tender),
        "lots": [_lot(lot, tender) for lot in tender.lots.all()],
        "items": [
            fragments.item(
                item_id=str(lot.number),
                lot=lot_id(lot),
                description=lot.title,
                services=tender.services,
                populations=tender.populations,
                regions=tender.regions.all(),
            )
            for lot in tender.lots.all()
        ],
    }


def lot_id(lot: Lot) -> str:
    """Return the id of a lot within its tender."""
    return f"lot-{lot.number}"


def _lot(lot: Lot, tender: Tender) -> Fragment:
    return {
        "id": lot_id(lot),
        "title": lot.title,
        "description": lot.description,
        "status": "active",
        "value": fragments.value(lot.value_amount),
        "suppliersWanted": lot.suppliers_wanted,
        "awardCriteria": {"criteria": [_criterion(c) for c in tender.criteria.all()]},
    }


def _criterion(criterion: Criterion) -> Fragment:
    return {
        "type": "price" if criterion.kind == CriterionKind.PRICE else "quality",
        "name": criterion.name,
        "description": criterion.description,
        "numbers": [{"number": criterion.weight, "weight": "percentageExact"}],
    }


def _costs(tender: Tender) -> Fragment:
    return {
        "fullCostCovered": tender.full_cost_covered,
        "indirectRateCap": tender.indirect_rate_cap,
        "lines": [
            {
                "id": line.line,
                "title": fragments.in_chinese(line.get_line_display()),
                "paid": line.is_paid,
                "maximumShare": line.maximum_share,
            }
            for line in tender.cost_policy.all()
        ],
    }


def _how(tender: Tender) -> Fragment:
    method = rulebook.files().method(tender.procurement_method)
    supplier = tender.single_source_supplier
    return {
        "procedure": method.id,
        "procurementMethod": method.ocds_method.value,
        "procurementMethodDetails": method.name_zh,
        "procurementMethodRationale": tender.method_rationale,
        "legalBasis": {
            "scheme": "CN-LAW",
            "id": method.legal_basis.id,
            "description": method.legal_basis.zh,
        },
        "submissionMethod": ["electronicSubmission"],
        "awardCriteria": OCDS_AWARD_CRITERIA[AwardBy(tender.award_by)],
        "awardCriteriaDetails": fragments.in_chinese(tender.get_award_by_display()),
        "challengeContact": {
            "method": tender.challenge_method,
            "department": tender.challenge_department,
            "telephone": tender.challenge_telephone,
            "address": tender.challenge_address,
        },
        "documentsAvailability": {
            "place": tender.documents_place,
            "method": tender.documents_method,
            "price": tender.documents_price,
            "endDate": tender.documents_end,
        },
        "singleSource": {
            "supplier": fragments.reference(supplier),
            "publicityEndDate": tender.publicity_period_end,
            "experts": [
                {
                    "id": str(number),
                    "name": expert.name,
                    "employer": expert.employer,
                    "professionalTitle": expert.professional_title,
                    "opinion": expert.opinion,
                }
                for number, expert in enumerate(tender.experts.all(), start=1)
            ],
        }
        if supplier
        else None,
    }


def _when(tender: Tender, at: datetime) -> Fragment:
    return {
        "tenderPeriod": fragments.period(at, tender.tender_period_end),
        "enquiryPeriod": fragments.period(at, tender.enquiry_period_end),
        "noticePeriod": fragments.period(at, tender.notice_period_end),
        "awardPeriod": fragments.period(
            tender.tender_period_end, fragments.end_of_day(tender.award_expected_date)
        ),
        "contractPeriod": fragments.period(
            fragments.start_of_day(tender.contract_start),
            fragments.end_of_day(tender.contract_end),
        ),
        "bidOpening": {
            "date": tender.tender_period_end,
            "address": {"streetAddress": tender.opening_address},
        },
    }


def cancellation_notice(tender: Tender) -> Fragment:
    """Return the sections of a cancellation release, with the reason."""
    return {
        "parties": [fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")],
        "tender": {
            "id": tender.ocid,
            "status": "cancelled",
            "statusDetails": tender.end_reason,
        },
    }
