"""The processes of a running portal: what each runs, with which login, and what its end means."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.address import Address

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
WATCHDOG = "django watchdog"
GATE = "gate"
# What the gate has no business with: other logins, the broker, secrets of the site.
_NOT_FOR_THE_GATE = {
    "DATABASE_URL", "APP_DATABASE_URL", "REDIS_URL", "CACHE_URL", "SECRET_KEY",
    "SECRET_KEY_FALLBACKS", "EMAIL_URL",
}  # fmt: skip
_OURS = {"PYTHONUNBUFFERED": "1", "PORTAL_SUPERVISED": "1"}
_NOT_FOR_THE_APPLICATION = {"APP_DATABASE_URL", "GATE_DATABASE_URL", "GATE_DIR"}


@dataclass(frozen=True)
class Part:
    """One process: its name, its command line, its environment, how long it may take to end."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    grace: float  # seconds
    restarts: bool = True  # False: the portal comes down with it


def of_the_portal(address: Address, data: Path, *, facts: Mapping[str, str]) -> list[Part]:
    """Return what `up` runs, in the order it starts; `facts` are settings the gate is told."""
    application, gate = application_environment(), gate_environment(data, facts)
    host = f"[{address.host}]" if ":" in address.host else address.host
    schedule = ("--schedule", str(data / "beat-schedule"))
    found = [
        Part("web", _module(WEB, "--bind", f"{host}:{address.port}"), application, 15, False),  # noqa: FBT003
        Part("worker", _module(WORKER), application, 25),
        Part("beat", _module(BEAT, *schedule), application, 5),
    ]
    if "GATE_DATABASE_URL" in gate and importlib.util.find_spec(GATE) is not None:
        found.append(Part("gate", _module(GATE), gate, 10))
    tried = {"CANARY_URL": os.environ.get("CANARY_URL") or address.site}
    found.append(Part("watchdog", _module(WATCHDOG), application | tried, 10))
    return found


def application_environment() -> dict[str, str]:
    """Return the environment of whatever serves people: the application's login, no other."""
    kept = {k: v for k, v in os.environ.items() if k not in _NOT_FOR_THE_APPLICATION}
    login = os.environ.get("APP_DATABASE_URL")
    return kept | ({"DATABASE_URL": login} if login else {}) | _OURS


def gate_environment(data: Path, facts: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the gate: its own login, its own folder, no secret of the site."""
    kept = {k: v for k, v in os.environ.items() if k not in _NOT_FOR_THE_GATE}
    folder = {"GATE_DIR": os.environ.get("GATE_DIR") or str(data / "gate")}
    return kept | dict(facts) | folder | _OURS


def _module(command: str, *options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *command.split(), *options)
