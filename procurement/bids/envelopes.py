"""The envelope of a bid as bytes: what its header says, and what is wrong with one. Pure.

Nothing here holds a key. docs/sealing.md states the format.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import rfc8785

from procurement.keycards.manifest import KeySet, Policy

VERSION = "yn-sealed-bid/1"
MAGIC = b"yn-sealed-bid/1\n"
SUITE = "HPKE-P256-HKDF-SHA256-AES256GCM"
LARGEST = 32 * 1024 * 1024  # bytes of an envelope: 30 MB of files and the texts, padded
LARGEST_HEADER = 64 * 1024
SECRET = 32  # bytes of a data key, of each of its parts and shares
WRAPPED = 65 + SECRET + 16  # HPKE: ephemeral point, cipher text, tag
CODED = 12 + SECRET + 16  # AES-GCM: nonce, cipher text, tag
_HEX = re.compile(r"[0-9a-f]{64}")
_START = len(MAGIC) + 4


class Mode(StrEnum):
    """Who sealed: the server on arrival, or the bidder's own device."""

    SERVER = "S"
    CLIENT = "C"


class Kind(StrEnum):
    """Whose share it is; the value stands in what is hashed and bound."""

    COMMITTEE = "com"
    RECOVERY = "rec"


class Flaw(StrEnum):
    """What is wrong with bytes that should be an envelope."""

    NOT_AN_ENVELOPE = "not an envelope"
    TRUNCATED = "truncated"
    OVERSIZED = "oversized"
    NOT_CANONICAL = "header not canonical"
    UNKNOWN_VERSION = "unknown version"
    UNKNOWN_SUITE = "unknown suite"
    WRONG_FIELDS = "wrong fields"
    BAD_BASE64 = "bad base64"
    WRONG_MEMBERS = "wrong member list"
    PAYLOAD_LENGTH = "payload length"


class Malformed(ValueError):
    """Bytes that are no envelope; `flaw` says why."""

    def __init__(self, flaw: Flaw, detail: str = "") -> None:
        super().__init__(f"{flaw}: {detail}" if detail else str(flaw))
        self.flaw = flaw


class Rebound(ValueError):
    """An envelope of another place; `what` differs: tender, notice, supplier, keyset, members …"""

    def __init__(self, what: str) -> None:
        super().__init__(f"bound to another {what}")
        self.what = what


@dataclass(frozen=True)
class TooLarge:
    """A file that was sent and let go unread, for it has more bytes than an envelope may."""

    size: int


Sent = bytes | TooLarge


@dataclass(frozen=True)
class Context:
    """Where an envelope belongs: ocid, hash of the notice, id of the supplier, key set."""

    tender: str
    notice: str
    supplier: str
    keyset: str

    def form(self) -> dict[str, str]:
        """Return the fields of the header."""
        return {
            "tender": self.tender,
            "notice": self.notice,
            "supplier": self.supplier,
            "keyset": self.keyset,
        }

    def to_bytes(self) -> bytes:
        """Return what every cipher text inside is bound to: canonical JSON."""
        return self._text

    @cached_property
    def _text(self) -> bytes:
        return bytes(rfc8785.dumps(self.form()))


@dataclass(frozen=True)
class Wrapped:
    """A share, wrapped for one member: `check` is the hash of the share."""

    member: str
    place: int
    cipher: bytes
    check: str

    def form(self) -> dict[str, str | int]:
        """Return the entry of the header."""
        return {"m": self.member, "x": self.place, "c": b64(self.cipher), "h": self.check}


@dataclass(frozen=True)
class Header:
    """What an envelope says in clear."""

    mode: Mode
    policy: Policy
    context: Context
    dek_commit: str
    gate: bytes
    committee: tuple[Wrapped, ...]
    recovery: tuple[Wrapped, ...]
    bidder: bytes  # empty: no receipt code opens this bid
    payload_bytes: int

    def form(self) -> dict[str, Any]:
        """Return the fields of the header."""
        return {
            **self.context.form(),
            "v": VERSION,
            "mode": self.mode.value,
            "suite": SUITE,
            "policy": self.policy.value,
            "dek_commit": self.dek_commit,
            "gate": b64(self.gate),
            "committee": [each.form() for each in self.committee],
            "recovery": [each.form() for each in self.recovery],
            "bidder": b64(self.bidder),
            "payload_bytes": self.payload_bytes,
        }

    def to_bytes(self) -> bytes:
        """Return the header as it stands in the envelope: canonical JSON."""
        return self._text

    @cached_property
    def _text(self) -> bytes:
        return bytes(rfc8785.dumps(self.form()))

    def digest(self) -> bytes:
        """Return the SHA-256 of the header: the payload is bound to every bit of it."""
        return hashlib.sha256(self.to_bytes()).digest()

    def shares(self, kind: Kind) -> tuple[Wrapped, ...]:
        """Return the wrapped shares of the committee, or of the recovery custodians."""
        return self.committee if kind is Kind.COMMITTEE else self.recovery


def b64(value: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(value).decode()


def join(header: Header, payload: bytes) -> bytes:
    """Return an envelope."""
    text = header.to_bytes()
    return b"".join((MAGIC, len(text).to_bytes(4, "big"), text, payload))


def read(envelope: bytes) -> Header:
    """Return the header of an envelope that is whole and in its one form. Raises Malformed."""
    return take_apart(envelope)[0]


def take_apart(envelope: bytes) -> tuple[Header, memoryview]:
    """Return header and payload of an envelope. Raises Malformed."""
    if len(envelope) > LARGEST:
        raise Malformed(Flaw.OVERSIZED, f"{len(envelope)} bytes, at most {LARGEST}")
    _require_magic(envelope[: len(MAGIC)])
    size = int.from_bytes(envelope[len(MAGIC) : _START], "big")
    if size > LARGEST_HEADER:
        raise Malformed(Flaw.OVERSIZED, f"a header of {size} bytes, at most {LARGEST_HEADER}")
    if len(envelope) < _START + size:
        raise Malformed(Flaw.TRUNCATED, "in the header")
    text = bytes(envelope[_START : _START + size])
    header = _parsed(text)
    payload = memoryview(envelope)[_START + size :]
    if len(payload) < header.payload_bytes:
        raise Malformed(Flaw.TRUNCATED, f"{header.payload_bytes - len(payload)} bytes are missing")
    if len(payload) > header.payload_bytes:
        raise Malformed(Flaw.PAYLOAD_LENGTH, f"{len(payload) - header.payload_bytes} bytes more")
    return header, payload


def require_bound(header: Header, context: Context, keys: KeySet) -> None:
    """Raise Rebound unless an envelope is for this tender, notice, supplier and key set."""
    for what, expected in context.form().items():
        if header.context.form()[what] != expected:
            raise Rebound(what)
    if header.context.keyset != keys.digest():
        raise Rebound("keyset")
    for wrapped, members in ((header.committee, keys.committee), (header.recovery, keys.recovery)):
        if [each.member for each in wrapped] != [member.id for member in members]:
            raise Rebound("members")
    if header.policy is not keys.policy:
        raise Rebound("policy")


def _require_magic(start: bytes) -> None:
    if start == MAGIC:
        return
    if MAGIC.startswith(start):
        raise Malformed(Flaw.TRUNCATED, "before the header")
    if start.startswith(b"yn-sealed-bid/"):
        raise Malformed(Flaw.UNKNOWN_VERSION)
    raise Malformed(Flaw.NOT_AN_ENVELOPE)


def _parsed(text: bytes) -> Header:
    """Return the header in these bytes; only its one canonical form is taken."""
    try:
        values = json.loads(text)
        is_canonical = isinstance(values, dict) and rfc8785.dumps(values) == text
    except (ValueError, RecursionError) as error:
        raise Malformed(Flaw.NOT_CANONICAL, str(error)) from error
    if not is_canonical:
        raise Malformed(Flaw.NOT_CANONICAL)
    if values.get("v") != VERSION:
        raise Malformed(Flaw.UNKNOWN_VERSION, str(values.get("v"))[:40])
    if values.get("suite") != SUITE:
        raise Malformed(Flaw.UNKNOWN_SUITE, str(values.get("suite"))[:80])
    try:
        header = _header(values)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(Flaw.WRONG_FIELDS, str(error)) from error
    if header.form() != values:  # a field too many
        raise Malformed(Flaw.WRONG_FIELDS)
    return header


def _header(values: Mapping[str, Any]) -> Header:
    policy = Policy(values["policy"])
    committee, recovery = _wrapped(values["committee"]), _wrapped(values["recovery"])
    names = [each.member for each in (*committee, *recovery)]
    if len(set(names)) != len(names) or bool(committee) is not (policy is Policy.CARDS):
        raise Malformed(Flaw.WRONG_MEMBERS)
    if recovery and not committee:
        raise Malformed(Flaw.WRONG_MEMBERS)
    size = values["payload_bytes"]
    if type(size) is not int or size < 0:
        raise Malformed(Flaw.PAYLOAD_LENGTH)
    return Header(
        mode=Mode(values["mode"]),
        policy=policy,
        context=Context(
            tender=_text(values["tender"]),
            notice=_hex(values["notice"]),
            supplier=_text(values["supplier"]),
            keyset=_hex(values["keyset"]),
        ),
        dek_commit=_hex(values["dek_commit"]),
        gate=_binary(values["gate"], WRAPPED),
        committee=committee,
        recovery=recovery,
        bidder=_binary(values["bidder"], *((CODED,) if values["bidder"] else (0,))),
        payload_bytes=size,
    )


def _wrapped(listed: Sequence[Mapping[str, Any]]) -> tuple[Wrapped, ...]:
    if not isinstance(listed, list) or len(listed) > 255:
        raise Malformed(Flaw.WRONG_MEMBERS)
    found = []
    for place, each in enumerate(listed, 1):
        if set(each) != {"m", "x", "c", "h"} or type(each["x"]) is not int or each["x"] != place:
            raise Malformed(Flaw.WRONG_MEMBERS)
        cipher = _binary(each["c"], WRAPPED)
        found.append(Wrapped(_text(each["m"]), place, cipher, _hex(each["h"])))
    return tuple(found)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a text is missing")
    return value


def _hex(value: object) -> str:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise TypeError("a SHA-256 in lower-case hexadecimal is missing")
    return value


def _binary(value: object, size: int) -> bytes:
    try:
        found = base64.b64decode(_text(value), validate=True) if value != "" else b""
    except binascii.Error as error:
        raise Malformed(Flaw.BAD_BASE64, str(error)) from error
    if b64(found) != value:
        raise Malformed(Flaw.BAD_BASE64)
    if len(found) != size:
        raise Malformed(Flaw.WRONG_FIELDS, f"{len(found)} bytes where {size} belong")
    return found
