"""Races on PostgreSQL: what two people, or two workers, do at the same moment."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pgtrigger
import pytest
from django.db import connection, transaction

from portal.demo import gatekeeper
from procurement import clock
from procurement.bids import actions as bids
from procurement.bids import receipts
from procurement.bids.models import Bid, BidDraftFile
from procurement.bids.package import PackedFile
from procurement.bids.parts import Receipt
from procurement.lifecycle import NotNow
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts on connections of their own, started together; return results or exceptions."""
    results: list[object] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:  # noqa: BLE001 - what it was is what the test looks at
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_double_click_submits_once() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    build.bid(tender, signatory)
    key = uuid4()

    def click(key: UUID = key) -> Bid:
        return bids.submit(tender, request_key=key, by=signatory, at=build.DEADLINE)

    results = at_once(click, click)

    bid = Bid.objects.get(request_key=key)
    assert results == [bid, bid]
    assert Bid.objects.in_force().count() == 1


def test_a_double_click_attaches_a_file_once() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)

    def click(name: str = "方案.pdf", content: bytes = b"%PDF-1.4 plan") -> PackedFile:
        return bids.attach(tender, name=name, content=content, by=signatory, at=build.DEADLINE)

    results = at_once(*[click] * 3)

    assert [result.name for result in results if isinstance(result, PackedFile)] == ["方案.pdf"] * 3
    assert BidDraftFile.objects.count() == 1
    click(content=b"%PDF-1.4 another")  # neither another text
    click(name="预算.pdf")  # nor another name is the same file
    assert BidDraftFile.objects.count() == 3


def test_two_clock_workers_open_once() -> None:
    who = build.cast(3)
    tenders = [build.published(who), build.published(who, "grant")]
    for tender in tenders:
        for signatory in who.signatories():
            build.bid(tender, signatory)

    done = at_once(*[lambda: clock.pass_deadlines(at=build.OPENING)] * 3)

    assert done == [0, 0, 0]  # the gate stands between closing and opening
    assert Entry.objects.filter(kind=NoticeKind.REGISTER).count() == 2
    gatekeeper.release(build.OPENING)
    done = at_once(*[lambda: clock.pass_deadlines(at=build.OPENING)] * 3)

    assert sum(count for count in done if isinstance(count, int)) == 2
    assert Entry.objects.filter(kind=NoticeKind.OPENING).count() == 2
    assert clock.pass_deadlines(at=build.OPENING) == 0


def test_a_bid_in_flight_is_either_opened_or_refused_never_lost() -> None:
    who = build.cast(3)
    tender = build.published(who)
    *early, late = who.signatories()
    for signatory in early:
        build.bid(tender, signatory)
    build.bid(tender, late)  # the draft is there; now it replaces while the clock passes

    def replace() -> Bid:
        return bids.submit(tender, request_key=uuid4(), by=late, at=build.DEADLINE)

    result, _closed = at_once(replace, lambda: clock.pass_deadlines(at=build.OPENING))

    assert isinstance(result, Bid | NotNow)
    clock.pass_deadlines(at=build.OPENING)  # a run that met the bid in flight left it to the next
    gatekeeper.release(build.OPENING)
    clock.pass_deadlines(at=build.OPENING)
    assert Tender.objects.get(pk=tender.pk).opened_at == build.OPENING
    in_force = Bid.objects.in_force().filter(tender=tender)
    assert in_force.count() == 3
    assert {bid.status for bid in in_force} == {"valid"}


def test_a_bid_withdrawn_while_it_is_replaced_is_not_replaced_too() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    first = build.bid(tender, signatory)
    is_withdrawn = threading.Event()

    def withdraw() -> Bid:
        with transaction.atomic():
            bid = bids.withdraw(tender, by=signatory, at=build.DEADLINE)
            is_withdrawn.set()
            until_somebody_waits()
        return bid

    def replace() -> Bid:
        assert is_withdrawn.wait(30)
        return bids.submit(tender, request_key=uuid4(), by=signatory, at=build.DEADLINE)

    withdrawn, sent = at_once(withdraw, replace)

    assert withdrawn == first
    assert isinstance(sent, Bid)
    first.refresh_from_db()
    assert (first.withdrawn_at, first.replaced_at) == (build.DEADLINE, None)
    receipt = Receipt.objects.get(bid=sent)
    assert (receipt.action, receipts.read(receipt)["replaces"]) == ("submit", "")
    ended = receipts.ended_by(tender.ocid)[first.receipt_number]
    assert ended.action == "withdraw"


def test_a_withdrawal_that_meets_a_replacement_takes_back_what_was_sent_last() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    first = build.bid(tender, signatory)
    is_replaced = threading.Event()

    def replace() -> Bid:
        with transaction.atomic():
            bid = bids.submit(tender, request_key=uuid4(), by=signatory, at=build.DEADLINE)
            is_replaced.set()
            until_somebody_waits()
        return bid

    def withdraw() -> Bid:
        assert is_replaced.wait(30)
        return bids.withdraw(tender, by=signatory, at=build.DEADLINE)

    sent, withdrawn = at_once(replace, withdraw)

    assert withdrawn == sent
    first.refresh_from_db()
    assert (first.withdrawn_at, first.replaced_at) == (None, build.DEADLINE)
    assert not Bid.objects.in_force().exists()


def until_somebody_waits() -> None:
    """Wait until another connection waits for a lock that this one holds. Raises TimeoutError."""
    end = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.05)
    raise TimeoutError


def test_the_database_itself_refuses_a_late_bid() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    taken = build.bid(tender, signatory)
    Bid.objects.filter(pk=taken.pk).update(replaced_at=build.DEADLINE)
    taken.pk, taken.receipt_number, taken.request_key = None, "LATE", uuid4()
    taken.submitted_at = build.DEADLINE + timedelta(seconds=1)
    with pytest.raises(Exception, match="takes no bid at this instant"), transaction.atomic():
        taken.save(force_insert=True)
    assert not Bid.objects.filter(receipt_number="LATE").exists()


def test_the_envelope_of_a_bid_cannot_be_exchanged() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    sent = build.bid(build.published(who), signatory)
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        Bid.objects.filter(pk=sent.pk).update(envelope=b"another")
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Bid.objects.filter(pk=sent.pk).update(envelope_sha256="0" * 64)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Bid.objects.filter(pk=sent.pk).delete()
    with pgtrigger.ignore("procurement.Bid:refuse_deletion"):
        assert Bid.objects.get(pk=sent.pk).envelope_sha256 == sent.envelope_sha256
