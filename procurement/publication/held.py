"""Holding a notice to a signed head before something is done by its word."""

from collections.abc import Iterator
from functools import lru_cache

from procurement.publication import heads, merkle, nodes, notes, outside
from procurement.publication.merge import release_of
from procurement.publication.models import Entry
from procurement.publication.tree import Log

UNREADABLE = (
    notes.NoteError,
    heads.WillNotSign,
    outside.CopyDamaged,
    nodes.NodeMissing,
    OSError,
)


class Altered(Exception):
    """An entry of the log that is not the one that was signed."""


class _NotCovered(Exception):
    """No signed head covers an entry yet."""


def require(entry: Entry) -> None:
    """Require that a notice is the one that a signed head covers. Raises Altered.

    Whoever holds the database can change what stands in it, but cannot sign a head. A notice of the
    last ten minutes is under none yet, and is taken as it stands. What was proved once in this
    process is not proved again: a signed head holds for good. By the columns beside its text an
    entry is found, and they are under no signature: they must say what the text says.
    """
    said = release_of(entry)
    if (said["ocid"], said["notices"][0]["kind"]) != (entry.ocid, entry.kind):
        raise Altered(f"entry {entry.index} is not what its row says")
    try:
        _prove(entry.index, merkle.leaf_hash(bytes(entry.body)))
    except _NotCovered:
        return


@lru_cache(maxsize=4096)
def _prove(index: int, leaf: bytes) -> None:
    try:
        head = max(_signed(), key=lambda each: each.size, default=None)
        if head is None or index >= head.size:
            raise _NotCovered
        path = nodes.inclusion(Log.NOTICES, index, head.size)
    except UNREADABLE as error:
        raise Altered(f"entry {index}: {error}") from error
    if not merkle.verify_inclusion(leaf, index=index, size=head.size, path=path, root=head.root):
        raise Altered(f"entry {index} is not under the signed head of {head.size}")


def _signed() -> Iterator[notes.Head]:
    """Yield the newest head in the copy outside the database, and the newest inside it."""
    copy, row = outside.last(heads.copy_of(Log.NOTICES)), heads.latest(Log.NOTICES)
    for note in (copy and copy.note, row and row.note):
        if note:
            yield heads.opened(note, Log.NOTICES)
