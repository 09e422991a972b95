"""Every kind of thing that leaves is found, in every state; none tells what is not to be told."""

from datetime import timedelta

import pytest

from organizations.accounts.models import User
from organizations.roles import Actor
from procurement.notifications import actions as notifications
from procurement.notifications.models import Topic
from procurement.notifications.parts import Contact, ShortLetter
from procurement.post import queries as log
from procurement.post.kinds import ROWS, Kind
from procurement.post.queries import State
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from procurement.watches import actions as watches
from procurement.watches.models import Kind as Watched
from procurement.watches.models import Pace, WatchLetter
from procurement.watches.parts import HookLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.post import one_of_each
from tests.procurement.post.one_of_each import AT

pytestmark = pytest.mark.django_db
DAY = AT.astimezone(SHANGHAI).date()


@pytest.fixture
def call() -> Tender:
    """A call that is out, and not opened."""
    return one_of_each.call()


@pytest.fixture
def opened(call: Tender) -> Tender:
    """The same call, opened since."""
    Tender.objects.filter(pk=call.pk).update(opened_at=build.OPENING)
    call.refresh_from_db()
    return call


def test_there_is_one_row_a_kind() -> None:
    assert set(ROWS) == set(Kind)


def test_each_kind_is_found_in_each_state_and_in_no_other(opened: Tender) -> None:
    for kind in Kind:
        [letter] = one_of_each.make(kind, opened)
        for state in State:
            one_of_each.went(letter, state)
            letter.refresh_from_db()
            found = [each for each in State if log.search(kind, state=each.value).exists()]
            assert (kind, found, log.state_of(letter)) == (kind, [state], state)


def test_each_kind_is_found_by_its_day(opened: Tender) -> None:
    for kind in Kind:
        one_of_each.make(kind, opened)
        assert log.search(kind, day=DAY).count() == 1
        assert log.search(kind, day=DAY - timedelta(days=1)).count() == 0


def test_what_is_about_a_procurement_is_found_by_its_number_and_title(opened: Tender) -> None:
    for kind in Kind:
        one_of_each.make(kind, opened)
        is_about_it = kind is not Kind.HEAD  # a head is about the whole log
        assert log.search(kind, subject=opened.ocid).count() == is_about_it
        assert log.search(kind, subject=opened.title[:4]).count() == is_about_it
        assert log.search(kind, subject="宇宙").count() == 0


def test_each_kind_says_what_it_is_about_and_nothing_of_its_reader(opened: Tender) -> None:
    notice = f"/notices/{one_of_each.entry(opened).release_id}/"
    procurement = f"/tenders/{opened.ocid}/"
    told = {}
    for kind in Kind:
        found = one_of_each.make(kind, opened)
        [told[kind]] = log.about(kind, found)
    assert {kind: each.path for kind, each in told.items()} == {
        Kind.CALL: procurement,
        Kind.BID: procurement,
        Kind.WATCH: notice,
        Kind.SMS: notice,
        Kind.WECHAT: notice,
        Kind.HOOK: notice,
        Kind.HEAD: "",
    }
    assert {str(told[kind].text) for kind in set(Kind) - {Kind.HEAD}} == {opened.title}
    watch = HookLetter.objects.get().hook.watch_id
    assert told[Kind.HOOK].detail == f"关注 {watch} 的推送"


def test_before_the_opening_nothing_tells_who_bids_or_how_many_look(call: Tender) -> None:
    secret = (Kind.BID, Kind.WATCH, Kind.SMS, Kind.WECHAT, Kind.HOOK)
    for kind in secret:
        one_of_each.make(kind, call)
    assert [log.tellable(kind).count() for kind in secret] == [0] * 5
    assert [log.search(kind, subject=call.ocid).count() for kind in secret] == [0] * 5
    assert [log.due(AT).numbers[kind] for kind in secret] == [0] * 5
    assert log.due(AT).subjects == []
    Tender.objects.filter(pk=call.pk).update(opened_at=build.OPENING)
    # beside each of the two short letters there is one by mail
    assert [log.tellable(kind).count() for kind in secret] == [1, 3, 1, 1, 1]


def test_a_digest_with_a_call_that_is_not_opened_is_told_once_it_is(call: Tender) -> None:
    one_of_each.make(Kind.WATCH, call)
    WatchLetter.objects.update(pace=Pace.DAILY, period="daily-2026-04-08")
    ShortLetter.objects.update(key="daily-2026-04-08")
    assert [log.tellable(kind).count() for kind in (Kind.WATCH, Kind.SMS)] == [0, 0]
    Tender.objects.filter(pk=call.pk).update(opened_at=build.OPENING)
    [digest] = log.search(Kind.WATCH)
    [about] = log.about(Kind.WATCH, [digest])
    assert (str(about.text), about.path) == ("每天早上八点，一封汇总", "")
    assert about.detail == "2026-04-08"
    assert log.search(Kind.WATCH, subject=call.ocid).count() == 1


def test_a_trial_post_is_told_at_any_time(call: Tender) -> None:
    one_of_each.make(Kind.HOOK, call)
    HookLetter.objects.update(entry_index=None)
    [trial] = log.search(Kind.HOOK)
    assert str(log.about(Kind.HOOK, [trial])[0].text) == "试推送"


def test_what_was_planned_and_not_called_is_told() -> None:
    """Nobody can bid yet: that people look at a plan tells of no bid."""
    who = build.cast(1)
    person: User = people.user()
    by = Actor(user_id=person.pk, organization_id=None)
    before = build.START - timedelta(days=1)
    watches.watch(Watched.SEARCH, "status=planned", pace=Pace.AT_ONCE, by=by, at=before)
    Contact.objects.create(
        person=person, channel="sms", sealed=b"", code_sent_at=AT, confirmed_at=AT
    )
    build.planning_notice(who)
    later = build.START + timedelta(days=1)
    notifications.collect(at=later)
    watches.collect(at=later)
    assert log.search(Kind.WATCH).count() == 1
    [line] = log.search(Kind.SMS)
    assert ShortLetter.objects.get().topic == Topic.WATCH
    assert log.about(Kind.SMS, [line])[0].detail == Topic.WATCH.label


def test_a_post_to_an_address_that_went_off_is_given_up_and_one_that_is_gone_is_refused(
    opened: Tender,
) -> None:
    [post] = one_of_each.make(Kind.HOOK, opened)
    for error, state in (
        ("SwitchedOff timeout", State.GIVEN_UP),
        ("SwitchedOff", State.GIVEN_UP),
        ("Permanent http-410", State.BOUNCED),
    ):
        HookLetter.objects.update(attempts=3, error=error, failed_at=AT)
        post.refresh_from_db()
        assert log.state_of(post) is state
        assert log.search(Kind.HOOK, state=state.value).count() == 1
