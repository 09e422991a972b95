"""A fingerprint in time, and its file within a day: waited for so long, and no longer."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest

from organizations.refusals import Invalid
from organizations.roles import SYSTEM, Actor
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids import queries, waiting
from procurement.bids.flaws import BadEnvelope
from procurement.bids.models import Bid, BidStatus
from procurement.bids.parts import RefusedEnvelope
from procurement.bids.waiting import Awaited
from procurement.lifecycle import NotNow, Stage
from procurement.publication import heads
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.flows.test_receipts_and_register import CLOSING, EVE, SECOND, said, sealed_by_hand

pytestmark = pytest.mark.django_db


def test_a_fingerprint_in_time_may_be_followed_by_its_file_within_a_day() -> None:
    who = build.cast(3)
    tender = build.published(who)
    *full, slow = who.signatories()
    first, *_rest = [build.bid(tender, by, at=EVE) for by in full]
    build.bid(tender, slow, at=EVE)
    envelope = sealed_by_hand(tender, Bid.objects.get(organization_id=slow.member_of))
    promised = bids.promise(
        tender,
        fingerprint=hashlib.sha256(envelope).hexdigest(),
        size=len(envelope),
        request_key=uuid4(),
        by=slow,
        at=build.DEADLINE,
    )
    assert said(queries.receipts(promised).get())["action"] == "promise"
    tender = bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    assert waiting.awaited(tender, CLOSING) is Awaited.FILES
    heads.sign_all(at=CLOSING)
    assert gatekeeper.release(CLOSING) == 0  # nobody sees the others before deciding to deliver

    hour = build.DEADLINE + timedelta(hours=23)
    number = promised.receipt_number
    with pytest.raises(BadEnvelope, match="指纹"):
        bids.deliver(
            tender, receipt_number=number, envelope=bytes(first.envelope or b""), by=slow, at=hour
        )
    assert RefusedEnvelope.objects.get().reason == "bound to another promise"
    bids.deliver(tender, receipt_number=number, envelope=envelope, by=slow, at=hour)
    bids.deliver(tender, receipt_number=number, envelope=envelope, by=slow, at=hour)  # once more
    heads.sign_all(at=hour)
    assert gatekeeper.release(hour) == 3
    bids.open_all(tender, by=SYSTEM, at=hour)
    assert set(Bid.objects.in_force().values_list("status", flat=True)) == {BidStatus.VALID}


def test_a_file_that_does_not_come_within_a_day_holds_up_nobody() -> None:
    who = build.cast(4)
    tender = build.published(who)
    *full, slow = who.signatories()
    for by in full:
        build.bid(tender, by, at=EVE)
    promised = bids.promise(
        tender, fingerprint="ab" * 32, size=4096, request_key=uuid4(), by=slow, at=build.DEADLINE
    )
    tender = bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    after = build.DEADLINE + timedelta(hours=24) + SECOND
    with pytest.raises(Invalid, match="24 小时"):
        bids.deliver(
            tender, receipt_number=promised.receipt_number, envelope=b"", by=slow, at=after
        )
    opening = after + waiting.GRACE
    with pytest.raises(NotNow):
        bids.open_all(tender, by=SYSTEM, at=opening - SECOND)
    heads.sign_all(at=opening)
    gatekeeper.release(opening)

    tender = bids.open_all(tender, by=SYSTEM, at=opening)

    assert tender.stage(opening) is Stage.OPENED
    assert len(waiting.delivered(tender)) == 3
    late = Bid.objects.get(pk=promised.pk)
    assert (late.status, late.disqualification) == (
        BidStatus.DISQUALIFIED,
        "只报了指纹，截止后 24 小时内没有交来密封文件。",
    )


def test_a_file_that_arrived_in_its_day_and_was_handled_later_is_opened_with_the_others() -> None:
    tender, slow, promised, envelope = promised_among_others()
    arrived = build.DEADLINE + waiting.DELIVERY
    handled = arrived + waiting.GRACE
    heads.sign_all(at=handled)

    assert waiting.awaited(tender, handled) is Awaited.FILES
    assert gatekeeper.release(handled) == 0
    bids.deliver(
        tender, receipt_number=promised.receipt_number, envelope=envelope, by=slow, at=arrived
    )

    assert gatekeeper.release(handled) == 4
    bids.open_all(tender, by=SYSTEM, at=handled)
    assert set(Bid.objects.in_force().values_list("status", flat=True)) == {BidStatus.VALID}


def test_a_file_that_was_held_up_until_the_bids_were_open_is_refused_in_words() -> None:
    tender, slow, promised, envelope = promised_among_others()
    arrived = build.DEADLINE + waiting.DELIVERY
    opening = arrived + waiting.GRACE + SECOND
    heads.sign_all(at=opening)
    assert gatekeeper.release(opening) == 3
    bids.open_all(tender, by=SYSTEM, at=opening)

    with pytest.raises(Invalid, match="已经开标") as refusal:
        bids.deliver(
            tender, receipt_number=promised.receipt_number, envelope=envelope, by=slow, at=arrived
        )

    assert refusal.value.field == "envelope"
    late = Bid.objects.get(pk=promised.pk)
    assert (late.envelope, late.delivered_at) == (None, None)


def promised_among_others() -> tuple[Tender, Actor, Bid, bytes]:
    """A closed call with three bids and the fingerprint of a fourth; its bidder, bid and file."""
    who = build.cast(4)
    tender = build.published(who)
    *full, slow = who.signatories()
    for by in full:
        build.bid(tender, by, at=EVE)
    envelope = sealed_by_hand(tender, build.bid(tender, slow, at=EVE))
    promised = bids.promise(
        tender,
        fingerprint=hashlib.sha256(envelope).hexdigest(),
        size=len(envelope),
        request_key=uuid4(),
        by=slow,
        at=build.DEADLINE,
    )
    tender = bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    return tender, slow, promised, envelope
