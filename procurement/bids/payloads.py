"""The payload of an envelope: the content padded, in chunks, each under a tag of its own. Pure."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024  # bytes of clear text under one tag
SMALLEST = 16 * 1024  # what is shorter is padded to this: most bids without files look alike
_TAG, _LENGTH = 16, 8


class DoesNotOpen(Exception):
    """All parts are there, and nothing comes of them that this envelope was sealed with."""


def length(content: int) -> int:
    """Return how long the payload of a content of this length is, in bytes."""
    size = padded(_LENGTH + content)
    return size + _TAG * -(-size // CHUNK)


def encrypt(content: bytes, dek: bytes, header: bytes) -> bytes:
    """Return the payload of a content under a data key, bound to the digest of the header."""
    size = padded(_LENGTH + len(content))
    clear = bytearray(size)
    clear[:_LENGTH] = len(content).to_bytes(_LENGTH, "big")
    clear[_LENGTH : _LENGTH + len(content)] = content
    cipher, view = _cipher(dek, header), memoryview(clear)
    count = -(-size // CHUNK)
    return b"".join(
        cipher.encrypt(_nonce(number, count), view[number * CHUNK :][:CHUNK], None)
        for number in range(count)
    )


def decrypt(payload: memoryview, dek: bytes, header: bytes) -> bytes:
    """Return the content of a payload. Raises DoesNotOpen."""
    step = CHUNK + _TAG
    count = -(-len(payload) // step)
    cipher = _cipher(dek, header)
    try:
        clear = b"".join(
            cipher.decrypt(_nonce(number, count), payload[number * step :][:step], None)
            for number in range(count)
        )
    except InvalidTag as error:
        raise DoesNotOpen("header or payload were changed") from error
    end = _LENGTH + int.from_bytes(clear[:_LENGTH], "big")
    if end > len(clear) or padded(end) != len(clear) or any(clear[end:]):
        raise DoesNotOpen("the padding is wrong")
    return clear[_LENGTH:end]


def padded(size: int) -> int:
    """Return the length class of a size: Padmé (Nikitin et al., PETS 2019), 16 KiB at least."""
    size = max(size, SMALLEST)
    exponent = size.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (size + mask) & ~mask


def _cipher(dek: bytes, header: bytes) -> AESGCM:
    derived = HKDF(hashes.SHA256(), length=32, salt=b"yn-payload/1", info=header).derive(dek)
    return AESGCM(derived)


def _nonce(number: int, count: int) -> bytes:
    return number.to_bytes(11, "big") + bytes([number == count - 1])
