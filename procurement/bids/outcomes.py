"""What becomes of bids when they open: their content, their offers, lots that lack bidders."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.translation import override

from procurement.bids import disclosure, queries
from procurement.bids.models import Bid, BidFile, BidStatus, Mode, Offer, OfferLine
from procurement.bids.package import LotOffer, Package
from procurement.obligations import actions as obligations
from procurement.obligations.duties import SUBMITTED
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot

# Part of the public record, and so in Chinese whoever reads it.
ONE_BID_A_PERSON = "同一法人（含其托管的小组）只计最先递交的一份投标，这一份没有打开。"
DOES_NOT_OPEN = "密封件无法打开，已按原样留存。"
VOID = "与采购公告不符，投标无效。"
NOT_DELIVERED = "只报了指纹，期限内没有补交密封文件。"
NOT_LISTED = "不在截标登记里，没有打开。"

Unseal = Callable[[Bid, Tender], Package | None]


def open_each(
    bids: list[Bid], tender: Tender, unseal: Unseal, *, listed: set[int], at: datetime
) -> list[Offer]:
    """Open the bids in the order they came; where one wins, one bid of a legal person counts.

    A host and the groups it answers for are one legal person (Regulations Art. 18). `unseal`
    returns the content of a bid, or None for one that does not open; `listed` are the numbers of
    the bids that are here and that the published register lists: no other is opened.
    """
    offers: list[Offer] = []
    counted: set[int] = set()
    is_one_each = queries.takes_one_bid_a_person(tender)
    for bid in bids:
        if bid.pk not in listed:
            _refuse(bid, NOT_DELIVERED if bid.delivered_at is None else NOT_LISTED, at)
            continue
        if is_one_each and bid.tenderer_id in counted:
            _refuse(bid, ONE_BID_A_PERSON, at)
            continue
        content = unseal(bid, tender)
        if content is None:
            _refuse(bid, DOES_NOT_OPEN, at)
            continue
        against = _against(bid, tender, content)
        if against:
            _refuse(bid, against, at)
            continue
        offers += _read(bid, tender, content, at)
        counted.add(bid.tenderer_id)
    return offers


def _against(bid: Bid, tender: Tender, content: Package) -> str:
    """Return what speaks against a bid that was sealed unseen, in the words of the public record.

    What the portal sealed itself it had checked before; above the budget a bid is void (MOF Order
    87 Art. 63).
    """
    if bid.mode != Mode.CLIENT:
        return ""
    with override(settings.LANGUAGE_CODE):
        found = [str(each.message) for each in queries.shortcomings(tender, content)]
    return VOID + "".join(found) if found else ""


def _refuse(bid: Bid, why: str, at: datetime) -> None:
    bid.opened_at, bid.status, bid.disqualification = at, BidStatus.DISQUALIFIED, why
    bid.save(update_fields=["opened_at", "status", "disqualification"])


def _read(bid: Bid, tender: Tender, content: Package, at: datetime) -> list[Offer]:
    """Write what a bid says, and return its offers for lots of the tender."""
    bid.opened_at, bid.status = at, BidStatus.VALID
    bid.proposal, bid.team, bid.quality = content.proposal, content.team, content.quality
    bid.save(update_fields=["opened_at", "status", "proposal", "team", "quality"])
    BidFile.objects.bulk_create(
        BidFile(
            bid=bid,
            name=each.name,
            media_type=each.media_type,
            size=len(each.content),
            sha256=hashlib.sha256(each.content).hexdigest(),
            content=each.content,
        )
        for each in content.files
    )
    lots = {lot.number: lot for lot in tender.lots.all()}
    return [_offer(bid, lots[offer.lot], offer) for offer in content.offers_for(lots)]


def _offer(bid: Bid, lot: Lot, packed: LotOffer) -> Offer:
    offer = Offer.objects.create(bid=bid, lot=lot, amount=packed.amount)
    OfferLine.objects.bulk_create(
        OfferLine(offer=offer, line=line, amount=yuan) for line, yuan in packed.priced.items()
    )
    return offer


def fail_lots(lots: list[Lot], offers: list[Offer], needed: int, at: datetime) -> None:
    """Mark the lots that lack bidders."""
    for lot in lots:
        bidders = {offer.bid.tenderer_id for offer in offers if offer.lot_id == lot.pk}
        if len(bidders) < needed:
            lot.unsuccessful_at = at
            lot.save()


def fail(tender: Tender, reason: str, at: datetime) -> None:
    """End the procedure for want of bids, and publish why."""
    tender.unsuccessful_at, tender.end_reason = at, reason
    tender.save()
    obligations.lapse(to=tender, at=at)
    entry = log.append(
        disclosure.failure_notice(tender),
        kind=NoticeKind.FAILURE,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    obligations.happened(SUBMITTED, to=tender, subject=entry.release_id, at=at)
