"""Payloads: padded, in chunks; what of a size can be seen, and what cannot be changed."""

import pytest

from procurement.bids import payloads
from procurement.bids.payloads import DoesNotOpen


def test_padding_that_is_not_nought_is_refused() -> None:
    dek, digest = bytes(32), bytes(32)
    clear = (3).to_bytes(8, "big") + b"bid"
    cipher = payloads._cipher(dek, digest)
    for filled in (b"\1", b"\0" * 4):
        padded = clear + filled.rjust(payloads.SMALLEST - len(clear), b"\0")
        cut = padded if filled == b"\1" else padded + bytes(1024)
        sealed = cipher.encrypt(payloads._nonce(0, 1), cut, None)
        with pytest.raises(DoesNotOpen, match="padding"):
            payloads.decrypt(memoryview(sealed), dek, digest)
    for short in (b"", b"\0" * 7, (9).to_bytes(8, "big")):
        sealed = cipher.encrypt(payloads._nonce(0, 1), short, None)
        with pytest.raises(DoesNotOpen, match="padding"):
            payloads.decrypt(memoryview(sealed), dek, digest)


def test_bids_of_like_size_look_alike() -> None:
    """All of 16 KiB and less; above it, classes of 6 percent, and of 3 from 64 KiB on (Padmé)."""
    small = {payloads.length(size) for size in (0, 1, 1000, 9000, payloads.SMALLEST - 8)}
    assert small == {payloads.SMALLEST + 16}
    for size in (16_385, 65_535, 65_537, 100_000, 1_000_003, 10_000_019, 31_457_280):
        padded = payloads.padded(size)
        assert size <= padded <= size * (1.0625 if size < 65_536 else 1.03125)
        assert payloads.padded(padded) == padded
    classes = {payloads.padded(size) for size in range(65_536, 131_073)}
    assert len(classes) == 33


def test_padme_as_published() -> None:
    """By hand: 20 bits of length keep 5 after the first, 15 bits keep 4."""
    assert payloads.padded(1_000_003) == 1_015_808
    assert payloads.padded(20_000) == 20_480
