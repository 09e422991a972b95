"""Watches that post: what a system hears, signed, once a notice; retried, and given up in days."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from organizations.accounts.models import User
from organizations.refusals import Invalid, NotNow, NotPermitted
from organizations.roles import Actor
from procurement.notifications import outbox
from procurement.notifications.channels import posting
from procurement.notifications.channels.interface import Permanent, Temporary
from procurement.notifications.models import Message, Reader, Topic
from procurement.publication.models import Entry, NoticeKind
from procurement.watches import actions as watches
from procurement.watches import hooks
from procurement.watches.models import Watch
from procurement.watches.parts import Hook, HookLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.watches.wires import ADDRESS, BEFORE, SOON, Wire, hear, watching

pytestmark = pytest.mark.django_db


def test_each_notice_is_posted_at_once_whatever_the_pace_of_letters(
    wire: Wire, who: Cast, secret: str
) -> None:
    tender = build.published(who)
    hear(SOON)
    assert hooks.send(at=SOON) == 1
    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)
    assert wire.told() == [
        {
            "type": "notice",
            "watch": Watch.objects.get().pk,
            "practice": True,
            "ocid": tender.ocid,
            "id": entry.release_id,
            "kind": "tender",
            "title": tender.title,
            "link": f"http://127.0.0.1:8000/notices/{entry.release_id}/",
            "published": entry.published_at.isoformat(),
            "logIndex": entry.index,
        }
    ]
    assert wire.posts[0][0] == ADDRESS
    assert HookLetter.objects.latest("pk").reference == "204"


def test_the_signature_holds_number_time_and_body(wire: Wire, who: Cast, secret: str) -> None:
    build.published(who)
    hear(SOON)
    hooks.send(at=SOON)
    [(_address, body, headers)] = wire.posts
    assert headers["webhook-timestamp"] == str(int(SOON.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_who_is_told_as_a_bidder_still_has_it_posted(wire: Wire, who: Cast) -> None:
    [by] = who.signatories()
    hooks.put(watching(by), ADDRESS, by=by, at=BEFORE)
    build.published(who)
    hear(SOON)
    hooks.send(at=SOON)
    assert [each["type"] for each in wire.told()] == ["trial", "notice"]


def test_two_watches_of_a_person_each_post_to_their_own_address(
    wire: Wire, who: Cast, by: Actor, secret: str
) -> None:
    hooks.put(watching(by, "q=随访"), "https://other.example/", by=by, at=BEFORE)
    build.published(who)
    hear(SOON)
    hooks.send(at=SOON)
    assert sorted(address for address, _body, _headers in wire.posts) == sorted(
        ["https://other.example/", "https://other.example/", ADDRESS]
    )


def test_address_and_secret_are_not_readable_in_the_database(secret: str) -> None:
    hook = Hook.objects.get()
    kept = bytes(hook.sealed_address) + bytes(hook.sealed_secret)
    assert b"hook.example" not in kept
    assert secret.removeprefix("whsec_").encode() not in kept
    assert hooks.address_of(hook) == ADDRESS


@pytest.mark.parametrize("address", ["http://hook.example/", "https://hook.example:22/", "x"])
def test_an_address_of_another_form_is_refused(wire: Wire, by: Actor, address: str) -> None:
    watch = watching(by)
    with pytest.raises(Invalid) as refused:
        hooks.put(watch, address, by=by, at=BEFORE)
    assert refused.value.field == "address"
    assert not Hook.objects.exists()


def test_an_address_inside_is_refused(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def inside(_host: str, _port: int) -> str:
        raise posting.Unfit("private")

    monkeypatch.setattr(posting, "look_up", inside)
    watch = watching(by)
    with pytest.raises(Invalid, match="内部网络"):
        hooks.put(watch, "https://localhost/", by=by, at=BEFORE)
    assert not Hook.objects.exists()


def test_nobody_else_sets_tries_or_ends_it(wire: Wire, secret: str) -> None:
    other = Actor(user_id=people.user().pk, organization_id=None)
    watch = Watch.objects.get()
    acts: list[Callable[[], object]] = [
        lambda: hooks.put(watch, "https://other.example/", by=other, at=SOON),
        lambda: hooks.try_again(watch, by=other, at=SOON),
        lambda: hooks.end(watch, by=other),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert hooks.address_of(Hook.objects.get()) == ADDRESS
    assert HookLetter.objects.count() == 1


def test_the_same_event_twice_is_one_post(wire: Wire, who: Cast, secret: str) -> None:
    build.published(who)
    hear(SOON)
    assert hooks.send(at=SOON) == 1
    Reader.objects.update(next_index=0)  # a reader that lost its place reads everything again
    hear(SOON + timedelta(minutes=1))
    assert hooks.send(at=SOON + timedelta(minutes=1)) == 0
    assert len(wire.posts) == 1


def test_killed_between_posting_and_recording_posts_once_more_under_the_same_number(
    wire: Wire, who: Cast, secret: str
) -> None:
    build.published(who)
    hear(SOON)
    wire.trouble, wire.arrives = KeyboardInterrupt(), False
    with pytest.raises(KeyboardInterrupt):
        hooks.send(at=SOON)
    wire.trouble = None
    assert hooks.send(at=SOON) == 0  # still taken
    assert hooks.send(at=SOON + outbox.LEASE) == 1
    assert hooks.send(at=SOON + 2 * outbox.LEASE) == 0
    assert len({headers["webhook-id"] for _address, _body, headers in wire.posts}) == 1
    assert len(wire.posts) == 2


def test_a_system_that_is_away_for_an_hour_misses_nothing_and_hears_nothing_twice(
    wire: Wire, who: Cast, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _each in range(3):
        build.published(who)
    hear(SOON)
    wire.trouble = Temporary("connection")
    for minutes in range(60):
        assert hooks.send(at=SOON + timedelta(minutes=minutes)) == 0
    assert Hook.objects.get().failing_since == SOON
    attempts = list(HookLetter.objects.filter(sent_at=None).values_list("attempts", flat=True))
    assert sum(attempts) <= 7  # the others wait with the one that is tried
    wire.trouble = None
    assert sum(hooks.send(at=SOON + timedelta(minutes=m)) for m in range(60, 130, 5)) == 3
    assert len(wire.posts) == 3
    assert Hook.objects.get().failing_since is None
    assert "hook.example" not in caplog.text


def test_one_address_that_fails_holds_up_no_other(wire: Wire, who: Cast, secret: str) -> None:
    other = Actor(user_id=people.user().pk, organization_id=None)
    hooks.put(watching(other), "https://other.example/", by=other, at=BEFORE)
    hooks.send(at=BEFORE)
    wire.posts.clear()
    for _each in range(4):
        build.published(who)
    hear(SOON)
    good = wire.post

    def bad_first(address: str, body: bytes, headers: Mapping[str, str]) -> int:
        if address == ADDRESS:
            raise Temporary("timeout")
        return good(address, body, headers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posting, "post", bad_first)
        assert hooks.send(at=SOON) == 4
    assert {address for address, _body, _headers in wire.posts} == {"https://other.example/"}


def test_after_five_days_without_success_it_is_switched_off_and_its_owner_told(
    wire: Wire, who: Cast, by: Actor, secret: str
) -> None:
    build.published(who)
    build.published(who)
    hear(SOON)
    wire.trouble = Temporary("http-500")
    at = SOON
    while at - SOON < timedelta(days=6):
        hooks.send(at=at)
        at += timedelta(hours=2)
    hook = Hook.objects.get()
    assert hook.stopped_at is not None
    assert hook.stopped_at - SOON >= hooks.SWITCHED_OFF_AFTER
    [message] = Message.objects.filter(topic=Topic.HOOK)
    assert (message.person_id, message.title) == (by.person_id, "所有新的采购项目")
    assert not HookLetter.objects.filter(sent_at=None, failed_at=None).exists()
    wire.trouble = None
    HookLetter.objects.all().delete()
    Reader.objects.update(next_index=0)
    hear(at)
    assert not HookLetter.objects.exists()  # nothing is noted for an address that is off
    hooks.try_again(hook.watch, by=by, at=at)
    assert hooks.send(at=at) == 1
    assert wire.told()[-1]["type"] == "trial"
    assert Hook.objects.get().stopped_at is None


def test_an_address_that_says_it_is_gone_is_switched_off_at_once(
    wire: Wire, who: Cast, secret: str
) -> None:
    build.published(who)
    hear(SOON)
    wire.trouble = Permanent("http-410")
    assert hooks.send(at=SOON) == 0
    assert Hook.objects.get().stopped_at == SOON
    assert HookLetter.objects.latest("pk").error == "Permanent http-410"
    assert Message.objects.filter(topic=Topic.HOOK).count() == 1


def test_a_name_that_leads_inside_later_is_posted_to_no_more(
    wire: Wire, who: Cast, secret: str
) -> None:
    build.published(who)
    hear(SOON)
    wire.trouble = posting.Unfit("private")
    assert hooks.send(at=SOON) == 0
    assert HookLetter.objects.latest("pk").error == "Temporary private"


def test_a_person_has_ten_addresses_and_saving_again_and_again_posts_once_a_minute(
    wire: Wire, by: Actor, secret: str
) -> None:
    first = Watch.objects.get()
    for number in range(hooks.MOST - 1):
        hooks.put(watching(by, f"q=词{number}"), ADDRESS, by=by, at=SOON)
    with pytest.raises(NotNow, match="最多 10 个"):
        hooks.put(watching(by, "q=再一个"), ADDRESS, by=by, at=SOON)
    assert Hook.objects.count() == hooks.MOST
    for _press in range(3):
        hooks.put(first, ADDRESS, by=by, at=SOON)
        hooks.send(at=SOON, limit=50)
    assert HookLetter.objects.filter(hook__watch=first).count() == 2  # one when it was new


def test_trials_are_a_minute_apart(wire: Wire, by: Actor, secret: str) -> None:
    watch = Watch.objects.get()
    hooks.try_again(watch, by=by, at=SOON)
    with pytest.raises(NotNow):
        hooks.try_again(watch, by=by, at=SOON + timedelta(seconds=30))
    assert HookLetter.objects.count() == 2


def test_ending_the_watch_or_the_hook_erases_address_and_what_waits(
    wire: Wire, who: Cast, by: Actor, secret: str
) -> None:
    build.published(who)
    hear(SOON)
    hooks.end(Watch.objects.get(), by=by)
    assert not Hook.objects.exists()
    assert not HookLetter.objects.exists()
    hooks.put(Watch.objects.get(), ADDRESS, by=by, at=SOON)
    watches.unwatch(Watch.objects.get(), by=by)
    assert not Hook.objects.exists()
    assert hooks.send(at=SOON) == 0


def test_a_watch_that_ends_while_its_post_fails_disturbs_nobody(
    wire: Wire, who: Cast, by: Actor, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.published(who)
    hear(SOON)

    def end_and_fail(_address: str, _body: bytes, _headers: Mapping[str, str]) -> int:
        watches.unwatch(Watch.objects.get(), by=by)
        raise Temporary("timeout")

    monkeypatch.setattr(posting, "post", end_and_fail)
    assert hooks.send(at=SOON) == 0
    assert not HookLetter.objects.exists()


def test_a_closed_account_posts_no_more(wire: Wire, who: Cast, by: Actor, secret: str) -> None:
    build.published(who)
    hear(SOON)
    User.objects.filter(pk=by.person_id).update(is_active=False)
    assert hooks.send(at=SOON) == 0
    assert wire.posts == []
    assert not Hook.objects.exists()
