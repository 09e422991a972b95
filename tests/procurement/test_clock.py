"""Passing deadlines: what goes wrong with one call holds up no other, and costs no bid."""

from pathlib import Path

import pytest
from pytest_django import Settings

from procurement import clock
from procurement.bids.models import Bid, BidStatus
from procurement.lifecycle import Stage
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
DUE = build.DEADLINE + 2 * clock.GRACE


def test_without_the_key_bids_stay_sealed_until_it_is_back(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    who = build.cast(3)
    tender, empty = build.published(who), build.published(who)
    for by in who.signatories():
        build.bid(tender, by)
    kept, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path

    assert clock.pass_deadlines(at=DUE) == 1  # the call without bids needs no key

    assert Tender.objects.get(pk=tender.pk).stage(DUE) is Stage.CLOSED
    assert Tender.objects.get(pk=empty.pk).stage(DUE) is Stage.UNSUCCESSFUL
    assert set(Bid.objects.values_list("status", flat=True)) == {BidStatus.PENDING}
    assert not Entry.objects.of(tender.ocid).filter(kind=NoticeKind.OPENING).exists()
    assert "could not be opened" in caplog.text
    settings.KEYS_DIR = kept
    assert clock.pass_deadlines(at=DUE) == 1
    assert set(Bid.objects.values_list("status", flat=True)) == {BidStatus.VALID}
