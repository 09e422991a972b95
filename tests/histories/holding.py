"""What must hold in every history: after each step, and once more of all of it at the end."""

import base64
import hashlib
import json
import sys
from collections.abc import Mapping
from typing import Any

import rfc8785
from hypothesis.stateful import invariant

from procurement.bids import queries, receipts
from procurement.bids.models import Bid, BidFile, BidStatus, Offer
from procurement.bids.parts import CardUse, GatePart, Receipt
from procurement.lifecycle import stage_at
from procurement.publication import heads, merkle, nodes, notes
from procurement.publication.models import Listing, NoticeKind
from procurement.publication.tree import Checkpoint, Log, LogHead
from procurement.tenders.models import Tender
from tests.histories import reading
from tests.histories.history import History
from tests.histories.model import ENOUGH_CARDS, GRACE, Call, Sent
from tests.histories.reading import Leaf

# one notice for each fact; a fact without its notice, or the other way round, is half done
SAID = {
    NoticeKind.REGISTER: "closed_at",
    NoticeKind.OPENING: "opened_at",
    NoticeKind.FAILURE: "failed_at",
    NoticeKind.CANCELLATION: "cancelled_at",
}

FACTS = (
    *("submitted_at", "published_at", "enquiry_period_end", "tender_period_end", "closed_at"),
    *("opened_at", "evaluated_at", "awarded_at", "unsuccessful_at", "cancelled_at"),
)


class Holding(History):
    """The invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: dict[Log, list[Leaf]] = {log: [] for log in Log}
        self.heads: dict[Log, list[notes.Head]] = {log: [] for log in Log}
        self.deadlines = {call.number: call.deadline for call in self.calls}
        self.parts: set[str] = set()
        self.stands: dict[str, int] = {}
        self.kept: set[int] = set()
        self.opened: set[int] = set()

    # --- after each step

    @invariant()
    def holds(self) -> None:
        """Check what must hold after each step; the log first, as the rest is checked by it."""
        type(self).steps += 1
        self.stage_is_the_model_s_and_the_deadline_only_grows()
        stands = self.counts()
        if stands == self.stands:
            return
        self.stands = stands
        self.log_is_gap_free_and_its_root_recomputes(
            {Log.NOTICES: stands["entry"], Log.RECEIPTS: stands["receiptleaf"]}
        )
        if stands["checkpoint"] != sum(map(len, self.heads.values())):
            self.each_head_is_signed_and_continues_the_one_before()
        if stands["gatepart"] != len(self.parts):
            self.no_gate_part_before_deadline_register_and_signed_head()
        if stands["opened"] != len(self.opened):
            self.nothing_opens_before_its_time_and_says_what_was_sealed()
        assert not self.journal.found, self.journal.found  # nobody swallowed an error

    def stage_is_the_model_s_and_the_deadline_only_grows(self) -> None:
        """Compare the calls with the model, by the stage each has at this instant."""
        numbers = [call.number for call in self.calls]
        rows = Tender.objects.filter(pk__in=numbers).only(*FACTS).order_by("pk")
        for call, row in zip(self.calls, rows, strict=True):
            assert stage_at(row, self.at) is call.stage(self.at), call
            assert (row.closed_at, row.tender_period_end) == (call.closed_at, call.deadline)
            assert call.deadline >= self.deadlines[call.number]
            self.deadlines[call.number] = call.deadline

    def log_is_gap_free_and_its_root_recomputes(self, sizes: Mapping[Log, int]) -> None:
        """Read what is new in both logs; its root is recomputed wherever one is stated."""
        for log, size in sizes.items():
            known = self.logs[log]
            if size == len(known):
                continue
            for leaf in reading.leaves(log, since=len(known)):
                assert leaf.place == len(known)
                assert leaf.hash == hashlib.sha256(b"\0" + leaf.body).digest()
                known.append(leaf)
            assert len(known) == size
        self.every_promised_place_holds_its_leaf()
        self.facts_and_notices_agree()

    def every_promised_place_holds_its_leaf(self) -> None:
        """Check each receipt whose place is public."""
        leaves = self.logs[Log.RECEIPTS]
        assert len(leaves) % receipts.BLOCK == 0
        for said in self.receipts_given():
            place: int = said["index"]
            if place < len(leaves) and place not in self.kept:
                core = {key: value for key, value in said.items() if key != "sig"}
                promised = b"yn-bid-leaf/1\n" + hashlib.sha256(rfc8785.dumps(core)).digest()
                assert leaves[place].body == promised, "a promise was broken"
                self.kept.add(place)

    def facts_and_notices_agree(self) -> None:
        """Check that each fact has its one notice, and each register every receipt once."""
        for call in self.calls:
            kinds = [leaf.kind for leaf in self.logs[Log.NOTICES] if leaf.ocid == call.ocid]
            for kind, fact in SAID.items():
                assert kinds.count(kind) == bool(getattr(call, fact)), f"{kind} is half done"
            if call.closed_at and not call.register:
                self.register_lists_every_receipt_once(call)

    def register_lists_every_receipt_once(self, call: Call) -> None:
        """Check a register against the receipts that the bidders hold."""
        [leaf] = [
            leaf
            for leaf in self.logs[Log.NOTICES]
            if (leaf.ocid, leaf.kind) == (call.ocid, NoticeKind.REGISTER)
        ]
        call.register = leaf.body
        said = json.loads(leaf.body)["tender"]["closingRegister"]
        found = {
            line["index"]: (line["envelopeDigest"], line["status"], line["supplierCommitment"])
            for line in said.get("entries", [])
        }
        held = {
            bid.receipts[0]["index"]: (bid.fingerprint, bid.status, commitment(bid.receipts[0]))
            for bid in call.sent
        }
        assert found == held
        assert len(found) == len(said.get("entries", []))
        assert said["count"] == len(call.in_force())
        leaves = [each.hash for each in self.logs[Log.RECEIPTS]]
        assert said["receiptsLogSize"] <= len(leaves)
        assert said["receiptsLogRoot"] == reading.root(leaves[: said["receiptsLogSize"]]).hex()
        assert all(place < said["receiptsLogSize"] for place in found)

    def each_head_is_signed_and_continues_the_one_before(self) -> None:
        """Check each head that was signed since, against a root computed here."""
        known = sum(map(len, self.heads.values()))
        for row in Checkpoint.objects.order_by("pk")[known:]:
            log = Log(row.log)
            head = notes.open_head(row.note, heads.key(log))
            hashes = [leaf.hash for leaf in self.logs[log]]
            assert head.size <= len(hashes)
            assert head.root == reading.root(hashes[: head.size])
            if self.heads[log]:
                before = self.heads[log][-1]
                assert before.size < head.size
                assert merkle.verify_consistency(
                    before.size,
                    head.size,
                    path=merkle.consistency_path(before.size, hashes[: head.size]),
                    first_root=before.root,
                    second_root=head.root,
                )
            self.heads[log].append(head)

    def no_gate_part_before_deadline_register_and_signed_head(self) -> None:
        """Check each part that was given out since."""
        self.parts = set(GatePart.objects.values_list("envelope_sha256", flat=True))
        for call in self.calls:
            came = {bid.fingerprint for bid in call.sent} & self.parts
            assert came == call.given
            if came:
                assert call.deadline < self.at
                assert came <= {bid.fingerprint for bid in call.delivered()}
                assert self.head_covers_register(call)

    def head_covers_register(self, call: Call) -> bool:
        """Say whether a signed head covers the register of a call."""
        head = max((head.size for head in self.heads[Log.NOTICES]), default=0)
        return any(
            leaf.place < head
            for leaf in self.logs[Log.NOTICES]
            if (leaf.ocid, leaf.kind) == (call.ocid, NoticeKind.REGISTER)
        )

    def nothing_opens_before_its_time_and_says_what_was_sealed(self) -> None:
        """Check each call that was opened since."""
        found = set(Bid.objects.exclude(opened_at=None).values_list("pk", flat=True))
        self.opened = found
        for call in self.calls:
            ours = {bid.number for bid in call.sent} & found
            if not ours:
                continue
            assert call.opened_at is not None
            assert call.closed_at is not None
            assert self.head_covers_register(call)
            assert ours == {bid.number for bid in call.delivered()}  # none replaced or withdrawn
            assert {bid.fingerprint for bid in call.delivered()} <= call.given
            if call.by_cards:
                used = CardUse.objects.filter(tender_id=call.number)
                assert used.count() == len(call.cards) >= ENOUGH_CARDS
            for bid in call.delivered():
                says_what_was_sealed(bid)

    # --- at the end

    def teardown(self) -> None:
        """Check the whole record once more, then undo the history."""
        if sys.exc_info()[0] is not None:  # a step failed already: that is what is to be told
            super().teardown()
            return
        for call in self.calls:
            self.met.update(call.came_to())
        try:
            self.no_bid_after_the_deadline_in_force()
            self.every_receipt_is_signed_and_kept()
            self.what_was_published_never_changed()
            self.catalogue_is_the_log_merged()
            self.no_clear_text_before_the_opening()
        finally:
            super().teardown()

    def no_bid_after_the_deadline_in_force(self) -> None:
        """Check each bid that was taken against the deadlines that were public when it was.

        It may have arrived, by the stamp of the edge, as long before as such a stamp may be old.
        """
        of = {call.number: call for call in self.calls}
        ends = {
            call.ocid: reading.deadlines(self.logs[Log.NOTICES], call.ocid) for call in self.calls
        }
        rows = Bid.objects.defer("envelope").order_by("pk")
        assert [row.pk for row in rows] == sorted(
            bid.number for call in self.calls for bid in call.sent
        )
        for row in rows:
            call = of[row.tender_id]
            latest = max(end for since, end in ends[call.ocid] if since <= row.submitted_at + GRACE)
            assert row.submitted_at <= latest
            assert call.closed_at is None or row.submitted_at < call.closed_at

    def every_receipt_is_signed_and_kept(self) -> None:
        """Check that the portal has the receipts given, those and no others."""
        held = {said["index"]: said for said in self.receipts_given()}
        kept = {row.place: json.loads(bytes(row.body)) for row in Receipt.objects.all()}
        assert kept == held
        for said in held.values():
            core = {key: value for key, value in said.items() if key != "sig"}
            heads.receipts_key().public_key().verify(
                base64.b64decode(said["sig"]), b"yn-bid-receipt/1\n" + rfc8785.dumps(core)
            )

    def what_was_published_never_changed(self) -> None:
        """Read both logs anew: every register, notice and leaf is what it was when it appeared."""
        sizes = dict(LogHead.objects.values_list("pk", "size"))
        for log in Log:
            hashes = [leaf.hash for leaf in self.logs[log]]
            assert sizes[log] == len(hashes)
            assert nodes.root(log, len(hashes)) == reading.root(hashes)
            assert list(reading.leaves(log, since=0)) == self.logs[log]
        for call in self.calls:
            assert bool(call.register) == bool(call.closed_at)

    def catalogue_is_the_log_merged(self) -> None:
        """Merge each call's notices at once; the catalogue folded them one by one."""
        begun = self.world.notices
        changed = {leaf.ocid for leaf in self.logs[Log.NOTICES][begun:]}
        for listed in Listing.objects.filter(ocid__in=changed):
            whole = [
                json.loads(leaf.body) for leaf in self.logs[Log.NOTICES] if leaf.ocid == listed.ocid
            ]
            assert listed.compiled == reading.merged(whole)

    def no_clear_text_before_the_opening(self) -> None:
        """Look for the mark of each bid nobody opened, in every table, as text and as bytes."""
        bids = [bid for call in self.calls for bid in call.sent]
        public = {bid.text for bid in bids if bid.number in self.opened}
        marks = sorted({bid.text for bid in bids} - public)
        assert reading.tables_with(marks) == []

    def receipts_given(self) -> list[Mapping[str, Any]]:
        """Return what every receipt says that a bidder holds."""
        return [said for call in self.calls for bid in call.sent for said in bid.receipts]


def commitment(said: Mapping[str, Any]) -> str:
    """Return what a register says of the bidder of a receipt."""
    return hashlib.sha256(bytes.fromhex(said["nonce"]) + said["supplier"].encode()).hexdigest()


def says_what_was_sealed(bid: Sent) -> None:
    """Check an opened bid, word for word and yuan for yuan."""
    row = Bid.objects.defer("envelope").get(pk=bid.number)
    if not bid.opens:
        assert row.status == BidStatus.DISQUALIFIED
        assert (row.proposal, queries.offers(row).count()) == ("", 0)
        return
    assert row.status == BidStatus.VALID
    assert (row.proposal, row.team, row.quality) == (bid.text, "队", "")
    assert list(Offer.objects.filter(bid=row).values_list("amount", flat=True)) == [bid.yuan]
    assert not BidFile.objects.filter(bid=row).exists()
