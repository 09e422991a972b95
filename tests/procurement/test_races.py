"""Workers of the clock and of letters that look at once: each duty and each letter once."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from organizations.roles import Actor
from procurement import clock
from procurement.bids.parts import UntoldReceipt
from procurement.notifications import actions as letters
from procurement.notifications import bidders
from procurement.notifications.parts import BidLetter
from procurement.obligations.models import Obligation
from procurement.publication.models import Entry, NoticeKind
from procurement.watches import actions as watches
from procurement.watches.models import Kind, News, Pace, Watch
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.bids.test_races import at_once, until_somebody_waits
from tests.procurement.test_sweep import copies

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

EVE = build.DEADLINE - timedelta(days=1)
LATE = build.DECISION + timedelta(days=20)
SOON = build.TENDER_DAY + timedelta(hours=2)


def test_two_clock_workers_record_a_breach_once() -> None:
    who = build.cast()
    build.evaluated(who, build.opened(who, build.published(who)))
    duty = Obligation.objects.get(event="award.decided")
    copies(duty, 4)

    done = at_once(*[lambda: clock.record_breaches(at=LATE)] * 3)

    assert sum(count for count in done if isinstance(count, int)) == 5
    assert Entry.objects.filter(kind=NoticeKind.BREACH).count() == 5
    assert Obligation.objects.breached().count() == 5
    assert clock.record_breaches(at=LATE) == 0


def test_workers_that_remind_at_once_write_one_letter_about_all_that_is_due() -> None:
    who = build.cast()
    for _tender in range(2):
        build.evaluated(who, build.opened(who, build.published(who)))
    [due, same] = [each.due_at for each in Obligation.objects.filter(event="award.decided")]
    assert due is not None
    assert due == same

    done = at_once(*[lambda: clock.remind(at=due - timedelta(hours=2))] * 3)

    assert sum(count for count in done if isinstance(count, int)) == 1
    assert len(mail.outbox) == 2  # to the drafter and to the approver


def test_workers_that_look_at_once_send_each_receipt_once() -> None:
    who = build.cast(3)
    tender = build.published(who)
    for by in who.signatories():
        build.bid(tender, by, at=EVE)

    noted = at_once(*[lambda: bidders.note_receipts(at=EVE)] * 3)
    assert sum(n for n in noted if isinstance(n, int)) == 3
    sent = at_once(*[lambda: letters.send_to_bidders(at=EVE)] * 3)

    assert sum(n for n in sent if isinstance(n, int)) == 3
    assert len(mail.outbox) == len({message.to[0] for message in mail.outbox}) == 3
    assert not UntoldReceipt.objects.exists()
    assert not BidLetter.objects.filter(sent_at=None).exists()


def test_a_watch_can_be_ended_while_a_worker_notes_what_is_new_for_it() -> None:
    who = build.cast(1)
    by = Actor(user_id=people.user().pk, organization_id=None)
    watch = watches.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=by, at=build.START)
    build.published(who)
    letters.collect(at=SOON)
    is_noted = threading.Event()

    def note() -> None:
        with transaction.atomic():
            watches.collect(at=SOON)
            assert News.objects.count() == 1
            is_noted.set()
            until_somebody_waits()

    def end() -> None:
        assert is_noted.wait(30)
        watches.unwatch(watch, by=by)

    assert at_once(note, end) == [None, None]
    assert not Watch.objects.exists()
    assert not News.objects.exists()
