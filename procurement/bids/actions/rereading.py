"""Reading opened bids from their envelopes once more: what an audit holds the tables to."""

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping

from procurement.bids import queries, sealed
from procurement.bids.actions.opening import package_of
from procurement.bids.models import Bid, BidFile, BidStatus, Offer
from procurement.bids.package import Package
from procurement.tenders.models import Tender

Said = Mapping[str, object]


def altered(tender: Tender) -> Iterator[str]:
    """Yield the receipt numbers of opened bids whose rows say otherwise than their envelopes.

    Texts, prices line by line and files are compared; what was not opened must say nothing. The
    parts of the key that the gate and the cards gave are kept, so it can be done at any time after
    the opening, one bid in memory after the other.
    """
    keys = sealed.keys(tender)
    lots = set(tender.lots.values_list("number", flat=True))
    for number in Bid.objects.filter(tender=tender).order_by("pk").values_list("pk", flat=True):
        bid = Bid.objects.select_related("organization").get(pk=number)
        held = _held(bid)
        if bid.status != BidStatus.VALID and held == _told(Package(), set()):
            continue
        package = package_of(bid, tender, keys)
        if package is None or held != _told(package, lots):
            yield bid.receipt_number


def _held(bid: Bid) -> Said:
    """Return what the rows of a bid say."""
    return {
        "texts": (bid.proposal, bid.team, bid.quality),
        "offers": Counter(_offer(offer) for offer in queries.offers(bid)),
        "files": Counter(
            (each.name, each.media_type, each.size, each.sha256, _sha256(bytes(each.content)))
            for each in BidFile.objects.filter(bid=bid)
        ),
    }


def _offer(offer: Offer) -> Hashable:
    lines = {row.line: row.amount for row in queries.lines(offer)}
    return offer.lot.number, offer.amount, frozenset(lines.items())


def _told(package: Package, lots: set[int]) -> Said:
    """Return what the rows of a package must say; the other side of `outcomes.open_each`."""
    return {
        "texts": (package.proposal, package.team, package.quality),
        "offers": Counter(
            (offer.lot, offer.amount, frozenset(offer.priced.items()))
            for offer in package.offers_for(lots)
        ),
        "files": Counter(
            (each.name, each.media_type, len(each.content), *[_sha256(each.content)] * 2)
            for each in package.files
        ),
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
