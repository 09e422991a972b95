"""What the public sees at the opening: who bid, for what, at which price, under which receipt."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from procurement.bids.models import Bid, BidStatus, Offer
from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment
from procurement.rules import SHANGHAI
from procurement.tenders.disclosure import draw_revealed, lot_id
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot

# the status of a bid in a register: opened, or ended by its bidder
COUNTS, REPLACED, WITHDRAWN = "counts", "replaced", "withdrawn"

# The gate reads this word in the signed log: as long as it is not there, it waits for the files.
FILES_OVER = "files-over"
FILES_LATER = "files-later"


@dataclass(frozen=True)
class RegisterLine:
    """What is public of one receipt before the opening: neither who nor what."""

    index: int
    envelope_sha256: str
    received_at: datetime
    action: str
    status: str
    ended_by: int | None  # the place of the receipt that replaced or withdrew it
    supplier_commitment: str


@dataclass(frozen=True)
class OpeningEvent:
    """One step of an opening, said in Chinese: it is part of the public record."""

    kind: str
    text: str
    holder: str = ""
    witnesses: str = ""


def supplier_commitment(nonce: str, supplier: str) -> str:
    """Return what a register says of who sent a bid: a digest that the bidder alone can explain.

    `nonce` is the random number of the receipt (hexadecimal), `supplier` the party's id.
    """
    return hashlib.sha256(bytes.fromhex(nonce) + supplier.encode()).hexdigest()


def closing_register(
    tender: Tender, lines: Sequence[RegisterLine], *, size: int, root: str, refused: int
) -> Fragment:
    """Return the sections of the register: every receipt, and the receipts log it stands in.

    `refused` is how many files were uploaded that are no bid for this call.
    """
    return {
        "tender": {
            "id": tender.ocid,
            "closingRegister": {
                "deadline": tender.tender_period_end,
                "receiptsLogSize": size,
                "receiptsLogRoot": root,
                "count": sum(line.status == COUNTS for line in lines),
                "refused": refused,
                "entries": [
                    {
                        "id": str(line.index),
                        "index": line.index,
                        "envelopeDigest": line.envelope_sha256,
                        "receivedAt": line.received_at,
                        "action": line.action,
                        "status": line.status,
                        "endedBy": line.ended_by,
                        "supplierCommitment": line.supplier_commitment,
                    }
                    for line in lines
                ],
            },
        }
    }


def said_until(until: datetime) -> str:
    """Return the last words of a step that moves on the end of the time for promised files."""
    return f"延到 {until.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}。"


def opening_event(tender: Tender, event: OpeningEvent, at: datetime) -> Fragment:
    """Return the sections of one step of an opening."""
    return {
        "tender": {
            "id": tender.ocid,
            "openingEvents": [
                {
                    "id": f"{event.kind}-{at.isoformat()}",
                    "kind": event.kind,
                    "date": at,
                    "holder": event.holder,
                    "witnesses": event.witnesses,
                    "text": event.text,
                }
            ],
        }
    }


def opening_record(
    tender: Tender, bids: list[Bid], offers: list[Offer], lots: list[Lot], at: datetime
) -> Fragment:
    """Return the sections of the opening release. Proposals, people and files stay closed."""
    tenderers = {bid.tenderer_id: bid.tenderer for bid in bids}
    return {
        "parties": [fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")]
        + [fragments.party(tenderer, "tenderer") for tenderer in tenderers.values()],
        "tender": {
            "id": tender.ocid,
            "numberOfTenderers": len(tenderers),
            "tenderers": [fragments.reference(tenderer) for tenderer in tenderers.values()],
            "bidOpening": {"date": tender.tender_period_end},
            "lots": [_lot(lot) for lot in lots],
        },
        "bids": {
            "statistics": [
                {
                    "id": "bids",
                    "measure": "bids",
                    "value": len(bids),
                    "date": at,
                }
            ],
            "details": [_offer(offer) for offer in offers]
            + [_unread(bid) for bid in bids if bid.status != BidStatus.VALID],
        },
    }


def _lot(lot: Lot) -> Fragment:
    return {"id": lot_id(lot), "status": "unsuccessful" if lot.unsuccessful_at else "active"}


def offer_id(offer: Offer) -> str:
    """Return the id of an offer in the public record."""
    return f"{offer.bid.receipt_number}-{lot_id(offer.lot)}"


def _offer(offer: Offer) -> Fragment:
    bid = offer.bid
    return {
        "id": offer_id(offer),
        "date": bid.submitted_at,
        "status": bid.status,
        "tenderers": [fragments.reference(bid.tenderer)],
        "value": fragments.value(offer.amount),
        "relatedLots": [lot_id(offer.lot)],
        "receipt": bid.receipt_number,
        "envelopeDigest": bid.envelope_sha256,
        "onBehalfOf": bid.organization.name if bid.organization_id != bid.tenderer_id else "",
    }


def _unread(bid: Bid) -> Fragment:
    """Return a bid that did not open, or that was not opened because too few came."""
    return {
        "id": bid.receipt_number,
        "date": bid.submitted_at,
        "status": bid.status,
        "statusDetails": bid.disqualification
        or "参加的组织不足，没有开封，按原样留存。",  # part of the public record
        "tenderers": [fragments.reference(bid.tenderer)],
        "receipt": bid.receipt_number,
        "envelopeDigest": bid.envelope_sha256,
    }


def failure_notice(tender: Tender) -> Fragment:
    """Return the sections of the release that ends a procedure for want of bids, with the rule."""
    return {
        "parties": [fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")],
        "tender": {
            "id": tender.ocid,
            "status": "unsuccessful",
            "statusDetails": tender.end_reason,
            "invitationDraw": draw_revealed(tender),
        },
    }
