"""The inbox: what one was told, once each, the newest first; opening marks it read."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.accounts import actions as accounts
from organizations.accounts.models import User
from organizations.roles import Actor, Role
from procurement import clock
from procurement.bids import actions as bids
from procurement.notifications import actions as notifications
from procurement.notifications.models import Message, Topic
from procurement.obligations.models import Obligation
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
INBOX, OPEN = reverse("own:inbox"), reverse("own:inbox-open")
EVE = build.DEADLINE - timedelta(days=1)


def fill(reader: User, number: int) -> list[Message]:
    return Message.objects.bulk_create(
        Message(
            person=reader,
            topic=Topic.WATCH,
            key=f"entry-{reader.pk}{each}",
            title=f"第 {each} 条消息",
            path="/tenders/",
            noted_at=build.START + timedelta(minutes=each),
        )
        for each in range(number)
    )


def begin(tender: Tender, by: Actor) -> None:
    """Begin a bid and leave it there."""
    at = build.TENDER_DAY + timedelta(days=1)
    bids.prepare(tender, changes={"proposal": "每月随访一次。"}, by=by, at=at)


def test_the_newest_comes_first_and_unread_is_said_in_words(reader: User, browser: Client) -> None:
    assert "还没有消息" in browser.get(INBOX).content.decode()
    fill(reader, 2)
    page = browser.get(INBOX).content.decode()
    assert page.index("第 1 条消息") < page.index("第 0 条消息")
    assert page.count("未读") == 2
    assert "2 条没有打开。" in page
    assert "2 条未读" in browser.get(reverse("account:home")).content.decode()


def test_opening_leads_to_the_page_and_marks_only_this_one_read(
    reader: User, browser: Client
) -> None:
    first, second = fill(reader, 2)
    answer = browser.post(OPEN, {"message": first.pk})
    assert answer.headers["Location"] == "/tenders/"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.read_at is None, second.read_at is None) == (False, True)
    browser.post(OPEN, {"message": "all"})
    assert not Message.objects.filter(read_at=None).exists()
    assert "全部打开过。" in browser.get(INBOX).content.decode()


def test_the_inbox_of_another_is_closed(browser: Client) -> None:
    [other] = fill(people.user(), 1)
    for number in (other.pk, "x", "", "9" * 30):
        assert browser.post(OPEN, {"message": number}).status_code == 404
    browser.post(OPEN, {"message": "all"})
    assert "第 0 条消息" not in browser.get(INBOX).content.decode()
    assert Message.objects.filter(read_at=None).count() == 1


def test_the_inbox_takes_the_same_queries_for_one_and_for_thirty_and_has_pages(
    reader: User, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(reader, 1)
    browser.get(INBOX)
    with CaptureQueriesContext(connection) as queries:
        browser.get(INBOX)
    Message.objects.all().delete()
    fill(reader, 30)
    with django_assert_num_queries(len(queries)):
        page = browser.get(INBOX).content.decode()
    assert page.count('name="message" value="') == 26  # 25 of them and the button for all
    earlier = page[: page.index('" rel="next"')].rpartition('href="')[2]
    assert browser.get(INBOX + earlier.replace("&amp;", "&")).content.decode().count("未读") == 5


def test_a_bidder_finds_call_receipt_register_and_opening_each_once() -> None:
    who = build.cast(3)
    [first, *_others] = who.signatories()
    tender = build.published(who)
    notifications.collect(at=build.TENDER_DAY + timedelta(hours=2))
    build.opened(who, tender)
    for _run in range(2):
        notifications.send_to_bidders(at=build.OPENING)
        notifications.collect(at=build.OPENING)
    told = Message.objects.filter(person_id=first.user_id).order_by("pk")
    assert sorted(told.values_list("topic", flat=True)) == sorted(
        [Topic.CALL, Topic.RECEIPT, Topic.REGISTER, Topic.OPENING]
    )


def test_who_is_written_to_about_duties_finds_them_in_the_inbox() -> None:
    who = build.cast(3)
    build.evaluated(who, build.opened(who, build.published(who)))
    due = Obligation.objects.get(event="award.decided").due_at
    assert due is not None
    for _run in range(2):
        clock.remind(at=due - timedelta(hours=2))
    messages = Message.objects.filter(topic=Topic.DUTY)
    assert set(messages.values_list("person", flat=True)) == {
        who.drafter.user_id,
        who.approver.user_id,
    }
    assert messages.count() == 2


def test_who_began_a_bid_is_reminded_once_two_days_before_and_not_who_sent_one(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(2)
    tender = build.published(who)
    begun, sent = who.signatories()
    begin(tender, begun)
    build.bid(tender, sent)
    notifications.send_to_bidders(at=EVE - timedelta(days=2))
    notifications.collect(at=EVE - timedelta(days=2))
    mailoutbox.clear()
    for _run in range(2):
        notifications.collect(at=EVE)
        notifications.send_to_bidders(at=EVE)
    reminders = [mail for mail in mailoutbox if "还没有递交" in mail.subject]
    assert [mail.to for mail in reminders] == [[people.person(begun).email]]
    assert tender.title in reminders[0].body
    assert f"/cso/tenders/{tender.ocid}/bid/" in reminders[0].body
    assert Message.objects.filter(topic=Topic.REMINDER).count() == 1


def test_who_sends_the_bid_before_the_reminder_leaves_gets_none(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(1)
    tender = build.published(who)
    [by] = who.signatories()
    begin(tender, by)
    notifications.collect(at=EVE)
    build.bid(tender, by, at=EVE)
    notifications.send_to_bidders(at=EVE)
    assert [mail.subject for mail in mailoutbox if "还没有递交" in mail.subject] == []


def test_who_withdrew_a_bid_is_not_told_that_it_was_never_sent(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(1)
    tender = build.published(who)
    [by] = who.signatories()
    build.bid(tender, by)
    bids.withdraw(tender, by=by, at=EVE - timedelta(days=1))
    notifications.collect(at=EVE)
    notifications.send_to_bidders(at=EVE)
    assert [mail.subject for mail in mailoutbox if "还没有递交" in mail.subject] == []
    assert not Message.objects.filter(topic=Topic.REMINDER).exists()


def test_who_began_bids_for_two_organizations_is_reminded_of_each(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(2)
    tender = build.published(who)
    first, other = who.signatories()
    person = people.person(first)
    accounts.grant(
        user=person,
        organization=who.csos[1].organization,
        role=Role.CSO_MEMBER,
        by=other,
        at=build.START,
    )
    for by in (first, other):
        begin(tender, by)
    notifications.collect(at=EVE - timedelta(days=2))
    notifications.send(at=EVE - timedelta(days=2))
    mailoutbox.clear()
    for _run in range(2):
        notifications.collect(at=EVE)
        notifications.send_to_bidders(at=EVE)
    to = [mail.to[0] for mail in mailoutbox if "还没有递交" in mail.subject]
    assert sorted(to) == sorted([person.email] * 2 + [people.person(other).email])


def test_every_bidder_hears_of_the_outcome(mailoutbox: list[EmailMessage]) -> None:
    who = build.cast(3)
    tender = build.published(who)
    build.awarded(who, build.evaluated(who, build.opened(who, tender)))
    notifications.collect(at=build.DECISION)
    notifications.send_to_bidders(at=build.DECISION)
    told = [mail for mail in mailoutbox if mail.subject == f"结果公告：{tender.title}"]
    bidders = [people.person(by).email for by in who.signatories()]
    assert sorted(mail.to[0] for mail in told) == sorted(bidders)
    assert "看结果和理由" in told[0].body
