"""`manage.py up` from end to end: a real start, a real page, a real Ctrl-C, and what it says."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def test_it_serves_stops_and_starts_again(home: Path) -> None:
    for _start in ("first", "second"):
        port = free_port()
        with _up(home, port) as process:
            welcome = _said_until("Ctrl-C", process)
            assert f"http://127.0.0.1:{port}" in welcome
            assert _status(process, port) == 200
            assert "site" in (home / "servers.json").read_text()
            process.send_signal(signal.SIGINT)
            said, _nothing = process.communicate(timeout=60)
        assert process.returncode == 0, said
        stopped = said.partition("正在停止")[2]
        order = [stopped.index(f"  {name} ") for name in ("beat", "worker", "web")]
        order += [stopped.index(f"  {name} ") for name in ("valkey", "postgres")]
        assert order == sorted(order)
        assert _left(home) == []


def test_it_comes_down_when_a_part_dies_and_says_which(home: Path) -> None:
    port = free_port()
    with _up(home, port) as process:
        _said_until("Ctrl-C", process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        beat = next(pid for pid in children if b"beat" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(int(beat), signal.SIGKILL)
        said, _nothing = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "beat 已停止 has stopped (code -9)" in said
    assert _left(home) == []


def test_a_taken_port_is_said_in_one_line(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with _up(home, port) as process:
            said, _nothing = process.communicate(timeout=60)
    assert process.returncode == 1
    assert len(said.splitlines()) == 1
    assert f"Port {port} cannot be used" in said
    assert "--port" in said


def test_a_second_one_from_the_same_folder_is_refused_in_one_line(home: Path) -> None:
    port = free_port()
    with _up(home, port) as first:
        _said_until("Ctrl-C", first)
        with _up(home, free_port()) as second:
            said, _nothing = second.communicate(timeout=60)
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert second.returncode == 1
    assert f"Already running from this folder: http://127.0.0.1:{port}" in said
    assert len(said.splitlines()) == 1
    assert first.returncode == 0
