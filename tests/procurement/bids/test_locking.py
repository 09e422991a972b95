"""Locking: a draft opens under its own label, with the key it was locked with, or not at all."""

from pathlib import Path

import pytest

from procurement.bids import locking


def test_a_draft_opens_only_under_its_label(tmp_path: Path) -> None:
    locked = locking.lock(b"half a bid", "draft 1", keys=tmp_path)
    assert locking.unlock(locked, "draft 1", keys=tmp_path) == b"half a bid"
    with pytest.raises(locking.Unopenable):
        locking.unlock(locked, "draft 2", keys=tmp_path)


def test_nothing_is_unlocked_with_a_key_made_for_the_purpose(tmp_path: Path) -> None:
    draft = locking.lock(b"text", "draft 1", keys=tmp_path / "web")
    elsewhere = tmp_path / "worker"
    with pytest.raises(locking.KeyMissing, match="KEYS_DIR"):
        locking.unlock(draft, "draft 1", keys=elsewhere)
    assert not elsewhere.exists()


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    locked = locking.lock(b"text", "draft 1", keys=keys)
    kept = (keys / locking.DRAFT_KEY).read_bytes()
    assert locking.unlock(locked, "draft 1", keys=keys) == b"text"
    assert (keys / locking.DRAFT_KEY).read_bytes() == kept
    assert (keys / locking.DRAFT_KEY).stat().st_mode & 0o777 == 0o600
