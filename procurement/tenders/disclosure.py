"""What the public sees of a tender: an allow-list, as OCDS fragments."""

import hashlib
from datetime import datetime

from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment
from procurement.pulse import rule as outages
from procurement.rulebook import queries as rulebook
from procurement.tenders import drawing
from procurement.tenders.choice import method_advice
from procurement.tenders.models import AwardBy, InvitationMode, Tender
from procurement.tenders.parts import Criterion, CriterionKind, Draw, Invitation, Lot

DRAW_TITLE = "抽取受邀组织前的承诺"
UNTITLED = "抽取受邀组织（项目名称随采购公告公布）"  # a draft's own title is nobody's yet

OCDS_AWARD_CRITERIA = {
    AwardBy.SCORED: "ratedCriteria",
    AwardBy.LOWEST_PRICE: "priceOnly",
    AwardBy.AGREED: "ratedCriteria",
}


def tender_notice(tender: Tender, at: datetime, receipt: Fragment) -> Fragment:
    """Return the sections of the tender release, with the receipt of its check.

    Who is invited is never among them.
    """
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
            "sealing": _sealing(tender),
            "methodAdvice": method_advice(tender, rulebook.pinned(tender.rulebook, at)),
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


def _sealing(tender: Tender) -> Fragment:
    """Return how bids are sealed and opened: the policy, and the public keys anyone may check."""
    return {
        "policy": tender.opening_policy,
        "keyset": hashlib.sha256(bytes(tender.sealing_keys)).hexdigest(),
        "manifest": bytes(tender.sealing_keys).decode(),
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
        "submissionMethodDetails": outages.TEXT,
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


def draw_commitment(draw: Draw) -> Fragment:
    """Return the sections of the release before a draw: two commitments, and nothing else.

    Neither who nor how many is in the pool, for potential bidders stay secret (MOF Order 87 Art.
    28); nor anything of the draft, which nobody has approved yet.
    """
    tender = draw.tender
    buyer = tender.procuring_entity
    title = {} if tender.planning_notice_id else {"title": UNTITLED}
    return title | {
        "buyer": fragments.reference(buyer),
        "parties": [fragments.party(buyer, "buyer", "procuringEntity", "payer")],
        "tender": {"id": tender.ocid, "status": "planned", "invitationDraw": _committed(draw)},
    }


def _committed(draw: Draw) -> Fragment:
    return {
        "algorithm": drawing.ALGORITHM,
        "poolCommitment": draw.pool_commitment,
        "seedCommitment": draw.seed_commitment,
        "dateCommitted": draw.committed_at,
    }


def draw_revealed(tender: Tender) -> Fragment | None:
    """Return the whole draw of a tender that has ended, for anyone to repeat.

    The witnesses stay unnamed: their words are what counts.
    """
    draw = Draw.objects.filter(tender=tender, drawn_at__isnull=False).first()
    if draw is None or not draw.is_repeatable:
        return None
    record = draw.record()
    by_hand = Invitation.objects.filter(tender=tender, added_at__isnull=False)
    return _committed(draw) | {
        "commitmentRelease": draw.release_id,
        "dateDrawn": draw.drawn_at,
        "dateInvited": tender.published_at,
        "count": record.count,
        "salt": record.secret.salt,
        "seed": record.secret.seed,
        "words": record.words,
        "finalSeed": record.final_seed,
        "pool": [{"id": member["id"], "name": member["name"]} for member in draw.pool],
        "drawn": record.drawn,
        "witnessReplacements": [
            {"id": str(number), "date": each.at, "reason": each.reason}
            for number, each in enumerate(draw.replaced(), start=1)
        ],
        "additions": [
            fragments.reference(each.organization)
            | {"reason": each.reason, "dateAdded": each.added_at}
            for each in by_hand.select_related("organization").order_by("added_at", "pk")
        ],
    }


def cancellation_notice(tender: Tender) -> Fragment:
    """Return the sections of a cancellation release, with the reason."""
    return {
        "parties": [fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")],
        "tender": {
            "id": tender.ocid,
            "status": "cancelled",
            "statusDetails": tender.end_reason,
            "invitationDraw": draw_revealed(tender),
        },
    }
