"""The embedded Valkey (Redis protocol): broker and cache, kept on disk, with a password."""

import secrets
import socket
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from portal.embedded import binaries, processes
from portal.problems import Problem

_ATTEMPTS = 20


def start(home: Path, *, durable: bool = True, again: str = "") -> tuple[processes.Child, str]:
    """The running server and its address. Raises Problem when it will not start.

    `again` is the address of one that ran before, which others still hold.
    """
    before = urlsplit(again)
    folder = home / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = home / "log" / "valkey.log"
    password = before.password or secrets.token_urlsafe(24)
    for _attempt in range(_ATTEMPTS):
        port = before.port or processes.free_port()
        child = processes.start(
            "valkey",
            [binaries.valkey_server(), "-"],
            log=log,
            feed=_configuration(folder, port, password, durable=durable).encode(),
        )
        if processes.wait_until(partial(_answers, port, password), child):
            return child, f"redis://:{password}@127.0.0.1:{port}/0"
        child.stop()
        processes.pause()
    raise Problem(f"Valkey does not start; its log is {log}:\n{child.last_lines(5)}")


def _configuration(folder: Path, port: int, password: str, *, durable: bool) -> str:
    """Read from standard input, so that the password shows in no process list."""
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            "databases 64",  # two for each process of a test run
            f'dir "{folder}"',
            f"requirepass {password}",
            f"appendonly {'yes' if durable else 'no'}",
            'save ""',
            "maxmemory-policy noeviction",  # a task may not be evicted like a cache entry
            "",
        ]
    )


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = part = connection.recv(64)
            while part and b"PONG" not in answer:
                part = connection.recv(64)
                answer += part
            return b"+PONG" in answer
    except OSError:
        return False
