"""The checks of `manage.py check_all`: each says nothing when all is well, or what is wrong."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from portal import translations
from portal.bootstrap import ROOT

_PROGRAMS = os.path.dirname(sys.executable)  # noqa: PTH120 -- of the environment, not of its base
# What a deployed portal is given; `check --deploy` must find nothing to warn about.
PRODUCTION = {
    "DATABASE_URL": "postgres://portal:portal@127.0.0.1:5432/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "SITE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "PROXY_SSL_HEADER": "HTTP_X_FORWARDED_PROTO",
    "GATE_DIR": "/gate",
    "DEBUG": "0",
    "PORTAL_EMBEDDED": "0",
    "REHEARSAL": "0",
}


@dataclass(frozen=True)
class Check:
    """A name for people, and what looks for faults."""

    name: str
    faults: Callable[[], str]


def checks() -> list[Check]:
    """All of them, the quick ones first."""
    manage = (sys.executable, "manage.py")
    return [
        Check("requirements", requirements),
        Check("format", lambda: run(sys.executable, "-m", "ruff", "format", "--check", ".")),
        Check("lint", lambda: run(sys.executable, "-m", "ruff", "check", ".")),
        Check("templates", lambda: run(sys.executable, "-m", "djlint", "--lint", "templates")),
        Check("imports", lambda: run(f"{_PROGRAMS}/lint-imports")),
        Check("translations", catalogue),
        Check("migrations", lambda: run(*manage, "makemigrations", "--check", "--dry-run")),
        Check("deployment", deployment),
        Check("types", lambda: run(sys.executable, "-m", "mypy", ".")),
    ]


def run(*command: str, env: dict[str, str] | None = None) -> str:
    """What the command wrote when it failed, else nothing."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(env or {})},
    )
    return done.stdout.strip() or f"exit code {done.returncode}" if done.returncode else ""


def requirements() -> str:
    """The locks name packages and hashes, never the place somebody took them from."""
    files = sorted((ROOT / "requirements").glob("*.txt"))
    return "\n".join(f"{file.name} names an address" for file in files if "://" in file.read_text())


def catalogue() -> str:
    """Every Chinese sentence has its English one."""
    try:
        found = list(translations.faults(ROOT).lines())
    except (FileNotFoundError, RuntimeError) as error:
        return str(error)
    return "\n".join(found)


def deployment() -> str:
    """Django's own advice for production."""
    command = ("check", "--deploy", "--fail-level", "WARNING")
    return run(sys.executable, "manage.py", *command, env=PRODUCTION)
