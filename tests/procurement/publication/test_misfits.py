"""What somebody had checked that does not fit: noted once, bounded, counted in public."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from organizations import instants
from procurement.publication import misfits
from procurement.publication.misfits import Misfit, Wrong

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_same_thing_is_noted_once_for_each_way_it_does_not_fit() -> None:
    for wrong in (Wrong.SIGNATURE, Wrong.SIGNATURE, Wrong.OTHER_LOG):
        misfits.note(wrong, b"a receipt", at=AT)
    misfits.note(Wrong.SIGNATURE, b"another receipt", at=AT)
    assert misfits.tally(at=AT) == [(Wrong.OTHER_LOG, 1), (Wrong.SIGNATURE, 2)]


def test_nobody_fills_the_table(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(misfits, "MOST_A_DAY", 3)
    for number in range(5):
        misfits.note(Wrong.SIGNATURE, bytes([number]), at=AT)
    assert Misfit.objects.count() == 3
    assert caplog.messages == ["what was handed in does not fit: signature"] * 5
    misfits.note(Wrong.OTHER_KEYS, b"signed by us", at=AT)
    assert misfits.tally(at=AT) == [(Wrong.SIGNATURE, 3), (Wrong.OTHER_KEYS, 1)]
    misfits.note(Wrong.SIGNATURE, b"the next day", at=AT + DAY)
    assert Misfit.objects.count() == 5


def test_the_public_count_goes_back_thirty_days() -> None:
    misfits.note(Wrong.REGISTER, b"old", at=AT - 30 * DAY)
    misfits.note(Wrong.REGISTER, b"new", at=AT - 30 * DAY + timedelta(seconds=1))
    assert misfits.tally(at=AT) == [(Wrong.REGISTER, 1)]


def test_what_was_noted_stays() -> None:
    misfits.note(Wrong.REGISTER, b"a receipt", at=AT)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Misfit.objects.all().delete()
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Misfit.objects.update(wrong=Wrong.SIGNATURE)
    assert misfits.tally(at=AT) == [(Wrong.REGISTER, 1)]


def test_everybody_can_read_the_count(client: Client) -> None:
    assert "没有。" in client.get("/status/").content.decode()
    misfits.note(Wrong.OPENING, b"a receipt", at=instants.now())
    page = client.get("/status/").content.decode()
    assert "<dt>有本站签名的回执：与开标记录不符</dt><dd>1</dd>" in page
