"""The copy of every signed head in a file outside the database, which no backup brings back.

One JSON object a line, the newest last; written and on the disk before the head is published.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class CopyDamaged(Exception):
    """A line of the copy that is not one this portal wrote."""


class Copied(NamedTuple):
    """A head as it stands in the copy."""

    note: str
    signed_at: datetime


def copied(path: Path) -> Iterator[Copied]:
    """Yield the heads in a copy, oldest first; none when there is no file. Raises CopyDamaged.

    A last line that was cut off is no head: it was never published.
    """
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith("\n"):
                return
            try:
                told = json.loads(line)
                yield Copied(str(told["note"]), datetime.fromisoformat(told["signed_at"]))
            except (ValueError, TypeError, KeyError) as error:
                raise CopyDamaged(f"{path}, line {number}: not a head") from error


def last(path: Path) -> Copied | None:
    """Return the newest head in a copy; None when there is none. Raises CopyDamaged."""
    newest = None
    for newest in copied(path):  # noqa: B007 - the last one is wanted
        pass
    return newest


def add(path: Path, copy: Copied) -> None:
    """Write a head at the end of a copy; return when it is on the disk. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"signed_at": copy.signed_at.isoformat(), "note": copy.note}) + "\n"
    with path.open("ab") as file:
        _drop_torn_line(path)
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line without an end: a run was killed while it wrote."""
    whole = path.read_bytes()
    if whole and not whole.endswith(b"\n"):
        os.truncate(path, whole.rfind(b"\n") + 1)
