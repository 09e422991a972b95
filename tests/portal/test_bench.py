"""The short form of `manage.py bench faults`: real servers, real kills, nothing lost."""

import os
import subprocess
import sys

import pytest

from portal.bootstrap import ROOT


@pytest.mark.slow
def test_no_promise_is_broken_when_parts_are_killed_at_a_deadline() -> None:
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "bench", "faults", "--short"],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()[-1]
    assert said.startswith("0 promise(s) broken of ")
    assert not said.startswith("0 promise(s) broken of 0 ")
