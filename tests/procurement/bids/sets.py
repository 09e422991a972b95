"""Key sets with all their secrets, for tests that seal and open."""

from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from procurement.bids.envelopes import Context
from procurement.keycards import cards
from procurement.keycards.manifest import KeySet, Member, Policy


@dataclass(frozen=True)
class Secrets:
    """A key set and every private key of it."""

    keys: KeySet
    gate: ec.EllipticCurvePrivateKey
    cards: dict[str, ec.EllipticCurvePrivateKey]

    def context(self) -> Context:
        """A place for an envelope sealed to this set."""
        return Context("ocds-yn0000-2026-000001", "ab" * 32, "CN-MZ-7", self.keys.digest())


def secrets(name: str = "one", *, committee: int = 4, recovery: int = 3) -> Secrets:
    """A key set of clock and cards, two of each needed; another name gives other cards."""
    held = {
        member: cards.private_key(cards.make(), member)
        for member in [
            *(f"{name}-{place}" for place in range(1, committee + 1)),
            *(f"{name}-r{place}" for place in range(1, recovery + 1)),
        ]
    }
    members = [Member(member, point(key)) for member, key in held.items()]
    gate = ec.generate_private_key(ec.SECP256R1())
    keys = KeySet(
        Policy.CARDS,
        gate=point(gate),
        committee=tuple(members[:committee]),
        k=2,
        recovery=tuple(members[committee:]),
        kr=2 if recovery else 0,
    )
    return Secrets(keys, gate, held)


def clock() -> Secrets:
    """A key set of the clock alone."""
    gate = ec.generate_private_key(ec.SECP256R1())
    return Secrets(KeySet(Policy.CLOCK, point(gate)), gate, {})


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key as it stands in a manifest."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
