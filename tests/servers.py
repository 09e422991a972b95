"""Throw-away PostgreSQL and Valkey, started before pytest-django reads the settings."""

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import connection, connections

from portal.bootstrap import ROOT
from portal.embedded.session import Servers

SEED = "SEED_OF_TESTS"  # where the run notes that its main database is migrated
_running: Servers | None = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the servers of this run and removes their data."""
    if _running and not hasattr(config, "workerinput"):
        connections.close_all()
        _running.stop(_quiet)
        _running.remove()


def share_one_migration() -> None:
    """Let each process of a run copy the database that the first of them migrated."""
    if SEED in os.environ and "PYTEST_XDIST_WORKER" in os.environ:
        _migrate_once(Path(os.environ[SEED]))
        main = connection.settings_dict
        main["TEST"]["TEMPLATE"] = main["NAME"]


def _migrate_once(note: Path) -> None:
    """Migrate the main database of these servers, unless another process has."""
    with note.open("a+") as shared:
        fcntl.flock(shared, fcntl.LOCK_EX)
        if not note.stat().st_size:
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, check=True)
            shared.write("migrated")
            shared.flush()


def _start() -> Servers | None:
    """Workers of pytest-xdist inherit the addresses; a DATABASE_URL is used as it is."""
    os.environ["PLAIN_STATIC"] = "1"  # nothing is collected for a test, so there is no manifest
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:  # two databases of its own: broker and cache
        server = os.environ["REDIS_URL"].rpartition("/")[0]
        os.environ["REDIS_URL"] = f"{server}/{2 * int(worker.removeprefix('gw')) + 2}"
    if worker or os.environ.get("DATABASE_URL"):
        return None
    home = Path(tempfile.mkdtemp(prefix="portal-test-"))
    home.chmod(0o755)
    (home / "static").mkdir()  # WhiteNoise warns when it is missing; warnings are errors here
    os.environ["DATA_DIR"] = str(home)
    os.environ[SEED] = str(home / "migrated")
    servers = Servers(home, durable=False)
    servers.start(_quiet)
    return servers


def _quiet(_line: str) -> None:
    """The start and the end of the servers say nothing in a test run."""


_running = _start()
