"""Another chance for what was given up: once, for what is still wanted, by the operator alone."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command

from organizations.audit import AuditRow
from organizations.refusals import NotPermitted
from organizations.roles import SYSTEM, Actor, Role
from procurement.notifications.channels import posting
from procurement.notifications.channels.interface import Temporary
from procurement.notifications.models import Silence
from procurement.notifications.parts import ShortLetter
from procurement.post import actions as post
from procurement.post import queries as log
from procurement.post.actions import OPERATOR, Resumed
from procurement.post.kinds import Kind
from procurement.post.queries import State
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from procurement.watches import actions as watches
from procurement.watches import hooks
from procurement.watches.models import News, Watch
from procurement.watches.parts import Hook, HookLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.post import one_of_each
from tests.procurement.post.one_of_each import AT
from tests.procurement.watches.wires import ADDRESS, Wire

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(days=6)


@pytest.fixture
def opened() -> Tender:
    """A call that is out and opened."""
    call = one_of_each.call()
    Tender.objects.filter(pk=call.pk).update(opened_at=build.OPENING)
    call.refresh_from_db()
    return call


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    found = Wire()
    monkeypatch.setattr(posting, "post", found.post)
    monkeypatch.setattr(posting, "look_up", lambda _host, _port: "93.184.216.34")
    return found


def test_each_kind_is_resumed_once(opened: Tender) -> None:
    for kind in Kind:
        given_up, sent, dropped = one_of_each.make(kind, opened, 3)
        one_of_each.went(given_up, State.GIVEN_UP)
        one_of_each.went(sent, State.SENT)
        one_of_each.went(dropped, State.DROPPED)
        again = [post.resume(kind, by=OPERATOR, at=LATER) for _run in range(2)]
        assert (kind, again) == (kind, [Resumed(again=1, kept=0), Resumed(again=0, kept=0)])
        [waiting] = log.search(kind, state=State.WAITING.value)
        assert (waiting.pk, waiting.attempts, waiting.error) == (given_up.pk, 0, "")
    kept = AuditRow.objects.filter(kind="letters.resume").values_list("subject", flat=True)
    assert set(kept) == {f"letters:{kind.value}" for kind in Kind}


def test_nobody_but_the_operator_looks_or_resumes(opened: Tender) -> None:
    [letter] = one_of_each.make(Kind.CALL, opened)
    one_of_each.went(letter, State.GIVEN_UP)
    auditor = people.member(people.office(), Role.AUDITOR)[1]
    for by in (auditor, people.overseer(), SYSTEM, Actor(user_id=None, organization_id=None)):
        with pytest.raises(NotPermitted):
            post.resume(Kind.CALL, by=by, at=LATER)
        with pytest.raises(NotPermitted):
            post.look(by=by, at=LATER)
    assert log.search(Kind.CALL, state=State.GIVEN_UP.value).count() == 1
    assert not AuditRow.objects.filter(kind__startswith="letters.").exists()


def test_a_letter_of_a_watch_leaves_at_its_second_chance(
    opened: Tender, mailoutbox: list[EmailMessage]
) -> None:
    [letter] = one_of_each.make(Kind.WATCH, opened)
    one_of_each.went(letter, State.GIVEN_UP)
    assert post.resume(Kind.WATCH, by=OPERATOR, at=LATER).again == 1
    assert watches.send(at=LATER) == 1
    assert [mail.subject for mail in mailoutbox] == [f"采购公告：{opened.title}"]


def test_what_told_of_a_watch_that_ended_stays_given_up(opened: Tender) -> None:
    for kind in (Kind.WATCH, Kind.SMS):
        [letter] = one_of_each.make(kind, opened)
        one_of_each.went(letter, State.GIVEN_UP)
    News.objects.update(watch=None)
    Watch.objects.all().delete()
    for kind in (Kind.WATCH, Kind.SMS):
        assert post.resume(kind, by=OPERATOR, at=LATER) == Resumed(again=0, kept=1)
        assert log.search(kind, state=State.GIVEN_UP.value).count() == 1


def test_who_wants_no_more_calls_is_not_told_of_one_again(opened: Tender) -> None:
    [letter] = one_of_each.make(Kind.CALL, opened)
    one_of_each.went(letter, State.GIVEN_UP)
    Silence.objects.create(person=letter.person, since=AT)  # type: ignore[attr-defined]
    assert post.resume(Kind.CALL, by=OPERATOR, at=LATER) == Resumed(again=0, kept=1)


def test_no_telephone_rings_at_night_because_of_a_second_chance(opened: Tender) -> None:
    [letter] = one_of_each.make(Kind.SMS, opened)
    one_of_each.went(letter, State.GIVEN_UP)
    at_night = datetime(2026, 4, 20, 23, 0, tzinfo=SHANGHAI)
    post.resume(Kind.SMS, by=OPERATOR, at=at_night)
    line = ShortLetter.objects.get()
    assert line.send_after == datetime(2026, 4, 21, 8, 0, tzinfo=SHANGHAI)
    assert line.again_after(at_night) == datetime(2026, 4, 21, 8, 0, tzinfo=SHANGHAI)


def test_an_address_that_went_off_stays_off_until_its_owner_switches_it_on(
    opened: Tender, wire: Wire
) -> None:
    [letter] = one_of_each.make(Kind.HOOK, opened)
    wire.trouble = Temporary("timeout")
    for hours in range(0, 6 * 24, 3):
        hooks.send(at=AT + timedelta(hours=hours))
    hook = Hook.objects.get()
    assert hook.stopped_at is not None
    assert post.resume(Kind.HOOK, by=OPERATOR, at=LATER) == Resumed(again=0, kept=1)
    assert Hook.objects.get().stopped_at == hook.stopped_at
    wire.trouble = None
    owner = Actor(user_id=hook.watch.person_id, organization_id=None)
    hooks.try_again(hook.watch, by=owner, at=LATER)
    assert post.resume(Kind.HOOK, by=OPERATOR, at=LATER) == Resumed(again=1, kept=0)
    assert hooks.send(at=LATER) == 2
    assert sorted(str(each["type"]) for each in wire.told()) == ["notice", "trial"]
    assert post.resume(Kind.HOOK, by=OPERATOR, at=LATER) == Resumed(again=0, kept=0)
    letter.refresh_from_db()
    assert log.state_of(letter) is State.SENT


def test_what_was_given_up_for_one_address_is_not_posted_to_the_next(
    opened: Tender, wire: Wire
) -> None:
    [letter] = one_of_each.make(Kind.HOOK, opened)
    one_of_each.went(letter, State.GIVEN_UP)
    watch = Watch.objects.get()
    owner = Actor(user_id=watch.person_id, organization_id=None)
    hooks.put(watch, "https://new.example/", by=owner, at=LATER)
    assert post.resume(Kind.HOOK, by=OPERATOR, at=LATER) == Resumed(again=0, kept=1)
    hooks.send(at=LATER)
    assert [each["type"] for each in wire.told()] == ["trial"]


def test_a_dry_run_names_every_kind_and_no_address(
    opened: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_of_each.make(Kind.WATCH, opened)
    one_of_each.make(Kind.HOOK, opened)
    monkeypatch.setattr("procurement.management.commands.letters.now", lambda: AT)
    out = StringIO()
    call_command("letters", "--dry-run", stdout=out)
    lines = out.getvalue().splitlines()
    numbers = dict(line.split() for line in lines[: len(Kind)])
    assert numbers == {
        "bid": "0",
        "head": "0",
        "call": "0",
        "watch": "1",
        "sms": "0",
        "wechat": "0",
        "hook": "1",
    }
    watch = Hook.objects.get().watch_id
    assert lines[len(Kind) : -1] == [
        f"  采购公告：{opened.title}",
        f"  关注 {watch} 的推送 · {opened.title}",
    ]
    assert "hook.example" not in out.getvalue()
    assert ADDRESS not in out.getvalue()
    assert not HookLetter.objects.filter(attempts__gt=0).exists()


def test_the_command_says_that_only_its_owner_switches_an_address_on(
    opened: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    [letter] = one_of_each.make(Kind.HOOK, opened)
    one_of_each.went(letter, State.GIVEN_UP)
    Hook.objects.update(stopped_at=AT)
    out = StringIO()
    call_command("letters", "--resume", "hook", stdout=out)
    said = out.getvalue()
    assert said.startswith("0 letter(s) will be tried again.")
    assert "1 stay given up" in said
    assert "only its owner switches it on again" in said
