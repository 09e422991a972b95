"""Keys in files, for the owner's eyes only. Pure: standard library and `cryptography`."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the key in the file; the first who asks makes it, and it holds for all others."""
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


def signing_key(path: Path) -> ed25519.Ed25519PrivateKey:
    """Return the Ed25519 key in a PEM file; the first who asks makes it.

    Raises ValueError when the file holds something else.
    """
    key = serialization.load_pem_private_key(kept(path, _new_signing_key), password=None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")  # noqa: TRY004 - a wrong file, not type
    return key


def pem(public: bytes) -> str:
    """Return a raw Ed25519 public key as other programs read it (SubjectPublicKeyInfo, PEM)."""
    key = ed25519.Ed25519PublicKey.from_public_bytes(public)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def _new_signing_key() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
