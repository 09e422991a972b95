"""The copy of every signed head in a file outside the database, which no backup brings back.

One JSON object a line, the newest last; written and on the disk before the head is published.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

TAIL = 65_536  # bytes; many times as long as a line


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
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield _read(line, f"{path}, line {number}")


def last(path: Path) -> Copied | None:
    """Return the newest head in a copy; None when there is none. Raises CopyDamaged.

    Only the end of the file is read, however long it has become.
    """
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        *lines, _torn = file.read().split(b"\n")
    return _read(lines[-1], f"{path}, the last line") if lines else None


def add(path: Path, copy: Copied) -> None:
    """Write a head at the end of a copy; return when it is on the disk. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    line = json.dumps({"signed_at": copy.signed_at.isoformat(), "note": copy.note}) + "\n"
    with path.open("ab") as file:
        _drop_torn_line(path)
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Make sure that the disk knows of a file that is new in a folder."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _read(line: bytes, where: str) -> Copied:
    try:
        told = json.loads(line)
        return Copied(str(told["note"]), datetime.fromisoformat(told["signed_at"]))
    except (ValueError, TypeError, KeyError) as error:
        raise CopyDamaged(f"{where}: not a head") from error


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line without an end: a run was killed while it wrote."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - TAIL))
        torn = len(file.read().rpartition(b"\n")[2])
    if torn:
        os.truncate(path, size - torn)
