"""What watchers hear, when, and once: at once or in digests, found by thing or by search."""

from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.accounts.models import User
from organizations.roles import Actor
from procurement.notifications import actions as notifications
from procurement.notifications import bidders, outbox
from procurement.notifications.models import Delivery, Message, Reader, Topic
from procurement.ocds import fragments
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.watches import actions as watches
from procurement.watches import digests
from procurement.watches.models import Kind, News, Pace, Watch, WatchLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db

BEFORE = build.START - timedelta(days=1)
SOON = build.TENDER_DAY + timedelta(hours=2)
NEXT_EIGHT = datetime(2026, 4, 8, 8, 0, tzinfo=SHANGHAI)  # a Wednesday
MONDAY_EIGHT = datetime(2026, 4, 13, 8, 0, tzinfo=SHANGHAI)


@pytest.fixture
def who() -> Cast:
    return build.cast(1)


def watcher(kind: Kind, subject: str, pace: Pace = Pace.AT_ONCE) -> Actor:
    """Somebody with an account alone, who watches a thing from before anything was published."""
    by = Actor(user_id=people.user().pk, organization_id=None)
    watches.watch(kind, subject, pace=pace, by=by, at=BEFORE)
    return by


def tell(at: datetime) -> int:
    """Do what a worker does; return how many letters about watches went out."""
    notifications.collect(at=at)
    watches.collect(at=at)
    return watches.send(at=at)


def address(by: Actor) -> str:
    return people.person(by).email


def fail(*_args: object, **_options: object) -> int:
    raise SMTPServerDisconnected


def test_a_search_tells_of_each_new_call_that_the_list_would_show(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    found = watcher(Kind.SEARCH, "q=随访&status=open")
    every = watcher(Kind.SEARCH, "")
    watcher(Kind.SEARCH, "q=没有这个词")
    watcher(Kind.SEARCH, "status=planned&q=没有这个词")
    tender = build.published(who)

    assert tell(SOON) == 2

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([address(found), address(every)])
    mail = next(mail for mail in mailoutbox if mail.to == [address(found)])
    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)
    assert mail.subject == f"采购公告：{tender.title}"
    assert f"/notices/{entry.release_id}/" in mail.body
    assert "投标截止：2026年4月28日（星期二）17:00" in mail.body
    assert "符合您保存的搜索：“随访” · 正在接受投标" in mail.body
    assert tell(SOON + timedelta(minutes=1)) == 0


def test_a_search_for_what_is_planned_tells_of_intentions_and_no_other_does(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    planned = watcher(Kind.SEARCH, "status=planned")
    watcher(Kind.SEARCH, "q=随访")
    build.planning_notice(who)
    tell(build.START + timedelta(hours=1))
    assert [mail.to for mail in mailoutbox] == [[address(planned)]]
    assert mailoutbox[0].subject.startswith("采购意向：")


def test_a_procurement_tells_of_what_happens_to_it_but_not_of_every_proof(
    mailoutbox: list[EmailMessage],
) -> None:
    who = build.cast(3)
    tender = build.published(who)
    by = watcher(Kind.TENDER, tender.ocid)
    other = build.published(who)
    build.evaluated(who, build.opened(who, tender))
    tenders.cancel(other, reason="预算被收回。", by=who.approver, at=SOON)
    tell(build.JUDGING)
    told = Entry.objects.filter(pk__in=News.objects.values("entry_index"))
    assert {entry.ocid for entry in told} == {tender.ocid}
    assert set(told.values_list("kind", flat=True)) == {NoticeKind.OPENING}
    assert address(by) in {mail.to[0] for mail in mailoutbox}


def test_an_agency_tells_of_its_calls(who: Cast, mailoutbox: list[EmailMessage]) -> None:
    by = watcher(Kind.AGENCY, fragments.party_id(who.agency))
    build.published(who)
    tell(SOON)
    assert [mail.subject.split("：")[0] for mail in mailoutbox] == ["采购公告"]
    assert {mail.to[0] for mail in mailoutbox} == {address(by)}


def test_several_watches_tell_a_person_once_and_the_soonest_wins(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    by = watcher(Kind.SEARCH, "q=随访", Pace.WEEKLY)
    for kind, subject, pace in (
        (Kind.SEARCH, "", Pace.AT_ONCE),
        (Kind.AGENCY, fragments.party_id(who.agency), Pace.DAILY),
    ):
        watches.watch(kind, subject, pace=pace, by=by, at=BEFORE)
    tender = build.published(who)
    tell(SOON)
    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)
    news = News.objects.get(entry_index=entry.index)
    assert news.watch is not None
    assert (news.watch.subject, news.pace) == ("", Pace.AT_ONCE)
    assert [mail.subject for mail in mailoutbox] == [f"采购公告：{tender.title}"]


def test_who_is_told_of_a_call_as_a_bidder_is_not_told_again_by_a_watch(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    [by] = who.signatories()
    watches.watch(Kind.SEARCH, "", pace=Pace.AT_ONCE, by=by, at=BEFORE)
    tender = build.published(who)
    assert tell(SOON) == 0
    assert Delivery.objects.filter(tender=tender, person_id=by.user_id).count() == 1
    [message] = Message.objects.filter(person_id=by.user_id)
    assert message.topic == Topic.CALL
    assert mailoutbox == []


def test_what_was_published_before_a_watch_began_is_no_news(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    watcher(Kind.SEARCH, "")  # somebody listens, so the log is read from here on
    tender = build.published(who)
    late = Actor(user_id=people.user().pk, organization_id=None)
    watches.watch(Kind.TENDER, tender.ocid, pace=Pace.AT_ONCE, by=late, at=SOON)
    tell(SOON)
    assert address(late) not in {mail.to[0] for mail in mailoutbox}


def test_a_history_told_long_after_writes_to_nobody(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    watcher(Kind.SEARCH, "")
    build.published(who)
    tell(SOON + bidders.TOO_LATE)
    assert mailoutbox == []
    assert Reader.objects.get(name=watches.READER).next_index == Entry.objects.count()


def test_a_daily_digest_leaves_at_eight_with_everything_since_and_once(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    watcher(Kind.SEARCH, "", Pace.DAILY)
    first, second = build.published(who), build.published(who)
    assert tell(SOON) == 0
    assert tell(NEXT_EIGHT - timedelta(seconds=1)) == 0
    assert tell(NEXT_EIGHT) == 1
    assert tell(NEXT_EIGHT + timedelta(minutes=1)) == 0
    [mail] = mailoutbox
    assert mail.subject == "您关注的 2 条新消息"
    for tender in (first, second):
        entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)
        assert f"/notices/{entry.release_id}/" in mail.body
    assert tell(NEXT_EIGHT + timedelta(days=1)) == 0  # nothing new: no empty digest
    assert WatchLetter.objects.count() == 1


def test_what_comes_after_eight_waits_for_the_next_day(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    watcher(Kind.SEARCH, "", Pace.DAILY)
    build.published(who)
    tell(SOON)
    tell(NEXT_EIGHT)
    build.published(who, at=NEXT_EIGHT + timedelta(hours=1))
    assert tell(NEXT_EIGHT + timedelta(hours=2)) == 0
    assert tell(NEXT_EIGHT + timedelta(days=1)) == 1
    assert [mail.subject for mail in mailoutbox] == ["您关注的 1 条新消息"] * 2


def test_a_weekly_digest_leaves_on_monday(who: Cast, mailoutbox: list[EmailMessage]) -> None:
    watcher(Kind.SEARCH, "", Pace.WEEKLY)
    build.published(who)
    tell(SOON)
    assert tell(MONDAY_EIGHT - timedelta(minutes=1)) == 0
    assert tell(MONDAY_EIGHT + timedelta(days=2)) == 1  # nobody worked for two days
    assert "过去一周" in mailoutbox[0].body


@pytest.mark.parametrize(
    ("pace", "at", "due"),
    [
        (Pace.DAILY, datetime(2026, 4, 8, 7, 59, tzinfo=SHANGHAI), (2026, 4, 7)),
        (Pace.DAILY, datetime(2026, 4, 8, 8, 0, tzinfo=SHANGHAI), (2026, 4, 8)),
        (Pace.WEEKLY, datetime(2026, 4, 13, 7, 59, tzinfo=SHANGHAI), (2026, 4, 6)),
        (Pace.WEEKLY, datetime(2026, 4, 13, 8, 0, tzinfo=SHANGHAI), (2026, 4, 13)),
        (Pace.WEEKLY, datetime(2026, 4, 19, 23, 0, tzinfo=SHANGHAI), (2026, 4, 13)),
    ],
)
def test_digests_fall_due_at_eight_in_shanghai(
    pace: Pace, at: datetime, due: tuple[int, int, int]
) -> None:
    assert digests.latest(pace, at) == datetime(*due, digests.HOUR, tzinfo=SHANGHAI)


def test_who_changes_to_at_once_gets_what_was_waiting(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    by = watcher(Kind.SEARCH, "", Pace.WEEKLY)
    build.published(who)
    assert tell(SOON) == 0
    watches.change(Watch.objects.get(), pace=Pace.AT_ONCE, by=by)
    assert tell(SOON + timedelta(minutes=1)) == 1


def test_a_watch_that_ended_tells_no_more_even_of_what_was_noted(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    by, other = watcher(Kind.SEARCH, ""), watcher(Kind.SEARCH, "", Pace.DAILY)
    build.published(who)
    notifications.collect(at=SOON)
    watches.collect(at=SOON)
    for each, whose in ((Watch.objects.get(person_id=p.user_id), p) for p in (by, other)):
        watches.unwatch(each, by=whose)
    assert tell(NEXT_EIGHT) == 0
    assert mailoutbox == []


def test_one_press_stops_without_signing_in_and_a_look_does_not(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    by = watcher(Kind.SEARCH, "q=随访")
    watches.watch(Kind.SEARCH, "q=别的", pace=Pace.DAILY, by=by, at=BEFORE)
    build.published(who)
    tell(SOON)
    page = reverse("letters:end", args=[WatchLetter.objects.get().token])
    [mail] = mailoutbox
    assert mail.extra_headers["List-Unsubscribe"].endswith(f"{page}>")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert page in mail.body
    browser = Client(enforce_csrf_checks=True)
    assert "不再关注这封信里的事？" in browser.get(page).content.decode()
    assert Watch.objects.count() == 2
    pressed = browser.post(page, {"List-Unsubscribe": "One-Click"})
    assert "已不再关注" in pressed.content.decode()
    assert [watch.subject for watch in Watch.objects.all()] == ["q=%E5%88%AB%E7%9A%84"]
    assert browser.post(page).status_code == 200


def test_who_reads_english_is_written_to_in_english(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    watcher(Kind.SEARCH, "")
    User.objects.update(preferred_language="en")
    build.published(who)
    tell(SOON)
    assert "28 April 2026" in mailoutbox[0].body


def test_a_closed_account_is_written_to_no_more(who: Cast, mailoutbox: list[EmailMessage]) -> None:
    by, late = watcher(Kind.SEARCH, ""), watcher(Kind.SEARCH, "")
    User.objects.filter(pk=by.person_id).update(is_active=False)
    build.published(who)
    notifications.collect(at=SOON)
    watches.collect(at=SOON)
    User.objects.filter(pk=late.person_id).update(is_active=False)
    assert watches.send(at=SOON) == 0
    assert mailoutbox == []


def test_hearing_costs_the_same_for_one_watcher_and_for_thirty(
    who: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    watcher(Kind.SEARCH, "q=随访")
    build.published(who)
    notifications.collect(at=SOON)
    with django_assert_num_queries(22):
        watches.collect(at=SOON)
    for _each in range(29):
        watcher(Kind.SEARCH, "q=随访")
    build.published(who)
    notifications.collect(at=SOON)
    with django_assert_num_queries(22):
        watches.collect(at=SOON)
    assert WatchLetter.objects.count() == 31


def test_a_look_that_finds_nothing_takes_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(3):
        assert watches.collect(at=SOON) == 0


def test_the_same_event_twice_is_one_letter(who: Cast, mailoutbox: list[EmailMessage]) -> None:
    watcher(Kind.SEARCH, "")
    build.published(who)
    assert tell(SOON) == 1
    Reader.objects.update(next_index=0)  # a reader that lost its place reads everything again
    assert tell(SOON + timedelta(minutes=1)) == 0
    assert len(mailoutbox) == News.objects.count() == WatchLetter.objects.count() == 1


def test_killed_between_sending_and_recording_sends_once_more_under_the_same_number(
    who: Cast, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    send = EmailMessage.send
    watcher(Kind.SEARCH, "")
    build.published(who)
    notifications.collect(at=SOON)
    watches.collect(at=SOON)

    def send_and_die(mail: EmailMessage) -> int:
        send(mail)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(EmailMessage, "send", send_and_die)
        with pytest.raises(KeyboardInterrupt):
            watches.send(at=SOON)
    assert watches.send(at=SOON) == 0  # still taken
    assert watches.send(at=SOON + outbox.LEASE) == 1
    assert watches.send(at=SOON + 2 * outbox.LEASE) == 0
    [letter] = WatchLetter.objects.all()
    numbers = [mail.extra_headers["Message-ID"] for mail in mailoutbox]
    assert numbers == [letter.message_id] * 2


def test_killed_while_hearing_begins_again_where_it_stood(
    who: Cast, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher(Kind.SEARCH, "")
    build.published(who)
    notifications.collect(at=SOON)
    place = Reader.objects.get(name=watches.READER).next_index

    def die(**_options: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(digests, "bundle", die)
        with pytest.raises(KeyboardInterrupt):
            watches.collect(at=SOON)
    assert not News.objects.exists()
    assert not Message.objects.filter(topic=Topic.WATCH).exists()
    assert Reader.objects.get(name=watches.READER).next_index == place
    assert tell(SOON) == 1


def test_a_mail_server_that_is_down_for_an_hour_loses_nothing_and_doubles_nothing(
    who: Cast,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    readers = [watcher(Kind.SEARCH, "") for _each in range(12)]
    build.published(who)
    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", fail)
        for minutes in range(0, 60, 1):
            assert tell(SOON + timedelta(minutes=minutes)) == 0
    sent = sum(tell(SOON + timedelta(hours=1, minutes=minutes)) for minutes in range(0, 180, 5))
    assert sent == len(mailoutbox) == len(readers)
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(map(address, readers))
    assert "was not sent: SMTPServerDisconnected" in caplog.text
    assert [each for each in map(address, readers) if each in caplog.text] == []
