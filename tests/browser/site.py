"""The whole product in a data folder of its own, started as a person starts it."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from portal.bootstrap import ROOT
from portal.embedded.processes import free_port
from portal.embedded.session import Servers
from procurement.rules import SHANGHAI

READY = "Ctrl-C"  # the last words of the welcome
MINUTE = timedelta(minutes=1)


class Site:
    """`manage.py up` with its demo accounts: PostgreSQL, Valkey, web, worker and clock."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-site-"))
        self.folder.chmod(0o755)  # the unprivileged account of PostgreSQL enters it
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Start it and wait for the welcome."""
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(self.port)],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout
        said = ""
        for line in self._process.stdout:
            said += line
            if READY in line:
                return self
        self.__exit__()
        raise AssertionError(f"the site did not start:\n{said}")

    def __exit__(self, *_error: object) -> None:
        """Stop it with Ctrl-C and remove what it kept."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.communicate(timeout=120)
        finally:
            self._process.kill()
            Servers(self.folder).remove()

    def _environment(self) -> dict[str, str]:
        """As in a new window: nothing of the test run's own servers."""
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**clean, "DATA_DIR": str(self.folder)}

    def time_moves(self, forward: timedelta) -> datetime:
        """Move the clock of the rehearsal by whole minutes; return what it shows then."""
        return self._rehearse("--forward", f"{forward // MINUTE}m")

    def time_passes(self, instant: datetime) -> None:
        """Move the clock just past an instant."""
        self.time_moves(instant - self._rehearse("--show") + MINUTE)

    def _rehearse(self, *wish: str) -> datetime:
        done = subprocess.run(
            [sys.executable, "manage.py", "rehearse", *wish],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        shown = re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", done.stdout)
        assert shown, done.stdout
        return datetime.fromisoformat(shown[0]).replace(tzinfo=SHANGHAI)

    def files_with(self, words: str) -> list[str]:
        """Return the files below the data folder that hold these words: database, logs, mail."""
        sought = words.encode()
        return [str(path) for path in self._files() if sought in _content(path)]

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.rglob("*") if path.is_file())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # the database tidies up while we look
        return b""
