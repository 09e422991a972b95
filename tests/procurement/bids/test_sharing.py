"""Secret sharing: any shares that suffice give the secret back, and fewer say nothing of it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.bids import sharing


def slow_product(one: int, other: int) -> int:
    """Multiply as the standard of AES writes it (FIPS 197, 4.2): shift, and reduce by 0x11B."""
    product = 0
    for bit in range(8):
        if other >> bit & 1:
            product ^= one << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x11B << (bit - 8)
    return product


def slow_share(coefficients: list[int], place: int) -> int:
    """The value of a polynomial at a place, power by power."""
    value = 0
    for power, coefficient in enumerate(coefficients):
        term = coefficient
        for _ in range(power):
            term = slow_product(term, place)
        value ^= term
    return value


def test_products_are_those_of_the_standard() -> None:
    for one, other in itertools.product(range(256), repeat=2):
        product = slow_product(one, other)
        assert sharing.multiply(one, other) == product
        if other:
            assert sharing.divide(product, other) == one
    assert sharing.multiply(0x57, 0x83) == 0xC1  # FIPS 197, 4.2
    with pytest.raises(ZeroDivisionError):
        sharing.divide(1, 0)


@given(st.binary(min_size=1, max_size=40), st.integers(1, 5), st.integers(0, 4), st.data())
def test_shares_lie_on_the_polynomial_and_enough_give_the_secret(
    secret: bytes, needed: int, more: int, data: st.DataObject
) -> None:
    drawn: list[bytes] = []

    def draw(count: int) -> bytes:
        drawn.append(data.draw(st.binary(min_size=count, max_size=count)))
        return drawn[-1]

    shares = sharing.split(secret, needed=needed, count=needed + more, random=draw)
    for place, share in enumerate(shares, 1):
        rows = zip(secret, *drawn, strict=True)
        assert share == bytes(slow_share(list(row), place) for row in rows)
    for some in itertools.combinations(enumerate(shares, 1), needed):
        assert sharing.join(dict(some)) == secret


def test_one_share_of_two_fits_every_secret() -> None:
    """For each byte there is exactly one coefficient that gives the share seen."""
    for place in (1, 2, 4, 255):
        fitting = [
            sum(sharing.multiply(coefficient, place) ^ secret == 0xA7 for coefficient in range(256))
            for secret in range(256)
        ]
        assert fitting == [1] * 256


def test_known_shares() -> None:
    """The same numbers in the browser's twin."""
    shares = sharing.split(bytes(range(8)), needed=2, count=3, random=lambda count: b"\xff" * count)
    assert [share.hex() for share in shares] == [
        "fffefdfcfbfaf9f8",
        "e5e4e7e6e1e0e3e2",
        "1a1b18191e1f1c1d",
    ]


@pytest.mark.parametrize(
    ("needed", "count"), [(0, 3), (4, 3), (2, 256)], ids=["none", "too few", "too many"]
)
def test_impossible_numbers_are_refused(needed: int, count: int) -> None:
    with pytest.raises(ValueError, match="255"):
        sharing.split(b"secret", needed=needed, count=count)


def test_shares_that_cannot_be_are_refused() -> None:
    for wrong in ({}, {0: b"a"}, {1: b"a", 2: b"ab"}):
        with pytest.raises(ValueError, match="numbered"):
            sharing.join(wrong)
