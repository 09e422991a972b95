"""What `python3 manage.py` does before Django starts."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.embedded import session

ROOT = Path(__file__).resolve().parent.parent
# Commands that touch no database and no broker.
WITHOUT_SERVERS = {
    "", "--help", "--version", "-h", "check", "check_all", "collectstatic", "compile_translations",
    "compilemessages", "diffsettings", "findstatic", "help", "lock", "makemessages", "test",
    "version",
}  # fmt: skip


def data_folder() -> Path:
    """The one folder of everything the portal keeps on this machine."""
    return Path(os.environ.get("DATA_DIR") or ROOT / "var").expanduser().resolve()


def say(line: str) -> None:
    """One line of progress."""
    print(line, flush=True)


@contextmanager
def servers_for(arguments: Sequence[str]) -> Iterator[None]:
    """The embedded servers while a command runs; none when DATABASE_URL names others."""
    command = arguments[1] if len(arguments) > 1 else ""
    asks_help = bool({"--help", "-h"} & set(arguments))
    if asks_help or command in WITHOUT_SERVERS or os.environ.get("DATABASE_URL"):
        yield
        return
    keeper = "up" if command == "up" else "command"
    with session.servers(data_folder(), keeper=keeper, say=say if keeper == "up" else _quiet):
        yield


def _quiet(_line: str) -> None:
    """Short commands start their servers without a word."""
