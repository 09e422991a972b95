"""A key set as it is published: the gate's key, and the public keys of those with cards. Pure.

Whoever seals needs nothing else, and its digest stands in every envelope.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

VERSION = "yn-keyset/1"
POINT = 65  # bytes of an uncompressed SEC1 point of P-256


class Policy(StrEnum):
    """What an opening takes: the gate alone, or the gate and key cards."""

    CLOCK = "clock"
    CARDS = "clock-and-cards"


class BadManifest(ValueError):
    """Bytes, or keys, that are no key set."""


@dataclass(frozen=True)
class Member:
    """Someone with a key card: an id and a public key (SEC1, uncompressed)."""

    id: str
    public_key: bytes


@dataclass(frozen=True)
class KeySet:
    """Whom a bid is sealed to: `k` of the committee, or `kr` of the recovery custodians.

    Raises BadManifest when made of what cannot be sealed to.
    """

    policy: Policy
    gate: bytes
    committee: tuple[Member, ...] = ()
    k: int = 0
    recovery: tuple[Member, ...] = ()
    kr: int = 0

    def __post_init__(self) -> None:
        """Hold that the numbers fit and every key is a point of the curve."""
        ids = [member.id for member in (*self.committee, *self.recovery)]
        if len(set(ids)) != len(ids) or not all(ids):
            raise BadManifest("each member has an id of its own")
        if self.policy is Policy.CLOCK and (ids or self.k or self.kr):
            raise BadManifest("the clock opens without cards")
        if self.policy is Policy.CARDS and not (
            2 <= self.k <= len(self.committee) <= 255
            and (2 <= self.kr <= len(self.recovery) <= 255 or self.kr == len(self.recovery) == 0)
        ):
            raise BadManifest("at least two of those who have cards open")
        for point in (self.gate, *(m.public_key for m in (*self.committee, *self.recovery))):
            _require_point(point)

    @classmethod
    def from_manifest(cls, manifest: bytes) -> Self:
        """Return the key set that is published in these bytes. Raises BadManifest."""
        try:
            values = json.loads(manifest)
            found = cls._from_values(values)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadManifest(str(error)) from error
        if found.manifest() != manifest:
            raise BadManifest("not in canonical form")
        return found

    @classmethod
    def _from_values(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            policy=Policy(values["policy"]),
            gate=base64.b64decode(values["gate"], validate=True),
            committee=_members(values["committee"]),
            k=_count(values["k"]),
            recovery=_members(values["recovery"]),
            kr=_count(values["kr"]),
        )

    def manifest(self) -> bytes:
        """Return the key set as canonical JSON: what is published and hashed."""
        return bytes(
            rfc8785.dumps(
                {
                    "v": VERSION,
                    "policy": self.policy.value,
                    "gate": _b64(self.gate),
                    "committee": [{"m": m.id, "pk": _b64(m.public_key)} for m in self.committee],
                    "k": self.k,
                    "recovery": [{"m": m.id, "pk": _b64(m.public_key)} for m in self.recovery],
                    "kr": self.kr,
                }
            )
        )

    def digest(self) -> str:
        """Return the SHA-256 of the manifest, in hexadecimal: the name of the set."""
        return hashlib.sha256(self.manifest()).hexdigest()

    def member(self, member_id: str) -> Member | None:
        """Return a member of the committee or of the recovery custodians."""
        return next((m for m in (*self.committee, *self.recovery) if m.id == member_id), None)


def _members(listed: list[Mapping[str, str]]) -> tuple[Member, ...]:
    return tuple(Member(one["m"], base64.b64decode(one["pk"], validate=True)) for one in listed)


def _count(value: object) -> int:
    if type(value) is not int:
        raise TypeError("a number is missing")
    return value


def _require_point(point: bytes) -> None:
    if len(point) != POINT:
        raise BadManifest(f"a public key has {POINT} bytes")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise BadManifest("a public key that is not on the curve") from error


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
