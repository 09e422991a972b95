"""What a bidder's people hear by mail: each receipt at once, then the register and the opening."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoAssertNumQueries

from organizations.accounts.models import User
from organizations.roles import SYSTEM, Actor, Role
from portal.demo import gatekeeper
from procurement import clock
from procurement.bids import actions as bids
from procurement.bids import queries, sealed, waiting
from procurement.bids.models import Bid
from procurement.bids.parts import Receipt, UntoldReceipt
from procurement.enquiries import actions as enquiries
from procurement.notifications import actions as letters
from procurement.notifications import bidders, outbox
from procurement.notifications.models import Message, Topic
from procurement.notifications.parts import BidLetter
from procurement.publication.models import Entry, NoticeKind
from procurement.pulse.models import Outage
from procurement.templatetags.display import moment
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
EVE = build.DEADLINE - timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Bidder:
    """An organisation with two signatories, of whom one submits, and a member."""

    tender: Tender
    by: Actor
    signatories: set[str]
    everyone: set[str]


@pytest.fixture
def bidder() -> Bidder:
    """The bidder of an open call that has heard of the call itself already."""
    who = build.cast(1)
    first = people.person(people.signatory(who.csos[0])).email
    second, by = people.member(who.csos[0].organization, Role.CSO_SIGNATORY)
    member = people.member(who.csos[0].organization, Role.CSO_MEMBER)[0].email
    signatories = {first, second.email}
    return Bidder(build.published(who), by, signatories, signatories | {member})


def addressed(mails: list[EmailMessage]) -> list[str]:
    return sorted(address for mail in mails for address in mail.to)


def attached(mail: EmailMessage) -> tuple[str, bytes]:
    """The one attachment as a mail box shows it."""
    [part] = [each for each in mail.message().walk() if each.get_filename()]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert part.get_content_type() == "application/json"
    return str(part.get_filename()), content


def newest() -> Receipt:
    return Receipt.objects.order_by("-issued_at")[0]


def fail(*_args: object, **_options: object) -> int:
    raise SMTPServerDisconnected


def test_a_receipt_goes_to_who_submitted_and_to_the_signatories_with_the_signed_file(
    bidder: Bidder, mailoutbox: list[EmailMessage]
) -> None:
    bid = build.bid(bidder.tender, bidder.by, at=EVE)
    assert letters.send_to_bidders(at=EVE) == 2
    assert addressed(mailoutbox) == sorted(bidder.signatories)
    mail = mailoutbox[0]
    assert mail.subject == f"投标回执 {bid.receipt_number}"  # neither who nor for what
    name, content = attached(mail)
    assert name == f"receipt-{bid.receipt_number}-submit.json"
    assert content == bytes(newest().body)
    for told in (
        bidder.tender.title,
        bid.receipt_number,
        "2026-04-27 17:00:00",
        " ".join(bid.envelope_sha256[at : at + 4] for at in range(0, 64, 4)),
        "/verify/",
        f"--receipt {name} --tender {bidder.tender.ocid}",
        f"/cso/receipts/{bid.receipt_number}/",
    ):
        assert told in mail.body
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"


def test_replacing_promising_and_withdrawing_are_confirmed_too(
    bidder: Bidder, mailoutbox: list[EmailMessage]
) -> None:
    build.bid(bidder.tender, bidder.by, at=EVE)
    build.bid(bidder.tender, bidder.by, at=EVE + MINUTE)
    bids.promise(
        bidder.tender,
        fingerprint="ab" * 32,
        size=9000,
        request_key=uuid4(),
        by=bidder.by,
        at=EVE + 2 * MINUTE,
    )
    bids.withdraw(bidder.tender, by=bidder.by, at=EVE + 3 * MINUTE)

    letters.send_to_bidders(at=EVE + 3 * MINUTE)

    said = {json.loads(attached(mail)[1])["action"]: mail.body for mail in mailoutbox}
    assert set(said) == {"submit", "replace", "promise", "withdraw"}
    assert len(mailoutbox) == 8
    assert "请在 2026年4月29日（星期三）17:00 以前交来" in said["promise"]
    assert "这份投标不会被打开" in said["withdraw"]
    assert "可以更换或撤回" not in said["withdraw"]


def test_who_reads_english_is_written_to_in_english_dates(
    bidder: Bidder, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.update(preferred_language="en")
    build.bid(bidder.tender, bidder.by, at=EVE)
    letters.send_to_bidders(at=EVE)
    assert "28 April 2026" in mailoutbox[0].body


def test_twice_is_once(bidder: Bidder, mailoutbox: list[EmailMessage]) -> None:
    build.bid(bidder.tender, bidder.by, at=EVE)
    assert letters.send_to_bidders(at=EVE) == 2
    assert letters.send_to_bidders(at=EVE) == 0
    assert letters.send(at=EVE + outbox.LEASE) == 0
    assert not UntoldReceipt.objects.exists()
    assert len(mailoutbox) == BidLetter.objects.count() == 2


def test_who_dies_between_sending_and_recording_may_send_twice_under_one_number(
    bidder: Bidder, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    send = EmailMessage.send
    build.bid(bidder.tender, bidder.by, at=EVE)

    def send_and_die(mail: EmailMessage) -> int:
        send(mail)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(EmailMessage, "send", send_and_die)
        with pytest.raises(KeyboardInterrupt):
            letters.send_to_bidders(at=EVE)
    assert len(mailoutbox) == 1
    assert letters.send_to_bidders(at=EVE) == 1  # the other letter; this one is still taken
    assert letters.send_to_bidders(at=EVE + outbox.LEASE) == 1
    numbers = [mail.extra_headers["Message-ID"] for mail in mailoutbox]
    assert len(numbers) == 3
    assert len(set(numbers)) == 2
    assert not BidLetter.objects.filter(sent_at=None).exists()


def test_a_receipt_waits_until_the_mail_server_is_back_and_no_journal_says_whose(
    bidder: Bidder,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bid = build.bid(bidder.tender, bidder.by, at=EVE)
    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", fail)
        for hours in range(48):
            assert letters.send_to_bidders(at=EVE + timedelta(hours=hours)) == 0
    assert "was not sent: SMTPServerDisconnected" in caplog.text
    secrets = {bidder.tender.ocid, bidder.tender.title, bid.receipt_number, bid.organization.name}
    assert [each for each in secrets | bidder.everyone if each in caplog.text] == []
    assert mailoutbox == []
    assert letters.send_to_bidders(at=EVE + timedelta(hours=49)) == 2


def test_a_letter_that_nobody_can_take_is_given_up_and_the_journal_says_so(
    bidder: Bidder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    build.bid(bidder.tender, bidder.by, at=EVE)
    bidders.note_receipts(at=EVE)
    BidLetter.objects.update(attempts=BidLetter.MOST_ATTEMPTS - 1)
    monkeypatch.setattr(EmailMessage, "send", fail)
    letters.send_to_bidders(at=EVE)
    assert "is given up: SMTPServerDisconnected" in caplog.text
    assert letters.send_to_bidders(at=EVE + timedelta(days=1)) == 0
    assert set(BidLetter.objects.values_list("failed_at", flat=True)) == {EVE}


def test_a_mail_server_that_is_down_is_not_asked_for_every_letter(
    bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        build.bid(bidder.tender, bidder.by, at=EVE + number * MINUTE)
    tried = []

    def refuse(mail: EmailMessage) -> int:
        tried.append(mail)
        raise TimeoutError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    letters.send_to_bidders(at=EVE + timedelta(hours=1))
    assert len(tried) == outbox.MOST_IN_A_ROW
    assert BidLetter.objects.filter(attempts=0).count() == 3


def test_the_register_and_the_opening_are_told_once_to_whom_they_concern(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(4)
    tender = build.published(who)
    first, *others, gone = who.signatories()
    for by in (first, *others, gone):
        build.bid(tender, by, at=EVE)
    bids.withdraw(tender, by=gone, at=EVE + MINUTE)
    letters.collect(at=EVE)
    letters.send(at=EVE + MINUTE)
    mailoutbox.clear()

    clock.pass_deadlines(at=build.OPENING)
    assert letters.collect(at=build.OPENING) == 4
    assert letters.collect(at=build.OPENING) == 0
    letters.send(at=build.OPENING)

    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.REGISTER)
    assert addressed(mailoutbox) == sorted(people.person(by).email for by in (first, *others, gone))
    for mail in mailoutbox:  # who bid is secret until the opening
        assert mail.subject == "截标登记已经公布，请核对您的回执"
    mine = next(mail for mail in mailoutbox if mail.to == [people.person(first).email])
    bid = Bid.objects.get(organization_id=first.member_of)
    [receipt] = queries.receipts(bid)
    assert f"{bid.receipt_number}，递交，回执日志第 {receipt.number} 号" in mine.body
    assert f"/notices/{entry.release_id}/" in mine.body
    assert f"/tenders/{tender.ocid}/opening/" in mine.body

    mailoutbox.clear()
    gatekeeper.release(build.OPENING)
    clock.pass_deadlines(at=build.OPENING)
    assert letters.collect(at=build.OPENING) == 3
    letters.send(at=build.OPENING)
    assert addressed(mailoutbox) == sorted(people.person(by).email for by in (first, *others))
    assert mailoutbox[0].subject == f"开标记录已经公布：{tender.title}"


def test_a_history_that_is_told_long_after_writes_to_nobody(
    bidder: Bidder, mailoutbox: list[EmailMessage]
) -> None:
    build.bid(bidder.tender, bidder.by, at=EVE)
    clock.pass_deadlines(at=build.OPENING)
    long_after = build.OPENING + bidders.TOO_LATE + MINUTE
    letters.collect(at=long_after)
    letters.send(at=long_after)
    assert mailoutbox == []
    assert not UntoldReceipt.objects.exists()


def test_a_look_that_finds_nothing_takes_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(7):  # two of them a savepoint
        assert letters.send_to_bidders(at=EVE) == 0


def heard(tender: Tender, kind: NoticeKind, at: datetime) -> set[str]:
    """Who is written to about the newest notice of a kind."""
    letters.collect(at=at)
    newest_entry = Entry.objects.of(tender.ocid).filter(kind=kind).last()
    assert newest_entry is not None
    told = BidLetter.objects.filter(entry_index=newest_entry.index)
    return set(told.values_list("person__email", flat=True))


def email(by: Actor) -> str:
    return people.person(by).email


def test_what_changes_a_call_is_told_to_whoever_began_a_bid_or_made_one(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(3)
    tender = build.published(who)
    bidder, preparing, _elsewhere = who.signatories()
    at = build.TENDER_DAY + timedelta(days=1)
    build.bid(tender, bidder, at=at)
    bids.prepare(tender, changes={"team": "两名社工。"}, by=preparing, at=at)
    letters.collect(at=at)
    letters.send(at=at)
    mailoutbox.clear()

    tender = build.amended(who, tender, at + MINUTE)
    assert heard(tender, NoticeKind.AMENDMENT, at + MINUTE) == {email(bidder), email(preparing)}
    letters.send(at=at + MINUTE)
    said = {mail.to[0]: mail for mail in mailoutbox}
    # who bids is secret until the opening: no subject names the call
    assert {mail.subject for mail in said.values()} == {"公告有更正，请看改了什么"}
    assert "现在的投标截止：2026年4月28日（星期二）17:00" in said[email(preparing)].body
    assert "已经递交的投标仍然有效" in said[email(bidder)].body
    assert "已经递交的投标仍然有效" not in said[email(preparing)].body
    inboxes = Message.objects.filter(topic=Topic.CHANGE).values_list("person__email", flat=True)
    assert set(inboxes) == {email(bidder), email(preparing)}

    asked = enquiries.ask(tender, question="可以付工资吗？", by=bidder, at=at + MINUTE)
    enquiries.answer(asked, text="可以。", by=who.drafter, at=at + 2 * MINUTE)
    told = heard(tender, NoticeKind.CLARIFICATION, at + 2 * MINUTE)
    assert told == {email(bidder), email(preparing)}

    tenders.cancel(tender, reason="预算调整，本年度不再采购。", by=who.approver, at=at + 3 * MINUTE)
    told = heard(tender, NoticeKind.CANCELLATION, at + 3 * MINUTE)
    assert told == {email(bidder), email(preparing)}
    mailoutbox.clear()
    letters.send(at=at + 3 * MINUTE)
    said = {mail.to[0]: mail for mail in mailoutbox}
    assert {mail.subject for mail in said.values()} == {"终止公告"}  # the answer is of no use now
    assert "准备投标的" in said[email(preparing)].body
    assert "投过标的" in said[email(bidder)].body


def test_who_took_the_bid_back_is_not_told_that_it_stands(mailoutbox: list[EmailMessage]) -> None:
    who = build.cast(1)
    tender = build.published(who)
    [by] = who.signatories()
    at = build.TENDER_DAY + timedelta(days=1)
    build.bid(tender, by, at=at)
    bids.withdraw(tender, by=by, at=at + MINUTE)
    build.amended(who, tender, at + 2 * MINUTE)
    letters.collect(at=at + 2 * MINUTE)
    letters.send(at=at + 2 * MINUTE)
    assert [mail for mail in mailoutbox if "仍然有效" in mail.body] == []


def test_more_time_for_promised_files_is_told_to_whose_file_is_awaited(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(3)
    tender = build.published(who)
    *full, slow = who.signatories()
    for by in full:
        build.bid(tender, by, at=EVE)
    bids.promise(
        tender, fingerprint="ab" * 32, size=9000, request_key=uuid4(), by=slow, at=EVE + MINUTE
    )
    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=build.OPENING)
    letters.collect(at=build.OPENING)
    letters.send(at=build.OPENING)
    mailoutbox.clear()

    end = build.DEADLINE + sealed.DELIVERY
    began, ended = end - 10 * MINUTE, end + MINUTE
    outage = Outage.objects.create(
        began_at=began, ended_at=ended, portal_began_at=began, portal_ended_at=ended
    )
    at = end + 2 * MINUTE
    tender = bids.extend_delivery(tender, outage=outage, by=SYSTEM, at=at)
    assert heard(tender, NoticeKind.CEREMONY, at) == {email(slow)}
    letters.send(at=at)
    [mail] = mailoutbox
    assert mail.subject == "补交密封文件的期限延后了"
    assert tender.delivery_until is not None
    assert f"请在 {moment(tender.delivery_until, 'year')} 以前交来" in mail.body

    late = Tender.objects.get(pk=tender.pk).delivery_until
    assert late is not None
    letter = BidLetter.objects.get(entry_index__isnull=False, person__email=email(slow), sent_at=at)
    assert bidders.compose(letter, late) is not None
    assert bidders.compose(letter, late + MINUTE) is None  # nobody can bring it any more

    over = tender.delivery_until + waiting.GRACE + MINUTE
    bids.end_delivery(tender, by=SYSTEM, at=over)
    assert heard(tender, NoticeKind.CEREMONY, over) == set()
