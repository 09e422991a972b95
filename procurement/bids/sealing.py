"""Sealing: a bid at rest is cipher text. Only `bids.actions` imports this module.

A submitted bid is sealed to the opening key with HPKE (RFC 9180) and bound to its tender, its
bidder and its receipt: an envelope moved to another place does not open.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from procurement.bids.locking import KeyMissing, Unopenable, require_kept
from procurement.publication.keyring import kept

SUITE = "HPKE-P256-HKDF-SHA256-AES256GCM"
_SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
OPENING_KEY = "opening.pem"

Context = Mapping[str, str]


def suite(*, keys: Path) -> str:
    """Return the algorithms and the mark of the opening key: what an envelope was sealed with."""
    public = _opening_key(keys).public_key()
    spki = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"{SUITE}/{hashlib.sha256(spki).hexdigest()[:16]}"


def require_suite(sealed_with: str, *, keys: Path) -> None:
    """Raise KeyMissing unless the key kept here is the one that was sealed with."""
    require_kept(keys / OPENING_KEY)
    if suite(keys=keys) != sealed_with:
        raise KeyMissing(f"{keys} (KEYS_DIR) holds another key than {sealed_with}")


def seal(content: bytes, context: Context, *, keys: Path) -> bytes:
    """Return the envelope of the content, sealed to the opening key and bound to the context."""
    public = _opening_key(keys).public_key()
    return bytes(_SUITE.encrypt(content, public, info=rfc8785.dumps(dict(context))))


def unseal(envelope: bytes, context: Context, *, keys: Path) -> bytes:
    """Return the content of an envelope. Raises Unopenable; KeyMissing when there is no key."""
    require_kept(keys / OPENING_KEY)
    try:
        return bytes(
            _SUITE.decrypt(envelope, _opening_key(keys), info=rfc8785.dumps(dict(context)))
        )
    except (InvalidTag, ValueError) as error:
        raise Unopenable("the envelope does not open in this place") from error


def _opening_key(keys: Path) -> ec.EllipticCurvePrivateKey:
    pem = kept(keys / OPENING_KEY, _new_opening_key)
    key = serialization.load_pem_private_key(pem, password=None)
    return cast("ec.EllipticCurvePrivateKey", key)


def _new_opening_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
