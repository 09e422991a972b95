"""The test word of a drill: sealed to the cards of a set, and opened again by enough of them. Pure.

It uses the keys of the cards exactly as the opening does (HPKE, RFC 9180), but nothing of a bid.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from procurement.keycards import cards
from procurement.keycards.manifest import Member

WORDS = ("木棉", "石榴", "山茶", "杜鹃", "银杏", "白鹇", "青稞", "蓝花楹")
_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_PRIME = 2**521 - 1  # shares are points of a polynomial over this field (Shamir 1979)
_KEY, _SHARE, _NONCE = 32, 66, 12  # bytes

Sealed = Mapping[str, object]


class Unopened(Exception):
    """The test word does not open: a part was damaged."""


def fresh_word() -> str:
    """Return a test word nobody can guess beforehand: a flower or a bird, and four digits."""
    return f"{secrets.choice(WORDS)} {secrets.randbelow(10_000):04}"


def seal(
    word: str,
    keyset: str,
    *,
    committee: Sequence[Member],
    k: int,
    recovery: Sequence[Member],
    kr: int,
) -> Sealed:
    """Return the word sealed: any `k` of the committee open it, or any `kr` in reserve."""
    key = secrets.token_bytes(_KEY)
    nonce = secrets.token_bytes(_NONCE)
    shares = _sealed_shares(key, keyset, committee, k) | _sealed_shares(key, keyset, recovery, kr)
    cipher = AESGCM(key).encrypt(nonce, word.encode(), keyset.encode())
    return {"keyset": keyset, "word": _text(nonce + cipher), "shares": shares}


def part(sealed: Sealed, member: str, digits: str) -> bytes:
    """Return what one card contributes. Raises Unopened when it is not the card of the member."""
    shares = sealed["shares"]
    if not isinstance(shares, dict) or member not in shares:
        raise Unopened(member)
    private = cards.private_key(digits, member)
    try:
        return bytes(
            _SUITE.decrypt(
                _bytes(shares[member]), private, info=_info(str(sealed["keyset"]), member)
            )
        )
    except (InvalidTag, ValueError) as error:
        raise Unopened(member) from error


def open_word(sealed: Sealed, parts: Sequence[bytes]) -> str:
    """Return the word, of enough parts of one kind of card. Raises Unopened."""
    points = {part[0]: int.from_bytes(part[1:], "big") for part in parts}
    try:
        key = _joined(points).to_bytes(_KEY, "big")
        kept = _bytes(sealed["word"])
        clear = AESGCM(key).decrypt(kept[:_NONCE], kept[_NONCE:], str(sealed["keyset"]).encode())
    except (InvalidTag, OverflowError) as error:
        raise Unopened("the parts do not make the key") from error
    return clear.decode()


def _sealed_shares(key: bytes, keyset: str, holders: Sequence[Member], k: int) -> dict[str, str]:
    """Return a share of the key for each holder, sealed to the card."""
    coefficients = [int.from_bytes(key, "big"), *(secrets.randbelow(_PRIME) for _ in range(k - 1))]
    sealed = {}
    for x, holder in enumerate(holders, start=1):
        y = sum(each * pow(x, power, _PRIME) for power, each in enumerate(coefficients)) % _PRIME
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), holder.public_key)
        share = bytes([x]) + y.to_bytes(_SHARE, "big")
        sealed[holder.id] = _text(
            bytes(_SUITE.encrypt(share, public, info=_info(keyset, holder.id)))
        )
    return sealed


def _joined(points: Mapping[int, int]) -> int:
    """Return the polynomial's value at zero (Lagrange)."""
    total = 0
    for x, y in points.items():
        weight = 1
        for other in points:
            if other != x:
                weight = weight * other * pow(other - x, -1, _PRIME) % _PRIME
        total += y * weight
    return total % _PRIME


def _info(keyset: str, member: str) -> bytes:
    return bytes(rfc8785.dumps({"v": "yn-drill/1", "keyset": keyset, "member": member}))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: object) -> bytes:
    return base64.b64decode(str(text))
