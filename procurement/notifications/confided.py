"""What people confide, such as a number to reach them: kept as cipher text, its key apart.

Who reads the database alone learns no number. The key lies in KEYS_DIR (AES-256-GCM).
"""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from procurement.publication import keyring

KEY: Final = "contacts.key"
_NONCE: Final = 12


class KeyMissing(Exception):
    """What was kept cannot be read here: the folder of keys is not the one it was kept with."""


def lock(text: str, label: str) -> bytes:
    """Return cipher text that opens under its label only."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, text.encode(), label.encode())


def unlock(kept: bytes | memoryview, label: str) -> str:
    """Return the text. Raises KeyMissing, also where it was kept with another key."""
    path = _place()
    if not path.exists():
        raise KeyMissing(f"no key at {path}: set KEYS_DIR to the folder it is in")
    nonce, cipher = bytes(kept[:_NONCE]), bytes(kept[_NONCE:])
    try:
        return AESGCM(_key()).decrypt(nonce, cipher, label.encode()).decode()
    except (InvalidTag, ValueError) as wrong:  # another key, or none at all in its file
        raise KeyMissing(f"the key at {path} is not the one this was kept with") from wrong


def digest(text: str) -> str:
    """Return what is the same for the same text, and tells nothing to who has no key."""
    return hmac.new(_key(), b"digest\n" + text.encode(), hashlib.sha256).hexdigest()


def _place() -> Path:
    return Path(settings.KEYS_DIR) / KEY


def _key() -> bytes:
    return keyring.kept(_place(), lambda: AESGCM.generate_key(bit_length=256))
