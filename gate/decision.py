"""When the gate opens: a pure question with one refusal for each thing that is missing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from procurement.publication import merkle


class Shut(StrEnum):
    """Why the gate stays shut."""

    NO_HEAD = "no signed head covers the register"
    NOT_IN_LOG = "an entry is not in the log that was signed"
    OTHER_DEADLINE = "the register states another deadline than the notices"
    DATABASE_CLOCK = "the clock of the database is not past the deadline"
    OWN_CLOCK = "the gate's own clock is not past the deadline"


@dataclass(frozen=True)
class LogEntry:
    """An entry as the gate read it, with the path that should prove it."""

    index: int
    body: bytes
    path: Sequence[bytes]

    def said(self) -> dict[str, Any]:
        """Return what the entry says."""
        said: dict[str, Any] = json.loads(self.body)
        return said


@dataclass(frozen=True)
class Clocks:
    """What the two clocks show."""

    database: datetime
    own: datetime


def why_shut(
    register: LogEntry,
    notices: Sequence[LogEntry],
    *,
    size: int,
    root: bytes,
    clocks: Clocks,
) -> Shut | None:
    """Return why the gate stays shut for a tender; None when it opens.

    `register` is the closing register, `notices` are all other entries of the tender, `size` and
    `root` a signed head. The deadline is the latest one in the notices: it may only have grown.
    """
    if register.index >= size:
        return Shut.NO_HEAD
    seen = [entry for entry in notices if entry.index < size]
    if not all(_is_in(entry, size, root) for entry in (register, *seen)):
        return Shut.NOT_IN_LOG
    stated = datetime.fromisoformat(register.said()["tender"]["closingRegister"]["deadline"])
    deadline = latest_deadline(seen)
    if deadline is None or stated != deadline:
        return Shut.OTHER_DEADLINE
    if clocks.database <= deadline:
        return Shut.DATABASE_CLOCK
    if clocks.own <= deadline:
        return Shut.OWN_CLOCK
    return None


def _is_in(entry: LogEntry, size: int, root: bytes) -> bool:
    return merkle.verify_inclusion(
        merkle.leaf_hash(entry.body), index=entry.index, size=size, path=entry.path, root=root
    )


def latest_deadline(notices: Sequence[LogEntry]) -> datetime | None:
    """Return the latest deadline that notices of one tender state; None when none does."""
    ends = [_end(entry.said()) for entry in notices]
    return max((end for end in ends if end is not None), default=None)


def _end(said: dict[str, Any]) -> datetime | None:
    end = said.get("tender", {}).get("tenderPeriod", {}).get("endDate")
    return datetime.fromisoformat(end) if end else None


def listed(register: LogEntry) -> list[str]:
    """Return the fingerprints of the envelopes that count, as the register lists them."""
    entries = register.said()["tender"]["closingRegister"].get("entries", [])
    return [line["envelopeDigest"] for line in entries if line["status"] == "counts"]
