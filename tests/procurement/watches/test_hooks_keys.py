"""Posts whose address or signing key cannot be read: waited for, and given up after days."""

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


@pytest.fixture(params=["no key", "another key"])
def away(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Path:
    """The folder that has the key; settings name one that does not."""
    kept = Path(settings.KEYS_DIR)
    settings.KEYS_DIR = tmp_path
    if request.param == "another key":
        confided.lock("", "")  # makes one
    return kept


def test_while_the_key_is_away_the_posts_wait_for_it(
    wire: Wire, waiting: None, away: Path, settings: Settings
) -> None:
    assert hooks.send(at=SOON) == 0
    assert posts()[0] == ("Temporary KeyMissing", False)
    assert Hook.objects.get().failing_since == SOON
    settings.KEYS_DIR = away
    assert sum(hooks.send(at=SOON + timedelta(minutes=5 * n)) for n in range(1, 4)) == 2
    assert Hook.objects.get().failing_since is None
    assert not Message.objects.filter(topic=Topic.HOOK).exists()


def test_half_a_key_is_none(wire: Wire, waiting: None, settings: Settings, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path
    (tmp_path / confided.KEY).write_bytes(b"half")
    assert hooks.send(at=SOON) == 0
    assert posts()[0] == ("Temporary KeyMissing", False)


def test_five_days_without_the_key_end_as_five_days_without_an_answer(
    wire: Wire, waiting: None, away: Path, by: Actor
) -> None:
    for hours in range(0, 6 * 24, 2):
        hooks.send(at=SOON + timedelta(hours=hours))
    assert [is_given_up for _error, is_given_up in posts()] == [True, True]
    assert HookLetter.objects.order_by("-attempts")[0].attempts < HookLetter.MOST_ATTEMPTS / 2
    [message] = Message.objects.filter(topic=Topic.HOOK)
    assert message.person_id == by.person_id
    assert wire.posts == []
    later = SOON + timedelta(days=7)
    hooks.put(Hook.objects.get().watch, ADDRESS, by=by, at=later)
    assert hooks.send(at=later) == 1  # the trial, signed with a new secret
