"""The same form sent again: the same file is one act, another counts or is refused in words."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from organizations.register.models import Organization
from organizations.roles import SYSTEM, Actor
from procurement.bids import actions as bids
from procurement.bids import receipts, sealed, sealing
from procurement.bids.actions import NotTaken, submitting
from procurement.bids.models import Bid
from procurement.bids.package import LotOffer, Package, pack
from procurement.bids.parts import Receipt
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
EVE = build.DEADLINE - timedelta(days=1)
LATE = build.DEADLINE + timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Desk:
    """One bidder before one call, with a form whose key is known."""

    tender: Tender
    by: Actor
    key: UUID

    def file(self, yuan: int) -> bytes:
        """An envelope sealed on the bidder's own device."""
        organization = Organization.objects.get(pk=self.by.member_of)
        offer = LotOffer(1, {"direct": Decimal(yuan)})
        place = sealing.Context(**sealed.context(self.tender, organization))
        content = pack(Package("方案", "人员", "", (offer,)))
        return sealing.seal(content, place, sealed.keys(self.tender), mode="C")

    def upload(self, file: bytes, at: datetime) -> Bid:
        """Send a file by the form."""
        return bids.submit_sealed(
            self.tender, envelope=file, request_key=self.key, by=self.by, at=at
        )

    def promise(self, file: bytes, at: datetime) -> Bid:
        """Send a fingerprint by the form."""
        return bids.promise(
            self.tender,
            fingerprint=hashlib.sha256(file).hexdigest(),
            size=len(file),
            request_key=self.key,
            by=self.by,
            at=at,
        )


@pytest.fixture
def desk() -> Desk:
    who = build.cast(1)
    [signatory] = who.signatories()
    return Desk(build.published(who), signatory, uuid4())


def replaced(bid: Bid) -> str:
    """Which receipt number the receipt of a bid says it replaces."""
    number: str = receipts.read(Receipt.objects.get(bid=bid))["replaces"]
    return number


def test_a_corrected_file_sent_by_the_same_form_takes_the_place_of_the_first(desk: Desk) -> None:
    first, second = desk.file(90000), desk.file(80000)
    before = desk.upload(first, EVE)

    after = desk.upload(second, EVE + MINUTE)

    assert bytes(Bid.objects.in_force().get().envelope or b"") == second
    assert replaced(after) == before.receipt_number
    assert desk.upload(second, LATE) == after  # each of them sent again has its own receipt
    assert desk.upload(first, LATE) == before
    assert list(Bid.objects.in_force()) == [after]
    assert Receipt.objects.count() == 2


def test_a_corrected_file_after_the_deadline_is_refused_and_the_first_named(desk: Desk) -> None:
    sent = desk.upload(desk.file(90000), build.DEADLINE)

    with pytest.raises(NotTaken) as refusal:
        desk.upload(desk.file(80000), LATE)

    assert (refusal.value.field, str(refusal.value)) == (
        "envelope",
        submitting.TOO_LATE % {"number": sent.receipt_number},
    )
    assert list(Bid.objects.all()) == [sent]
    assert Receipt.objects.count() == 1


def test_a_file_that_arrived_before_the_one_that_counts_does_not_replace_it(desk: Desk) -> None:
    counts = desk.upload(desk.file(80000), EVE)
    with pytest.raises(NotTaken, match=counts.receipt_number):
        desk.upload(desk.file(90000), EVE - MINUTE)
    assert list(Bid.objects.all()) == [counts]


def test_a_file_is_held_to_the_newest_one_and_not_to_the_first(desk: Desk) -> None:
    desk.upload(desk.file(90000), EVE)
    counts = desk.upload(desk.file(80000), EVE + 2 * MINUTE)
    with pytest.raises(NotTaken, match=counts.receipt_number):
        desk.upload(desk.file(70000), EVE + MINUTE)  # it arrived between them, and was slow
    assert list(Bid.objects.in_force()) == [counts]
    assert Receipt.objects.count() == 2


def test_another_fingerprint_by_the_same_form_takes_the_place_of_the_first(desk: Desk) -> None:
    first, second = desk.file(90000), desk.file(80000)
    before = desk.promise(first, EVE)

    after = desk.promise(second, EVE + MINUTE)

    assert Bid.objects.in_force().get().envelope_sha256 == hashlib.sha256(second).hexdigest()
    assert replaced(after) == before.receipt_number
    assert desk.promise(second, LATE) == after
    with pytest.raises(NotTaken) as refusal:
        desk.promise(desk.file(70000), LATE)
    assert refusal.value.field == "fingerprint"
    assert Bid.objects.count() == 2


def test_the_promised_file_sent_by_the_form_for_uploads_is_its_delivery(desk: Desk) -> None:
    file = desk.file(90000)
    promised = desk.promise(file, EVE)
    bids.close(Tender.objects.get(pk=desk.tender.pk), by=SYSTEM, at=build.DEADLINE + 3 * MINUTE)

    brought = desk.upload(file, build.DEADLINE + timedelta(hours=2))

    assert brought == promised
    assert bytes(Bid.objects.get().envelope or b"") == file
    assert Receipt.objects.count() == 1


def test_what_the_portal_sealed_is_one_act_however_often_it_is_sent(desk: Desk) -> None:
    build.bid(desk.tender, desk.by, at=EVE)
    sent = bids.submit(desk.tender, request_key=desk.key, by=desk.by, at=EVE + MINUTE)
    changes = {"offers": [{"lot": 1, "lines": {"direct": "70000"}}]}
    bids.prepare(desk.tender, changes=changes, by=desk.by, at=EVE + 2 * MINUTE)
    for at in (EVE + 3 * MINUTE, LATE):
        assert bids.submit(desk.tender, request_key=desk.key, by=desk.by, at=at) == sent
    assert Bid.objects.count() == 2


# --- in the order they arrived, by whatever form --------------------------------------------------


def test_what_arrived_first_and_was_slow_replaces_nothing_newer(desk: Desk) -> None:
    other = replace(desk, key=uuid4())
    counts = desk.upload(desk.file(80000), EVE + MINUTE)
    with pytest.raises(NotTaken, match=counts.receipt_number):
        other.upload(desk.file(90000), EVE)
    with pytest.raises(NotTaken, match=counts.receipt_number):
        other.promise(desk.file(90000), EVE)
    with pytest.raises(NotTaken, match=counts.receipt_number):
        build.bid(desk.tender, desk.by, at=EVE)
    assert list(Bid.objects.all()) == [counts]
    assert Receipt.objects.count() == 1


def test_a_withdrawal_takes_back_nothing_that_arrived_after_it(desk: Desk) -> None:
    counts = desk.upload(desk.file(80000), EVE + MINUTE)
    with pytest.raises(NotTaken, match=counts.receipt_number):
        bids.withdraw(desk.tender, by=desk.by, at=EVE)
    assert list(Bid.objects.in_force()) == [counts]


def test_what_arrived_before_a_withdrawal_is_withdrawn_with_it(desk: Desk) -> None:
    desk.upload(desk.file(80000), EVE)
    bids.withdraw(desk.tender, by=desk.by, at=EVE + 2 * MINUTE)
    with pytest.raises(NotTaken):
        replace(desk, key=uuid4()).upload(desk.file(90000), EVE + MINUTE)
    assert not Bid.objects.in_force().exists()
