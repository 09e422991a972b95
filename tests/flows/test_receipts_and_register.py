"""Receipts, their places, and the register at the deadline: nothing added, nothing dropped."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import rfc8785
from django.db import connection, transaction

from organizations.refusals import Invalid
from organizations.roles import SYSTEM
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids import queries, receipts, sealed, sealing
from procurement.bids.actions import NotEligible
from procurement.bids.flaws import BadEnvelope
from procurement.bids.models import Bid, BidStatus
from procurement.bids.package import LotOffer, Package, pack
from procurement.bids.parts import Receipt, RefusedEnvelope
from procurement.keycards import cards
from procurement.lifecycle import NotNow, Stage
from procurement.publication import heads, merge, merkle
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Log, LogHead, ReceiptLeaf
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
EVE = build.DEADLINE - timedelta(days=1)
CLOSING = build.DEADLINE + timedelta(minutes=3)
SECOND = timedelta(seconds=1)


def said(receipt: Receipt) -> dict[str, Any]:
    """What a receipt says, its signature checked as anybody would."""
    told = receipts.read(receipt)
    core = {key: value for key, value in told.items() if key != "sig"}
    signed = f"{receipts.VERSION}\n".encode() + rfc8785.dumps(core)
    heads.receipts_key().public_key().verify(base64.b64decode(told["sig"]), signed)
    return core


def leaf(core: dict[str, Any]) -> bytes:
    """The leaf that a receipt promises."""
    return receipts.LEAF + hashlib.sha256(rfc8785.dumps(core)).digest()


def register(tender: Tender) -> dict[str, Any]:
    """The register as it was published."""
    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.REGISTER)
    found: dict[str, Any] = merge.release_of(entry)["tender"]["closingRegister"]
    return found


def sealed_by_hand(tender: Tender, bid: Bid) -> bytes:
    """An envelope made on the bidder's own device, for the same place as an earlier bid."""
    content = pack(Package("方案", "人员", "质量", (LotOffer(1, {"direct": Decimal(90000)}),)))
    context = sealing.Context(**sealed.context_of(bid, tender, sealed.keys(tender)))
    return sealing.seal(content, context, sealed.keys(tender), mode="C")


def test_a_receipt_is_signed_and_keeps_its_promise_of_a_place() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    bid = build.bid(tender, signatory, at=EVE)

    [receipt] = queries.receipts(bid)
    core = said(receipt)
    assert core["action"] == "submit"
    assert core["tender"] == tender.ocid
    assert core["envelope_sha256"] == hashlib.sha256(bytes(bid.envelope or b"")).hexdigest()
    assert core["received_at"].startswith("2026-04-27T17:00:00.000000+08:00")
    assert not ReceiptLeaf.objects.exists()  # promised, not yet public

    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)

    assert bytes(ReceiptLeaf.objects.get(pk=core["index"]).body) == leaf(core)


def test_the_log_of_receipts_tells_neither_who_nor_how_many() -> None:
    who = build.cast(3)
    tender = build.published(who)
    assert bids.publish_receipts(at=EVE) == 0
    for number, by in enumerate(who.signatories()):
        build.bid(tender, by, at=EVE + number * SECOND)
    assert bids.publish_receipts(at=EVE + timedelta(minutes=59)) == 0
    assert bids.publish_receipts(at=EVE + timedelta(minutes=61)) == receipts.BLOCK
    # an hour in which nobody bids leaves the same trace
    assert bids.publish_receipts(at=EVE + timedelta(minutes=122)) == receipts.BLOCK

    bodies = [bytes(row.body) for row in ReceiptLeaf.objects.order_by("pk")]
    assert len(bodies) == 2 * receipts.BLOCK
    assert {len(body) for body in bodies} == {46}
    assert len(set(bodies)) == len(bodies)
    assert LogHead.objects.get(pk=Log.RECEIPTS).size == 2 * receipts.BLOCK


@pytest.mark.usefixtures("told_by_acts")
def test_more_receipts_than_places_begin_another_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "BLOCK", 2)
    who = build.cast(3)
    tender = build.published(who)
    for by in who.signatories():
        build.bid(tender, by, at=EVE)

    assert set(Receipt.objects.values_list("place", flat=True)) < set(range(4))
    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    for receipt in Receipt.objects.all():
        assert bytes(ReceiptLeaf.objects.get(pk=receipt.place).body) == leaf(said(receipt))


def test_who_replaces_a_bid_again_and_again_learns_nothing_of_the_others() -> None:
    """After a few places of its own in a block, a bidder gets a block of its own."""
    who = build.cast(2)
    tender = build.published(who)
    curious, other = who.signatories()
    build.bid(tender, other, at=EVE)
    for number in range(2 * receipts.OWN + 1):
        build.bid(tender, curious, at=EVE + number * SECOND)

    mine = Receipt.objects.filter(bid__organization_id=curious.member_of).order_by("issued_at")
    blocks = [place // receipts.BLOCK for place in mine.values_list("place", flat=True)]
    assert blocks[: receipts.OWN] == [0] * receipts.OWN
    assert blocks[receipts.OWN] == 1
    assert blocks[2 * receipts.OWN] == 2


def test_the_register_lists_every_receipt_and_what_became_of_it() -> None:
    who = build.cast(3)
    tender = build.published(who)
    first, second, third = who.signatories()
    replaced = build.bid(tender, first, at=EVE)
    kept = build.bid(tender, first, at=EVE + SECOND)
    other = build.bid(tender, second, at=EVE + 2 * SECOND)
    withdrawn = build.bid(tender, third, at=EVE + 3 * SECOND)
    bids.withdraw(tender, by=third, at=EVE + 4 * SECOND)

    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)

    found = register(tender)
    lines = [
        (line["envelopeDigest"], line["action"], line["status"], line.get("endedBy"))
        for line in found["entries"]
    ]
    by_kept, by_withdrawal = (
        Receipt.objects.get(bid=bid, action=action).place
        for bid, action in ((kept, "replace"), (withdrawn, "withdraw"))
    )
    assert lines == [
        (replaced.envelope_sha256, "submit", "replaced", by_kept),
        (kept.envelope_sha256, "replace", "counts", None),
        (other.envelope_sha256, "submit", "counts", None),
        (withdrawn.envelope_sha256, "submit", "withdrawn", by_withdrawal),
    ]
    assert found["count"] == 2
    leaves = [bytes(each.leaf_hash) for each in ReceiptLeaf.objects.order_by("pk")]
    assert found["receiptsLogSize"] == len(leaves)
    assert found["receiptsLogRoot"] == merkle.root(leaves).hex()
    # a bidder finds its own line, and nobody else can tell whose it is
    core = said(queries.receipts(kept).get())
    mine = hashlib.sha256(bytes.fromhex(core["nonce"]) + core["supplier"].encode()).hexdigest()
    assert [line["supplierCommitment"] for line in found["entries"]].count(mine) == 1


def test_after_the_register_nothing_is_added_nor_taken_away() -> None:
    who = build.cast(2)
    tender = build.published(who)
    early, late = who.signatories()
    sent = build.bid(tender, early, at=EVE)
    build.bid(tender, late, at=EVE)
    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)

    with pytest.raises(NotNow):  # a stamp of before the deadline does not help any more
        bids.submit(tender, request_key=uuid4(), by=late, at=build.DEADLINE)
    with pytest.raises(NotNow):
        bids.withdraw(tender, by=early, at=build.DEADLINE)
    with pytest.raises(NotNow):
        bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    late_row = Bid.objects.get(organization_id=late.member_of)
    late_row.pk, late_row.receipt_number, late_row.request_key = None, "LATE", uuid4()
    with pytest.raises(Exception, match="takes no bid"), transaction.atomic():
        late_row.save(force_insert=True)
    for change in ({"replaced_at": CLOSING}, {"withdrawn_at": CLOSING, "withdrawn_by_id": 1}):
        with pytest.raises(Exception, match="register of this call"), transaction.atomic():
            Bid.objects.filter(pk=sent.pk).update(**change)
    assert Bid.objects.in_force().count() == 2
    assert len(register(tender)["entries"]) == 2


def test_a_bid_taken_out_of_the_table_after_the_register_is_opened_all_the_same() -> None:
    """Whoever rules the database marks a rival as withdrawn: the register is what counts."""
    who = build.cast(3)
    tender = build.published(who)
    sent = [build.bid(tender, by, at=EVE) for by in who.signatories()]
    tender = bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE procurement_bid SET withdrawn_at = %s, withdrawn_by_id = 1 WHERE id = %s",
            [CLOSING, sent[0].pk],
        )
        cursor.execute("SET session_replication_role = origin")
    heads.sign_all(at=CLOSING)
    assert gatekeeper.release(CLOSING) == 3

    bids.open_all(tender, by=SYSTEM, at=CLOSING)

    opened = Bid.objects.filter(status=BidStatus.VALID).values_list("pk", flat=True)
    assert set(opened) == {bid.pk for bid in sent}


def test_a_retry_after_the_deadline_of_an_accepted_bid_gets_its_receipt() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    sent = build.bid(tender, signatory, at=EVE)
    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)

    again = bids.submit(tender, request_key=sent.request_key, by=signatory, at=CLOSING)

    assert again.pk == sent.pk
    assert Receipt.objects.filter(bid=sent).count() == 1


def test_the_receipt_code_opens_the_own_bid_and_no_other() -> None:
    who = build.cast(2)
    tender = build.published(who)
    own, other = who.signatories()
    code = cards.make()
    build.bid(tender, own, at=EVE)
    bid = bids.submit(tender, request_key=uuid4(), by=own, at=EVE + SECOND, code=code)

    typed = "-".join(cards.printed(code))
    package = bids.read_own(bid, code=typed, by=own, at=EVE + 2 * SECOND)
    assert package.proposal == "每月随访一次，遇到困难及时转介。"
    wrong = "-".join(cards.printed(cards.make()))
    with pytest.raises(Invalid) as refusal:
        bids.read_own(bid, code=wrong, by=own, at=EVE + 2 * SECOND)
    assert refusal.value.field == "code"
    with pytest.raises(Exception, match="另一个组织"):
        bids.read_own(bid, code=typed, by=other, at=EVE + 2 * SECOND)


def test_a_row_that_the_register_does_not_list_holds_up_nobody() -> None:
    """Whoever rules the database slips a bid in: the gate gives nothing for it, the rest opens."""
    who = build.cast(4)
    tender = build.published(who)
    *full, slipped = who.signatories()
    for by in full:
        build.bid(tender, by, at=EVE)
    row = build.bid(tender, slipped, at=EVE)
    Bid.objects.filter(pk=row.pk).update(replaced_at=EVE)
    row.pk, row.receipt_number, row.request_key = None, "SLIPPED", uuid4()
    row.envelope = sealed_by_hand(tender, row)
    row.envelope_sha256 = hashlib.sha256(row.envelope).hexdigest()
    row.save(force_insert=True)

    tender = gatekeeper.open_bids(Tender.objects.get(pk=tender.pk), at=CLOSING)

    assert tender.stage(CLOSING) is Stage.OPENED
    row.refresh_from_db()
    assert row.disqualification == "不在截标登记里，没有打开。"
    assert Bid.objects.filter(status=BidStatus.VALID).count() == 3


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda envelope: envelope[:-1], "没有收全"),
        (lambda envelope: envelope[:100], "没有收全"),
        (lambda envelope: b"%PDF-1.7" + envelope, "这不是密封件"),
        (lambda envelope: envelope + b"\0" * 33 * 1024**2, "32 MB"),
    ],
    ids=["cut by a byte", "cut short", "another file", "too large"],
)
def test_a_file_that_is_no_envelope_is_refused_in_words(
    spoil: Callable[[bytes], bytes], words: str
) -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    bid = build.bid(tender, signatory, at=EVE)
    envelope = spoil(sealed_by_hand(tender, bid))
    with pytest.raises(BadEnvelope, match=words) as refusal:
        bids.submit_sealed(
            tender, envelope=envelope, request_key=uuid4(), by=signatory, at=EVE + SECOND
        )
    assert refusal.value.field == "envelope"
    assert Bid.objects.get().pk == bid.pk
    kept = RefusedEnvelope.objects.get()
    assert (kept.sha256, kept.size) == (hashlib.sha256(envelope).hexdigest(), len(envelope))
    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    assert (register(tender)["count"], register(tender)["refused"]) == (1, 1)


def test_an_envelope_of_another_tender_bidder_or_notice_is_refused() -> None:
    who = build.cast(2)
    tender, another = build.published(who), build.published(who)
    own, other = who.signatories()
    mine, theirs = build.bid(tender, own, at=EVE), build.bid(tender, other, at=EVE)
    elsewhere = build.bid(another, own, at=EVE)
    for envelope, words in (
        (sealed_by_hand(tender, theirs), "另一个组织"),
        (sealed_by_hand(another, elsewhere), "另一个项目"),
    ):
        with pytest.raises(BadEnvelope, match=words):
            bids.submit_sealed(
                tender, envelope=envelope, request_key=uuid4(), by=own, at=EVE + SECOND
            )
    assert Bid.objects.in_force().get(tender=tender, organization=mine.organization).pk == mine.pk
    accepted = bids.submit_sealed(
        tender, envelope=sealed_by_hand(tender, mine), request_key=uuid4(), by=own, at=EVE + SECOND
    )
    assert (accepted.mode, said(queries.receipts(accepted).get())["mode"]) == ("C", "C")


def test_who_may_not_bid_gets_no_receipt() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who, hosted_may_bid=False)
    who.csos[0].legal_form = "unregistered"
    who.csos[0].save()
    with pytest.raises(NotEligible):
        bids.promise(
            tender, fingerprint="ab" * 32, size=1, request_key=uuid4(), by=signatory, at=EVE
        )
    assert not Receipt.objects.exists()
