"""A Merkle tree over a list of leaves (RFC 9162 section 2.1). Pure: standard library only.

A tree of n leaves splits at the largest power of two below n, so it is a row of complete subtrees:
the peaks, one for each binary digit of n. A node is named by its level (0 is a leaf) and its number
from the left: it stands for the leaves from number * 2**level to before (number + 1) * 2**level.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

EMPTY = hashlib.sha256(b"").digest()  # the root of a tree without leaves
HASH_BYTES = 32


class Place(NamedTuple):
    """Where a complete subtree stands: its level, and its number among those of the level."""

    level: int
    number: int


class Node(NamedTuple):
    """A complete subtree with its hash."""

    place: Place
    hash: bytes


Span: TypeAlias = tuple[int, int]  # the leaves from the first to before the last


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The peaks of a tree, largest first: all that is needed to add leaves and to know the root."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Begin with a stored frontier. Raises ValueError when a size has not as many peaks."""
        if size < 0 or len(peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has not {len(peaks)} peaks")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> list[Node]:
        """Add a leaf hash; return the nodes it completes, itself first, level after level."""
        place = Place(0, self.size)
        completed = [Node(place, leaf)]
        while place.number % 2:
            leaf = node_hash(self.peaks.pop(), leaf)
            place = Place(place.level + 1, place.number // 2)
            completed.append(Node(place, leaf))
        self.peaks.append(leaf)
        self.size += 1
        return completed

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return fold(self.peaks)


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the hash over neighbouring complete subtrees, largest first; EMPTY for none."""
    if not peaks:
        return EMPTY
    *rest, folded = peaks
    for peak in reversed(rest):
        folded = node_hash(peak, folded)
    return folded


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root of a tree of these leaf hashes (RFC 9162 section 2.1.1)."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def subtrees(span: Span) -> list[Place]:
    """Return the complete subtrees that make up a span which is itself a node of some tree."""
    start, end = span
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append(Place(level, start >> level))
        start += 1 << level
    return places


def peaks(size: int) -> list[Place]:
    """Return the places of the peaks of a tree of a size, largest first."""
    return subtrees((0, size))


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the spans whose hashes prove a leaf, from the leaf up (RFC 9162 section 2.1.3.1).

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """Return the spans whose hashes prove one tree the beginning of another.

    RFC 9162 section 2.1.4.1. Raises ValueError unless 0 < first <= second.
    """
    if not 0 < first <= second:
        raise ValueError(f"a tree of {first} leaves is not the beginning of one of {second}")
    spans: list[Span] = []
    start, end = 0, second
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start > 0:
        spans.append((start, end))
    return spans[::-1]


def inclusion_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the inclusion proof of a leaf among these leaf hashes (RFC 9162 section 2.1.3.1)."""
    return [root(leaves[a:b]) for a, b in inclusion_spans(index, len(leaves))]


def consistency_path(first: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the proof that the first leaves begin the tree (RFC 9162 section 2.1.4.1)."""
    return [root(leaves[a:b]) for a, b in consistency_spans(first, len(leaves))]


def path(spans: Iterable[Span], hash_at: Callable[[Place], bytes]) -> list[bytes]:
    """Return the hashes of spans, from the hashes of complete subtrees."""
    return [fold([hash_at(place) for place in subtrees(span)]) for span in spans]


def verify_inclusion(
    leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Say whether a path proves a leaf hash at an index (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node % 2 or node == last:
            found = node_hash(sibling, found)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    first: int, second: int, *, path: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Say whether a path proves one tree the beginning of another (RFC 9162 section 2.1.4.2).

    The empty tree begins every tree; a tree begins itself. Both need an empty path.
    """
    if not 0 <= first <= second:
        return False
    if first in {0, second}:
        known = EMPTY if first == 0 else second_root
        return not path and first_root == known
    hashes = [first_root, *path] if first.bit_count() == 1 else list(path)
    if not hashes:
        return False
    node, last = first - 1, second - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    older = newer = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and older == first_root and newer == second_root


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least two."""
    return 1 << (size - 1).bit_length() - 1
