"""Holding a notice to a signed head before something is done by its word."""

from collections.abc import Iterator
from functools import lru_cache

from procurement.publication import heads, merkle, nodes, notes, outside
from procurement.publication.merge import release_of
from procurement.publication.models import Entry
from procurement.publication.tree import Log


class Altered(Exception):
    """An entry of the log that is not the one that was signed."""


class Unprovable(Exception):
    """What was signed cannot be read at the moment."""


class _NotCovered(Exception):
    """No signed head covers an entry yet."""


def require(entry: Entry) -> None:
    """Require that a notice is the one that a signed head covers. Raises Altered or Unprovable.

    Whoever holds the database can change what stands in it, but cannot sign a head. A notice that
    is under none yet (heads are signed every ten minutes) is taken as it stands. What was proved
    once in this process is not proved again: a signed head holds for good. By the columns beside
    its text an entry is found, and they are under no signature: they must say what the text says.
    """
    if _named(entry) != (entry.ocid, entry.kind):
        raise Altered(f"entry {entry.index} is not what its row says")
    try:
        prove(entry.index, merkle.leaf_hash(bytes(entry.body)))
    except _NotCovered:
        return


def _named(entry: Entry) -> tuple[object, object]:
    """Return of which procurement, and what kind, an entry is by its own words."""
    try:
        said = release_of(entry)
        return said["ocid"], said["notices"][0]["kind"]
    except (ValueError, LookupError, TypeError) as error:
        raise Altered(f"entry {entry.index} cannot be read") from error


@lru_cache(maxsize=4096)
def prove(index: int, leaf: bytes) -> None:
    """Require that a leaf stands at a place under a signed head; once proved, it holds for good.

    Raises Altered, Unprovable, or _NotCovered where no head covers it yet.
    """
    try:
        head = max(_signed(), key=lambda each: each.size, default=None)
        if head is None or index >= head.size:
            raise _NotCovered
        path = nodes.inclusion(Log.NOTICES, index, head.size)
    except (outside.CopyDamaged, heads.WillNotSign, OSError) as error:
        raise Unprovable(f"entry {index}: {error}") from error
    except (notes.NoteError, nodes.NodeMissing) as error:
        raise Altered(f"entry {index}: {error}") from error
    if not merkle.verify_inclusion(leaf, index=index, size=head.size, path=path, root=head.root):
        raise Altered(f"entry {index} is not under the signed head of {head.size}")


def _signed() -> Iterator[notes.Head]:
    """Yield the newest head in the copy outside the database, and the newest inside it."""
    copy, row = outside.last(heads.copy_of(Log.NOTICES)), heads.latest(Log.NOTICES)
    for note in (copy and copy.note, row and row.note):
        if note:
            yield heads.opened(note, Log.NOTICES)
