"""An envelope as bytes: what is none is refused, and told why."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from procurement.bids import envelopes, sealing
from procurement.bids.envelopes import Flaw, Malformed
from tests.procurement.bids import sets

ALL = sets.secrets()
ENVELOPE = sealing.seal(b"bid" * 50_000, ALL.context(), ALL.keys, code="0" * 40)
HEADER, PAYLOAD = envelopes.take_apart(ENVELOPE)
VALUES: dict[str, Any] = json.loads(HEADER.to_bytes())
BODY = len(ENVELOPE) - len(PAYLOAD)  # where the payload begins


def flaw(envelope: bytes) -> Flaw:
    """Why bytes are refused."""
    with pytest.raises(Malformed) as caught:
        envelopes.read(envelope)
    return caught.value.flaw


def with_text(text: bytes) -> bytes:
    """An envelope with these bytes for a header."""
    return envelopes.MAGIC + len(text).to_bytes(4, "big") + text + bytes(PAYLOAD)


def with_values(**changes: object) -> bytes:
    """An envelope whose header says something else, in canonical form."""
    return with_text(rfc8785.dumps(VALUES | changes))


def test_an_envelope_is_read() -> None:
    header = envelopes.read(ENVELOPE)
    assert header == HEADER
    assert header.context == ALL.context()
    assert header.payload_bytes == len(PAYLOAD)
    assert envelopes.join(header, bytes(PAYLOAD)) == ENVELOPE


@pytest.mark.parametrize(
    "size",
    [0, 1, 15, 16, 19, 20, 21, 1000, BODY - 1, BODY, BODY + 1, BODY + 65552, len(ENVELOPE) - 1],
)
def test_an_envelope_cut_short_is_told_so_wherever_it_is_cut(size: int) -> None:
    assert flaw(ENVELOPE[:size]) == Flaw.TRUNCATED


def test_an_envelope_with_something_behind_it_is_refused() -> None:
    assert flaw(ENVELOPE + b"\0") == Flaw.PAYLOAD_LENGTH


def test_an_oversized_envelope_is_refused_unread() -> None:
    assert flaw(bytes(envelopes.LARGEST + 1)) == Flaw.OVERSIZED
    assert flaw(envelopes.MAGIC + b"\0\2\0\0" + bytes(200_000)) == Flaw.OVERSIZED


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        (b"%PDF-1.7 a proposal", Flaw.NOT_AN_ENVELOPE),
        (b"YN-SEALED-BID/1\n", Flaw.NOT_AN_ENVELOPE),
        (b"yn-sealed-bid/2\n" + ENVELOPE[16:], Flaw.UNKNOWN_VERSION),
        (with_values(v="yn-sealed-bid/2"), Flaw.UNKNOWN_VERSION),
        (with_values(suite="SM2-SM3-SM4"), Flaw.UNKNOWN_SUITE),
        (with_values(mode="X"), Flaw.WRONG_FIELDS),
        (with_values(policy="cards"), Flaw.WRONG_FIELDS),
        (with_values(extra=1), Flaw.WRONG_FIELDS),
        (with_values(tender=""), Flaw.WRONG_FIELDS),
        (with_values(tender=7), Flaw.WRONG_FIELDS),
        (with_values(notice="AB" * 32), Flaw.WRONG_FIELDS),
        (with_values(dek_commit="ab"), Flaw.WRONG_FIELDS),
        (with_values(gate=""), Flaw.WRONG_FIELDS),
        (with_values(gate=None), Flaw.WRONG_FIELDS),
        (with_values(gate="AAAA"), Flaw.WRONG_FIELDS),
        (with_values(gate="A"), Flaw.BAD_BASE64),
        (with_values(gate=VALUES["gate"].rstrip("=")), Flaw.BAD_BASE64),
        (with_values(gate=VALUES["gate"] + "\n"), Flaw.BAD_BASE64),
        (with_values(bidder="*"), Flaw.BAD_BASE64),
        (with_values(payload_bytes=len(PAYLOAD) - 1), Flaw.PAYLOAD_LENGTH),
        (with_values(payload_bytes=len(PAYLOAD) + 1), Flaw.TRUNCATED),
        (with_values(payload_bytes=-1), Flaw.PAYLOAD_LENGTH),
        (with_values(payload_bytes=True), Flaw.PAYLOAD_LENGTH),
        (with_values(payload_bytes=str(len(PAYLOAD))), Flaw.PAYLOAD_LENGTH),
        (with_values(committee=[]), Flaw.WRONG_MEMBERS),
        (with_values(committee={}), Flaw.WRONG_MEMBERS),
        (with_values(policy="clock"), Flaw.WRONG_MEMBERS),
        (with_values(committee=VALUES["committee"][::-1]), Flaw.WRONG_MEMBERS),
        (with_values(committee=VALUES["committee"][1:]), Flaw.WRONG_MEMBERS),
        (with_values(recovery=VALUES["committee"][:3]), Flaw.WRONG_MEMBERS),
        (with_values(committee=[VALUES["committee"][0] | {"x": 1.5}]), Flaw.WRONG_MEMBERS),
        (with_values(committee=[{"m": "a"}]), Flaw.WRONG_MEMBERS),
        (with_values(committee=[1]), Flaw.WRONG_FIELDS),
        (with_text(b"[]"), Flaw.NOT_CANONICAL),
        (with_text(b""), Flaw.NOT_CANONICAL),
        (with_text(b"not json"), Flaw.NOT_CANONICAL),
        (with_text(b"[" * 60_000), Flaw.NOT_CANONICAL),
        (with_text(b'{"a":1e999}'), Flaw.NOT_CANONICAL),
        (with_text(b'{"a":"\\ud800"}'), Flaw.NOT_CANONICAL),
        (with_text(b"\xff\xfe"), Flaw.NOT_CANONICAL),
        (with_text(json.dumps(VALUES).encode()), Flaw.NOT_CANONICAL),
        (with_text(HEADER.to_bytes().replace(b'"mode"', b'"mode" ')), Flaw.NOT_CANONICAL),
        (with_text(HEADER.to_bytes()[:-1] + b',"v":"yn-sealed-bid/1"}'), Flaw.NOT_CANONICAL),
        (with_text(b"{}"), Flaw.UNKNOWN_VERSION),
    ],
    ids=lambda value: str(value) if isinstance(value, Flaw) else "envelope",  # random bytes
)
def test_what_is_wrong_with_an_envelope_is_said(envelope: bytes, expected: Flaw) -> None:
    assert flaw(envelope) == expected


def test_base64_has_one_form() -> None:
    """Bits that no byte uses, in the last sign, must be nought."""
    text = VALUES["gate"]
    assert text.endswith("=")
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = len(text.rstrip("=")) - 1
    other = text[:place] + signs[signs.index(text[place]) ^ 1] + text[place + 1 :]
    assert flaw(with_values(gate=other)) == Flaw.BAD_BASE64


@pytest.mark.parametrize("name", sorted(VALUES))
def test_no_field_may_be_missing(name: str) -> None:
    text = rfc8785.dumps({key: value for key, value in VALUES.items() if key != name})
    assert flaw(with_text(text)) in {
        Flaw.WRONG_FIELDS,
        Flaw.UNKNOWN_VERSION,
        Flaw.UNKNOWN_SUITE,
    }


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(junk: bytes) -> None:
    whole: list[Callable[[], bytes]] = [
        lambda: junk,
        lambda: envelopes.MAGIC + junk,
        lambda: with_text(junk),
        lambda: ENVELOPE[:300] + junk,
    ]
    for make in whole:
        assert flaw(make()) in Flaw
