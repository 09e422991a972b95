"""Posts whose address or signing key cannot be read: waited for, or given up and said so once."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from organizations.roles import Actor
from procurement.notifications import confided
from procurement.notifications.models import Message, Topic
from procurement.watches import hooks
from procurement.watches.parts import Hook, HookLetter
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.watches.wires import ADDRESS, SOON, Wire, hear

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(who: Cast, secret: str) -> None:
    """Two notices wait to be posted."""
    build.published(who)
    build.published(who)
    hear(SOON)


def posts() -> list[tuple[str, bool]]:
    """Why each notice has not arrived, and whether it is given up."""
    found = HookLetter.objects.filter(entry_index__isnull=False).order_by("pk")
    return [(each.error, each.failed_at is not None) for each in found]


def test_a_secret_kept_with_another_key_switches_the_address_off_and_tells_its_owner_once(
    wire: Wire, waiting: None, by: Actor, settings: Settings, tmp_path: Path
) -> None:
    settings.KEYS_DIR = tmp_path
    confided.lock("", "")  # makes another key
    assert hooks.send(at=SOON) == 0
    assert posts() == [("SwitchedOff KeyMissing", True), ("SwitchedOff", True)]
    assert Hook.objects.get().stopped_at == SOON
    for hours in range(1, 48):
        assert hooks.send(at=SOON + timedelta(hours=hours)) == 0
    [message] = Message.objects.filter(topic=Topic.HOOK)
    assert message.person_id == by.person_id
    assert wire.posts == []
    hooks.put(Hook.objects.get().watch, ADDRESS, by=by, at=SOON + timedelta(days=2))
    assert hooks.send(at=SOON + timedelta(days=2)) == 1  # the trial, signed with a new secret


def test_while_there_is_no_key_at_all_the_posts_wait_for_it(
    wire: Wire, waiting: None, settings: Settings, tmp_path: Path
) -> None:
    kept, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path
    assert hooks.send(at=SOON) == 0
    assert posts()[0] == ("Temporary KeyMissing", False)
    assert Hook.objects.get().failing_since == SOON
    settings.KEYS_DIR = kept
    assert sum(hooks.send(at=SOON + timedelta(minutes=5 * n)) for n in range(1, 4)) == 2
    assert Hook.objects.get().failing_since is None
    assert not Message.objects.filter(topic=Topic.HOOK).exists()


def test_five_days_without_a_key_end_as_five_days_without_an_answer(
    wire: Wire, waiting: None, settings: Settings, tmp_path: Path
) -> None:
    settings.KEYS_DIR = tmp_path
    for hours in range(0, 6 * 24, 2):
        hooks.send(at=SOON + timedelta(hours=hours))
    assert [is_given_up for _error, is_given_up in posts()] == [True, True]
    assert HookLetter.objects.order_by("-attempts")[0].attempts < HookLetter.MOST_ATTEMPTS / 2
    assert Message.objects.filter(topic=Topic.HOOK).count() == 1
    assert wire.posts == []
