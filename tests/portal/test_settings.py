"""The settings a deployment may get wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from pytest_django import Settings

from portal import checks, env
from portal.bootstrap import ROOT
from portal.quality import PRODUCTION


def _check(*options: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` as a deployed portal runs it."""
    return _deployed(("manage.py", "check", *options), changes)


def _deployed(
    command: tuple[str, ...], changes: dict[str, str], folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """A Python command in the environment of a deployed portal."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**clean, **PRODUCTION, **changes},
        capture_output=True,
        text=True,
    )


def test_production_is_sound() -> None:
    done = _check("--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


def test_production_without_a_secret_is_refused() -> None:
    done = _check(SECRET_KEY="")
    assert done.returncode == 1
    assert "SECRET_KEY is not set." in done.stderr.splitlines()[-1]


def test_rehearsal_in_production_is_refused() -> None:
    done = _check(REHEARSAL="1")
    assert done.returncode == 1
    assert "portal.E001" in done.stderr


@pytest.mark.parametrize(
    "server",
    [
        ("-c", "import portal.wsgi"),
        ("-m", "celery", "-A", "portal.celery", "worker"),
        ("-m", "celery", "-A", "portal.celery", "beat", "--schedule", "beat-schedule"),
    ],
    ids=["web", "worker", "beat"],
)
def test_no_server_starts_unsafe(server: tuple[str, ...], tmp_path: Path) -> None:
    done = _deployed(server, {"PYTHONPATH": str(ROOT), "REHEARSAL": "1"}, tmp_path)
    assert done.returncode == 1
    assert "portal.E001" in done.stderr


def test_rehearsal_may_be_allowed_for_training(settings: Settings) -> None:
    settings.EMBEDDED = False
    settings.REHEARSAL = True
    assert [fault.id for fault in checks.rehearsal_is_over(None)] == ["portal.E001"]
    settings.ALLOW_REHEARSAL_IN_PRODUCTION = True
    assert checks.rehearsal_is_over(None) == []


def test_a_gate_key_within_reach_is_refused(settings: Settings, tmp_path: Path) -> None:
    settings.EMBEDDED = False
    settings.GATE_DIR = tmp_path
    assert checks.gate_is_apart(None) == []
    (tmp_path / "gate.pem").write_text("a key")
    assert [fault.id for fault in checks.gate_is_apart(None)] == ["portal.E003"]
    settings.EMBEDDED = True
    assert checks.gate_is_apart(None) == []


def test_a_witness_without_a_readable_key_is_refused(settings: Settings) -> None:
    key = "witness.example/audit+c2cb9b0a+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    for witnesses, found in ([], []), ([key], ["portal.E004"]), (["x"], ["portal.E004"]):
        settings.WITNESSES = witnesses
        assert [fault.id for fault in checks.witnesses_are_keys(None)] == found
    settings.WITNESSES = ["remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"]
    assert checks.witnesses_are_keys(None) == []


def test_the_embedded_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    place = tmp_path / "secret-key"
    first = env.secret("SECRET_THAT_IS_NOT_SET", keep_in=place)
    assert env.secret("SECRET_THAT_IS_NOT_SET", keep_in=place) == first
    assert (len(first) > 60, place.stat().st_mode & 0o777) == (True, 0o600)
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize(
    ("word", "meaning"), [("1", True), ("on", True), ("0", False), ("No", False), ("", True)]
)
def test_flag_reads_yes_and_no(word: str, meaning: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_FLAG", word)
    assert env.flag("A_FLAG", default=True) is meaning


def test_flag_refuses_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_FLAG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="A_FLAG='perhaps': write 1 or 0"):
        env.flag("A_FLAG", default=False)


def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_DATABASE", "sqlite:///db.sqlite3")
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL only"):
        env.database("A_DATABASE", "")


def test_the_driver_is_psycopg2() -> None:
    """Django prefers psycopg 3 silently when both are installed."""
    assert not is_psycopg3


@pytest.mark.parametrize("name", ["base.txt", "local.txt", "dev.txt"])
def test_the_other_driver_is_in_no_lock(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    assert [line for line in lines if line.startswith(("psycopg=", "psycopg["))] == []


@pytest.mark.django_db
def test_chinese_letters_are_letters() -> None:
    """Under locale C PostgreSQL does not know a Chinese letter from a sign."""
    with connection.cursor() as cursor:
        cursor.execute("select '昆明市' ~ '^[[:alpha:]]+$'")
        assert cursor.fetchone() == (True,)
    assert checks.database_knows_chinese(None, databases=["default"]) == []
