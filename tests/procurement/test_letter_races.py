"""Letters when several workers look at once: each leaves once; and looking costs little."""

from datetime import timedelta

import pytest
from django.core import mail
from pytest_django import DjangoAssertNumQueries

from procurement.bids.parts import UntoldReceipt
from procurement.notifications import actions as letters
from procurement.notifications import bidders
from procurement.notifications.parts import BidLetter
from tests.builders import procurement as build
from tests.procurement.bids.test_races import at_once

EVE = build.DEADLINE - timedelta(days=1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_workers_that_look_at_once_send_each_receipt_once() -> None:
    who = build.cast(3)
    tender = build.published(who)
    for by in who.signatories():
        build.bid(tender, by, at=EVE)

    noted = at_once(*[lambda: bidders.note_receipts(at=EVE)] * 3)
    assert sorted(n for n in noted if isinstance(n, int)) == [0, 0, 3]
    sent = at_once(*[lambda: letters.send_to_bidders(at=EVE)] * 3)

    assert sum(n for n in sent if isinstance(n, int)) == 3
    assert len(mail.outbox) == len({message.to[0] for message in mail.outbox}) == 3
    assert not UntoldReceipt.objects.exists()
    assert not BidLetter.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_a_look_that_finds_nothing_takes_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(7):  # two of them a savepoint
        assert letters.send_to_bidders(at=EVE) == 0
