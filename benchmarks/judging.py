"""What a trial left behind, held against what was promised: the columns that must be zero."""

import base64
from collections import Counter
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from benchmarks.racing import Try
from procurement.bids.models import Bid
from procurement.publication import heads, merge
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender

_TICK = timedelta(milliseconds=50)  # two readings of one clock, by two processes
PREFIX = b"yn-bid-receipt/1\n"


@dataclass
class Tally:
    """One trial, or the sum of several. From `lost` to `letters_lost` each must be zero."""

    trials: int = 0
    receipts: int = 0
    lost: int = 0  # receipts given whose bid is not in the register, or that nobody can show
    altered: int = 0  # bids that are not, byte for byte, what the receipt says, or not by us
    late: int = 0  # accepted though sent after the deadline
    twice: int = 0  # closings or openings beyond the first, bids beyond the first of a key
    shut: int = 0  # calls not closed and opened in time
    letters_lost: int = 0
    letters: int = 0
    letters_twice: int = 0  # the same letter again, under the same Message-ID
    refused: int = 0  # bids refused, or without an answer, though sent in time

    def __add__(self, other: "Tally") -> "Tally":
        names = [each.name for each in fields(self)]
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def broken(self) -> int:
        """How many promises were broken."""
        return self.lost + self.altered + self.late + self.twice + self.shut + self.letters_lost


def judge(
    calls: list[Tender],
    tries: list[Try],
    letters: list[str],
    sink: Counter[str],
    *,
    readers: int,
) -> Tally:
    """Count what is there. `letters`: the Message-IDs noted, one for each of `readers`."""
    found = Tally(trials=1, letters=max(readers, len(letters)))
    given = [one for one in tries if one.number]
    found.receipts = len(given)
    rows = Tender.objects.exclude(tender_period_end=None)
    deadlines: dict[str, Any] = dict(rows.values_list("process__ocid", "tender_period_end"))
    registers = {call.ocid: _register(call.ocid) for call in calls}
    for one in given:
        found.lost += not _is_kept(one, registers[one.ocid])
        found.altered += _is_altered(one, registers[one.ocid])
        found.late += one.first_sent is not None and one.first_sent > deadlines[one.ocid] + _TICK
    late = [bid for bid in Bid.objects.filter(tender__in=calls) if _is_late(bid, deadlines)]
    found.late += len(late)
    found.refused = sum(
        one.first_sent is not None and one.first_sent <= one.deadline
        for one in tries
        if not one.number
    )
    found.twice = _twice(calls, tries)
    found.shut = sum(_is_shut(call) for call in calls)
    found.letters_lost = max(0, readers - len(letters)) + sum(each not in sink for each in letters)
    found.letters_twice = sum(max(0, sink[letter] - 1) for letter in letters)
    return found


def _register(ocid: str) -> dict[str, dict[str, str]]:
    """The published register of a call, by the place of each receipt."""
    entry = Entry.objects.of(ocid).filter(kind=NoticeKind.REGISTER).first()
    if entry is None:
        return {}
    stated = merge.release_of(entry)["tender"]["closingRegister"]
    return {str(line["index"]): line for line in stated.get("entries", [])}


def _is_kept(one: Try, register: dict[str, dict[str, str]]) -> bool:
    """Whether the receipt can be shown, its bid is there, and the register names both."""
    bid = Bid.objects.filter(receipt_number=one.number).first()
    line = register.get(str(one.receipt.get("index")))
    is_there = bid is not None and bid.envelope is not None
    return is_there and line is not None and line["status"] != "withdrawn"


def _is_altered(one: Try, register: dict[str, dict[str, str]]) -> bool:
    bid = Bid.objects.filter(receipt_number=one.number).first()
    line = register.get(str(one.receipt.get("index")), {})
    if bid is None or bid.envelope is None:
        return False  # counted as lost
    said = one.receipt.get("envelope_sha256")
    return not (said == bid.envelope_sha256 == line.get("envelopeDigest") and _is_ours(one.receipt))


def _is_ours(receipt: dict[str, Any]) -> bool:
    """Whether the receipt bears our signature, by the public key alone."""
    core = {name: value for name, value in receipt.items() if name != "sig"}
    key = Ed25519PublicKey.from_public_bytes(heads.receipts_public().public)
    try:
        key.verify(base64.b64decode(str(receipt.get("sig"))), PREFIX + rfc8785.dumps(core))
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_late(bid: Bid, deadlines: dict[str, Any]) -> bool:
    return bool(bid.submitted_at > deadlines[bid.tender.ocid])


def _twice(calls: list[Tender], tries: list[Try]) -> int:
    """Closings, openings and bids that happened more than once."""
    again = 0
    for call in calls:
        kinds = Counter(Entry.objects.of(call.ocid).values_list("kind", flat=True))
        again += max(0, kinds[NoticeKind.REGISTER] - 1) + max(0, kinds[NoticeKind.OPENING] - 1)
    sent = Counter(one.ocid for one in tries)  # each by another bidder, who sends one bid
    for call in calls:
        again += max(0, Bid.objects.filter(tender=call).count() - sent[call.ocid])
    return again


def _is_shut(call: Tender) -> bool:
    now = Tender.objects.get(pk=call.pk)
    return now.closed_at is None or now.opened_at is None
