"""Signing the heads of the logs, and refusing to when they do not continue what was signed."""

import logging
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from procurement.publication import keyring, merkle, nodes, notes, outside
from procurement.publication.models import Entry
from procurement.publication.tree import Checkpoint, Cosignature, Log, LogHead, ReceiptLeaf
from procurement.rules import SHANGHAI

logger = logging.getLogger(__name__)

LOG_KEY, RECEIPTS_KEY = "log.pem", "receipts.pem"


class Reason(StrEnum):
    """Why a head is not signed."""

    RESTORED = "restored"  # the log is shorter than a head that was signed: an old backup
    REWRITTEN = "rewritten"  # entries or nodes are not those that were signed
    FORKED = "forked"  # two histories: a signed head does not begin this log
    KEY = "key"  # earlier heads were signed with another key, or by nobody
    COPY = "copy"  # the copy outside the database is gone, or damaged


class WillNotSign(Exception):
    """A head that would contradict one that was signed; somebody must look first."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class _Earlier(NamedTuple):
    """A head that was signed before, and where it was found."""

    source: str
    head: notes.Head


def origin(log: Log) -> str:
    """Return the name of a log: the first line of its heads, and the name of its key."""
    return f"{urlsplit(settings.SITE_URL).netloc}/log/{log.name.lower()}"


def key(log: Log) -> notes.Key:
    """Return the public key of a log's heads. Raises WillNotSign when it is lost."""
    return notes.Key(origin(log), _public())


def vkey(log: Log) -> str:
    """Return the public key of a log's heads as one line (C2SP signed-note)."""
    return key(log).vkey()


def receipts_key() -> Ed25519PrivateKey:
    """Return the key that signs receipts of bids; it is made once, before any was given.

    Raises WillNotSign when it is lost: with another key all receipts so far would look forged.
    """
    path = Path(settings.KEYS_DIR) / RECEIPTS_KEY
    if not path.exists() and ReceiptLeaf.objects.exists():
        raise WillNotSign(Reason.KEY, f"no key at {path}: set KEYS_DIR to the folder it is in")
    return keyring.signing_key(path)


def receipts_public() -> notes.Key:
    """Return the public key of receipts, named by the portal: what checks them."""
    name = f"{urlsplit(settings.SITE_URL).netloc}/receipts"
    known = keyring.public_key(Path(settings.KEYS_DIR) / RECEIPTS_KEY)
    return notes.Key(name, known or receipts_key().public_key().public_bytes_raw())


def witnesses() -> list[notes.Key]:
    """Return the keys of the witnesses (WITNESSES). Raises notes.Malformed."""
    return [notes.Key.parse(each) for each in settings.WITNESSES]


def latest(log: Log) -> Checkpoint | None:
    """Return the newest signed head of a log."""
    return Checkpoint.objects.filter(log=log).order_by("-size").first()


def told(checkpoint: Checkpoint) -> str:
    """Return a head as it is published: signed by the log, and by the witnesses who saw it."""
    rows = Cosignature.objects.filter(log=checkpoint.log, size=checkpoint.size)
    lines = {row.witness: row.line for row in rows.order_by("cosigned_at")}  # the newest of each
    return checkpoint.note + "".join(f"{line}\n" for line in lines.values())


def letter(checkpoint: Checkpoint) -> str:
    """Return the text of the mail that carries a head to those who keep it as witnesses."""
    words = _(
        "这是公开日志在 %(time)s 的日志头：到此时共 %(size)s 条。请保留这封邮件，不必回复。"
        "以后任何人都可以用它检查：此前公开的内容没有被改过，也没有被删过。"
    )
    signed = checkpoint.signed_at.astimezone(SHANGHAI)
    said = words % {"time": f"{signed:%Y-%m-%d %H:%M}", "size": checkpoint.size}
    return f"{said}\n\n{told(checkpoint)}"


def sign_all(*, at: datetime, durable: bool = True) -> list[Checkpoint]:
    """Sign the heads of all logs that have grown; return the new ones.

    A log whose head is refused holds up no other: the reason is in the journal, and it is refused
    again by every run until somebody has looked.
    """
    signed = []
    for log in Log:
        try:
            signed.append(sign(log, at=at, durable=durable))
        except Exception:  # whatever is wrong with one log, the other is due all the same
            logger.critical("the head of log %s was not signed", log.name, exc_info=True)
    return [checkpoint for checkpoint in signed if checkpoint]


def sign(log: Log, *, at: datetime, durable: bool = True) -> Checkpoint | None:
    """Sign the head of a log as it stands; None when nothing was added since the last one.

    The root is computed twice: from the stored nodes, and from the entries themselves since the
    last head. Both must agree, and must continue the last head in the database, the last in the
    copy outside it, and the highest that a witness signed. The copy is written first. Raises
    WillNotSign; nothing is signed then. In a transaction of its own: what it signs is committed;
    only a rehearsal, told whole or not at all, signs within its story (`durable=False`).
    """
    with transaction.atomic(durable=durable):
        size = LogHead.objects.select_for_update().get(pk=log).size
        last = latest(log)
        earlier = list(_earlier(log, last))
        for each in earlier:
            if each.head.size > size:
                detail = f"{each.source} has {each.head.size} entries, the log has {size}"
                raise WillNotSign(Reason.RESTORED, detail)
        try:
            root = _root(log, size, since=earlier[0].head if last else None)
            for each in earlier:
                _require_continued(log, each, size, root)
        except nodes.NodeMissing as missing:
            raise WillNotSign(Reason.REWRITTEN, str(missing)) from missing
        if size == (last.size if last else 0):
            return None
        text = notes.Head(origin(log), size, root).text()
        note = str(notes.Note(text, (notes.sign(text, origin(log), _private()),)))
        outside.add(copy_of(log), outside.Copied(note, at))
        return Checkpoint.objects.create(log=log, size=size, root=root, note=note, signed_at=at)


def forget_unused() -> None:
    """Drop the copies of heads whose story never came to be: no head is in the database.

    A rehearsal that was cut short leaves such copies. Raises nothing, and does nothing where a
    head was ever committed.
    """
    if not Checkpoint.objects.exists() and not Entry.objects.exists():
        for log in Log:
            copy_of(log).unlink(missing_ok=True)


def copy_of(log: Log) -> Path:
    """Return the file with the copy of a log's heads (HEADS_DIR)."""
    return Path(settings.HEADS_DIR) / f"{log.name.lower()}.heads"


def opened(note: str, log: Log | None = None) -> notes.Head:
    """Return the head in a note signed by this portal, of a log if one is asked about.

    The address in its name may differ: a portal that moved keeps its key and its history. Raises
    notes.NoteError.
    """
    head = notes.Head.parse(notes.Note.parse(note).text)
    if log and log_of(head) != log:
        raise notes.OtherLog(f"a head of {head.origin}")
    return notes.open_head(note, notes.Key(head.origin, _public()))


def log_of(head: notes.Head) -> Log | None:
    """Return the log a head is of by its name; None when it is none of ours."""
    return next((log for log in Log if head.origin.endswith(f"/log/{log.name.lower()}")), None)


def witnessed(log: Log) -> tuple[Cosignature, notes.Key] | None:
    """Return the word of a witness we know about the largest head that has one, and its key."""
    keys = {each.name: each for each in witnesses()}
    rows = Cosignature.objects.filter(log=log, witness__in=keys).order_by("-size", "-cosigned_at")
    row = rows.first()
    return (row, keys[row.witness]) if row else None


def _earlier(log: Log, last: Checkpoint | None) -> Iterator[_Earlier]:
    """Yield the heads that the log must continue, that of the database first."""
    if last:
        head = _require_signed(log, "the last head", last.note)
        if (head.size, head.root) != (last.size, bytes(last.root)):
            raise WillNotSign(Reason.REWRITTEN, f"the row of head {last.size} is not its note")
        yield _Earlier("the last head", head)
        if not copy_of(log).exists():
            detail = f"{copy_of(log)} is gone; after an audit, an empty file begins a new copy"
            raise WillNotSign(Reason.COPY, detail)
    try:
        copied = outside.last(copy_of(log))
    except outside.CopyDamaged as damaged:
        raise WillNotSign(Reason.COPY, str(damaged)) from damaged
    if copied:
        yield _Earlier("the copy outside", _require_signed(log, "the copy outside", copied.note))
    try:
        seen = witnessed(log)
    except notes.Malformed as error:
        raise WillNotSign(Reason.KEY, f"WITNESSES: {error}") from error
    if seen:
        yield _cosigned(log, *seen)


def _cosigned(log: Log, row: Cosignature, witness: notes.Key) -> _Earlier:
    """Return the head that a witness signed; the database must still have it."""
    source = f"the head signed by {witness.name}"
    checkpoint = Checkpoint.objects.filter(log=log, size=row.size).first()
    if checkpoint is None:
        raise WillNotSign(Reason.REWRITTEN, f"{source}, of {row.size} entries, is gone")
    try:
        text = notes.Note.parse(checkpoint.note).text
        notes.cosigned_at(text, notes.Signature.parse(row.line), witness)
    except notes.NoteError as error:
        raise WillNotSign(Reason.FORKED, f"{source} is another than ours: {error}") from error
    return _Earlier(source, _require_signed(log, source, checkpoint.note))


def _require_signed(log: Log, source: str, note: str) -> notes.Head:
    try:
        return opened(note, log)
    except notes.NoteError as error:
        raise WillNotSign(Reason.KEY, f"{source}: {error}") from error


def _root(log: Log, size: int, *, since: notes.Head | None) -> bytes:
    """Return the root of a log, computed from its nodes and from its entries since a head."""
    frontier = nodes.frontier(log, since.size if since else 0)
    if since and frontier.root() != since.root:
        raise WillNotSign(Reason.REWRITTEN, f"the nodes do not give the root at {since.size}")
    for leaf in nodes.leaves(log, frontier.size, size):
        recomputed = merkle.leaf_hash(leaf.body)
        if leaf.number != frontier.size or leaf.hash != recomputed:
            raise WillNotSign(Reason.REWRITTEN, f"entry {frontier.size} is not what was entered")
        frontier.append(recomputed)
    if frontier.size != size:
        raise WillNotSign(Reason.REWRITTEN, f"entry {frontier.size} of {size} is missing")
    if frontier.root() != nodes.root(log, size):
        raise WillNotSign(Reason.REWRITTEN, f"nodes and entries give two roots at {size}")
    return frontier.root()


def _require_continued(log: Log, earlier: _Earlier, size: int, root: bytes) -> None:
    """Require that a log continues a head that was signed (RFC 9162 section 2.1.4.2)."""
    path = nodes.consistency(log, earlier.head.size, size)
    if not merkle.verify_consistency(
        earlier.head.size, size, path=path, first_root=earlier.head.root, second_root=root
    ):
        detail = f"{earlier.source}, of {earlier.head.size} entries, does not begin this log"
        raise WillNotSign(Reason.FORKED, detail)


def _public() -> bytes:
    """Return the public key of the logs: all that reading and auditing need."""
    known = keyring.public_key(Path(settings.KEYS_DIR) / LOG_KEY)
    return known or _private().public_key().public_bytes_raw()


def _private() -> Ed25519PrivateKey:
    """Return the key of the logs; it is made once, before anything was signed."""
    path = Path(settings.KEYS_DIR) / LOG_KEY
    if not path.exists() and Checkpoint.objects.exists():
        raise WillNotSign(Reason.KEY, f"no key at {path}: set KEYS_DIR to the folder it is in")
    return keyring.signing_key(path)
