"""Trial submissions and what their absence says."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from organizations import instants
from procurement.pulse import actions, queries
from procurement.pulse.models import Canary, Heartbeat, Outage
from procurement.pulse.rule import LONGEST_HOLD

pytestmark = pytest.mark.django_db
NOTHING = timedelta(0)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A key as the keys folder holds it."""
    place = tmp_path / "canary.key"
    place.write_bytes(bytes(range(32)))
    return place


def _earlier(seconds: float, *, ahead: timedelta = NOTHING) -> Canary:
    """A trial submission that long ago, by the real clock."""
    moment = instants.real() - timedelta(seconds=seconds)
    return Canary.objects.create(beat_at=moment, portal_at=moment + ahead)


def test_a_trial_submission_leaves_its_trace(secret: Path) -> None:
    canary = actions.try_submission(secret=secret, ahead=timedelta(days=2))
    assert canary.portal_at - canary.beat_at == timedelta(days=2)
    assert abs(instants.real() - canary.beat_at) < timedelta(seconds=5)
    assert not Outage.objects.exists()


def test_without_its_key_it_does_not_come_through(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        actions.try_submission(secret=tmp_path / "nowhere", ahead=NOTHING)
    assert not Canary.objects.exists()


def test_a_short_silence_is_no_outage(secret: Path) -> None:
    _earlier(55)
    actions.try_submission(secret=secret, ahead=NOTHING)
    assert not Outage.objects.exists()


def test_a_silence_of_a_minute_is_an_outage(secret: Path) -> None:
    first = _earlier(61)
    last = actions.try_submission(secret=secret, ahead=NOTHING)
    outage = Outage.objects.get()
    assert (outage.began_at, outage.ended_at) == (first.beat_at, last.beat_at)
    assert (outage.portal_began_at, outage.portal_ended_at) == (first.beat_at, last.beat_at)


def test_moving_the_rehearsal_clock_is_no_outage(secret: Path) -> None:
    _earlier(5)
    actions.try_submission(secret=secret, ahead=timedelta(days=21))
    assert not Outage.objects.exists()


def test_an_outage_is_as_long_as_it_really_was(secret: Path) -> None:
    _earlier(90)
    last = actions.try_submission(secret=secret, ahead=timedelta(days=21))
    outage = Outage.objects.get()
    assert outage.portal_ended_at == last.portal_at
    assert outage.portal_ended_at - outage.portal_began_at == outage.ended_at - outage.began_at


def test_old_traces_go_and_outages_stay(secret: Path) -> None:
    _earlier(4 * 86400)
    actions.try_submission(secret=secret, ahead=NOTHING)
    assert (Canary.objects.count(), Outage.objects.count()) == (1, 1)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Outage.objects.all().delete()


def test_a_portal_that_nothing_watches_is_seen_until_now() -> None:
    at = instants.now()
    assert queries.seen_until(at, awake_since=at) == at


def test_a_portal_is_seen_until_its_last_trace() -> None:
    canary = _earlier(300)
    at = instants.now()
    assert queries.seen_until(at, awake_since=at) == canary.portal_at


def test_nothing_waits_longer_than_the_longest_hold() -> None:
    canary = _earlier(2 * 86400)
    at = instants.now()
    assert queries.seen_until(at, awake_since=at - LONGEST_HOLD) == at - LONGEST_HOLD
    assert queries.seen_until(at, awake_since=at - timedelta(hours=23)) == canary.portal_at


def test_it_is_awake_as_long_as_it_looks_every_hour() -> None:
    at = instants.now()
    hour = timedelta(hours=1)
    assert actions.stay_awake(at=at) == at
    assert actions.stay_awake(at=at + hour) == at
    assert actions.stay_awake(at=at + 2 * hour) == at
    assert actions.stay_awake(at=at + 3 * hour + timedelta(seconds=1)) > at + 3 * hour


def test_a_clock_that_was_moved_back_is_seen_until_now() -> None:
    _earlier(3, ahead=timedelta(days=21))
    at = instants.now()
    assert queries.seen_until(at, awake_since=at) == at


def test_a_process_shows_itself_again_and_again() -> None:
    actions.beat("worker", detail="first")
    actions.beat("worker", detail="second")
    assert Heartbeat.objects.get().detail == "second"
    age = queries.age("worker", instants.real())
    assert age is not None
    assert age < timedelta(seconds=5)
    assert queries.age("nobody", instants.real()) is None
