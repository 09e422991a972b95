"""What is asked of awards more than once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from procurement import rules
from procurement.awards.models import Award
from procurement.bids.models import Bid
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import Ranking
from procurement.tenders import queries as tenders
from procurement.tenders.facts import facts
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot

NOTICE_RULES = frozenset(
    {
        "award-notice-fields",
        "award-notice-period-1wd",
        "award-notice-period-1wd-nontender",
        "award-notification-2wd",
        "policy-result-2wd",
    }
)


def of(tender: Tender) -> QuerySet[Award]:
    """Return the awards of a tender, lot by lot."""
    return Award.objects.filter(tender=tender).select_related(
        "lot", "offer__bid__tenderer__region", "offer__bid__organization"
    )


def won_by(bids: Iterable[Bid]) -> set[int]:
    """Return which of these bids were awarded at least one lot."""
    found = Award.objects.filter(offer__bid__in=list(bids))
    return set(found.values_list("offer__bid_id", flat=True))


def recommended(lot: Lot) -> list[Ranking]:
    """Return the offers that the ranking puts forward for a lot: as many as are wanted.

    Fewer, when the next one in order would bring the sum above the lot's budget (GPL Art. 36).
    """
    found: list[Ranking] = []
    left = lot.value_amount
    for place in ranked(lot)[: lot.suppliers_wanted]:
        left -= place.offer.amount
        if left < 0:
            break
        found.append(place)
    return found


def ranked(lot: Lot) -> QuerySet[Ranking]:
    """Return the places of the offers that meet the requirements of a lot, the best first."""
    return evaluation.ranking(lot.tender).filter(offer__lot=lot, rank__isnull=False)


def minimum(tender: Tender, *, at: datetime) -> tuple[int, rules.Rule | None]:
    """Return how many organisations must have met the requirements, and the rule that says so.

    Fewer, and nobody may be awarded (GPL Art. 36; MOF Order 87 Arts. 43, 44; Order 74 Art. 37).
    """
    known = facts(tender, published=tender.published_at or at)
    edition = tenders.edition(tender, at=at)
    return edition.minimum_tenderers(tender.procurement_method, known, on=tenders.day(at))


@dataclass(frozen=True)
class Shortage:
    """Fewer organisations met the requirements of a lot than the rule asks for."""

    bidders: int
    needed: int
    rule: rules.Rule | None


def shortages(tender: Tender, lots: Iterable[Lot], *, at: datetime) -> dict[int, Shortage]:
    """Return the shortages by lot number; a lot that nobody qualified for is not among them."""
    needed, rule = minimum(tender, at=at)
    found = {}
    for lot in lots:
        bidders = len({place.offer.bid.tenderer_id for place in ranked(lot)})
        if 0 < bidders < needed:
            found[lot.number] = Shortage(bidders, needed, rule)
    return found


def open_lots(tender: Tender) -> list[Lot]:
    """Return the lots that are still to be decided."""
    return list(tender.lots.filter(unsuccessful_at__isnull=True))


def challenge_window(tender: Tender, awarded_at: datetime) -> rules.ChallengeWindow:
    """Return when the result notice ends and until when it may be challenged."""
    edition = tenders.edition(tender, at=awarded_at)
    return edition.challenge_window(tender.procurement_method, award_published=awarded_at)


def findings(tender: Tender, awards: Iterable[Award], *, at: datetime) -> tuple[rules.Finding, ...]:
    """Return what the rulebook says of the award notice if it were published at the instant.

    A notice that nobody wins has no supplier and no price to name: nothing is found against it.
    """
    winning = [award for award in awards if award.offer is not None]
    if not winning:
        return ()
    window = challenge_window(tender, at)
    suppliers = [
        {"name": award.offer.bid.tenderer.name, "address": award.offer.bid.tenderer.address}
        for award in winning
        if award.offer
    ]
    items = [
        {
            "description": award.lot.title,
            "quantity": tender.quantity or "1",
            "unitPrice": award.amount,
            "serviceRequirements": tender.description,
        }
        for award in winning
    ]
    members = [{"name": member.user.name} for member in evaluation.panel(tender)]
    known = facts(tender, published=tender.published_at or at) | {
        "award.suppliers": suppliers,
        "award.items": items,
        "award.value.amount": sum(award.amount or 0 for award in winning) or None,
        "award.noticePeriod.endDate": window.notice_end or window.not_before,
        "panel.members": members,
        "award.decided": at,
        "award.published": at,
        "award.notification.sent": at,  # the notice tells every bidder
    }
    found = tenders.edition(tender, at=at).check(
        tender.procurement_method,
        known,
        on=tenders.day(at),
        phases=frozenset({"award"}),
    )
    return tuple(finding for finding in found if finding.rule.id in NOTICE_RULES)
