"""A fingerprint in time, and its file within a day: waited for so long, and no longer."""

import hashlib
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from organizations.audit import AuditRow
from organizations.refusals import Invalid
from organizations.roles import SYSTEM, Actor
from portal.demo import gatekeeper
from procurement import clock
from procurement.bids import actions as bids
from procurement.bids import queries, sealed, waiting
from procurement.bids.flaws import BadEnvelope
from procurement.bids.models import Bid, BidStatus
from procurement.bids.parts import RefusedEnvelope
from procurement.bids.waiting import Awaited
from procurement.lifecycle import NotNow, Stage
from procurement.publication import heads, merge
from procurement.publication.models import Entry, NoticeKind
from procurement.pulse.models import Canary, Outage
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.flows.test_receipts_and_register import CLOSING, EVE, SECOND, said, sealed_by_hand

pytestmark = pytest.mark.django_db
LAST_MINUTES = (timedelta(minutes=5), timedelta(minutes=1))


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
    with pytest.raises(Invalid, match="期限已过"):
        bids.deliver(
            tender, receipt_number=promised.receipt_number, envelope=b"", by=slow, at=after
        )
    opening = after + waiting.GRACE
    with pytest.raises(NotNow):
        bids.end_delivery(tender, by=SYSTEM, at=opening - SECOND)
    with pytest.raises(NotNow):
        bids.open_all(tender, by=SYSTEM, at=opening)
    assert gatekeeper.release(opening) == 0
    bids.end_delivery(tender, by=SYSTEM, at=opening)
    heads.sign_all(at=opening)
    gatekeeper.release(opening)

    tender = bids.open_all(tender, by=SYSTEM, at=opening)

    assert tender.stage(opening) is Stage.OPENED
    assert len(waiting.delivered(tender)) == 3
    late = Bid.objects.get(pk=promised.pk)
    assert (late.status, late.disqualification) == (
        BidStatus.DISQUALIFIED,
        "只报了指纹，期限内没有补交密封文件。",
    )


def test_a_file_that_arrived_in_its_day_and_was_handled_later_is_opened_with_the_others() -> None:
    tender, slow, promised, envelope = promised_among_others()
    arrived = build.DEADLINE + sealed.DELIVERY
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
    arrived = build.DEADLINE + sealed.DELIVERY
    opening = arrived + waiting.GRACE + SECOND
    bids.end_delivery(tender, by=SYSTEM, at=opening)
    heads.sign_all(at=opening)
    assert gatekeeper.release(opening) == 3
    bids.open_all(tender, by=SYSTEM, at=opening)

    with pytest.raises(Invalid, match="已经不再等") as refusal:
        bids.deliver(
            tender, receipt_number=promised.receipt_number, envelope=envelope, by=slow, at=arrived
        )

    assert refusal.value.field == "envelope"
    late = Bid.objects.get(pk=promised.pk)
    assert (late.envelope, late.delivered_at) == (None, None)


def test_the_clock_says_that_a_file_is_awaited_no_more_and_then_opens() -> None:
    tender, _slow, promised, _envelope = promised_among_others()
    over = build.DEADLINE + sealed.DELIVERY + waiting.GRACE
    assert clock.pass_deadlines(at=over) == 0
    assert steps(tender) == []
    assert clock.pass_deadlines(at=over + SECOND) == 0
    assert gatekeeper.release(over + SECOND) == 3
    assert clock.pass_deadlines(at=over + SECOND) == 1
    said = ("files-over", "补交期限已过，1 份只报了指纹的投标没有交来密封文件，不再等待。")
    assert steps(tender) == [said]
    assert Bid.objects.get(pk=promised.pk).status == BidStatus.DISQUALIFIED


def test_a_call_that_waits_for_files_holds_up_no_other() -> None:
    first, *_rest = promised_among_others()
    who = build.cast(3)
    second = build.published(who)
    for by in who.signatories():
        build.bid(second, by, at=EVE)
    bids.close(Tender.objects.get(pk=second.pk), by=SYSTEM, at=CLOSING)
    assert list(waiting.in_turn(CLOSING)) == [second, first]
    assert list(waiting.expecting(CLOSING)) == [first]
    assert clock.pass_deadlines(at=CLOSING, limit=1) == 0
    assert gatekeeper.release(CLOSING) == 3
    assert clock.pass_deadlines(at=CLOSING, limit=1) == 1
    opened = Tender.objects.filter(opened_at__isnull=False)
    assert [call.pk for call in opened] == [second.pk]
    assert list(waiting.in_turn(CLOSING)) == [first]


def test_a_portal_that_is_not_seen_alive_waits_for_files_too() -> None:
    tender, *_rest = promised_among_others()
    last = build.DEADLINE + sealed.DELIVERY
    Canary.objects.create(beat_at=last, portal_at=last)
    later = last + timedelta(hours=5)
    assert clock.pass_deadlines(at=later) == 0
    assert gatekeeper.release(later) == 0
    assert steps(tender) == []


def test_an_outage_at_the_end_of_their_day_moves_it_on_for_promised_files() -> None:
    tender, slow, promised, envelope = promised_among_others()
    end = build.DEADLINE + sealed.DELIVERY  # 17:00 on a Wednesday
    restored = away(end - timedelta(minutes=30), end + timedelta(minutes=30))

    assert clock.pass_deadlines(at=restored) == 0
    assert clock.pass_deadlines(at=restored) == 0  # run again, nothing moves twice

    tender.refresh_from_db()
    until = datetime(2026, 4, 30, 10, 0, tzinfo=SHANGHAI)
    assert (tender.delivery_until, tender.tender_period_end) == (until, build.DEADLINE)
    said = (
        "平台在 2026-04-29 16:30:00 至 2026-04-29 17:30:00 之间不能接收文件，"
        "按公布的规则，已报指纹的密封文件补交期限延到 2026-04-30 10:00:00。"
    )
    assert steps(tender) == [("files-later", said)]
    heads.sign_all(at=restored)
    assert gatekeeper.release(until) == 0
    number = promised.receipt_number
    bids.deliver(tender, receipt_number=number, envelope=envelope, by=slow, at=until)
    assert gatekeeper.release(until) == 4


def test_a_run_that_began_before_the_portal_was_seen_again_waits_for_the_file() -> None:
    tender, slow, promised, envelope = promised_among_others()
    end = build.DEADLINE + sealed.DELIVERY
    restored = away(end - timedelta(minutes=30), end + timedelta(minutes=30))
    clock.pass_deadlines(at=restored - SECOND)
    assert [kind for kind, _said in steps(tender)] == ["files-later"]
    number = promised.receipt_number
    bids.deliver(tender, receipt_number=number, envelope=envelope, by=slow, at=restored)


def test_before_the_clock_has_looked_nobody_is_told_that_it_is_too_late() -> None:
    tender, slow, promised, envelope = promised_among_others()
    after = build.DEADLINE + sealed.DELIVERY + SECOND
    send = partial(
        bids.deliver, tender, receipt_number=promised.receipt_number, envelope=envelope, by=slow
    )
    with pytest.raises(Invalid, match="期限会自动延后"):
        send(at=after)
    clock.pass_deadlines(at=after + waiting.GRACE)
    with pytest.raises(Invalid, match="不能再补交"):
        send(at=after + waiting.GRACE)


def test_an_outage_moves_nothing_where_no_file_is_awaited() -> None:
    who = build.cast(3)
    tender = build.published(who)
    for by in who.signatories():
        build.bid(tender, by, at=EVE)
    closed = bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=CLOSING)
    end = build.DEADLINE + sealed.DELIVERY
    clock.pass_deadlines(at=away(end - timedelta(minutes=5), end))
    closed.refresh_from_db()
    assert (closed.delivery_until, steps(tender)) == (None, [])


def test_after_three_times_people_decide_and_the_file_is_awaited_no_more() -> None:
    tender, *_rest = promised_among_others()
    for _time in range(4):
        tender.refresh_from_db()
        end = sealed.end_of_delivery(tender)
        clock.pass_deadlines(at=away(end - timedelta(minutes=3), end))
    assert [kind for kind, _said in steps(tender)] == ["files-later"] * 3
    rows = AuditRow.objects.filter(kind="amendments.ask_people", subject=tender.ocid)
    assert rows.count() == 1
    over = end + waiting.GRACE + SECOND
    Canary.objects.create(beat_at=over, portal_at=over)
    clock.pass_deadlines(at=over + SECOND)
    assert [kind for kind, _said in steps(tender)] == [*["files-later"] * 3, "files-over"]


def test_the_end_of_their_time_moves_on_only_and_ends_once() -> None:
    tender, _slow, promised, envelope = promised_among_others()
    over = build.DEADLINE + sealed.DELIVERY + waiting.GRACE + SECOND
    clock.pass_deadlines(at=over)
    held = Tender.objects.filter(pk=tender.pk)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        held.update(delivery_ended_at=None)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        held.update(delivery_until=over)
    late = Bid.objects.filter(pk=promised.pk)
    with pytest.raises(DatabaseError, match="delivered once"), transaction.atomic():
        late.update(envelope=envelope, delivered_at=build.DEADLINE)
    assert late.get().envelope is None


def test_nobody_shortens_their_time() -> None:
    tender, *_rest = promised_among_others()
    held = Tender.objects.filter(pk=tender.pk)
    with pytest.raises(DatabaseError, match="only moves on"), transaction.atomic():
        held.update(delivery_until=build.DEADLINE + timedelta(minutes=1))
    clock.pass_deadlines(at=away(*[build.DEADLINE + sealed.DELIVERY - m for m in LAST_MINUTES]))
    with pytest.raises(DatabaseError, match="only moves on"), transaction.atomic():
        held.update(delivery_until=None)
    assert sealed.end_of_delivery(held.get()) > build.DEADLINE + sealed.DELIVERY


def away(began: datetime, ended: datetime) -> datetime:
    """Write down an outage, after which the portal was seen again; return its end."""
    Canary.objects.create(beat_at=ended, portal_at=ended)
    Outage.objects.create(
        began_at=began, ended_at=ended, portal_began_at=began, portal_ended_at=ended
    )
    return ended


def steps(tender: Tender) -> list[tuple[str, str]]:
    """Kind and words of the steps of an opening that are on record."""
    found = Entry.objects.of(tender.ocid).filter(kind=NoticeKind.CEREMONY)
    told = [merge.release_of(entry)["tender"]["openingEvents"][0] for entry in found]
    return [(each["kind"], each["text"]) for each in told]


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
