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


def public_key(path: Path) -> bytes | None:
    """Return the raw public key of the Ed25519 key in a PEM file; None when there is none yet.

    Beside the key stands its public half (`.pub`): whoever only checks needs no more. Raises
    ValueError when a file holds something else.
    """
    beside = path.with_suffix(".pub")
    if path.exists():
        public = signing_key(path).public_key()
        if not beside.exists():
            with suppress(OSError):  # who may not write here does not need it either
                beside.write_bytes(_pem(public))
        return public.public_bytes_raw()
    if not beside.exists():
        return None
    read = serialization.load_pem_public_key(beside.read_bytes())
    if not isinstance(read, ed25519.Ed25519PublicKey):
        raise ValueError(f"{beside} holds no Ed25519 key")  # noqa: TRY004 - a wrong file, not type
    return read.public_bytes_raw()


def _pem(public: ed25519.Ed25519PublicKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form)


def _new_signing_key() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
