"""Sealing: a bid is cipher text from the moment it arrives. Only `bids.actions` imports this.

The data key of every bid is split for it alone, with no dealer: one part for the time gate, one
among the key cards of the opening committee and, apart from that, of the recovery custodians. The
bidder's receipt code opens the bidder's own bid. Pure: bytes in, bytes out. docs/sealing.md states
the format and what it promises.
"""

import hashlib
import itertools
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from procurement.bids import envelopes, payloads, sharing
from procurement.bids.envelopes import (
    CODED,
    LARGEST,
    SECRET,
    Context,
    Flaw,
    Header,
    Kind,
    Malformed,
    Mode,
    Rebound,
    Wrapped,
    read,
    require_bound,
)
from procurement.bids.payloads import DoesNotOpen
from procurement.keycards.manifest import KeySet, Member, Policy

__all__ = [
    "LARGEST",
    "BadShare",
    "Context",
    "DoesNotOpen",
    "Flaw",
    "Header",
    "KeySet",
    "Kind",
    "Malformed",
    "Member",
    "Mode",
    "NotEnough",
    "Policy",
    "Rebound",
    "Share",
    "WrongCard",
    "combine",
    "gate_part",
    "open_payload",
    "open_with_code",
    "read",
    "require_bound",
    "seal",
    "share",
]

_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_NONCE = 12
_DIGITS = re.compile(r"[0-9]{40}")


class WrongCard(Exception):
    """A key card of nobody in this key set, or of another person in it."""

    def __init__(self, member: str) -> None:
        super().__init__(f"this card is not the card of {member} in this key set")
        self.member = member


class BadShare(Exception):
    """The right card, but what was wrapped for it is damaged; `member` names whose it is."""

    def __init__(self, member: str) -> None:
        super().__init__(f"the share of {member} is damaged")
        self.member = member


class NotEnough(Exception):
    """Too few parts came together: `lacks` is "gate" or "cards"."""

    def __init__(self, lacks: str) -> None:
        super().__init__(f"not enough to open: {lacks}")
        self.lacks = lacks


@dataclass(frozen=True)
class Share:
    """What one card contributes to the opening of one bid."""

    kind: Kind
    place: int
    value: bytes

    def to_bytes(self) -> bytes:
        """Return the share as it is stored: kind, place, value."""
        return self.kind.value.encode() + bytes([self.place]) + self.value

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Return a stored share. Raises ValueError."""
        if len(stored) != 4 + SECRET:
            raise ValueError("not a share")
        return cls(Kind(bytes(stored[:3]).decode()), stored[3], bytes(stored[4:]))


# --- sealing -------------------------------------------------------------------------------------


def seal(
    content: bytes, context: Context, keys: KeySet, *, code: str | None = None, mode: str = "S"
) -> bytes:
    """Return the envelope of a content for one place; `code` is the bidder's, forty digits.

    Raises ValueError when the context names another key set, or the content is too long.
    """
    if context.keyset != keys.digest():
        raise ValueError("the context names another key set")
    if code is not None and not _DIGITS.fullmatch(code):
        raise ValueError("a receipt code has forty digits")
    dek, bound = secrets.token_bytes(SECRET), context.to_bytes()
    part, committee, recovery = _split(dek, keys, bound)
    header = Header(
        mode=Mode(mode),
        policy=keys.policy,
        context=context,
        dek_commit=_commitment(dek),
        gate=_wrap(part, keys.gate, bound + b"gate"),
        committee=committee,
        recovery=recovery,
        bidder=_wrap_for_bidder(dek, code, bound) if code else b"",
        payload_bytes=payloads.length(len(content)),
    )
    envelope = envelopes.join(header, payloads.encrypt(content, dek, header.digest()))
    if len(envelope) > LARGEST:
        raise ValueError(f"an envelope of {len(envelope)} bytes, at most {LARGEST}")
    return envelope


def _split(
    dek: bytes, keys: KeySet, bound: bytes
) -> tuple[bytes, tuple[Wrapped, ...], tuple[Wrapped, ...]]:
    """Return the gate's part, and the shares of the rest wrapped for each member."""
    if keys.policy is Policy.CLOCK:
        return dek, (), ()
    rest = secrets.token_bytes(SECRET)
    committee = _wrap_shares(rest, keys.committee, keys.k, Kind.COMMITTEE, bound)
    recovery = _wrap_shares(rest, keys.recovery, keys.kr, Kind.RECOVERY, bound)
    return _xor(dek, rest), committee, recovery


def _wrap_shares(
    rest: bytes, members: tuple[Member, ...], needed: int, kind: Kind, bound: bytes
) -> tuple[Wrapped, ...]:
    if not members:
        return ()
    shares = sharing.split(rest, needed=needed, count=len(members))
    numbered = list(enumerate(shares, 1))
    for some in itertools.combinations(numbered, needed):
        if sharing.join(dict(some)) != rest:  # never yet; what is wrapped cannot be looked at again
            raise ArithmeticError("the shares do not give the secret back")
    return tuple(
        Wrapped(
            member=member.id,
            place=place,
            cipher=_wrap(value, member.public_key, _bound_to(bound, kind, place)),
            check=_check(bound, kind, place, value),
        )
        for member, (place, value) in zip(members, numbered, strict=True)
    )


def _wrap(secret: bytes, public_key: bytes, info: bytes) -> bytes:
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    return bytes(_SUITE.encrypt(secret, key, info=info))


def _wrap_for_bidder(dek: bytes, code: str, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_code_key(code, bound)).encrypt(nonce, dek, bound)


# --- opening -------------------------------------------------------------------------------------


def gate_part(header: Header, private_key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the gate's part of the data key. Raises DoesNotOpen."""
    try:
        part = bytes(_SUITE.decrypt(header.gate, private_key, info=_bound(header) + b"gate"))
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen("the gate's part does not open") from error
    return part


def share(
    header: Header, member_id: str, private_key: ec.EllipticCurvePrivateKey, keys: KeySet
) -> Share:
    """Return what a member's card contributes to one bid. Raises WrongCard or BadShare."""
    member = keys.member(member_id)
    point = private_key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    if member is None or point != member.public_key:
        raise WrongCard(member_id)
    kind, wrapped = _wrapped_for(header, member_id)
    info = _bound_to(_bound(header), kind, wrapped.place)
    try:
        value = bytes(_SUITE.decrypt(wrapped.cipher, private_key, info=info))
    except (InvalidTag, ValueError) as error:
        raise BadShare(member_id) from error
    found = Share(kind, wrapped.place, value)
    if not _is_right(header, found):
        raise BadShare(member_id)
    return found


def combine(header: Header, part: bytes | None, shares: Iterable[Share], keys: KeySet) -> bytes:
    """Return the data key of a bid. `part` is the gate's, None while it is shut.

    Committee and recovery are never mixed. A damaged share is left out while others suffice; else
    BadShare names it. Raises NotEnough or DoesNotOpen.
    """
    if part is None:
        raise NotEnough("gate")
    if len(part) != SECRET:  # the gate could not open what was wrapped for it
        raise DoesNotOpen("the gate's part is damaged")
    if keys.policy is Policy.CLOCK:
        return _committed(header, [part])
    given = list(shares)
    good = {each for each in given if _is_right(header, each)}
    needed = {Kind.COMMITTEE: keys.k, Kind.RECOVERY: keys.kr}
    enough = [
        (kind, count)
        for kind, count in needed.items()
        if count and sum(each.kind is kind for each in good) >= count
    ]
    if enough:
        return _committed(header, (_xor(part, rest) for rest in _candidates(good, enough)))
    for each in given:
        if each not in good:
            raise BadShare(_name(header, each))
    raise NotEnough("cards")


def open_with_code(envelope: bytes, code: str) -> bytes:
    """Return the content of the bidder's own bid. Raises Malformed or DoesNotOpen."""
    header = read(envelope)
    bound = _bound(header)
    if len(header.bidder) != CODED:
        raise DoesNotOpen("this bid was sealed without a receipt code")
    nonce, cipher = header.bidder[:_NONCE], header.bidder[_NONCE:]
    try:
        dek = AESGCM(_code_key(code, bound)).decrypt(nonce, cipher, bound)
    except InvalidTag as error:
        raise DoesNotOpen("this is not the receipt code of this bid") from error
    return open_payload(envelope, dek)


def open_payload(envelope: bytes, dek: bytes) -> bytes:
    """Return the content of an envelope. Raises Malformed or DoesNotOpen."""
    header, payload = envelopes.take_apart(envelope)
    _committed(header, [dek])
    return payloads.decrypt(payload, dek, header.digest())


def _candidates(good: set[Share], enough: Iterable[tuple[Kind, int]]) -> Iterator[bytes]:
    """Yield what each sufficient choice of shares gives: a sealer may have got some wrong."""
    for kind, count in enough:
        ours = sorted((each.place, each.value) for each in good if each.kind is kind)
        for some in itertools.combinations(ours, count):
            yield sharing.join(dict(some))


def _committed(header: Header, candidates: Iterable[bytes]) -> bytes:
    for dek in candidates:
        if compare_digest(_commitment(dek), header.dek_commit):
            return dek
    raise DoesNotOpen("the data key is not the one that was committed to")


def _wrapped_for(header: Header, member_id: str) -> tuple[Kind, Wrapped]:
    for kind in Kind:
        for wrapped in header.shares(kind):
            if wrapped.member == member_id:
                return kind, wrapped
    raise WrongCard(member_id)


def _is_right(header: Header, found: Share) -> bool:
    places: Mapping[int, Wrapped] = {each.place: each for each in header.shares(found.kind)}
    wrapped = places.get(found.place)
    return wrapped is not None and compare_digest(
        wrapped.check, _check(_bound(header), found.kind, found.place, found.value)
    )


def _name(header: Header, found: Share) -> str:
    names = {each.place: each.member for each in header.shares(found.kind)}
    return names.get(found.place, f"{found.kind} {found.place}")


# --- what both need ------------------------------------------------------------------------------


def _bound(header: Header) -> bytes:
    return header.context.to_bytes()


def _bound_to(bound: bytes, kind: Kind, place: int) -> bytes:
    return bound + kind.value.encode() + bytes([place])


def _check(bound: bytes, kind: Kind, place: int, value: bytes) -> str:
    return hashlib.sha256(b"yn-share/1" + _bound_to(bound, kind, place) + value).hexdigest()


def _commitment(dek: bytes) -> str:
    return hashlib.sha256(b"yn-dek/1" + dek).hexdigest()


def _code_key(code: str, bound: bytes) -> bytes:
    derived = HKDF(hashes.SHA256(), length=32, salt=b"yn-code/1", info=bound)
    return derived.derive(code.encode())


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
