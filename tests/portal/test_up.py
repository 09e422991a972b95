"""`manage.py up` from end to end: a real start, a real page, a real Ctrl-C, and what it says."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from portal.bootstrap import ROOT
from portal.embedded.processes import free_port

pytestmark = pytest.mark.slow


def _environment(home: Path) -> dict[str, str]:
    """As in a new window: nothing of the test run's own servers."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**clean, "DATA_DIR": str(home)}


@contextmanager
def _up(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port)],
        cwd=ROOT,
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _status(process: subprocess.Popen[str], port: int) -> int:
    """What the sign-in page answers, as soon as anything does."""
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/account/login/")
            return connection.getresponse().status
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    pytest.fail(f"no answer: {process.communicate()[0] if process.poll() is not None else ''}")


def _said_until(words: str, process: subprocess.Popen[str]) -> str:
    """What it says up to the line with `words`."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    pytest.fail(said)


def _left(home: Path) -> list[str]:
    """The command lines of processes that still know this data folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            known = str(home) in (place / "environ").read_text(errors="replace")
            name = (place / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if known and name:
            found.append(name)
    return found


def _wait_until_nothing_is_left(home: Path) -> None:
    """Those who worked for a part that was killed notice within a second."""
    begun = time.monotonic()
    while _left(home):
        assert time.monotonic() - begun < 30, _left(home)
        time.sleep(0.2)


def test_it_serves_stops_and_starts_again(used_home: Path) -> None:
    for _start in ("first", "second"):
        port = free_port()
        with _up(used_home, port) as process:
            welcome = _said_until("Ctrl-C", process)
            assert f"http://127.0.0.1:{port}" in welcome
            assert _status(process, port) == 200
            assert "site" in (used_home / "servers.json").read_text()
            process.send_signal(signal.SIGINT)
            said, _nothing = process.communicate(timeout=120)
        assert process.returncode == 0, said
        stopped = said.partition("正在停止")[2]
        order = [stopped.index(f"  {name} ") for name in ("watchdog", "beat", "worker", "web")]
        order += [stopped.index(f"  {name} ") for name in ("valkey", "postgres")]
        assert order == sorted(order)
        _wait_until_nothing_is_left(used_home)


def _children(process: subprocess.Popen[str], word: bytes) -> list[int]:
    """The parts whose command line holds the word."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in children if word in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_part_that_dies_is_started_again_and_the_web_takes_all_down(used_home: Path) -> None:
    port = free_port()
    with _up(used_home, port) as process:
        _said_until("Ctrl-C", process)
        beats = _children(process, b"beat")
        os.kill(beats[0], signal.SIGKILL)
        assert "beat 已停止 has stopped (code -9)" in _said_until("beat 已停止", process)
        begun = time.monotonic()
        while _children(process, b"beat") in ([], beats):
            assert time.monotonic() - begun < 30
            time.sleep(0.2)
        (used_home / "run" / "restart-worker").touch()
        assert "worker 没有响应" in _said_until("worker 没有响应", process)
        os.kill(_children(process, b"gunicorn")[0], signal.SIGKILL)
        said, _nothing = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "web 已停止 has stopped (code -9); everything is brought down" in said
    _wait_until_nothing_is_left(used_home)


def _ask(address: str, question: str) -> tuple[object, ...]:
    """What the database answers to whom the address names."""
    connection = psycopg2.connect(address)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            answer: tuple[object, ...] = cursor.fetchone()
            return answer
    finally:
        connection.close()


def test_the_parts_connect_with_logins_of_their_own(used_home: Path) -> None:
    port = free_port()
    with _up(used_home, port) as process:
        _said_until("Ctrl-C", process)
        told = json.loads((used_home / "servers.json").read_text())
        known = [
            Path(f"/proc/{pid}/environ").read_text().split("\0")
            for pid in _children(process, b"celery")
        ]
        assert known
        for environment in known:
            assert f"DATABASE_URL={told['APP_DATABASE_URL']}" in environment
            assert told["DATABASE_URL"] not in "".join(environment)
            assert told["GATE_DATABASE_URL"] not in "".join(environment)
        who = "SELECT current_user, current_setting('is_superuser')"
        assert _ask(told["APP_DATABASE_URL"], who) == ("portal_app", "off")
        assert _ask(told["GATE_DATABASE_URL"], who) == ("portal_gate", "off")
        tried = "SELECT count(*) FROM procurement_canary"
        begun = time.monotonic()
        while _ask(told["DATABASE_URL"], tried) == (0,):  # by the watchdog, through the site
            assert time.monotonic() - begun < 30
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)


def test_a_taken_port_is_said_in_one_line(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with _up(home, port) as process:
            said, _nothing = process.communicate(timeout=120)
    assert process.returncode == 1
    assert len(said.splitlines()) == 1
    assert f"Port {port} cannot be used" in said
    assert "--port" in said


def test_a_second_one_from_the_same_folder_is_refused_in_one_line(used_home: Path) -> None:
    port = free_port()
    with _up(used_home, port) as first:
        _said_until("Ctrl-C", first)
        with _up(used_home, free_port()) as second:
            said, _nothing = second.communicate(timeout=120)
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=120)
    assert second.returncode == 1
    assert f"Already running from this folder: http://127.0.0.1:{port}" in said
    assert len(said.splitlines()) == 1
    assert first.returncode == 0
