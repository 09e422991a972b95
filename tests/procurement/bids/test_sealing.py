"""Sealing: an envelope opens in its place, with the key it was sealed with, or not at all."""

from pathlib import Path

import pytest

from procurement.bids import locking, sealing

CONTEXT = {"tender": "a", "tenderer": "7", "receipt": "20260428-0A"}


def test_an_envelope_opens_in_its_place_and_in_no_other(tmp_path: Path) -> None:
    envelope = sealing.seal(b"price", CONTEXT, keys=tmp_path)
    assert b"price" not in envelope
    assert sealing.unseal(envelope, CONTEXT, keys=tmp_path) == b"price"
    with pytest.raises(locking.Unopenable):
        sealing.unseal(envelope, CONTEXT | {"tenderer": "8"}, keys=tmp_path)


def test_nothing_is_opened_with_a_key_made_for_the_purpose(tmp_path: Path) -> None:
    envelope = sealing.seal(b"price", CONTEXT, keys=tmp_path / "web")
    elsewhere = tmp_path / "worker"
    with pytest.raises(locking.KeyMissing, match="KEYS_DIR"):
        sealing.unseal(envelope, CONTEXT, keys=elsewhere)
    assert not elsewhere.exists()


def test_another_key_is_told_from_a_damaged_bid(tmp_path: Path) -> None:
    sealed_with = sealing.suite(keys=tmp_path / "web")
    sealing.require_suite(sealed_with, keys=tmp_path / "web")
    sealing.seal(b"another", CONTEXT, keys=tmp_path / "restored")
    with pytest.raises(locking.KeyMissing, match="another key"):
        sealing.require_suite(sealed_with, keys=tmp_path / "restored")
