"""What the gate reads and writes in the database: a handful of statements, all of them here."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

NOTICES = 1  # the log of notices
BATCH = 200  # entries read at once


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


def knows(cursor: Cursor, public_key: bytes) -> bool | None:
    """Say whether the portal knows this public key; None when it knows none at all yet."""
    known = [bytes(key) for (key,) in rows(cursor, "SELECT public_key FROM procurement_gatekey")]
    return public_key in known if known else None


def announce(cursor: Cursor, public_key: bytes) -> None:
    """Make the public key known, once."""
    cursor.execute(
        "INSERT INTO procurement_gatekey (public_key) VALUES (%s) ON CONFLICT DO NOTHING",
        [public_key],
    )


def show_life(cursor: Cursor, detail: str = "") -> None:
    """Write down that the gate looks, and what keeps it from giving; the watchdog reads it."""
    cursor.execute(
        "INSERT INTO procurement_heartbeat (name, beat_at, detail)"
        " VALUES ('gate', clock_timestamp(), %s) ON CONFLICT (name)"
        " DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail",
        [detail[:200]],
    )


def waiting(cursor: Cursor) -> list[str]:
    """Return the ocids of tenders that may wait for the gate: where to look, no more."""
    found = rows(
        cursor,
        "SELECT p.ocid FROM procurement_tender t"
        " JOIN procurement_contractingprocess p ON p.id = t.process_id"
        " WHERE t.closed_at IS NOT NULL AND t.opened_at IS NULL AND t.cancelled_at IS NULL",
    )
    return [ocid for (ocid,) in found]


def heads(cursor: Cursor) -> list[str]:
    """Return the newest signed heads of the log of notices, the largest first."""
    statement = "SELECT note FROM procurement_checkpoint WHERE log = %s ORDER BY size DESC LIMIT 5"
    return [note for (note,) in rows(cursor, statement, NOTICES)]


def bodies(cursor: Cursor, start: int, end: int) -> Iterator[bytes]:
    """Yield the entries of the log from a place to before another, in order."""
    statement = "SELECT body FROM procurement_entry WHERE index >= %s AND index < %s ORDER BY index"
    for first in range(start, end, BATCH):
        for (body,) in rows(cursor, statement, first, min(first + BATCH, end)):
            yield bytes(body)


def given(cursor: Cursor, ocid: str) -> set[str]:
    """Return the fingerprints of the envelopes of a tender that have their part."""
    statement = "SELECT envelope_sha256 FROM procurement_gatepart WHERE ocid = %s"
    return {fingerprint for (fingerprint,) in rows(cursor, statement, ocid)}


def envelope(cursor: Cursor, fingerprint: str) -> bytes | None:
    """Return the envelope with a fingerprint; None when it is not here."""
    found = rows(
        cursor,
        "SELECT envelope FROM procurement_bid"
        " WHERE envelope_sha256 = %s AND envelope IS NOT NULL LIMIT 1",
        fingerprint,
    )
    return bytes(found[0][0]) if found else None


def present(cursor: Cursor, fingerprints: set[str]) -> set[str]:
    """Return which of these envelopes are here."""
    statement = (
        "SELECT DISTINCT envelope_sha256 FROM procurement_bid"
        " WHERE envelope_sha256 = ANY(%s) AND envelope IS NOT NULL"
    )
    return {found for (found,) in rows(cursor, statement, sorted(fingerprints))}


def give(cursor: Cursor, ocid: str, fingerprint: str, part: bytes) -> None:
    """Give out the gate's part for one envelope of a tender, once."""
    cursor.execute(
        "INSERT INTO procurement_gatepart (ocid, envelope_sha256, part) VALUES (%s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [ocid, fingerprint, part],
    )
