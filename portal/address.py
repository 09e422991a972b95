"""Where `up` serves the portal, from its command line. Standard library only."""

import argparse
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from portal.problems import Problem


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
