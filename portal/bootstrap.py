"""What `python3 manage.py` does before Django starts."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from portal.address import address_in
from portal.embedded import processes, session

ROOT = Path(__file__).resolve().parent.parent
# Commands that touch no database and no broker.
WITHOUT_SERVERS = {
    "", "--help", "--version", "-h", "bench", "check", "check_all", "collectstatic",
    "compile_translations", "compilemessages", "diffsettings", "findstatic", "help", "lock",
    "makemessages", "screenshots", "test", "version", "weigh",
}  # fmt: skip
# The embedded servers that this very process runs.
own_servers: list[processes.Child] = []


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
    if command in WITHOUT_SERVERS or {"--help", "-h"} & set(arguments):
        yield
        return
    address = address_in(arguments[2:]) if command == "up" else None
    if address:
        _stop_on_signals()
        os.environ.setdefault("SITE_URL", address.site)
    if os.environ.get("DATABASE_URL"):
        if address:
            address.require_free()
        yield
        return
    with session.servers(data_folder(), address=address, say=say if address else _quiet) as servers:
        own_servers.extend(servers.children)
        yield


def _quiet(_line: str) -> None:
    """Short commands start and stop their servers without a word."""


def _stop_on_signals() -> None:
    """Ctrl-C, a closed window and a polite kill all mean: stop everything, in order, once."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, lambda *_: say("正在停止 Stopping …"))
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, stop)
