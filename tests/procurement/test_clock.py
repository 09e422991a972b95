"""Passing deadlines: what goes wrong with one call holds up no other, and costs no bid."""

import pytest

from portal.demo import gatekeeper
from procurement import clock
from procurement.bids.models import Bid, BidStatus
from procurement.bids.parts import ReceiptSlot
from procurement.lifecycle import Stage
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender
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
