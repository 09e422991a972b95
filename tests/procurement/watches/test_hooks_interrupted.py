"""Posts that end without a word, end too late, or go to an address that was replaced meanwhile."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import pytest

from organizations.roles import Actor
from procurement.notifications import outbox
from procurement.notifications.channels import posting
from procurement.notifications.channels.interface import Permanent
from procurement.notifications.models import Message, Topic
from procurement.watches import hooks
from procurement.watches.models import Watch
from procurement.watches.parts import Hook, HookLetter
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.watches.wires import SOON, Wire, hear

pytestmark = pytest.mark.django_db


def test_an_address_whose_posts_kill_the_worker_backs_off_and_is_switched_off(
    wire: Wire, who: Cast, secret: str
) -> None:
    build.published(who)
    build.published(who)
    hear(SOON)
    wire.trouble, wire.arrives = KeyboardInterrupt(), False
    at, kills = SOON, 0
    while at - SOON < timedelta(days=7):
        with suppress(KeyboardInterrupt):
            hooks.send(at=at)
            kills -= 1
        at, kills = at + timedelta(hours=1), kills + 1
    assert kills < 60  # ever later: at each of these hours it would be more than a hundred
    hook = Hook.objects.get()
    assert hook.failing_since is not None
    assert hook.stopped_at is not None
    assert hook.stopped_at - hook.failing_since >= hooks.SWITCHED_OFF_AFTER
    assert not HookLetter.objects.filter(sent_at=None, failed_at=None).exists()


def test_a_letter_whose_last_attempt_was_killed_is_given_up(
    wire: Wire, who: Cast, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HookLetter, "MOST_ATTEMPTS", 2)
    build.published(who)
    hear(SOON)
    wire.trouble = KeyboardInterrupt()
    for hours in (0, 7):
        with pytest.raises(KeyboardInterrupt):
            hooks.send(at=SOON + timedelta(hours=hours))
    wire.trouble = None
    assert hooks.send(at=SOON + timedelta(hours=14)) == 0
    assert wire.posts == []
    letter = HookLetter.objects.latest("pk")
    assert (letter.error, letter.failed_at) == ("killed", SOON + timedelta(hours=14))


def test_what_becomes_of_a_post_to_the_old_address_says_nothing_of_the_new_one(
    wire: Wire, who: Cast, by: Actor, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.published(who)
    hear(SOON)
    later = SOON + timedelta(seconds=5)

    def replaced_meanwhile(_address: str, _body: bytes, _headers: Mapping[str, str]) -> int:
        hooks.put(Watch.objects.get(), "https://new.example/", by=by, at=later)
        raise Permanent("http-410")

    monkeypatch.setattr(posting, "post", replaced_meanwhile)
    assert hooks.send(at=SOON) == 0
    assert Hook.objects.get().stopped_at is None
    assert not Message.objects.filter(topic=Topic.HOOK).exists()
    monkeypatch.setattr(posting, "post", wire.post)
    assert hooks.send(at=later) == 1  # the trial
    assert wire.posts[0][0] == "https://new.example/"


def test_a_post_that_arrived_at_the_old_address_does_not_make_the_new_one_good(
    wire: Wire, who: Cast, by: Actor, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.published(who)
    hear(SOON)
    later = SOON + timedelta(seconds=5)

    def replaced_meanwhile(_address: str, _body: bytes, _headers: Mapping[str, str]) -> int:
        hooks.put(Watch.objects.get(), "https://new.example/", by=by, at=later)
        Hook.objects.update(failing_since=later)
        return 204

    monkeypatch.setattr(posting, "post", replaced_meanwhile)
    hooks.send(at=SOON)
    assert Hook.objects.get().failing_since == later


def test_a_run_ends_after_a_minute_and_the_next_one_goes_on(
    wire: Wire, who: Cast, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _each in range(8):
        build.published(who)
    hear(SOON)
    clock = iter(range(0, 1000, 15))
    monkeypatch.setattr(outbox, "monotonic", lambda: float(next(clock)))
    assert hooks.send(at=SOON) == 3
    assert HookLetter.objects.filter(sent_at=None, attempts=0).count() == 5
    assert hooks.send(at=SOON) == 3
