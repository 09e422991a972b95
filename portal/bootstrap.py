"""What `python3 manage.py` does before Django starts."""

import argparse
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from portal.embedded import processes, session
from portal.problems import Problem

ROOT = Path(__file__).resolve().parent.parent
# Commands that touch no database and no broker.
WITHOUT_SERVERS = {
    "", "--help", "--version", "-h", "check", "check_all", "collectstatic", "compile_translations",
    "compilemessages", "diffsettings", "findstatic", "help", "lock", "makemessages", "test",
    "version",
}  # fmt: skip
# The embedded servers that this very process runs.
own_servers: list[processes.Child] = []


@dataclass(frozen=True)
class Address:
    """Where `up` serves the portal."""

    host: str
    port: int

    @property
    def site(self) -> str:
        """As a visitor on this machine writes it."""
        name = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 -- a name
        return f"http://{name}:{self.port}"

    def require_free(self) -> None:
        """Raises Problem when nothing can be served here."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except (OSError, OverflowError) as error:
                raise Problem(
                    f"端口 {self.port} 不可用 Port {self.port} cannot be used on {self.host} "
                    f"({getattr(error, 'strerror', None) or error}). "
                    f"Choose another: python3 manage.py up --port {self.port % 60000 + 1}"
                ) from error


def add_address_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `up` that say where it serves."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")


def address_in(arguments: Sequence[str]) -> Address:
    """The address that the command line of `up` asks for."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    add_address_arguments(parser)
    known, _rest = parser.parse_known_args(arguments)
    return Address(known.host, known.port)


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
    site = ""
    if command == "up":
        _stop_on_signals()
        site = address_in(arguments[2:]).site
        os.environ.setdefault("SITE_URL", site)
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with session.servers(data_folder(), site=site, say=say if site else _quiet) as servers:
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
