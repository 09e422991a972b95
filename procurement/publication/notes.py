"""Signed notes: heads of a log, the words of its witnesses, and proofs in one text. Pure.

Sources: C2SP signed-note, tlog-checkpoint, tlog-cosignature (Ed25519), tlog-proof. Only the
standard library and `cryptography`; imported by programs that have no Django.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519 = 0x01  # signature types of C2SP signed-note
COSIGNATURE = 0x04
PROOF = "c2sp.org/tlog-proof@v1"
MOST_SIGNATURES = 100
_DASH = "\u2014 "
_NAME = re.compile(r"[^\s+]+")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """A note that cannot be relied on."""


class Malformed(NoteError):
    """A text that is not in the form it should be in."""


class OtherLog(NoteError):
    """A head of another log than the one asked about."""


class Unsigned(NoteError):
    """No signature is by the known key; those by unknown keys are ignored."""


class BadSignature(NoteError):
    """A signature that claims to be by the known key and is not."""


@dataclass(frozen=True)
class Key:
    """A public Ed25519 key with its name and signature type: who may sign, and how."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, type and key (signed-note)."""
        told = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(told).digest()[:4]

    def vkey(self) -> str:
        """Return the key as text: name, hexadecimal id, and type with key in base64, by plus."""
        return f"{self.name}+{self.id.hex()}+{_text(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> "Key":
        """Read a key from its text. Raises Malformed."""
        name, _, rest = vkey.strip().partition("+")
        number, _, coded = rest.partition("+")
        told = _bytes(coded)
        if len(told) != 33 or told[0] not in {ED25519, COSIGNATURE} or not _NAME.fullmatch(name):
            raise Malformed(f"not a verifier key: {vkey!r}")
        key = cls(name, told[1:], told[0])
        if key.id.hex() != number:
            raise Malformed(f"the id of the verifier key is not of its name and key: {vkey!r}")
        return key

    @classmethod
    def of(cls, name: str, private: Ed25519PrivateKey, kind: int = ED25519) -> "Key":
        """Return the public key of a private one."""
        return cls(name, private.public_key().public_bytes_raw(), kind)


@dataclass(frozen=True)
class Signature:
    """One signature line: by whom, with which key, and the signature itself."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line as it stands under a note, without its newline."""
        return f"{_DASH}{self.name} {_text(self.key_id + self.signature)}"

    @classmethod
    def parse(cls, line: str) -> "Signature":
        """Read one line. Raises Malformed."""
        name, _, coded = line.removeprefix(_DASH).partition(" ")
        told = _bytes(coded)
        if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(told) < 5:
            raise Malformed(f"not a signature line: {line!r}")
        return cls(name, told[:4], told[4:])

    def by(self, key: Key) -> bool:
        """Say whether it claims to be by a key."""
        return (self.name, self.key_id) == (key.name, key.id)


@dataclass(frozen=True)
class Note:
    """A text, ending in a newline, with its signatures (C2SP signed-note)."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return self.text + "\n" + "".join(each.line() + "\n" for each in self.signatures)

    @classmethod
    def parse(cls, note: str) -> "Note":
        """Read a note. Raises Malformed."""
        if _CONTROL.search(note):
            raise Malformed("a note holds no control character but the newline")
        text, found, signed = note.rpartition("\n\n")
        if not found or not signed.endswith("\n"):
            raise Malformed("a note is a text, an empty line and signature lines")
        lines = signed.removesuffix("\n").split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise Malformed(f"a note with more than {MOST_SIGNATURES} signatures")
        return cls(text + "\n", tuple(Signature.parse(line) for line in lines))

    def verify(self, key: Key) -> None:
        """Require a signature by the key; those of unknown keys are ignored.

        Raises Unsigned when there is none by it, BadSignature when one of them is wrong.
        """
        mine = [each for each in self.signatures if each.by(key)]
        if not mine:
            raise Unsigned(f"no signature by {key.name}")
        for each in mine:
            _verify(key, each.signature, self.text.encode())


@dataclass(frozen=True)
class Head:
    """The head of a log: how many entries, and the root over them (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read the text of a head; lines after the third are not understood. Raises Malformed."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise Malformed("a head is an origin, a size and a root, each on a line")
        origin, size, root = lines[:3]
        told = _bytes(root)
        if not _NUMBER.fullmatch(size) or len(told) != hashlib.sha256().digest_size:
            raise Malformed("a head has a number for its size and a SHA-256 hash for its root")
        return cls(origin, int(size), told)


@dataclass(frozen=True)
class Proof:
    """A proof that can be checked without the log (C2SP tlog-proof).

    Where an entry stands, the way from its hash to the root, and the signed head with that root.
    """

    index: int
    path: tuple[bytes, ...]
    head: Note

    def __str__(self) -> str:
        lines = [PROOF, f"index {self.index}", *map(_text, self.path)]
        return "\n".join(lines) + f"\n\n{self.head}"

    @classmethod
    def parse(cls, proof: str) -> "Proof":
        """Read a proof without its extra line, which nothing vouches for. Raises Malformed."""
        told, found, head = proof.partition("\n\n")
        first, *lines = told.split("\n")
        if lines and lines[0].startswith("extra "):
            lines.pop(0)
        number = lines.pop(0).removeprefix("index ") if lines else ""
        if not found or first != PROOF or not _NUMBER.fullmatch(number):
            raise Malformed("not a proof of a transparency log")
        path = tuple(_bytes(line) for line in lines)
        if any(len(each) != hashlib.sha256().digest_size for each in path):
            raise Malformed("a path is a list of SHA-256 hashes")
        return cls(int(number), path, Note.parse(head))


def sign(text: str, name: str, private: Ed25519PrivateKey) -> Signature:
    """Return the signature of a text that ends in a newline (signed-note, type 0x01)."""
    return Signature(name, Key.of(name, private).id, private.sign(text.encode()))


def open_head(note: str, key: Key, *, origin: str = "") -> Head:
    """Return the head a note states, once its signature by the key has been checked.

    `origin` is the log asked about; empty for the one of the key's name. Raises Malformed,
    Unsigned, BadSignature; OtherLog when it is the head of another log.
    """
    parsed = Note.parse(note)
    parsed.verify(key)
    head = Head.parse(parsed.text)
    if head.origin != (origin or key.name):
        raise OtherLog(f"the head is of {head.origin}, not of {origin or key.name}")
    return head


def cosign(text: str, name: str, private: Ed25519PrivateKey, *, seconds: int) -> Signature:
    """Return a witness's signature of a head at a time in Unix seconds (tlog-cosignature)."""
    told = seconds.to_bytes(8, "big") + private.sign(_cosigned(text, seconds))
    return Signature(name, Key.of(name, private, COSIGNATURE).id, told)


def cosigned_at(text: str, signature: Signature, key: Key) -> int:
    """Return the Unix seconds at which a witness signed the text of a head.

    Raises Unsigned when the signature is by another key, BadSignature when it is wrong.
    """
    if key.kind != COSIGNATURE or not signature.by(key):
        raise Unsigned(f"no cosignature by {key.name}")
    seconds = int.from_bytes(signature.signature[:8], "big")
    if seconds >= 1 << 63:
        raise BadSignature(f"the cosignature of {key.name} has no possible time")
    _verify(key, signature.signature[8:], _cosigned(text, seconds))
    return seconds


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _verify(key: Key, signature: bytes, signed: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, signed)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature(f"the signature of {key.name} is not of this text") from error


def _text(told: bytes) -> str:
    return base64.b64encode(told).decode()


def _bytes(coded: str) -> bytes:
    """Read base64, in the one form a value has. Raises Malformed."""
    try:
        told = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"not base64: {coded!r}") from error
    if _text(told) != coded:
        raise Malformed(f"not base64 in its one form: {coded!r}")
    return told
