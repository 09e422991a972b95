"""Passing deadlines: what goes wrong with one call holds up no other, and costs no bid."""

import pytest

from portal.demo import gatekeeper
from procurement import clock
from procurement.bids import actions as bids
from procurement.bids.models import Bid, BidStatus
from procurement.bids.parts import ReceiptSlot
from procurement.lifecycle import Stage
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import OpeningPolicy, Tender
from tests.builders import keycards as paper
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
DUE = build.DEADLINE + 2 * clock.GRACE


def test_without_the_gate_bids_stay_sealed_until_it_is_back() -> None:
    who = build.cast(3)
    tender, empty = build.published(who), build.published(who)
    for by in who.signatories():
        build.bid(tender, by)

    assert clock.pass_deadlines(at=DUE) == 1  # the call without bids has nothing to open

    assert Tender.objects.get(pk=tender.pk).stage(DUE) is Stage.CLOSED
    assert Tender.objects.get(pk=empty.pk).stage(DUE) is Stage.UNSUCCESSFUL
    assert set(Bid.objects.values_list("status", flat=True)) == {BidStatus.PENDING}
    assert not Entry.objects.of(tender.ocid).filter(kind=NoticeKind.OPENING).exists()
    assert clock.pass_deadlines(at=DUE) == 0  # tried again, still shut
    gatekeeper.release(DUE)
    assert clock.pass_deadlines(at=DUE) == 1
    assert set(Bid.objects.values_list("status", flat=True)) == {BidStatus.VALID}


def test_a_call_that_cards_opened_states_how_far_it_reached_too() -> None:
    who = build.cast(3)
    held = paper.published(who.clerk, who.approver, build.START)
    tender = build.published(who, opening_policy=OpeningPolicy.CARDS)
    for by in who.signatories():
        build.bid(tender, by)
    tender = gatekeeper.close(Tender.objects.get(pk=tender.pk), at=DUE)
    reach = Entry.objects.of(tender.ocid).filter(kind=NoticeKind.REACH)
    for suffix in ("C1", "C3"):
        assert clock.pass_deadlines(at=DUE) == 0
        assert not reach.exists()  # for nobody's eyes before the opening
        card, typed = held.card(suffix).member, paper.spaced(held.of(suffix))
        bids.contribute(tender, member=card, digits=typed, witnesses="张三", by=who.clerk, at=DUE)

    for _run in range(2):
        assert clock.pass_deadlines(at=DUE) == 0

    assert Tender.objects.get(pk=tender.pk).stage(DUE) is Stage.OPENED
    assert reach.count() == 1


def test_a_call_that_cannot_be_closed_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    who = build.cast(1)
    broken, empty = build.published(who), build.published(who)
    [signatory] = who.signatories()
    build.bid(broken, signatory)
    ReceiptSlot.objects.all().delete()  # the place that was promised is gone

    assert clock.pass_deadlines(at=DUE) == 1

    assert Tender.objects.get(pk=empty.pk).opened_at == DUE
    assert Tender.objects.get(pk=broken.pk).closed_at is None
    assert "could not be closed" in caplog.text
