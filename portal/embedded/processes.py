"""Child processes that end with us: started in their own session, stopped in order."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LONG_LOG = 10 * 1024**2  # bytes; then a new one is begun and one old one kept
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Identity:
    """The account a child runs as; PostgreSQL refuses to run as root."""

    uid: int
    gid: int


@dataclass
class Child:
    """One running program, how to ask it to stop, and how long (seconds) it may take."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    grace: float
    log: Path

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Asks it to end and waits; after `grace` seconds it is killed."""
        if not self.alive:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-count:])


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Has the kernel send `number` to the child when we vanish, even by kill -9 (Linux)."""
    libc = _libc
    if libc is None:
        return None

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))

    return ask_the_kernel


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    stop_signal: signal.Signals = signal.SIGTERM,
    grace: float = 10,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    identity: Identity | None = None,
    feed: bytes | None = None,
    keep: Sequence[int] = (),
) -> Child:
    """Starts a program with its output appended to `log`; `feed` is written to its standard input.

    `keep` are open files and sockets of ours that it may use under the same numbers.

    It gets its own session, so that Ctrl-C reaches only us and we choose the order of stopping.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LONG_LOG:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(os.environ if env is None else env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent(stop_signal),  # noqa: PLW1509 -- only prctl; no lock is taken
            user=identity.uid if identity else None,
            group=identity.gid if identity else None,
            extra_groups=[] if identity else None,
            pass_fds=keep,
        )
    if feed is not None and process.stdin is not None:
        process.stdin.write(feed)
        process.stdin.close()
    return Child(name, process, stop_signal, grace, log)


def free_port() -> int:
    """A port free at this instant; whoever uses it must be ready to try another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], child: Child, *, seconds: float = 30) -> bool:
    """Whether `ready` came true before `child` ended or the time was over."""
    end = time.monotonic() + seconds
    while child.alive and time.monotonic() < end:
        if ready():
            return True
        time.sleep(0.03)
    return False


def pause(seconds: float = 0.5) -> None:
    """Gives a machine that is busy or still cleaning up a moment."""
    time.sleep(seconds)


def stop_all(children: list[Child], say: Callable[[str], None]) -> None:
    """Stops the children, last started first, and empties the list."""
    while children:
        child = children.pop()
        begun = time.monotonic()
        child.stop()
        say(f"  {child.name} {time.monotonic() - begun:.1f} s")
