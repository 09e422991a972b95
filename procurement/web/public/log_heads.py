"""Signed heads of the two logs as pages show them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from procurement.publication import heads, notes
from procurement.publication.tree import Checkpoint, Cosignature, Log

SHORT = 32  # hexadecimal digits of a root that are printed: 128 bits
GROUP = 4


@dataclass(frozen=True)
class Witnessed:
    """A witness that saw a head and signed it."""

    name: str
    at: datetime


@dataclass(frozen=True)
class SignedHead:
    """A head: how many entries, the root, when signed, its text, who saw it."""

    size: int
    root: bytes
    signed_at: datetime
    note: str
    witnesses: list[Witnessed]

    @property
    def digits(self) -> str:
        """The whole root."""
        return self.root.hex()

    @property
    def parts(self) -> list[str]:
        """The first half of the root, in groups: what is printed."""
        return [self.digits[at : at + GROUP] for at in range(0, SHORT, GROUP)]


def of(checkpoint: Checkpoint) -> SignedHead:
    """Return a head with the witnesses whose signature of it is right."""
    rows = Cosignature.objects.filter(log=checkpoint.log, size=checkpoint.size)
    known = {key.name: key for key in heads.witnesses()}
    text = notes.Note.parse(checkpoint.note).text
    seen: dict[str, Witnessed] = {}
    for row in rows.order_by("cosigned_at"):
        at = _cosigned_at(text, row.line, known.get(row.witness))
        if at:
            seen[row.witness] = Witnessed(row.witness, at)
    return SignedHead(
        size=checkpoint.size,
        root=bytes(checkpoint.root),
        signed_at=checkpoint.signed_at,
        note=checkpoint.note,
        witnesses=list(seen.values()),
    )


def latest(log: Log) -> SignedHead | None:
    """Return the newest head of a log; two queries."""
    checkpoint = heads.latest(log)
    return of(checkpoint) if checkpoint else None


def printed() -> SignedHead | None:
    """Return the newest head of the notices as every notice prints it; one query."""
    found = heads.latest(Log.NOTICES)
    if found is None:
        return None
    return SignedHead(found.size, bytes(found.root), found.signed_at, found.note, [])


def public_keys() -> list[tuple[str, notes.Key]]:
    """Return every public key with what it signs."""
    try:
        logs = [("log", heads.key(log)) for log in Log]
    except heads.WillNotSign:  # the key is not where it should be
        logs = []
    witnesses = [("witness", key) for key in heads.witnesses()]
    return [*logs, ("receipts", heads.receipts_public()), *witnesses]


def _cosigned_at(text: str, line: str, key: notes.Key | None) -> datetime | None:
    try:
        seconds = notes.cosigned_at(text, notes.Signature.parse(line), key) if key else 0
    except notes.NoteError:
        return None
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
