"""A whole portal in a folder of its own, whose parts can be killed, held still and brought back."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from benchmarks import edge
from benchmarks.mailsink import MailSink
from portal import parts, restarts
from portal.address import Address
from portal.bootstrap import ROOT
from portal.embedded import processes, valkey
from portal.embedded.postgres import Postgres
from portal.embedded.processes import Child
from portal.parts import Part

BACK_AFTER = 1.0  # seconds until what was killed is started again, as a supervisor would
SWEEP_EVERY = 10  # seconds between two runs of the timer (a real one: 60)
_SWEEP = "while true; do {python} manage.py sweep; sleep {seconds}; done"


@dataclass
class Rig:
    """Servers, parts, mail; `home` holds everything and is thrown away by its owner."""

    home: Path
    address: Address
    mail: MailSink
    edge: int  # the port in front of the web
    postgres: Postgres
    servers: dict[str, Child] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    running: dict[str, Child] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)  # when a part is started again
    restarted: list[str] = field(default_factory=list)  # what the watchdog asked for
    door: socket.socket | None = None  # held for the web, as systemd holds it over a restart
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def prepare(cls, home: Path) -> "Rig":
        """Start the servers and tell this process, and its children, where they are."""
        (home / "static").mkdir(parents=True, exist_ok=True)
        address = Address("127.0.0.1", processes.free_port())
        rig = cls(home, address, MailSink(), processes.free_port(), Postgres(home))
        front = edge.command(home / "edge", rig.edge, address.port)
        before = processes.start("edge", front, log=home / "log" / "edge.log", cwd=ROOT)
        child, addresses = rig.postgres.start()
        broker, redis_url = valkey.start(home)
        rig.servers = {"postgres": child, "valkey": broker, "edge": before}
        os.environ.update(
            addresses
            | {
                "REDIS_URL": redis_url,
                "DATA_DIR": str(home),
                "SITE_URL": rig.address.site,
                "EMAIL_URL": f"smtp://127.0.0.1:{rig.mail.port}",
                "PORTAL_EMBEDDED": "1",
                "PLAIN_STATIC": "1",
                "EDGE_STAMP_HEADER": "HTTP_X_RECEIVED_AT",
                "LOG_LEVEL": "WARNING",
                "GATE_SECONDS": "1",
                "PYTHONPATH": str(ROOT),
                "DJANGO_SETTINGS_MODULE": "portal.settings",
            }
        )
        return rig

    def start(self, facts: dict[str, str]) -> None:
        """Start every part, the timer too, and look after them until `stop`."""
        application = parts.application_environment()
        sweep = _SWEEP.format(python=sys.executable, seconds=SWEEP_EVERY)
        timer = Part("timer", ("sh", "-c", sweep), application, 1)
        for part in [*parts.of_the_portal(self.address, self.home, facts=facts), timer]:
            self.add(self._behind_the_door(part) if part.name == "web" else part)
        threading.Thread(target=self._look_after, daemon=True).start()

    def _behind_the_door(self, part: Part) -> Part:
        """The web with a socket that stays open when it dies (deploy/systemd/portal-web.socket)."""
        self.door = socket.create_server((self.address.host, self.address.port), backlog=2048)
        *command, _address = part.command
        return replace(part, command=(*command, f"fd://{self.door.fileno()}"))

    def add(self, part: Part) -> None:
        """Start one more part."""
        with self._lock:
            self.parts[part.name] = part
            self._launch(part.name)

    def drop(self, name: str) -> None:
        """Kill a part for good."""
        with self._lock:
            self.parts.pop(name, None)
            child = self.running.pop(name, None)
        if child:
            _signal(child, signal.SIGKILL)
            child.process.wait()

    def kill(self, name: str) -> None:
        """kill -9 a part with all its processes; it comes back after BACK_AFTER."""
        with self._lock:
            _signal(self.running[name], signal.SIGKILL)

    def freeze(self, name: str, seconds: float) -> None:
        """Hold a part still, as a machine out of memory would, and let it go on."""
        child = self.running[name]
        _signal(child, signal.SIGSTOP)
        time.sleep(seconds)
        _signal(child, signal.SIGCONT)

    def kill_server(self, name: str) -> None:
        """kill -9 PostgreSQL's postmaster or the broker, and start it again where it was."""
        child = self.servers[name]
        child.process.kill()
        child.process.wait()
        with self._lock:
            self.due[name] = time.monotonic() + BACK_AFTER

    def stop(self) -> None:
        """Stop everything, the servers last."""
        self._over.set()
        with self._lock:
            for child in reversed(list(self.running.values())):
                _signal(child, signal.SIGCONT)
                _signal(child, signal.SIGKILL)
                child.process.wait()
        for server in reversed(list(self.servers.values())):
            server.stop()

    def wait_for(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Say whether it came true in time; an error is a no."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if ready():
                    return True
            except Exception:  # noqa: BLE001 -- of a part that is away
                connection.close()
            time.sleep(0.3)
        return False

    def _launch(self, name: str) -> None:
        part = self.parts[name]
        restarts.forget(self.home, name)
        self.running[name] = processes.start(
            name,
            part.command,
            log=self.home / "log" / f"{name}.log",
            cwd=ROOT,
            env=part.env,
            keep=[self.door.fileno()] if self.door and name == "web" else [],
        )
        self.due.pop(name, None)

    def _look_after(self) -> None:
        """In the one thread that lasts: the kernel ends a child with the thread that began it."""
        while not self._over.wait(0.2):
            with self._lock:
                for name in list(self.servers):
                    if time.monotonic() >= self.due.get(name, float("inf")):
                        self.due.pop(name)
                        self._start_server(name)
                for name in list(self.parts):
                    self._look_at(name)

    def _start_server(self, name: str) -> None:
        if name == "postgres":
            port = urlsplit(os.environ["DATABASE_URL"]).port
            self.servers[name] = self.postgres.start(at=port)[0]
        else:
            self.servers[name] = valkey.start(self.home, again=os.environ["REDIS_URL"])[0]

    def _look_at(self, name: str) -> None:
        child, now = self.running[name], time.monotonic()
        if child.alive and restarts.asked(self.home, name):
            self.restarted.append(name)
            _signal(child, signal.SIGKILL)
            child.process.wait()
        if not child.alive:
            self.due.setdefault(name, now + BACK_AFTER)
            if now >= self.due[name]:
                self._launch(name)


def _signal(child: Child, number: signal.Signals) -> None:
    """To the whole session of a part: its own processes go with it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)
