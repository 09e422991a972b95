"""Shamir's secret sharing, byte by byte over GF(256) with the polynomial of AES. Pure.

Which person a share is for is not known here: shares are numbered from 1.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

_EXP = [1] * 510
_LOG = [0] * 256


def _fill_tables() -> None:
    value = 1
    for power in range(255):
        _EXP[power] = _EXP[power + 255] = value
        _LOG[value] = power
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)  # times 3, which generates the field


_fill_tables()


def multiply(one: int, other: int) -> int:
    """Return the product of two elements of the field."""
    return _EXP[_LOG[one] + _LOG[other]] if one and other else 0


def divide(one: int, other: int) -> int:
    """Return the quotient of two elements of the field."""
    if not other:
        raise ZeroDivisionError
    return _EXP[_LOG[one] - _LOG[other] + 255] if one else 0


def split(
    secret: bytes, *, needed: int, count: int, random: Callable[[int], bytes] = secrets.token_bytes
) -> list[bytes]:
    """Return shares 1 to `count` of a secret; any `needed` of them give it back, fewer nothing."""
    if not 1 <= needed <= count <= 255:
        raise ValueError("at most 255 shares, and no more needed than there are")
    coefficients = [secret, *(random(len(secret)) for _ in range(needed - 1))]
    return [_at(place, coefficients) for place in range(1, count + 1)]


def _at(place: int, coefficients: Sequence[bytes]) -> bytes:
    """Return the polynomials' values at a place, one for each byte (Horner)."""
    values = bytearray(len(coefficients[0]))
    for each in reversed(coefficients):
        for index, coefficient in enumerate(each):
            values[index] = multiply(values[index], place) ^ coefficient
    return bytes(values)


def join(shares: Mapping[int, bytes]) -> bytes:
    """Return the secret that these numbered shares lie on (Lagrange, at zero).

    Whether they are shares of one secret at all cannot be seen here: who asks must check.
    """
    if not shares or 0 in shares or len({len(share) for share in shares.values()}) != 1:
        raise ValueError("shares are numbered from 1 and of one length")
    secret = bytearray(len(next(iter(shares.values()))))
    for place, share in shares.items():
        weight = 1
        for other in shares:
            if other != place:
                weight = multiply(weight, divide(other, other ^ place))
        for index, byte in enumerate(share):
            secret[index] ^= multiply(weight, byte)
    return bytes(secret)
