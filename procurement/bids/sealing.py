"""Sealing: a bid at rest is cipher text. Only `bids.actions` imports this module.

A submitted bid is sealed to the opening key with HPKE (RFC 9180) and bound to its tender, its
bidder and its receipt: an envelope moved to another place does not open. A draft is kept under
the draft key (AES-256-GCM), because its authors must be able to go on writing it.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SUITE = "HPKE-P256-HKDF-SHA256-AES256GCM"
_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_NONCE = 12
OPENING_KEY, DRAFT_KEY = "opening.pem", "drafts.key"

Context = Mapping[str, str]


class Unopenable(Exception):
    """An envelope that does not open: damaged, or bound to another tender, bidder or receipt."""


class KeyMissing(Exception):
    """What was sealed cannot be opened here: the folder of keys is not the one it was sealed with.

    No fault of the bid. A new key would make every bid look damaged, so none is made.
    """


def suite(*, keys: Path) -> str:
    """Return the algorithms and the mark of the opening key: what an envelope was sealed with."""
    public = _opening_key(keys).public_key()
    spki = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"{SUITE}/{hashlib.sha256(spki).hexdigest()[:16]}"


def require_suite(sealed_with: str, *, keys: Path) -> None:
    """Raise KeyMissing unless the key kept here is the one that was sealed with."""
    _require_kept(keys / OPENING_KEY)
    if suite(keys=keys) != sealed_with:
        raise KeyMissing(f"{keys} (KEYS_DIR) holds another key than {sealed_with}")


def seal(content: bytes, context: Context, *, keys: Path) -> bytes:
    """Return the envelope of the content, sealed to the opening key and bound to the context."""
    public = _opening_key(keys).public_key()
    return bytes(_SUITE.encrypt(content, public, info=rfc8785.dumps(dict(context))))


def unseal(envelope: bytes, context: Context, *, keys: Path) -> bytes:
    """Return the content of an envelope. Raises Unopenable; KeyMissing when there is no key."""
    _require_kept(keys / OPENING_KEY)
    try:
        return bytes(
            _SUITE.decrypt(envelope, _opening_key(keys), info=rfc8785.dumps(dict(context)))
        )
    except (InvalidTag, ValueError) as error:
        raise Unopenable("the envelope does not open in this place") from error


def lock(content: bytes, label: str, *, keys: Path) -> bytes:
    """Return draft content as cipher text, bound to its label."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_draft_key(keys)).encrypt(nonce, content, label.encode())


def unlock(locked: bytes, label: str, *, keys: Path) -> bytes:
    """Return draft content. Raises Unopenable; KeyMissing when there is no key."""
    _require_kept(keys / DRAFT_KEY)
    nonce, cipher = bytes(locked[:_NONCE]), bytes(locked[_NONCE:])
    try:
        return AESGCM(_draft_key(keys)).decrypt(nonce, cipher, label.encode())
    except InvalidTag as error:
        raise Unopenable("the draft does not open in this place") from error


def _opening_key(keys: Path) -> ec.EllipticCurvePrivateKey:
    kept = _kept(keys / OPENING_KEY, _new_opening_key)
    key = serialization.load_pem_private_key(kept, password=None)
    return cast("ec.EllipticCurvePrivateKey", key)


def _draft_key(keys: Path) -> bytes:
    return _kept(keys / DRAFT_KEY, lambda: AESGCM.generate_key(bit_length=256))


def _new_opening_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _require_kept(path: Path) -> None:
    if not path.exists():
        raise KeyMissing(f"no key at {path}: set KEYS_DIR to the folder the bids were sealed with")


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the key in the file; the first who asks makes it, for the owner's eyes only."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key holds
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes()
