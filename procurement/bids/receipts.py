"""Receipts: signed at once, with a place in the receipts log that tells nothing of the others.

The receipts log is filled block by block. A receipt takes one of the free places of the block at
random; the places nobody took hold digests of nothing. A block is appended whole, so the log shows
neither who bids nor how many. The receipt is the promise of its place; anyone who holds one can
prove a broken promise.
"""

import base64
import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import rfc8785
from django.db import connection
from django.db.models import Max, Min

from procurement.bids import sealed
from procurement.bids.models import Bid
from procurement.bids.parts import Receipt, ReceiptAction, ReceiptSlot, UntoldReceipt
from procurement.publication import heads, log
from procurement.publication.tree import Log, LogHead
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender

VERSION = "yn-bid-receipt/1"
LEAF = b"yn-bid-leaf/1\n"
BLOCK = 32  # places; one block hides up to so many receipts
OWN = 4  # places of one organisation, before it gets a block of its own
PROMISE = timedelta(hours=1)  # a block is in the log after this at the latest
_ORDER = 7710_4101  # the advisory lock under which blocks are made and appended


def issue(
    bid: Bid, tender: Tender, *, action: ReceiptAction, at: datetime, replaces: str = ""
) -> Receipt:
    """Sign and keep the receipt of an act, and return it. Within the transaction of the act."""
    nonce = secrets.token_hex(16)
    place = _take(at, bid.organization_id)
    core: dict[str, Any] = {
        "v": VERSION,
        "log": heads.origin(Log.RECEIPTS),
        "tender": tender.ocid,
        "notice": bid.notice,
        "supplier": sealed.supplier(bid.organization),
        "receipt": bid.receipt_number,
        "action": action.value,
        "replaces": replaces,
        "received_at": at.astimezone(SHANGHAI).isoformat(timespec="microseconds"),
        "deadline": sealed.deadline(tender).astimezone(SHANGHAI).isoformat(),
        "envelope_sha256": bid.envelope_sha256,
        "envelope_bytes": bid.envelope_bytes,
        "keyset": sealed.keyset(tender),
        "mode": bid.mode,
        "nonce": nonce,
        "index": place,
    }
    canonical = rfc8785.dumps(core)
    signed = core | {"sig": _signature(canonical)}
    leaf = LEAF + hashlib.sha256(canonical).digest()
    ReceiptSlot.objects.filter(place=place).update(leaf=leaf, is_taken=True)
    receipt = Receipt.objects.create(
        place=place,
        bid=bid,
        action=action,
        nonce=nonce,
        body=rfc8785.dumps(signed),
        issued_at=at,
    )
    UntoldReceipt.objects.create(receipt=receipt)  # its letters are noted by who reads these
    return receipt


def _signature(canonical: bytes) -> str:
    signed = heads.receipts_key().sign(f"{VERSION}\n".encode() + canonical)
    return base64.b64encode(signed).decode()


def read(receipt: Receipt) -> dict[str, Any]:
    """Return what a receipt says."""
    said: dict[str, Any] = json.loads(bytes(receipt.body))
    return said


def ended_by(ocid: str) -> dict[str, Receipt]:
    """Return by receipt number which later receipt of the call replaced or withdrew that bid."""
    ended = {}
    given = Receipt.objects.filter(bid__tender__process__ocid=ocid).select_related("bid")
    for receipt in given.defer("bid__envelope").order_by("issued_at", "place"):
        replaced = read(receipt)["replaces"]
        if receipt.action == ReceiptAction.WITHDRAW:
            ended[receipt.bid.receipt_number] = receipt
        elif replaced:
            ended[replaced] = receipt
    return ended


def is_due(at: datetime) -> bool:
    """Say whether the block that is being filled has waited for its time."""
    oldest = ReceiptSlot.objects.aggregate(oldest=Min("made_at"))["oldest"]
    return oldest is not None and oldest <= at - PROMISE


def make_block(at: datetime) -> None:
    """Begin a block, unless one is being filled: also when nobody bids, so that nothing shows."""
    _in_order()
    if not ReceiptSlot.objects.exists():
        _add_block(at)


def publish() -> int:
    """Append every place of the blocks being filled to the receipts log; return how many.

    Waits for receipts under way; those that begin later find the next block.
    """
    _in_order()
    slots = list(ReceiptSlot.objects.select_for_update().order_by("place"))
    if not slots:
        return 0
    first = log.append_receipts([bytes(slot.leaf) for slot in slots])
    if first != slots[0].place:
        raise RuntimeError(f"the receipts log stands at {first}, promised was {slots[0].place}")
    ReceiptSlot.objects.all().delete()
    return len(slots)


def _take(at: datetime, organization: int) -> int:
    """Return a free place, taken until the transaction ends and marked by the caller.

    Whoever has OWN places in the blocks being filled gets one of a block of its own: by replacing
    its bid until a block is full, nobody finds out how many places others have taken.
    """
    begin = ReceiptSlot.objects.aggregate(begin=Min("place"))["begin"] or 0
    mine = Receipt.objects.filter(bid__organization=organization, place__gte=begin).count()
    if mine and mine % OWN == 0:
        _in_order()
        place = _free(since=_add_block(at))
    else:
        place = _free()
    if place is None:
        _in_order()
        place = _free()
    if place is None:
        place = _free(since=_add_block(at))
    if place is None:
        raise RuntimeError("a new block has no free place")
    return place


def _free(since: int = 0) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place FROM procurement_receiptslot WHERE NOT is_taken AND place >= %s"
            " ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED",
            [since],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _in_order() -> None:
    """Wait for whoever makes or appends a block; let go when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ORDER])


def _add_block(at: datetime) -> int:
    """Add a block after the places there are, and return where it begins.

    Its leaves are digests of nothing.
    """
    last = ReceiptSlot.objects.aggregate(last=Max("place"))["last"]
    begin = LogHead.objects.get(pk=Log.RECEIPTS).size if last is None else last + 1
    ReceiptSlot.objects.bulk_create(
        ReceiptSlot(place=begin + n, leaf=LEAF + secrets.token_bytes(32), made_at=at)
        for n in range(BLOCK)
    )
    return begin
