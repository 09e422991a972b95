"""What the logs hand out: proofs as one text, tiles for whoever copies them, a place for witnesses.

Sources: C2SP tlog-proof, tlog-tiles, tlog-cosignature.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from procurement.publication import heads, nodes, notes
from procurement.publication.tree import Checkpoint, Cosignature, Log

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT  # hashes of a full tile, entries of a full bundle
LONGEST_ENTRY = 0xFFFF  # bytes; the length of an entry in a bundle is two bytes
NEWEST_HEADS = 300  # two days of heads: a witness answers within that time
FAST_CLOCK = timedelta(minutes=5)  # how far ahead a witness's clock may be
_TILE = re.compile(r"(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/(?:[1-9][0-9]{0,2}))?")
_LEVEL = re.compile(r"[0-9]|[1-5][0-9]|6[0-3]")


class CosignatureRefused(ValueError):
    """A word of a witness that is not kept."""


class UnknownWitness(CosignatureRefused):
    """It is by nobody among the witnesses of this portal."""


class NoSuchHead(CosignatureRefused):
    """It is of none of the newest heads of this log."""


class FromTheFuture(CosignatureRefused):
    """It is dated later than now: the clock of the witness is wrong."""


class Tile(NamedTuple):
    """A row of up to 256 neighbouring hashes, or entries, of a log."""

    level: int  # in tiles: 0 for leaves, 1 for subtrees of 256 of them, and so on
    number: int
    width: int = TILE_WIDTH

    @classmethod
    def parse(cls, level: str, path: str) -> "Tile":
        """Read the address of a tile: its level, and a path such as `x001/234.p/17`.

        Of a bundle of entries the level is 0. Raises ValueError when it is no address of a tile.
        """
        if not _LEVEL.fullmatch(level) or not _TILE.fullmatch(path):
            raise ValueError(f"no tile has the address {level}/{path}")
        number, _, width = path.partition(".p/")
        if int(width or 1) >= TILE_WIDTH or (number.startswith("x000/")):
            raise ValueError(f"no tile has the address {level}/{path}")
        digits = number.replace("x", "").replace("/", "")
        return cls(int(level), int(digits), int(width or TILE_WIDTH))

    @property
    def path(self) -> str:
        """The address of the tile under its level (tlog-tiles, Merkle Tree)."""
        digits = str(self.number).zfill(3)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        *first, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return "".join(f"x{each}/" for each in first) + last + partial


def proof(log: Log, index: int) -> notes.Proof | None:
    """Return the proof that an entry is under the newest signed head, with its witnesses' words.

    None while no head covers it, and when there is no such entry. Three queries, O(log size) rows.
    """
    checkpoint = heads.latest(log)
    if checkpoint is None or not 0 <= index < checkpoint.size:
        return None
    path = nodes.inclusion(log, index, checkpoint.size)
    return notes.Proof(index, tuple(path), notes.Note.parse(heads.told(checkpoint)))


def tile(log: Log, asked: Tile, *, size: int) -> bytes | None:
    """Return the hashes of a tile of the tree of a size (tlog-tiles, Merkle Tree).

    None when the tree has not so many. One query.
    """
    level = asked.level * TILE_HEIGHT
    start = asked.number * TILE_WIDTH
    if start + asked.width > size >> level:
        return None
    return b"".join(nodes.row(log, level, start, start + asked.width))


def bundle(log: Log, asked: Tile, *, size: int) -> bytes | None:
    """Return entries one after the other, each with its length before it (tlog-tiles, Log entries).

    The format has two bytes for a length. An entry longer than 65,535 bytes stands here with the
    length 0, which no entry has: it is fetched whole at its own address, and its hash stands in the
    tile of leaves beside this bundle. None when the log has not so many entries. One query.
    """
    start = asked.number * TILE_WIDTH
    if asked.level or start + asked.width > size:
        return None
    bodies = [leaf.body for leaf in nodes.leaves(log, start, start + asked.width)]
    kept = (body if len(body) <= LONGEST_ENTRY else b"" for body in bodies)
    return b"".join(len(body).to_bytes(2, "big") + body for body in kept)


def tiles(size: int) -> list[Tile]:
    """Return the tiles of a tree of a size, full and partial, leaves first."""
    found = []
    level = 0
    while size:
        full, rest = divmod(size, TILE_WIDTH)
        found += [Tile(level, number) for number in range(full)]
        found += [Tile(level, full, rest)] if rest else []
        level, size = level + 1, full
    return found


def accept(log: Log, line: str, *, at: datetime) -> Cosignature:
    """Keep a witness's signature line of one of the newest heads; one that is kept, once.

    Raises notes.NoteError when it is malformed or wrong, UnknownWitness, NoSuchHead, FromTheFuture.
    """
    signature = notes.Signature.parse(line.strip())
    witness = next((key for key in heads.witnesses() if signature.by(key)), None)
    if witness is None:
        raise UnknownWitness(f"{signature.name} is no witness of this log")
    checkpoint, seconds = _cosigned(log, signature, witness)
    if seconds > (at + FAST_CLOCK).timestamp():
        raise FromTheFuture(f"{witness.name} signed at a time that is yet to come")
    kept, _is_new = Cosignature.objects.get_or_create(
        log=log,
        size=checkpoint.size,
        witness=witness.name,
        cosigned_at=datetime.fromtimestamp(seconds, UTC),
        defaults={"line": signature.line(), "received_at": at},
    )
    return kept


def _cosigned(log: Log, signature: notes.Signature, witness: notes.Key) -> tuple[Checkpoint, int]:
    """Return the head that a signature is of, and its Unix seconds."""
    for checkpoint in Checkpoint.objects.filter(log=log).order_by("-size")[:NEWEST_HEADS]:
        try:
            text = notes.Note.parse(checkpoint.note).text
            return checkpoint, notes.cosigned_at(text, signature, witness)
        except notes.BadSignature:
            continue
    raise NoSuchHead(f"{witness.name} signed none of the newest heads of this log")
