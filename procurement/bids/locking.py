"""Locking: a draft at rest is cipher text. Only `bids.drafts` and `bids.actions` import this.

A draft is kept under the draft key (AES-256-GCM), because its authors must be able to go on
writing it. What is submitted is sealed: `sealing`.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from procurement.publication import keyring

DRAFT_KEY = "drafts.key"
_NONCE = 12


class Unopenable(Exception):
    """Cipher text that does not open: damaged, or bound to another place."""


class KeyMissing(Exception):
    """What was locked cannot be opened here: the folder of keys is not the one it was locked with.

    No fault of what was locked. A new key would make everything look damaged, so none is made.
    """


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


def _draft_key(keys: Path) -> bytes:
    return keyring.kept(keys / DRAFT_KEY, lambda: AESGCM.generate_key(bit_length=256))


def _require_kept(path: Path) -> None:
    """Raise KeyMissing unless the key is there."""
    if not path.exists():
        raise KeyMissing(f"no key at {path}: set KEYS_DIR to the folder the bids were sealed with")
