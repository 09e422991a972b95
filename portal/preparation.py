"""What `up` prepares before it serves: translations, tables, static files, first data."""

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command, get_commands

from portal.bootstrap import ROOT
from portal.embedded import processes
from portal.problems import Problem
from portal.translations import compile_translations

Say = Callable[[str], None]


def prepare(say: Say, *, demo: bool) -> None:
    """Brings code, database and data together; quick when nothing changed."""
    compile_translations()
    with _static_files(say):  # compressed by another process, while this one fills the database
        say("数据库 Database …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("grant_access", verbosity=0)
        if _has("load_reference"):
            say("基础数据 Reference data …")
            call_command("load_reference", verbosity=0)
        if demo and _has("demo") and _is_empty():
            say("演示数据 Demo data, once …")
            call_command("demo", size="small", verbosity=0)
        call_command("state_sealer", verbosity=0)


@contextmanager
def _static_files(say: Say) -> Iterator[None]:
    """Collects the static files meanwhile, if they changed. Raises Problem when that fails."""
    fingerprint = _static_fingerprint()
    if not static_files_changed(fingerprint):
        yield
        return
    say("静态文件 Static files …")
    child = processes.start(
        "static",
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v", "0"],
        log=Path(settings.DATA_DIR) / "log" / "static.log",
        cwd=ROOT,
    )
    try:
        yield
        if child.process.wait():
            raise Problem(f"静态文件 Static files could not be made:\n{child.last_lines()}")
    finally:
        child.stop()
    _static_stamp().write_text(fingerprint)


def static_files_changed(fingerprint: str) -> bool:
    """Whether the collected static files are not those of `fingerprint`."""
    stamp = _static_stamp()
    return not stamp.exists() or stamp.read_text() != fingerprint


def _static_stamp() -> Path:
    return Path(settings.DATA_DIR) / "static.stamp"


def _static_fingerprint() -> str:
    """Changes with the name, size or date of any static file of the project or its packages."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _has(command: str) -> bool:
    return command in get_commands()


def _is_empty() -> bool:
    """Whether no organisation is registered yet: the portal has never been used."""
    organization = apps.get_model("organizations", "Organization")
    return not organization._default_manager.exists()
