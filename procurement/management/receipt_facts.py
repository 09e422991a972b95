"""Comparing receipts of bids with their log, with the closing registers and opening records."""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cache

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from procurement.bids import actions as bids
from procurement.bids import queries as bids_queries
from procurement.bids import receipts, sealed
from procurement.bids.disclosure import COUNTS, REPLACED, WITHDRAWN, supplier_commitment
from procurement.bids.parts import Receipt, ReceiptAction, ReceiptSlot
from procurement.publication import heads, nodes
from procurement.publication.merge import release_of
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.publication.tree import Log, LogHead, ReceiptLeaf
from procurement.tenders.models import Tender

# from the edge's stamp to the row: as long as a register waits, and a minute of the clocks
LONGEST_WAY = timedelta(minutes=3)
COLUMNS = ("index", "envelopeDigest", "action", "supplierCommitment", "status", "endedBy")


def compare() -> Iterator[str]:
    """Yield which receipts are out of place, and where registers and openings do not tally."""
    size = LogHead.objects.get(pk=Log.RECEIPTS).size
    key = Ed25519PublicKey.from_public_bytes(heads.receipts_public().public)
    keysets = cache(_keyset)
    given = Receipt.objects.select_related("bid__tender__process").defer("bid__envelope")
    for receipt in given.order_by("place").iterator(200):
        for fault in _faults(receipt, key, size, keysets):
            yield _("第 %(number)s 号回执：%(fault)s") % {"number": receipt.number, "fault": fault}
    yield from _second_registers()
    closed = Listing.objects.filter(compiled__tender__has_key="closingRegister")
    for listing in closed.order_by("pk").iterator(100):
        faults = (*_register_faults(listing), *_opening_faults(listing), *_altered(listing))
        for fault in faults:
            yield _("%(ocid)s：%(fault)s") % {"ocid": listing.ocid, "fault": fault}


def _faults(
    receipt: Receipt, key: Ed25519PublicKey, size: int, keysets: Callable[[str], str]
) -> Iterator[str]:
    """Yield what is wrong with one receipt, or with its leaf."""
    said = receipts.read(receipt)
    signature = base64.b64decode(said.pop("sig"))
    canonical = rfc8785.dumps(said)
    try:
        key.verify(signature, f"{receipts.VERSION}\n".encode() + canonical)
    except InvalidSignature:
        yield _("签名不对")
    held = (receipt.place, receipt.nonce, receipt.bid.tender.ocid, receipt.bid.envelope_sha256)
    if (said["index"], said["nonce"], said["tender"], said["envelope_sha256"]) != held:
        yield _("与库中的投标不符")
    if said["keyset"] != keysets(said["tender"]):
        yield _("投标封给了别的公钥，不是采购公告里的")
    late = receipt.recorded_at and receipt.recorded_at - receipt.issued_at
    if late and late > LONGEST_WAY and not settings.REHEARSAL:
        yield _("写入数据库比它说的时间晚 %(late)s") % {"late": late}
    if _leaf(receipt.place, size) != receipts.LEAF + hashlib.sha256(canonical).digest():
        yield _("不在回执日志里它的位置上")


def _leaf(place: int, size: int) -> bytes:
    """Return what stands at a place of the log of receipts, or of the block that comes next."""
    if place < size:
        leaf = ReceiptLeaf.objects.filter(index=place).values_list("body", flat=True).first()
    else:
        leaf = ReceiptSlot.objects.filter(place=place).values_list("leaf", flat=True).first()
    return bytes(leaf or b"")


def _register_faults(listing: Listing) -> Iterator[str]:
    """Yield what a closing register says otherwise than the receipts and the log do."""
    register = listing.compiled["tender"]["closingRegister"]
    size = register["receiptsLogSize"]
    if register["receiptsLogRoot"] != _root(size):
        yield _("截标登记里回执日志的根不对")
    given = Receipt.objects.filter(bid__tender__process__ocid=listing.ocid)
    given = given.exclude(action=ReceiptAction.WITHDRAW).select_related("bid__organization")
    ended = receipts.ended_by(listing.ocid)
    expected = {_expected(receipt, ended) for receipt in given.defer("bid__envelope")}
    listed = {tuple(line.get(name) for name in COLUMNS) for line in register.get("entries", [])}
    if listed != expected:
        yield _("截标登记与出具的回执不符")


def _expected(receipt: Receipt, ended: Mapping[str, Receipt]) -> tuple[object, ...]:
    """Return what a register must say of a receipt, in the order of COLUMNS."""
    supplier = sealed.supplier(receipt.bid.organization)
    by = ended.get(receipt.bid.receipt_number)
    if by is None:
        status = COUNTS
    else:
        status = WITHDRAWN if by.action == ReceiptAction.WITHDRAW else REPLACED
    return (
        receipt.place,
        receipt.bid.envelope_sha256,
        receipt.action,
        supplier_commitment(receipt.nonce, supplier),
        status,
        None if by is None else by.place,
    )


def _opening_faults(listing: Listing) -> Iterator[str]:
    """Yield where the record of what was opened is not what the register says counts."""
    if "bids" not in listing.compiled:  # an opening always states how many bids there were
        return
    lines = listing.compiled["tender"]["closingRegister"].get("entries", [])
    counting = {line["envelopeDigest"] for line in lines if line["status"] == COUNTS}
    opened = listing.compiled["bids"].get("details", [])
    if {bid.get("envelopeDigest") for bid in opened} != counting:
        yield _("开标记录里的投标，不是截标登记里算数的那些")


def _keyset(ocid: str) -> str:
    """Return the digest of the keys that a call states."""
    call = Entry.objects.of(ocid).filter(kind=NoticeKind.TENDER).first()
    return str(release_of(call)["tender"]["sealing"]["keyset"]) if call else ""


def _second_registers() -> Iterator[str]:
    """Yield the calls that were closed more than once."""
    registers = Entry.objects.filter(kind=NoticeKind.REGISTER).order_by().values("ocid")
    for row in registers.annotate(given=Count("pk")).filter(given__gt=1).order_by("ocid"):
        yield _("%(ocid)s：%(fault)s") % {**row, "fault": _("有不止一份截标登记")}


def _altered(listing: Listing) -> Iterator[str]:
    """Yield which bids say otherwise in the tables than in their envelopes, opened once more."""
    if "bids" not in listing.compiled:
        return
    tender = Tender.objects.filter(process__ocid=listing.ocid).first()
    if tender is None:  # named among the live facts
        return
    try:
        for number in bids.altered(tender):
            words = _("第 %(number)s 号回执的投标与它的密封件不符")
            yield words % {"number": number}
    except sealed.KeysInDoubt:
        yield _("采购公告与已签名的日志不符，密封件没有办法重读")
    details = listing.compiled["bids"].get("details", [])
    told = Counter(
        (each.get("envelopeDigest"), Decimal(str(each["value"]["amount"])))
        for each in details
        if "value" in each
    )
    offers = bids_queries.all_offers(tender).select_related("bid")
    if told != Counter((offer.bid.envelope_sha256, offer.amount) for offer in offers):
        yield _("开标记录里的报价与库中的不符")


def _root(size: int) -> str:
    try:
        return nodes.root(Log.RECEIPTS, size).hex()
    except nodes.NodeMissing:
        return ""
