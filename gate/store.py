"""What the gate reads and writes in the database: a handful of statements, all of them here."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from gate.decision import LogEntry
from procurement.publication import merkle

NOTICES = 1  # the log of notices


class Cursor(Protocol):
    """A database cursor, psycopg2's or Django's."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Any:  # noqa: ANN401
        """Run a statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows."""


def rows(cursor: Cursor, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    cursor.execute(statement, values)
    return cursor.fetchall()


def clock(cursor: Cursor) -> datetime:
    """Return what the clock of the database shows."""
    found: datetime = rows(cursor, "SELECT clock_timestamp()")[0][0]
    return found


def rehearsal_shift(cursor: Cursor) -> timedelta:
    """Return by how much a rehearsal runs ahead. Asked in rehearsals only."""
    found = rows(cursor, 'SELECT "offset" FROM organizations_clockshift WHERE id = 1')
    return found[0][0] if found else timedelta(0)


def announce(cursor: Cursor, public_key: bytes) -> None:
    """Make the public key known, once."""
    cursor.execute(
        "INSERT INTO procurement_gatekey (public_key) VALUES (%s) ON CONFLICT DO NOTHING",
        [public_key],
    )


def show_life(cursor: Cursor) -> None:
    """Write down that the gate looks; the watchdog sees when it does not."""
    cursor.execute(
        "INSERT INTO procurement_heartbeat (name, beat_at, detail)"
        " VALUES ('gate', clock_timestamp(), '')"
        " ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at"
    )


def waiting(cursor: Cursor) -> list[str]:
    """Return the ocids of tenders that are closed and wait for the gate."""
    found = rows(
        cursor,
        "SELECT DISTINCT p.ocid FROM procurement_bid b"
        " JOIN procurement_tender t ON t.id = b.tender_id"
        " JOIN procurement_contractingprocess p ON p.id = t.process_id"
        " LEFT JOIN procurement_gatepart g ON g.envelope_sha256 = b.envelope_sha256"
        " WHERE t.closed_at IS NOT NULL AND t.opened_at IS NULL AND t.cancelled_at IS NULL"
        " AND b.replaced_at IS NULL AND b.withdrawn_at IS NULL AND b.delivered_at IS NOT NULL"
        " AND g.id IS NULL",
    )
    return [ocid for (ocid,) in found]


def newest_head(cursor: Cursor) -> str | None:
    """Return the newest signed head of the log of notices."""
    found = rows(
        cursor,
        "SELECT note FROM procurement_checkpoint WHERE log = %s ORDER BY size DESC LIMIT 1",
        NOTICES,
    )
    return found[0][0] if found else None


def entries(cursor: Cursor, ocid: str, *, size: int) -> Mapping[str, list[LogEntry]]:
    """Return the entries of a tender by kind, each with its path to the root over `size` leaves."""
    found: dict[str, list[LogEntry]] = {}
    statement = "SELECT index, kind, body FROM procurement_entry WHERE ocid = %s ORDER BY index"
    for index, kind, body in rows(cursor, statement, ocid):
        way = _path(cursor, index, size) if index < size else ()
        found.setdefault(kind, []).append(LogEntry(index, bytes(body), way))
    return found


def _path(cursor: Cursor, index: int, size: int) -> list[bytes]:
    spans = merkle.inclusion_spans(index, size)
    places = [place for span in spans for place in merkle.subtrees(span)]
    nodes: dict[merkle.Place, bytes] = {}
    for place in places:
        found = rows(
            cursor,
            "SELECT hash FROM procurement_lognode WHERE log = %s AND level = %s AND index = %s",
            NOTICES,
            place.level,
            place.number,
        )
        nodes[place] = bytes(found[0][0]) if found else b""
    return merkle.path(spans, nodes.__getitem__)


def ungiven(cursor: Cursor, ocid: str) -> list[int]:
    """Return the numbers of the bids of a tender the gate gave no part for yet."""
    found = rows(
        cursor,
        "SELECT b.id FROM procurement_bid b"
        " JOIN procurement_tender t ON t.id = b.tender_id"
        " JOIN procurement_contractingprocess p ON p.id = t.process_id"
        " LEFT JOIN procurement_gatepart g ON g.envelope_sha256 = b.envelope_sha256"
        " WHERE p.ocid = %s AND b.replaced_at IS NULL AND b.withdrawn_at IS NULL"
        " AND b.delivered_at IS NOT NULL AND g.id IS NULL ORDER BY b.id",
        ocid,
    )
    return [number for (number,) in found]


def envelope(cursor: Cursor, number: int) -> tuple[str, bytes]:
    """Return fingerprint and envelope of one bid."""
    statement = "SELECT envelope_sha256, envelope FROM procurement_bid WHERE id = %s"
    ((fingerprint, found),) = rows(cursor, statement, number)
    return fingerprint, bytes(found)


def give(cursor: Cursor, fingerprint: str, part: bytes) -> None:
    """Give out the gate's part for one envelope, once."""
    cursor.execute(
        "INSERT INTO procurement_gatepart (envelope_sha256, part) VALUES (%s, %s)"
        " ON CONFLICT DO NOTHING",
        [fingerprint, part],
    )
