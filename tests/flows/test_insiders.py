"""What somebody who can write to the database tries, and what stands in the way each time.

Triggers stop the application's own login. Who owns the server can switch them off: then what was
signed decides, and the audit names what was changed.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import IntegrityError, InternalError, models, transaction
from pytest_django import Settings

from organizations.refusals import Invalid
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids import sealed
from procurement.bids.models import Bid, BidFile, Offer, OfferLine
from procurement.bids.parts import CardShare, CardUse, Receipt
from procurement.keycards import cards, gates
from procurement.keycards.manifest import KeySet, Policy
from procurement.keycards.models import KeyCard
from procurement.legality import Incomplete
from procurement.publication import heads, held, log, outside
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Log
from procurement.pulse import actions as pulse
from procurement.pulse.models import Canary
from procurement.tenders import actions as tenders
from procurement.tenders.models import OpeningPolicy, Tender
from tests.builders import keycards as paper
from tests.builders import procurement as build
from tests.flows.test_annex_iv import by_cards, typed
from tests.procurement.publication import logs
from tests.procurement.publication.test_audit import findings, finished

pytestmark = pytest.mark.django_db


OTHER = cards.public_point("7" * 40, "insider")  # a public key whose private key an insider has


def own_keys() -> bytes:
    """A key set of an insider."""
    return KeySet(Policy.CLOCK, OTHER).manifest()


def refused(change: Callable[[], object], words: str) -> None:
    """Hold that the database refuses a change, in these words."""
    with pytest.raises(InternalError, match=words), transaction.atomic():
        change()


def test_the_keys_of_a_published_call_cannot_be_changed() -> None:
    tender = build.published(build.cast(1))
    row = Tender.objects.filter(pk=tender.pk)
    refused(lambda: row.update(sealing_keys=own_keys()), "Cannot update")
    refused(lambda: row.update(opening_policy=OpeningPolicy.CARDS), "Cannot update")


def test_bids_are_sealed_to_the_published_keys_whatever_a_column_says() -> None:
    who = build.cast(1)
    tender = build.published(who)
    stated = sealed.keyset(tender)
    with logs.superuser():
        Tender.objects.filter(pk=tender.pk).update(sealing_keys=own_keys())
    tender.refresh_from_db()
    bid = build.bid(tender, next(who.signatories()))
    assert sealed.keyset(tender) == stated
    assert f'"keyset":"{stated}"'.encode() in bytes(Receipt.objects.get(bid=bid).body)
    assert [line.split("在库中是")[0] for line in findings()] == [f"{tender.ocid}：封标公钥"]


def test_nothing_is_sealed_by_the_word_of_a_changed_notice(tmp_path: Path) -> None:
    who = build.cast(1)
    tender = build.published(who)
    heads.sign(Log.NOTICES, at=build.TENDER_DAY + timedelta(hours=2))
    call = Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)
    stated, other = sealed.manifest(tender), own_keys()
    body = bytes(call.body).replace(_quoted(stated), _quoted(other))
    assert body != bytes(call.body)
    logs.rewrite(call.index, body)
    with pytest.raises(sealed.KeysInDoubt, match="与已签名的公开日志不符"):
        build.bid(tender, next(who.signatories()))
    assert Bid.objects.count() == 0
    assert Receipt.objects.count() == 0
    secret = tmp_path / "canary.key"
    secret.write_bytes(bytes(32))
    with pytest.raises(held.Altered):  # so the trial submission fails too: an outage, by the rule
        pulse.try_submission(secret=secret, ahead=timedelta(0))
    assert Canary.objects.count() == 0


@pytest.mark.usefixtures("told_by_acts")
def test_nothing_is_sealed_while_what_was_signed_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = build.cast(1)
    tender = build.published(who)
    heads.sign(Log.NOTICES, at=build.TENDER_DAY + timedelta(hours=2))

    def unreadable(*_given: object) -> None:
        raise PermissionError

    with monkeypatch.context() as away:
        away.setattr(outside, "last", unreadable)
        with pytest.raises(sealed.KeysInDoubt, match="暂时不能封标或开标"):
            build.bid(tender, next(who.signatories()))
    assert Bid.objects.count() == 0
    build.bid(tender, next(who.signatories()))
    assert Bid.objects.count() == 1


def test_the_audit_goes_on_where_a_call_is_not_what_was_signed() -> None:
    who = build.cast()
    tender, other = finished(who), finished(who)
    call = Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)
    stated, strange = sealed.manifest(tender), own_keys()
    logs.rewrite(call.index, bytes(call.body).replace(_quoted(stated), _quoted(strange)))
    with logs.superuser():
        Offer.objects.filter(bid__tender=other).update(amount=1)
    found = findings()
    assert f"{tender.ocid}：采购公告与已签名的日志不符，密封件没有办法重读" in found
    assert any(line.startswith(f"{other.ocid}：第 ") for line in found)


def test_the_call_of_another_tender_does_not_say_to_whom_bids_are_sealed() -> None:
    who = build.cast(1)
    tender, other = build.published(who), build.published(who)
    with logs.superuser():
        Entry.objects.of(tender.ocid).filter(kind=NoticeKind.TENDER).update(ocid="ocds-x-1")
        Entry.objects.of(other.ocid).filter(kind=NoticeKind.TENDER).update(ocid=tender.ocid)
    with pytest.raises(sealed.KeysInDoubt, match="与已签名的公开日志不符"):
        sealed.keys(tender)


def _quoted(manifest: bytes) -> bytes:
    """A manifest as it stands inside a notice."""
    return manifest.replace(b'"', b'\\"')


def test_what_an_opened_bid_says_cannot_be_changed() -> None:
    finished(build.cast())
    rows: list[tuple[type[models.Model], dict[str, object]]] = [
        (Bid, {"proposal": "别的方案"}),
        (Bid, {"opened_at": None, "proposal": "", "team": "", "quality": ""}),
        (Offer, {"amount": 1}),
        (OfferLine, {"amount": 1}),
    ]
    opened = Bid.objects.filter(opened_at__isnull=False).values("pk")
    for model, change in rows:
        found = model._default_manager.all()
        found = found.filter(pk__in=opened) if model is Bid else found
        refused(partial(found.update, **change), "never changes|Cannot update")
    refused(lambda: OfferLine.objects.all().delete(), "Cannot")


def test_nothing_is_added_to_an_opened_bid() -> None:
    tender = finished(build.cast())
    offer = Offer.objects.filter(bid__tender=tender).earliest("pk")
    line = partial(OfferLine.objects.create, offer=offer, line="rent", amount=1)
    file = partial(BidFile.objects.create, bid=offer.bid, name="添加.pdf", size=1, content=b"x")
    more = partial(Offer.objects.create, bid=offer.bid, lot=offer.lot, amount=1)
    for added in (line, file, more):
        refused(added, "nothing is added to an opened bid")


def test_an_opened_bid_that_was_changed_all_the_same_is_named() -> None:
    tender = finished(build.cast())
    first, second, third = Bid.objects.filter(opened_at__isnull=False).order_by("pk")
    with logs.superuser():
        Bid.objects.filter(pk=first.pk).update(proposal="垃圾")
        Offer.objects.filter(bid=second).update(amount=119999)
        BidFile.objects.create(
            bid=third,
            name="添加.pdf",
            media_type="application/pdf",
            size=1,
            sha256="",
            content=b"x",
        )
    found = findings()
    changed = [
        f"第 {bid.receipt_number} 号回执的投标与它的密封件不符" for bid in (first, second, third)
    ]
    assert found[:4] == [
        *(f"{tender.ocid}：{line}" for line in changed),
        f"{tender.ocid}：开标记录里的报价与库中的不符",
    ]


def test_a_call_is_closed_once() -> None:
    who = build.cast()
    tender = build.opened(who, build.published(who))
    count = Entry.objects.count()
    with pytest.raises(IntegrityError, match="one_closing_register"), transaction.atomic():
        log.append(
            {"tender": {"id": tender.ocid, "closingRegister": {"count": 0}}},
            kind=NoticeKind.REGISTER,
            title=tender.title,
            ocid=tender.ocid,
            at=build.OPENING + timedelta(hours=1),
        )
    assert Entry.objects.count() == count


def test_a_published_card_cannot_be_exchanged() -> None:
    who = build.cast()
    made = paper.published(who.clerk, who.approver, build.START)
    card = KeyCard.objects.filter(pk=made.card("C1").pk)
    refused(lambda: card.update(public_key=OTHER), "stay as they are")
    card.update(lost_reason="放错地方")  # what may still be said of it


def test_a_card_that_was_exchanged_all_the_same_opens_nothing() -> None:
    who, held, tender = by_cards()
    tender = gatekeeper.close(tender, at=build.OPENING)
    card = held.card("C1")
    with logs.superuser():
        false = cards.public_point("7" * 40, card.member)
        KeyCard.objects.filter(pk=card.pk).update(public_key=false)
    with pytest.raises(Invalid, match="库中这张卡的公钥与公告里的不一样"):
        bids.contribute(
            tender,
            member=card.member,
            digits=paper.spaced("7" * 40),
            witnesses="张三、李四",
            by=who.clerk,
            at=build.OPENING,
        )
    assert CardUse.objects.count() == CardShare.objects.count() == 0
    bids.contribute(tender, **typed(held, "C2"), by=who.clerk, at=build.OPENING)
    refused(lambda: CardUse.objects.update(member="K0001-C3"), "Cannot update")
    refused(lambda: CardShare.objects.update(share=b""), "Cannot update")


def test_a_receipt_dated_back_is_found(settings: Settings) -> None:
    settings.REHEARSAL = False
    who = build.cast(1)
    tender = build.published(who)
    bid = build.bid(tender, next(who.signatories()))  # told as if it were long ago
    receipt = Receipt.objects.get(bid=bid)
    assert receipt.recorded_at is not None
    assert receipt.recorded_at > receipt.issued_at
    assert [line.split("晚")[0] for line in findings()] == [
        f"第 {receipt.number} 号回执：写入数据库比它说的时间"
    ]


def test_a_set_for_an_older_gate_key_is_refused() -> None:
    who = build.cast()
    paper.published(who.clerk, who.approver, build.START)
    draft = build.draft(who, opening_policy=OpeningPolicy.CARDS)
    gates.GateKey.objects.create(public_key=OTHER)
    with pytest.raises(Incomplete) as error:
        tenders.submit(draft, by=who.drafter, at=build.TENDER_DAY)
    assert "时间闸换了钥匙" in str(error.value.problems[0].message)
    draft.refresh_from_db()
    assert draft.submitted_at is None
