"""The deadline has passed: the register of what was received, before anything is opened."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.bids import disclosure, receipts, sealed, waiting
from procurement.bids.models import Bid
from procurement.bids.parts import Receipt, ReceiptAction, RefusedEnvelope
from procurement.lifecycle import Act
from procurement.publication import log, nodes
from procurement.publication.models import NoticeKind
from procurement.publication.tree import Log, LogHead
from procurement.tenders.actions import locked
from procurement.tenders.models import Tender


@transaction.atomic
def close(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Publish the closing register of a tender whose deadline has passed, and return the tender.

    The clock alone does it. It waits for submissions under way, puts every receipt into the
    receipts log and states that log's size and root: nothing can be added or dropped afterwards,
    and whoever holds a receipt can prove it. The time gate opens only after this.
    """
    tender = locked(tender)
    permissions.require(Act.CLOSE_BIDS, by=by, on=tender)
    lifecycle.require(Act.CLOSE_BIDS, tender, at)
    if tender.closed_at is not None:
        raise lifecycle.NotNow(Act.CLOSE_BIDS, tender.stage(at))
    receipts.publish()
    tender.closed_at = at
    tender.save(update_fields=["closed_at"])
    size = LogHead.objects.get(pk=Log.RECEIPTS).size
    _require_kept(tender, size)
    root = nodes.root(Log.RECEIPTS, size)
    log.append(
        disclosure.closing_register(
            tender,
            _lines(tender),
            size=size,
            root=root.hex(),
            refused=RefusedEnvelope.objects.filter(tender=tender).count(),
        ),
        kind=NoticeKind.REGISTER,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    return tender


def _require_kept(tender: Tender, size: int) -> None:
    """Raise RuntimeError unless every place that was promised is in the log of that size."""
    broken = Receipt.objects.filter(bid__tender=tender, place__gte=size).values_list("place")
    if broken.exists():
        raise RuntimeError(f"the receipts log ends at {size}, promised was more: {list(broken)}")


def _lines(tender: Tender) -> list[disclosure.RegisterLine]:
    """Return one line for each receipt that confirmed a bid, in the order they came."""
    given = Receipt.objects.filter(bid__tender=tender).exclude(action=ReceiptAction.WITHDRAW)
    found = given.select_related("bid__organization").order_by("issued_at", "place")
    ended = receipts.ended_by(tender.ocid)
    return [_line(receipt, ended) for receipt in found.defer("bid__envelope")]


def _line(receipt: Receipt, ended: Mapping[str, Receipt]) -> disclosure.RegisterLine:
    """Return what is public of a receipt: not who; the bidder alone knows its random number."""
    supplier = sealed.supplier(receipt.bid.organization)
    status, by = _status(receipt.bid), ended.get(receipt.bid.receipt_number)
    return disclosure.RegisterLine(
        index=receipt.place,
        envelope_sha256=receipt.bid.envelope_sha256,
        received_at=receipt.issued_at,
        action=receipt.action,
        status=status,
        ended_by=None if status == disclosure.COUNTS or by is None else by.place,
        supplier_commitment=disclosure.supplier_commitment(receipt.nonce, supplier),
    )


def _status(bid: Bid) -> str:
    if bid.withdrawn_at:
        return disclosure.WITHDRAWN
    return disclosure.REPLACED if bid.replaced_at else disclosure.COUNTS


@transaction.atomic
def publish_receipts(*, at: datetime) -> int:
    """Append the block of receipts whose time has come; return how many places.

    Called by the clock. While any call is open there is always a block, so that a block says
    nothing about whether anybody bid.
    """
    published = receipts.publish() if receipts.is_due(at) else 0
    if waiting.is_any_open(at):
        receipts.make_block(at)
    return published
