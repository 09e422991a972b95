"""Short letters: of calls and watches, never of bids; once, by day, in one part, retried."""

from datetime import datetime, timedelta

import pytest
from django.db.models import QuerySet

from organizations.accounts.models import User
from organizations.roles import Actor
from procurement.notifications import actions as notifications
from procurement.notifications import contacts, outbox, short
from procurement.notifications.channels.interface import Channel, Permanent, Temporary
from procurement.notifications.models import Delivery, Reader, Topic
from procurement.notifications.parts import Contact, ShortLetter, by_day
from procurement.post import actions as post
from procurement.post import queries as ledger
from procurement.post.kinds import Kind as LetterKind
from procurement.post.queries import State
from procurement.rules import SHANGHAI
from procurement.watches import actions as watches
from procurement.watches.models import Kind, Pace, Watch, WatchLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.notifications.providers import Provider, plug

pytestmark = pytest.mark.django_db

BEFORE = build.START - timedelta(days=1)
SOON = build.TENDER_DAY + timedelta(hours=2)
NEXT_EIGHT = datetime(2026, 4, 8, 8, 0, tzinfo=SHANGHAI)
NUMBER = "13800138000"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    return plug(monkeypatch)


@pytest.fixture
def who() -> Cast:
    return build.cast(1)


def reachable(by: Actor, provider: Provider, channel: Channel = Channel.SMS) -> None:
    """Confirm a number of this person."""
    typed = NUMBER if channel is Channel.SMS else "oABC_1234567890-xyz"
    contacts.ask(channel, typed, by=by, at=BEFORE)
    contacts.confirm(channel, provider.code(), by=by, at=BEFORE)
    provider.notes.clear()


def watcher(provider: Provider, pace: Pace = Pace.AT_ONCE) -> Actor:
    by = Actor(user_id=people.user().pk, organization_id=None)
    watches.watch(Kind.SEARCH, "", pace=pace, by=by, at=BEFORE)
    reachable(by, provider)
    return by


def hear(at: datetime) -> None:
    notifications.collect(at=at)
    watches.collect(at=at)


def waiting() -> QuerySet[ShortLetter]:
    return ShortLetter.objects.filter(sent_at=None, failed_at=None)


def test_a_new_call_is_told_in_one_part_with_one_link(provider: Provider, who: Cast) -> None:
    [by] = who.signatories()
    reachable(by, provider)
    tender = build.published(who)
    hear(SOON)
    assert short.send(at=SOON) == 1
    [note] = provider.notes
    letter = ShortLetter.objects.get()
    link = f"http://127.0.0.1:8000/n/{letter.slug}/"
    assert note.to == f"+86{NUMBER}"
    assert note.text.startswith(f"【练习】采购公告：{tender.title[:6]}")
    assert note.text.endswith(f"。查看或停收：{link}")
    assert len(note.text) <= short.PART
    assert (note.title, note.link, note.key) == (tender.title, link, letter.token.hex)
    assert letter.reference == "ref-1"
    assert Delivery.objects.filter(person_id=by.person_id).count() == 1  # beside the mail


def test_a_long_title_is_cut_and_a_long_link_leaves_some_of_it() -> None:
    letter = ShortLetter(notice="tender", title="宣" * 200)
    cut = short.text(letter, "https://portal.example/n/AbCd1234/")
    assert len(cut) == short.PART
    assert "宣…。查看或停收：" in cut
    assert f"{'宣' * 7}…" in short.text(letter, f"https://{'a' * 80}.example/n/AbCd1234/")


def test_a_watch_tells_at_once_and_a_digest_says_how_many(provider: Provider, who: Cast) -> None:
    watcher(provider)
    watcher(provider, Pace.DAILY)
    both = [build.published(who), build.published(who)]
    hear(SOON)
    assert short.send(at=SOON) == 2
    assert {note.title for note in provider.notes} == {tender.title for tender in both}
    provider.notes.clear()
    hear(NEXT_EIGHT)
    assert short.send(at=NEXT_EIGHT) == 1
    assert "您关注的 2 条新消息。查看或停收：" in provider.notes[0].text


def test_by_sms_and_by_wechat_each_once(provider: Provider, who: Cast) -> None:
    by = watcher(provider)
    reachable_at = BEFORE + timedelta(minutes=2)
    contacts.ask(Channel.WECHAT, "oABC_1234567890-xyz", by=by, at=reachable_at)
    contacts.confirm(Channel.WECHAT, provider.code(), by=by, at=reachable_at)
    provider.notes.clear()
    build.published(who)
    hear(SOON)
    assert short.send(at=SOON) == 2
    assert sorted(note.channel for note in provider.notes) == ["sms", "wechat"]


def test_who_confirmed_nothing_gets_nothing(provider: Provider, who: Cast) -> None:
    by = Actor(user_id=people.user().pk, organization_id=None)
    watches.watch(Kind.SEARCH, "", pace=Pace.AT_ONCE, by=by, at=BEFORE)
    contacts.ask(Channel.SMS, NUMBER, by=by, at=BEFORE)
    build.published(who)
    hear(SOON)
    assert not ShortLetter.objects.exists()


def test_neither_an_invitation_nor_anything_of_a_bid_leaves_by_a_provider(
    provider: Provider,
) -> None:
    who = build.cast(6)
    for number, by in enumerate(who.signatories()):
        contacts.ask(Channel.SMS, f"1380013800{number}", by=by, at=BEFORE)
        contacts.confirm(Channel.SMS, provider.code(), by=by, at=BEFORE)
    invited = build.published(who, "invited")
    hear(SOON)
    assert Delivery.objects.filter(tender=invited).exists()
    assert not ShortLetter.objects.exists()
    tender = build.published(who)
    for by in who.signatories():
        build.bid(tender, by, at=SOON)
    hear(SOON)
    notifications.send(at=SOON)
    assert set(ShortLetter.objects.values_list("topic", "tender")) == {(Topic.CALL, tender.pk)}


def test_no_telephone_rings_at_night() -> None:
    for hour, due in (
        (7, (8, 8)),
        (8, (8, 8)),
        (12, (8, 12)),
        (20, (8, 20)),
        (21, (9, 8)),
        (23, (9, 8)),
    ):
        at = datetime(2026, 4, 8, hour, 0, tzinfo=SHANGHAI)
        assert by_day(at) == datetime(2026, 4, due[0], due[1], 0, tzinfo=SHANGHAI)


def test_the_same_event_twice_is_one_short_letter(provider: Provider, who: Cast) -> None:
    watcher(provider)
    build.published(who)
    hear(SOON)
    assert short.send(at=SOON) == 1
    Reader.objects.update(next_index=0)
    hear(SOON + timedelta(minutes=1))
    assert short.send(at=SOON + timedelta(minutes=1)) == 0
    assert len(provider.notes) == 1


def test_killed_between_sending_and_recording_sends_once_more_under_the_same_key(
    provider: Provider, who: Cast
) -> None:
    watcher(provider)
    build.published(who)
    hear(SOON)
    provider.trouble, provider.takes_it = KeyboardInterrupt(), True
    with pytest.raises(KeyboardInterrupt):
        short.send(at=SOON)
    provider.trouble = None
    assert short.send(at=SOON) == 0  # still taken
    assert short.send(at=SOON + outbox.LEASE) == 1
    assert short.send(at=SOON + 2 * outbox.LEASE) == 0
    assert [note.key for note in provider.notes] == [ShortLetter.objects.get().token.hex] * 2


def test_a_provider_that_is_away_for_an_hour_loses_nothing_and_doubles_nothing(
    provider: Provider, who: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(7):
        by = Actor(user_id=people.user().pk, organization_id=None)
        watches.watch(Kind.SEARCH, "", pace=Pace.AT_ONCE, by=by, at=BEFORE)
        contacts.ask(Channel.SMS, f"1380013800{number}", by=by, at=BEFORE)
        contacts.confirm(Channel.SMS, provider.code(), by=by, at=BEFORE)
    provider.notes.clear()
    build.published(who)
    hear(SOON)
    provider.trouble = Temporary("busy")
    for minutes in range(60):
        assert short.send(at=SOON + timedelta(minutes=minutes)) == 0
    provider.trouble = None
    assert sum(short.send(at=SOON + timedelta(minutes=m)) for m in range(60, 240, 5)) == 7
    assert len({note.to for note in provider.notes}) == len(provider.notes) == 7
    assert "Temporary busy" in caplog.text
    assert "1380013800" not in caplog.text


def test_a_number_that_never_answers_is_given_up_and_said_so_in_the_log(
    provider: Provider, who: Cast
) -> None:
    [by] = who.signatories()
    reachable(by, provider)
    tender = build.published(who)
    hear(SOON)
    provider.trouble = Permanent("isv.MOBILE_NUMBER_ILLEGAL")
    assert short.send(at=SOON) == 0
    [letter] = ledger.search(LetterKind.SMS, state=State.BOUNCED.value, subject=tender.ocid)
    assert letter.error == "Permanent isv.MOBILE_NUMBER_ILLEGAL"
    assert ledger.state_of(letter) is State.BOUNCED
    assert not ledger.search(LetterKind.WECHAT).exists()
    provider.trouble = None
    assert post.resume(LetterKind.SMS, by=post.OPERATOR, at=SOON).again == 1
    assert short.send(at=SOON) == 1


def test_the_log_and_a_dry_run_tell_of_calls_and_not_who_watches(
    provider: Provider, who: Cast
) -> None:
    [by] = who.signatories()
    reachable(by, provider)
    watcher(provider)
    build.published(who)
    hear(SOON)
    assert waiting().count() == 2
    assert ledger.search(LetterKind.SMS).count() == 1
    seen = post.look(by=post.OPERATOR, at=SOON)
    assert seen.numbers[LetterKind.SMS] == 1
    assert NUMBER not in "".join(seen.subjects)
    assert "/n/" not in "".join(seen.subjects)  # who has the link can stop its reader's letters


def test_what_is_no_more_wanted_is_not_sent(provider: Provider, who: Cast) -> None:
    [by] = who.signatories()
    reachable(by, provider)
    other = watcher(provider)
    build.published(who)
    hear(SOON)
    notifications.stop(Delivery.objects.get(), at=SOON)
    watches.unwatch(Watch.objects.get(person_id=other.person_id), by=other)
    assert short.send(at=SOON) == 0
    assert provider.notes == []


def test_a_letter_of_a_watch_that_was_stopped_by_its_link_is_dropped(
    provider: Provider, who: Cast
) -> None:
    watcher(provider)
    build.published(who)
    hear(SOON)
    watches.stop(WatchLetter.objects.get())
    assert not waiting().exists()


def test_stopping_erases_the_number_and_what_waits(provider: Provider, who: Cast) -> None:
    by = watcher(provider)
    build.published(who)
    hear(SOON)
    contacts.forget(Channel.SMS, by=by)
    assert not Contact.objects.exists()
    assert not waiting().exists()
    build.published(who)
    hear(SOON + timedelta(minutes=1))
    assert not waiting().exists()


def test_who_reads_english_is_told_in_english(provider: Provider, who: Cast) -> None:
    by = watcher(provider)
    User.objects.filter(pk=by.person_id).update(preferred_language="en")
    build.published(who)
    hear(SOON)
    short.send(at=SOON)
    assert "Tender notice: " in provider.notes[0].text


def test_topics_of_short_letters(provider: Provider, who: Cast) -> None:
    [by] = who.signatories()
    reachable(by, provider)
    watches.watch(Kind.SEARCH, "", pace=Pace.AT_ONCE, by=by, at=BEFORE)
    build.published(who)
    hear(SOON)
    assert [letter.topic for letter in ShortLetter.objects.all()] == [Topic.CALL]
