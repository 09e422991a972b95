"""Heads go to those who keep them: once a day, and after each closing register."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from procurement import clock
from procurement.notifications import actions as letters
from procurement.notifications.parts import HeadLetter
from procurement.publication import heads
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Log, LogHead
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
MORNING = build.TENDER_DAY + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _witnesses(settings: Settings) -> None:
    settings.WITNESS_MAIL = ["one@witness.example", "two@witness.example"]


def kept(mails: list[EmailMessage]) -> list[tuple[str, int]]:
    """To whom went which head of the notices, each proved by its signature."""
    found = []
    for mail in mails:
        if not mail.to[0].endswith("@witness.example"):
            continue
        head = heads.opened(mail.body.split("\n\n", 1)[1])
        if head.origin == heads.origin(Log.NOTICES):
            assert mail.subject == f"日志头：公告日志，共 {head.size} 条"
            found.append((mail.to[0], head.size))
    return sorted(found)


def test_each_address_gets_a_head_once_a_day(mailoutbox: list[EmailMessage]) -> None:
    who = build.cast(1)
    build.published(who)
    clock.keep_logs(at=MORNING)
    size = LogHead.objects.get(pk=Log.NOTICES).size
    for minutes in range(3):
        letters.collect(at=MORNING + minutes * MINUTE)
        letters.send(at=MORNING + minutes * MINUTE)
    assert kept(mailoutbox) == [("one@witness.example", size), ("two@witness.example", size)]

    mailoutbox.clear()
    build.published(who)
    clock.keep_logs(at=MORNING + timedelta(hours=1))
    letters.collect(at=MORNING + timedelta(hours=1))
    letters.send(at=MORNING + timedelta(hours=1))
    assert kept(mailoutbox) == []
    letters.collect(at=MORNING + timedelta(days=1))
    letters.send(at=MORNING + timedelta(days=1))
    grown = LogHead.objects.get(pk=Log.NOTICES).size
    assert kept(mailoutbox) == [("one@witness.example", grown), ("two@witness.example", grown)]


def test_the_head_after_a_closing_register_goes_out_at_once_for_both_logs(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(1)
    tender = build.published(who)
    [signatory] = who.signatories()
    clock.keep_logs(at=build.DEADLINE - timedelta(hours=2))
    letters.collect(at=build.DEADLINE - timedelta(hours=2))
    letters.send(at=build.DEADLINE - timedelta(hours=2))
    build.bid(tender, signatory, at=build.DEADLINE - timedelta(hours=1))
    mailoutbox.clear()

    clock.pass_deadlines(at=build.OPENING)
    letters.collect(at=build.OPENING)
    letters.send(at=build.OPENING)

    register = Entry.objects.of(tender.ocid).get(kind=NoticeKind.REGISTER)
    [(_one, size), (_two, _same)] = kept(mailoutbox)
    assert size > register.index
    to_one = [mail.subject for mail in mailoutbox if mail.to == ["one@witness.example"]]
    assert sorted(subject.split("，")[0] for subject in to_one) == [
        "日志头：公告日志",
        "日志头：回执日志",
    ]


def test_a_head_is_tried_again_under_one_number_until_it_is_out(
    mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_mail: EmailMessage) -> int:
        raise SMTPServerDisconnected

    build.published(build.cast(1))
    clock.keep_logs(at=MORNING)
    letters.collect(at=MORNING)
    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", fail)
        letters.send(at=MORNING)
    letters.send(at=MORNING + timedelta(hours=1))
    numbers = {mail.extra_headers["Message-ID"] for mail in mailoutbox}
    assert {letter.message_id for letter in HeadLetter.objects.all()} <= numbers
    assert not HeadLetter.objects.filter(sent_at=None).exists()


def test_without_witnesses_nothing_is_noted(settings: Settings) -> None:
    settings.WITNESS_MAIL = []
    build.published(build.cast(1))
    clock.keep_logs(at=MORNING)
    letters.collect(at=MORNING)
    assert not HeadLetter.objects.exists()
