"""What the public sees of a decision: who, how much, why, and how the offers ranked."""

from procurement import rules
from procurement.awards.models import Award
from procurement.bids.disclosure import offer_id
from procurement.evaluation.models import PanelMember, Ranking
from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment
from procurement.tenders.disclosure import draw_revealed, lot_id
from procurement.tenders.models import Tender


def award_notice(
    tender: Tender,
    awards: list[Award],
    ranking: list[Ranking],
    panel: list[PanelMember],
    window: rules.ChallengeWindow,
    receipt: Fragment,
) -> Fragment:
    """Return the sections of the award release.

    The names of the panel are part of the notice by law (Regulations Art. 43), with the day of
    each appointment and the reason of each release; what its members wrote about single offers
    is not.
    """
    suppliers = {a.offer.bid.tenderer_id: a.offer.bid.tenderer for a in awards if a.offer}
    others = {place.offer.bid.tenderer_id: place.offer.bid.tenderer for place in ranking}
    return {
        "parties": [fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")]
        + [
            fragments.party(supplier, "tenderer", "supplier", "payee")
            for supplier in suppliers.values()
        ]
        + [
            fragments.party(tenderer, "tenderer")
            for number, tenderer in others.items()
            if number not in suppliers
        ],
        "tender": {
            "id": tender.ocid,
            "status": "complete" if suppliers else "unsuccessful",
            "statusDetails": tender.end_reason,
            "lots": _lots(awards),
            "invitationDraw": draw_revealed(tender),
        },
        "bids": {"details": [_ranked(place) for place in ranking]},
        "awards": [_award(award, number) for number, award in enumerate(awards, start=1)],
        "notice": {
            "receipt": receipt,
            "panel": [_seat(member, number) for number, member in enumerate(panel, start=1)],
            "noticePeriodEnd": fragments.end_of_day(window.notice_end),
            "challengeWindowEnd": fragments.end_of_day(window.window_end),
            "challengeWindowRules": [rule.citation_zh for rule in window.rules],
        },
    }


def _seat(member: PanelMember, number: int) -> Fragment:
    """Return who judged since when, and how a member who did not finish came to leave."""
    opened = member.tender.opened_at
    return {
        "id": str(number),
        "name": member.user.name,
        "capacity": member.capacity,
        "dateAppointed": member.appointed_at,
        "appointedAfterOpening": opened is not None and member.appointed_at >= opened,
        "steppedBack": bool(member.has_interest),
        "released": {"date": member.released_at, "reason": member.release_reason}
        if member.released_at
        else None,
    }


def _lots(awards: list[Award]) -> list[Fragment]:
    """Return each lot once, however many suppliers it has."""
    decided = {lot_id(award.lot): award.offer is not None for award in awards}
    return [
        {"id": lot, "status": "complete" if is_awarded else "unsuccessful"}
        for lot, is_awarded in decided.items()
    ]


def _ranked(place: Ranking) -> Fragment:
    bid = place.offer.bid
    return {
        "id": offer_id(place.offer),
        "status": "valid" if place.is_responsive else "disqualified",
        "tenderers": [fragments.reference(bid.tenderer)],
        "value": fragments.value(place.offer.amount),
        "relatedLots": [lot_id(place.offer.lot)],
        "receipt": bid.receipt_number,
        "evaluation": {"rank": place.rank, "points": place.points},
    }


def award_id(number: int) -> str:
    """Return the id of an award in the public record."""
    return f"award-{number}"


def _award(award: Award, number: int) -> Fragment:
    offer = award.offer
    return {
        "id": award_id(number),
        "title": award.lot.title,
        "description": award.reasons,
        "status": award.status,
        "date": award.decided_at,
        "value": fragments.value(award.amount),
        "suppliers": [fragments.reference(offer.bid.tenderer)] if offer else [],
        "relatedLots": [lot_id(award.lot)],
        "relatedBid": offer_id(offer) if offer else "",
        "onBehalfOf": offer.bid.organization.name
        if offer and offer.bid.organization_id != offer.bid.tenderer_id
        else "",
    }
