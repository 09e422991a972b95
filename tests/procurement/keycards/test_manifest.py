"""The key set as it is published: one form, one digest, and nothing that cannot be sealed to."""

import json

import pytest
import rfc8785

from procurement.keycards import cards
from procurement.keycards.manifest import BadManifest, KeySet, Member, Policy

POINTS = [cards.public_point(f"{number:040}", "member") for number in range(6)]
CLOCK = KeySet(Policy.CLOCK, POINTS[0])
CARDS = KeySet(
    Policy.CARDS,
    gate=POINTS[0],
    committee=(Member("a", POINTS[1]), Member("b", POINTS[2])),
    k=2,
    recovery=(Member("r1", POINTS[3]), Member("r2", POINTS[4])),
    kr=2,
)


@pytest.mark.parametrize("keys", [CLOCK, CARDS], ids=["clock", "cards"])
def test_a_manifest_comes_back_as_it_went(keys: KeySet) -> None:
    assert KeySet.from_manifest(keys.manifest()) == keys
    assert rfc8785.dumps(json.loads(keys.manifest())) == keys.manifest()
    assert len(keys.digest()) == 64


def test_a_member_is_found_by_id() -> None:
    assert CARDS.member("b") == Member("b", POINTS[2])
    assert CARDS.member("r1") == Member("r1", POINTS[3])
    assert CARDS.member("nobody") is None


def test_every_changed_bit_gives_another_digest_or_no_set() -> None:
    text = CARDS.manifest()
    for place in range(len(text) * 8):
        changed = bytearray(text)
        changed[place // 8] ^= 1 << place % 8
        try:
            found = KeySet.from_manifest(bytes(changed))
        except BadManifest:
            continue
        assert found.digest() != CARDS.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"policy": "never"},
        {"policy": "clock"},
        {"k": 1},
        {"k": 3},
        {"k": 2.5},
        {"k": "2"},
        {"kr": 0},
        {"v": "yn-keyset/2"},
        {"extra": 1},
        {"gate": "AAAA"},
        {"gate": "not base64"},
        {"committee": []},
        {"committee": [{"m": "a", "pk": ""}]},
        {"committee": None},
        {"recovery": [{"m": "a", "pk": "AA=="}]},
    ],
    ids=str,
)
def test_what_cannot_be_sealed_to_is_refused(change: dict[str, object]) -> None:
    values = json.loads(CARDS.manifest()) | change
    with pytest.raises(BadManifest):
        KeySet.from_manifest(rfc8785.dumps(values))


def test_two_places_for_one_member_are_refused() -> None:
    twice = (Member("a", POINTS[1]), Member("a", POINTS[2]))
    with pytest.raises(BadManifest, match="id of its own"):
        KeySet(Policy.CARDS, POINTS[0], committee=twice, k=2)


def test_bytes_that_are_no_manifest_are_refused() -> None:
    for text in (b"", b"[]", b"[" * 100_000, b"{}", b"\xff", CARDS.manifest() + b" "):
        with pytest.raises(BadManifest):
            KeySet.from_manifest(text)
