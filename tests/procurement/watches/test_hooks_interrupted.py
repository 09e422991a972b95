"""Posts that end without a word."""

from contextlib import suppress
from datetime import timedelta

import pytest

from procurement.watches import hooks
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
