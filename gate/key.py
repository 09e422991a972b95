"""The gate's key: made once, kept in the gate's own folder, used for one thing."""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec

FILE = "gate.pem"
MAGIC = b"yn-sealed-bid/1\n"  # docs/sealing.md states the format of an envelope
CONTEXT = ("tender", "notice", "supplier", "keyset")
_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class Unreadable(ValueError):
    """An envelope whose part for the gate does not open."""


def exists(folder: Path) -> bool:
    """Say whether the folder holds a key."""
    return (folder / FILE).exists()


def load(folder: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key in the folder; the first who asks makes both, for the owner's eyes only."""
    path = folder / FILE
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{FILE}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_new())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another was first: its key holds
            os.link(fresh, path)
        fresh.unlink()
    found = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} holds no key of the gate")  # noqa: TRY004 - a wrong file
    return found


def _new() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public key that bids are sealed to: an uncompressed SEC1 point, 65 bytes."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def fingerprint(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the SHA-256 of the public key: what the operator compares with the public page."""
    return hashlib.sha256(public_point(key)).hexdigest()


def part(
    envelope: bytes,
    *,
    fingerprint: str,
    tender: str,
    notices: Collection[str],
    key: ec.EllipticCurvePrivateKey,
) -> bytes:
    """Return the gate's part of the key of one bid.

    `fingerprint` is the SHA-256 (hexadecimal) the register lists, `tender` the ocid it is of,
    `notices` the leaf hashes of the calls of that tender in the log. Raises Unreadable for another
    envelope, one of another tender or of a notice nobody published, and one that does not open.
    """
    if hashlib.sha256(envelope).hexdigest() != fingerprint or not envelope.startswith(MAGIC):
        raise Unreadable("not the envelope that the register lists")
    start = len(MAGIC) + 4
    length = int.from_bytes(envelope[len(MAGIC) : start], "big")
    try:
        header = json.loads(envelope[start : start + length])
        context = {name: header[name] for name in CONTEXT}
        sealed = base64.b64decode(header["gate"], validate=True)
        if context["tender"] != tender or context["notice"] not in notices:
            raise ValueError("an envelope of another tender")  # noqa: TRY301 - as any other flaw
        return bytes(_SUITE.decrypt(sealed, key, info=rfc8785.dumps(context) + b"gate"))
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"the part for the gate does not open: {error}") from error
