"""The embedded servers: they start, share, keep their data and go."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from portal.address import Address
from portal.bootstrap import ROOT
from portal.embedded import session
from portal.embedded.postgres import SAFE_PLACE
from portal.embedded.processes import free_port
from portal.problems import Problem

NAMES = (*session.ADDRESSES, "PORTAL_EMBEDDED", "SITE_URL")


@pytest.fixture(autouse=True)
def _own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test may change the addresses; the test run keeps its own."""
    for name in NAMES:
        monkeypatch.setenv(name, os.environ.get(name, ""))


def _ask(question: str) -> object:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_data_is_kept_over_a_restart(home: Path) -> None:
    with session.servers(home):
        _ask("create table kept (word text); insert into kept values ('昆明')")
    with session.servers(home):
        assert _ask("select word from kept") == "昆明"
        assert _ask("show server_encoding") == "UTF8"


def test_nothing_is_left_when_the_servers_stop(home: Path) -> None:
    with session.servers(home) as servers:
        processes = [child.process for child in servers.children]
        assert [child.name for child in servers.children] == ["postgres", "valkey"]
    assert [process.poll() is not None for process in processes] == [True, True]
    assert not (home / "servers.json").exists()


def test_a_second_command_uses_the_running_servers(home: Path) -> None:
    with session.servers(home):
        address = os.environ["DATABASE_URL"]
        os.environ["DATABASE_URL"] = ""
        with session.servers(home) as second:
            assert os.environ["DATABASE_URL"] == address
            assert second.children == []


def test_a_second_portal_from_the_same_folder_is_refused(home: Path) -> None:
    first, second = free_port(), free_port()
    with (
        session.servers(home, address=Address("127.0.0.1", first)),
        pytest.raises(Problem, match=f"Already running.*http://127.0.0.1:{first}"),
        session.servers(home, address=Address("127.0.0.1", second)),
    ):
        pytest.fail("two portals on one folder")


def test_addresses_and_passwords_are_for_this_account_alone(home: Path) -> None:
    with session.servers(home):
        assert stat.S_IMODE((home / "servers.json").stat().st_mode) == 0o600
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(os.environ["DATABASE_URL"].replace("portal:", "portal:wrong"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_postgresql_does_not_run_as_root(home: Path) -> None:
    with session.servers(home) as servers:
        status = Path(f"/proc/{servers.children[0].process.pid}").stat()
        assert status.st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may enter folders closed to others")
def test_root_may_keep_the_data_in_a_closed_folder(home: Path) -> None:
    home.chmod(0o700)
    with session.servers(home) as servers:
        assert _ask("select 1") == 1
        assert not (home / "postgres").exists()
        data = Path(str(_ask("show data_directory")))
        assert SAFE_PLACE in data.parents
    servers.remove()
    assert not data.exists()


@pytest.mark.slow
def test_a_killed_command_leaves_no_server_and_its_data_recovers(home: Path) -> None:
    script = (
        "import os, signal, sys, pathlib; from portal.embedded import session\n"
        "with session.servers(pathlib.Path(sys.argv[1])) as servers:\n"
        "    import psycopg2\n"
        "    connection = psycopg2.connect(os.environ['DATABASE_URL'])\n"
        "    connection.cursor().execute('create table kept (n int)')\n"
        "    connection.commit()\n"
        "    print(*[child.process.pid for child in servers.children], flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, str(home)], cwd=ROOT, capture_output=True, text=True
    )
    assert killed.returncode == -signal.SIGKILL
    with session.servers(home):
        assert _ask("select count(*) from kept") == 0
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in killed.stdout.split()):
        assert time.monotonic() < end
        time.sleep(0.1)
