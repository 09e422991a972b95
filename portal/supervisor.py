"""Web, worker and clock together, watched: what `manage.py up` runs until Ctrl-C."""

import http.client
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from portal.address import Address
from portal.bootstrap import ROOT
from portal.embedded import processes
from portal.problems import Problem

Say = Callable[[str], None]
WEB = (
    "gunicorn portal.wsgi --worker-class gthread --workers 2 --threads 4 --preload "
    "--graceful-timeout 8 --access-logfile -"
)
# Gossip and mingle are for many workers that talk; one worker stumbles over them at a restart.
WORKER = (
    "celery -A portal.celery worker --loglevel INFO --concurrency 2 "
    "--without-gossip --without-mingle"
)
BEAT = "celery -A portal.celery beat --loglevel INFO --pidfile="
_IMPORTANT = re.compile(r"\b(ERROR|CRITICAL|Traceback)\b")
_WATCH_SECONDS = 0.3


@dataclass
class LogTail:
    """The lines a child writes from now on."""

    child: processes.Child
    position: int = field(init=False)

    def __post_init__(self) -> None:
        self.position = self.child.log.stat().st_size if self.child.log.exists() else 0

    def important(self) -> list[str]:
        """The new whole lines that somebody should see, each with the child's name before it."""
        with self.child.log.open("rb") as log:
            log.seek(self.position)
            fresh = log.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self.position += len(whole)
        lines = whole.decode(errors="replace").splitlines()
        return [f"{self.child.name:>8} | {line}" for line in lines if _IMPORTANT.search(line)]


class Supervisor:
    """Starts web, worker and clock; when one of them or a server dies, the rest is brought down."""

    def __init__(self, address: Address, data: Path, servers: list[processes.Child]) -> None:
        """`servers`: embedded servers to watch as well; others stop them."""
        self.address = address
        self.data = data
        self.servers = servers
        self.children: list[processes.Child] = []

    def start(self) -> None:
        """Starts the three. Raises Problem when the web does not answer."""
        host = f"[{self.address.host}]" if ":" in self.address.host else self.address.host
        web = self._launch("web", WEB, "--bind", f"{host}:{self.address.port}", grace=15)
        if not processes.wait_until(self._answers, web, seconds=60):  # the others would slow it
            raise self._died(web)
        self._launch("worker", WORKER, grace=25)
        self._launch("beat", BEAT, "--schedule", str(self.data / "beat-schedule"), grace=5)

    def watch(self, say: Say) -> None:
        """Shows important lines until a child dies, which raises Problem with its last lines."""
        everyone = [*self.servers, *self.children]
        tails = [LogTail(child) for child in everyone]
        while True:
            for tail in tails:
                for line in tail.important():
                    say(line)
            for child in everyone:
                if not child.alive:
                    raise self._died(child)
            time.sleep(_WATCH_SECONDS)

    def stop(self, say: Say) -> None:
        """Stops clock, worker, web, in this order; the servers end later, by their owner."""
        processes.stop_all(self.children, say)

    def _launch(self, name: str, command: str, *options: str, grace: float) -> processes.Child:
        child = processes.start(
            name,
            [sys.executable, "-m", *command.split(), *options],
            log=self.data / "log" / f"{name}.log",
            grace=grace,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.children.append(child)
        return child

    def _answers(self) -> bool:
        """Whether the web answers at all; what it answers is the tests' business."""
        host = self.address.site.removeprefix("http://").rpartition(":")[0].strip("[]")
        connection = http.client.HTTPConnection(host, self.address.port, timeout=5)
        try:
            connection.request("GET", "/", headers={"Host": f"127.0.0.1:{self.address.port}"})
            connection.getresponse()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def _died(self, child: processes.Child) -> Problem:
        return Problem(
            f"{child.name} 已停止 has stopped (code {child.process.poll()}); everything is brought "
            f"down. The end of {child.log}:\n{child.last_lines()}"
        )
