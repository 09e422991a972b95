"""Throw-away PostgreSQL and Valkey, started before pytest-django reads the settings."""

import os
import tempfile
from pathlib import Path

import pytest
from django.db import connections

from portal.embedded.session import Servers

_running: Servers | None = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the servers of this run and removes their data."""
    if _running and not hasattr(config, "workerinput"):
        connections.close_all()
        _running.stop(_quiet)
        _running.remove()


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
    servers = Servers(home, durable=False)
    servers.start(_quiet)
    return servers


def _quiet(_line: str) -> None:
    """The start and the end of the servers say nothing in a test run."""


_running = _start()
