"""Questions to the stored trees: roots and proofs from the hashes of complete subtrees."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import connection

from procurement.publication import merkle
from procurement.publication.merkle import Place
from procurement.publication.models import Entry
from procurement.publication.tree import Log, LogNode, ReceiptLeaf


class NodeMissing(LookupError):
    """A tree without a node that its size says it has."""


class Leaf(NamedTuple):
    """A leaf as it is stored."""

    number: int
    body: bytes
    hash: bytes


# One look into the index for each node, whatever the size of the log.
_NODES = """
    SELECT n.level, n.index, n.hash
    FROM unnest(%s::smallint[], %s::bigint[]) AS wanted (level, index)
    JOIN procurement_lognode n
        ON n.log = %s AND n.level = wanted.level AND n.index = wanted.index
"""


def hashes(log: Log, places: Iterable[Place]) -> dict[Place, bytes]:
    """Return the hashes of complete subtrees; one query. Raises NodeMissing."""
    wanted = list(places)
    if not wanted:
        return {}
    levels, numbers = map(list, zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_NODES, [levels, numbers, log.value])
        found = {Place(level, number): bytes(node) for level, number, node in cursor.fetchall()}
    if len(found) != len(set(wanted)):
        missing = min(set(wanted) - found.keys())
        raise NodeMissing(f"log {log}: no node {missing.number} of level {missing.level}")
    return found


def row(log: Log, level: int, start: int, end: int) -> list[bytes]:
    """Return the hashes of neighbouring subtrees of a level; one query. Raises NodeMissing."""
    rows = LogNode.objects.filter(log=log, level=level, index__gte=start, index__lt=end)
    found = [bytes(node) for node in rows.order_by("index").values_list("hash", flat=True)]
    if len(found) != end - start:
        raise NodeMissing(f"log {log}: not every node from {start} to {end} of level {level}")
    return found


def frontier(log: Log, size: int) -> merkle.Frontier:
    """Return the peaks of the tree of the first entries of a log. Raises NodeMissing."""
    places = merkle.peaks(size)
    found = hashes(log, places)
    return merkle.Frontier(size, [found[place] for place in places])


def root(log: Log, size: int) -> bytes:
    """Return the root over the first entries of a log. Raises NodeMissing."""
    return frontier(log, size).root()


def inclusion(log: Log, index: int, size: int) -> list[bytes]:
    """Return the proof that an entry is in the tree of a size (RFC 9162 section 2.1.3.1).

    Reads O(log size) rows in one query. Raises ValueError when there is no such entry, NodeMissing.
    """
    return _path(log, merkle.inclusion_spans(index, size))


def consistency(log: Log, first: int, second: int) -> list[bytes]:
    """Return the proof that a smaller tree begins a larger one (RFC 9162 section 2.1.4.1).

    Empty when the smaller one is. Reads O(log second) rows in one query. Raises ValueError when it
    is not the smaller one, NodeMissing.
    """
    return _path(log, merkle.consistency_spans(first, second)) if first else []


def leaves(log: Log, start: int, end: int) -> Iterator[Leaf]:
    """Yield the stored leaves from one index to before another, in order, few at a time."""
    of = Entry.objects if log is Log.NOTICES else ReceiptLeaf.objects
    rows = of.filter(index__gte=start, index__lt=end).order_by("index")
    for index, body, told in rows.values_list("index", "body", "leaf_hash").iterator(500):
        yield Leaf(index, bytes(body), bytes(told))


def _path(log: Log, spans: list[merkle.Span]) -> list[bytes]:
    found = hashes(log, (place for span in spans for place in merkle.subtrees(span)))
    return merkle.path(spans, found.__getitem__)
