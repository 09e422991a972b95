"""Sealing: who opens a bid, with what, and who never does."""

import hashlib
import itertools
import json
import time
from dataclasses import replace

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.bids import envelopes, payloads, sealing, sharing
from procurement.bids.sealing import (
    BadShare,
    Context,
    DoesNotOpen,
    Header,
    KeySet,
    Kind,
    Member,
    NotEnough,
    Share,
    WrongCard,
)
from tests.procurement.bids import sets
from tests.procurement.bids.sets import Secrets

CODE = "3141592653589793238462643383279502884197"
CONTENT = "报价 118,000.00 元".encode()
ALL = sets.secrets()
HERE = ALL.context()
COMMITTEE = [f"one-{place}" for place in range(1, 5)]
RECOVERY = [f"one-r{place}" for place in range(1, 4)]
ENVELOPE = sealing.seal(CONTENT, HERE, ALL.keys, code=CODE)
HEADER = sealing.read(ENVELOPE)


def shares(header: Header, members: list[str], held: Secrets = ALL) -> list[Share]:
    """What the cards of these members give for one envelope."""
    return [sealing.share(header, one, held.cards[one], held.keys) for one in members]


def opened(envelope: bytes, members: list[str], held: Secrets = ALL) -> bytes:
    """The content, by the gate and these members' cards."""
    header = sealing.read(envelope)
    part = sealing.gate_part(header, held.gate)
    dek = sealing.combine(header, part, shares(header, members, held), held.keys)
    return sealing.open_payload(envelope, dek)


def subsets(members: list[str]) -> list[list[str]]:
    """Every choice of members, nobody and everybody among them."""
    sizes = range(len(members) + 1)
    return [list(some) for size in sizes for some in itertools.combinations(members, size)]


# --- who opens -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("group", "count"), [(COMMITTEE, 16), (RECOVERY, 8)], ids=["com", "rec"])
def test_two_cards_and_the_gate_open_and_nothing_less(group: list[str], count: int) -> None:
    """Every choice of cards, with the gate open and shut."""
    assert len(subsets(group)) == count
    part = sealing.gate_part(HEADER, ALL.gate)
    for some in subsets(group):
        given = shares(HEADER, some)
        if len(some) >= 2:
            dek = sealing.combine(HEADER, part, given, ALL.keys)
            assert sealing.open_payload(ENVELOPE, dek) == CONTENT
        else:
            with pytest.raises(NotEnough) as caught:
                sealing.combine(HEADER, part, given, ALL.keys)
            assert caught.value.lacks == "cards"
        with pytest.raises(NotEnough) as caught:
            sealing.combine(HEADER, None, given, ALL.keys)
        assert caught.value.lacks == "gate"


def test_committee_and_recovery_do_not_mix() -> None:
    part = sealing.gate_part(HEADER, ALL.gate)
    for one, other in itertools.product(COMMITTEE, RECOVERY):
        with pytest.raises(NotEnough):
            sealing.combine(HEADER, part, shares(HEADER, [one, other]), ALL.keys)


def test_one_card_twice_is_one_card() -> None:
    part = sealing.gate_part(HEADER, ALL.gate)
    with pytest.raises(NotEnough):
        sealing.combine(HEADER, part, shares(HEADER, ["one-1", "one-1"]), ALL.keys)


def test_all_cards_without_the_gate_say_nothing_of_the_data_key() -> None:
    """What the cards give is the other half of a one-time pad."""
    rest = sharing.join({each.place: each.value for each in shares(HEADER, COMMITTEE[:2])})
    with pytest.raises(DoesNotOpen):
        sealing.combine(HEADER, bytes(32), shares(HEADER, COMMITTEE), ALL.keys)
    with pytest.raises(DoesNotOpen):
        sealing.open_payload(ENVELOPE, rest)


def test_a_part_that_the_gate_could_not_open_opens_nothing() -> None:
    for part in (b"", bytes(31)):
        with pytest.raises(DoesNotOpen):
            sealing.combine(HEADER, part, shares(HEADER, COMMITTEE), ALL.keys)


def test_the_gate_alone_opens_where_the_clock_is_the_policy() -> None:
    held = sets.clock()
    envelope = sealing.seal(CONTENT, held.context(), held.keys, code=CODE)
    assert opened(envelope, [], held) == CONTENT
    with pytest.raises(NotEnough):
        sealing.combine(sealing.read(envelope), None, [], held.keys)
    another = sets.clock()
    with pytest.raises(DoesNotOpen):
        sealing.gate_part(sealing.read(envelope), another.gate)


def test_the_receipt_code_opens_the_bidders_own_bid() -> None:
    assert sealing.open_with_code(ENVELOPE, CODE) == CONTENT
    with pytest.raises(DoesNotOpen, match="not the receipt code"):
        sealing.open_with_code(ENVELOPE, CODE[::-1])
    without = sealing.seal(CONTENT, HERE, ALL.keys)
    with pytest.raises(DoesNotOpen, match="without a receipt code"):
        sealing.open_with_code(without, CODE)
    assert opened(without, ["one-2", "one-4"]) == CONTENT


def test_a_set_without_recovery_custodians_opens_by_its_committee() -> None:
    held = sets.secrets("small", committee=2, recovery=0)
    envelope = sealing.seal(CONTENT, held.context(), held.keys)
    assert opened(envelope, ["small-1", "small-2"], held) == CONTENT


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=300_000), st.sampled_from(["S", "C"]))
def test_whatever_is_sealed_comes_back(content: bytes, mode: str) -> None:
    envelope = sealing.seal(content, HERE, ALL.keys, code=CODE, mode=mode)
    assert sealing.read(envelope).mode == mode
    assert sealing.open_with_code(envelope, CODE) == content


# --- wrong cards and damaged shares --------------------------------------------------------------


def test_a_wrong_card_is_told_from_a_damaged_share() -> None:
    stranger = sets.secrets("two")
    with pytest.raises(WrongCard):  # a card of another committee
        sealing.share(HEADER, "two-1", stranger.cards["two-1"], ALL.keys)
    with pytest.raises(WrongCard):  # another committee's card under a name of ours
        sealing.share(HEADER, "one-1", stranger.cards["two-1"], ALL.keys)
    with pytest.raises(WrongCard):  # a colleague's card
        sealing.share(HEADER, "one-1", ALL.cards["one-2"], ALL.keys)
    envelope = sealing.seal(CONTENT, stranger.context(), stranger.keys)
    with pytest.raises(WrongCard):  # an envelope sealed to another committee
        sealing.share(sealing.read(envelope), "one-1", ALL.cards["one-1"], ALL.keys)


def damaged(place: int, *, cipher: bytes | None = None, check: str | None = None) -> Header:
    """The header with one share of the committee wrapped badly."""
    wrapped = HEADER.committee[place - 1]
    bad = replace(wrapped, cipher=cipher or wrapped.cipher, check=check or wrapped.check)
    listed = [*HEADER.committee[: place - 1], bad, *HEADER.committee[place:]]
    return replace(HEADER, committee=tuple(listed))


def test_a_damaged_share_is_named_and_the_others_open() -> None:
    last = HEADER.committee[2].cipher[-1]
    changed = HEADER.committee[2].cipher[:-1] + bytes([last ^ 1])
    for header in (damaged(3, cipher=changed), damaged(3, check="00" * 32)):
        with pytest.raises(BadShare) as caught:
            sealing.share(header, "one-3", ALL.cards["one-3"], ALL.keys)
        assert caught.value.member == "one-3"
        part = sealing.gate_part(header, ALL.gate)
        dek = sealing.combine(header, part, shares(header, ["one-1", "one-4"]), ALL.keys)
        assert hashlib.sha256(b"yn-dek/1" + dek).hexdigest() == header.dek_commit


def test_a_share_changed_where_it_is_kept_is_named() -> None:
    part = sealing.gate_part(HEADER, ALL.gate)
    one, two, three = shares(HEADER, COMMITTEE[:3])
    bad = replace(two, value=bytes(32))
    with pytest.raises(BadShare) as caught:
        sealing.combine(HEADER, part, [one, bad], ALL.keys)
    assert caught.value.member == "one-2"
    dek = sealing.combine(HEADER, part, [one, bad, three], ALL.keys)
    assert sealing.open_payload(ENVELOPE, dek) == CONTENT


def test_a_share_is_kept_as_bytes() -> None:
    for one in shares(HEADER, ["one-3", "one-r2"]):
        assert Share.from_bytes(one.to_bytes()) == one
        assert len(one.to_bytes()) == 36
    for wrong in (b"", b"com\x01", b"xyz" + bytes(33)):
        with pytest.raises(ValueError, match="not a"):
            Share.from_bytes(wrong)


def test_shares_of_one_bid_do_not_open_another() -> None:
    other = sealing.read(sealing.seal(CONTENT, HERE, ALL.keys))
    with pytest.raises(BadShare):
        sealing.combine(
            other, sealing.gate_part(other, ALL.gate), shares(HEADER, COMMITTEE), ALL.keys
        )


def test_a_sealer_who_splits_badly_is_opened_by_the_cards_that_fit() -> None:
    """One share of four lies on another polynomial, though its own check is right."""
    bound, wrong = HERE.to_bytes(), bytes(range(32))
    key = ec.EllipticCurvePublicKey.from_encoded_point(
        ec.SECP256R1(), ALL.keys.committee[3].public_key
    )
    header = damaged(
        4,
        cipher=sealing._SUITE.encrypt(wrong, key, info=bound + b"com\x04"),
        check=hashlib.sha256(b"yn-share/1" + bound + b"com\x04" + wrong).hexdigest(),
    )
    part = sealing.gate_part(header, ALL.gate)
    dek = sealing.combine(header, part, shares(header, ["one-4", "one-1", "one-2"]), ALL.keys)
    assert dek == sealing.combine(HEADER, part, shares(HEADER, COMMITTEE), ALL.keys)
    with pytest.raises(DoesNotOpen):
        sealing.combine(header, part, shares(header, ["one-4", "one-1"]), ALL.keys)


# --- bound to its place --------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["tender", "notice", "supplier", "keyset"])
def test_an_envelope_of_another_place_is_named_and_opens_nowhere(what: str) -> None:
    other = replace(HERE, **{what: "cd" * 32})
    with pytest.raises(envelopes.Rebound) as caught:
        sealing.require_bound(HEADER, other, ALL.keys)
    assert caught.value.what == what
    moved = replace(HEADER, context=other)  # a thief writes the other place into it
    with pytest.raises(DoesNotOpen):
        sealing.gate_part(moved, ALL.gate)
    for member in (*COMMITTEE, *RECOVERY):
        with pytest.raises(BadShare):
            sealing.share(moved, member, ALL.cards[member], ALL.keys)
    with pytest.raises(DoesNotOpen):
        sealing.open_with_code(rebuilt(moved), CODE)


def rebuilt(header: Header) -> bytes:
    """The envelope with another header before the same payload."""
    return envelopes.join(header, bytes(envelopes.take_apart(ENVELOPE)[1]))


def test_an_envelope_in_its_place_is_bound() -> None:
    sealing.require_bound(HEADER, HERE, ALL.keys)


def test_an_envelope_that_claims_a_key_set_must_list_its_members() -> None:
    fewer = replace(HEADER, recovery=HEADER.recovery[:2])
    with pytest.raises(envelopes.Rebound, match="members"):
        sealing.require_bound(fewer, HERE, ALL.keys)
    other = sets.secrets("two")
    with pytest.raises(envelopes.Rebound, match="keyset"):
        sealing.require_bound(HEADER, HERE, other.keys)


def test_sealing_holds_its_caller_to_the_key_set() -> None:
    other = sets.secrets("two")
    with pytest.raises(ValueError, match="another key set"):
        sealing.seal(CONTENT, HERE, other.keys)
    with pytest.raises(ValueError, match="forty digits"):
        sealing.seal(CONTENT, HERE, ALL.keys, code="12345")
    with pytest.raises(ValueError, match="at most"):
        sealing.seal(bytes(envelopes.LARGEST), HERE, ALL.keys)


# --- one envelope, one content -------------------------------------------------------------------


def test_every_changed_bit_of_a_header_is_refused() -> None:
    """Whoever holds the very data key: it opens the envelope as it was sealed and no other."""
    held = sets.secrets("few", committee=2, recovery=2)
    here, members = held.context(), ["few-1", "few-2"]
    envelope = sealing.seal(CONTENT, here, held.keys, code=CODE)
    header = sealing.read(envelope)
    part = sealing.gate_part(header, held.gate)
    dek = sealing.combine(header, part, shares(header, members, held), held.keys)
    assert sealing.open_payload(envelope, dek) == CONTENT
    end = len(envelope) - header.payload_bytes
    refused = 0
    for place in range(end * 8):
        changed = bytearray(envelope)
        changed[place // 8] ^= 1 << place % 8
        try:
            sealing.require_bound(sealing.read(bytes(changed)), here, held.keys)
            sealing.open_payload(bytes(changed), dek)
        except (envelopes.Malformed, envelopes.Rebound, DoesNotOpen):
            refused += 1
    assert refused == end * 8


def test_every_changed_byte_of_a_payload_is_refused() -> None:
    start = len(ENVELOPE) - HEADER.payload_bytes
    for place in range(start, len(ENVELOPE), 97):
        changed = bytearray(ENVELOPE)
        changed[place] ^= 1
        with pytest.raises(DoesNotOpen):
            sealing.open_with_code(bytes(changed), CODE)


def test_chunks_neither_change_places_nor_end_early() -> None:
    content = bytes(range(256)) * 1000  # four chunks
    envelope = sealing.seal(content, HERE, ALL.keys, code=CODE)
    header, payload = envelopes.take_apart(envelope)
    step = payloads.CHUNK + 16
    pieces = [bytes(payload[place : place + step]) for place in range(0, len(payload), step)]
    assert len(pieces) == 4
    for order in itertools.permutations(range(4)):
        moved = b"".join(pieces[number] for number in order)
        if moved != payload:
            with pytest.raises((DoesNotOpen, envelopes.Malformed)):
                sealing.open_with_code(envelopes.join(header, moved), CODE)
    shorter = replace(header, payload_bytes=3 * step)
    with pytest.raises(DoesNotOpen):
        sealing.open_with_code(envelopes.join(shorter, b"".join(pieces[:3])), CODE)


def test_one_envelope_opens_to_one_content_by_every_path() -> None:
    """AES-GCM alone commits to no key. The header does: another data key is refused unread."""
    other = sealing.seal(b"another price", HERE, ALL.keys, code=CODE)
    swapped = replace(HEADER, bidder=sealing.read(other).bidder)
    with pytest.raises(DoesNotOpen, match="committed"):
        sealing.open_with_code(rebuilt(swapped), CODE)
    swapped = replace(HEADER, gate=sealing.read(other).gate)
    part = sealing.gate_part(swapped, ALL.gate)
    with pytest.raises(DoesNotOpen, match="committed"):
        sealing.combine(swapped, part, shares(swapped, COMMITTEE), ALL.keys)
    with pytest.raises(DoesNotOpen, match="committed"):
        sealing.open_payload(ENVELOPE, bytes(32))
    paths = {opened(ENVELOPE, some) for some in subsets(COMMITTEE) if len(some) == 2}
    paths |= {opened(ENVELOPE, some) for some in subsets(RECOVERY) if len(some) == 2}
    assert paths | {sealing.open_with_code(ENVELOPE, CODE)} == {CONTENT}


# --- what can be seen from outside ---------------------------------------------------------------


def test_nothing_of_the_content_is_seen_and_no_two_envelopes_are_alike() -> None:
    again = sealing.seal(CONTENT, HERE, ALL.keys, code=CODE)
    assert CONTENT not in ENVELOPE
    one, two = json.loads(HEADER.to_bytes()), json.loads(sealing.read(again).to_bytes())
    same = {name for name in one if one[name] == two[name]}
    assert same == {
        "v", "mode", "suite", "policy", "tender", "notice", "supplier", "keyset", "payload_bytes"
    }  # fmt: skip


def test_the_header_is_canonical_json_of_fixed_names() -> None:
    text = HEADER.to_bytes()
    values = json.loads(text)
    assert rfc8785.dumps(values) == text
    assert list(values) == sorted(values)
    assert ENVELOPE.startswith(b"yn-sealed-bid/1\n" + len(text).to_bytes(4, "big") + text)
    assert list(values["committee"][0]) == ["c", "h", "m", "x"]
    assert 2000 < len(text) < 4000


def test_ten_megabytes_are_sealed_and_opened_quickly() -> None:
    content = bytes(10_000_000)
    began = time.process_time()
    envelope = sealing.seal(content, HERE, ALL.keys, code=CODE)
    assert opened(envelope, COMMITTEE[:2]) == content
    assert time.process_time() - began < 2  # seconds of a processor: tenths as a rule


def test_the_largest_bid_fits() -> None:
    """30 MB of files with all their texts."""
    content = bytes(30 * 1024 * 1024 + 300_000)
    assert len(sealing.seal(content, HERE, ALL.keys, code=CODE)) <= envelopes.LARGEST


def test_whom_it_is_sealed_to_need_not_be_two_of_four() -> None:
    held = sets.secrets("wide", committee=5)
    keys = KeySet(held.keys.policy, held.keys.gate, held.keys.committee, 3, held.keys.recovery, 3)
    wide = Secrets(keys, held.gate, held.cards)
    envelope = sealing.seal(CONTENT, wide.context(), keys)
    assert opened(envelope, ["wide-1", "wide-3", "wide-5"], wide) == CONTENT
    with pytest.raises(NotEnough):
        opened(envelope, ["wide-1", "wide-3", "wide-r1"], wide)


def test_the_words_of_the_kind_are_those_of_the_format() -> None:
    assert [kind.value for kind in Kind] == ["com", "rec"]
    assert Context("t", "n", "s", "k").to_bytes() == (
        b'{"keyset":"k","notice":"n","supplier":"s","tender":"t"}'
    )
    assert Member("a", b"").id == "a"
