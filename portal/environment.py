"""The environment `.venv`, made from the locked, hashed requirements. Standard library only."""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.problems import Problem, require_space

ROOT = Path(__file__).resolve().parent.parent
FOR_MAINTAINERS = {"check_all", "lock", "test"}  # commands that need what developers need


@dataclass(frozen=True)
class Environment:
    """A virtual environment of the project in `root`, and the stamp that says what is in it."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """One line per requirements file that is installed: see `fingerprint`."""
        return self.folder / "requirements.stamp"

    def satisfies(self, name: str) -> bool:
        """Whether the requirements file `name`, as it is now, is installed for this Python."""
        if not self.python.exists() or not self.stamp.exists():
            return False
        return self.fingerprint(name) in self.stamp.read_text().split()

    def fingerprint(self, name: str) -> str:
        """What changes when the requirements or the version of Python change."""
        content = (self.root / "requirements" / name).read_bytes()
        version = ".".join(str(part) for part in sys.version_info[:2])
        return hashlib.sha256(content + version.encode()).hexdigest()

    def is_ours(self) -> bool:
        """Whether this very process runs in it."""
        return self.folder.exists() and Path(sys.prefix).resolve() == self.folder.resolve()

    def is_for_this_python(self) -> bool:
        """Whether it was made for our version of Python and can still install."""
        library = self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
        return self.python.exists() and (library / "site-packages" / "pip").exists()


def enter(arguments: Sequence[str]) -> None:
    """Goes on inside `.venv`, which is made or brought up to date first when need be.

    Does nothing inside `.venv`, or when PORTAL_NO_VENV=1 says that this Python has everything
    (containers). Otherwise this process is replaced. Raises Problem with one line.
    """
    environment = Environment(ROOT)
    if os.environ.get("PORTAL_NO_VENV") == "1" or environment.is_ours():
        return
    command = arguments[1] if len(arguments) > 1 else ""
    name = "dev.txt" if command in FOR_MAINTAINERS else "local.txt"
    if not environment.satisfies(name):
        with _alone(environment.root / "requirements"):
            if not environment.satisfies(name):  # another command may have done it meanwhile
                prepare(environment, name)
    python = str(environment.python)
    sys.stdout.flush()
    os.execv(python, [python, str(ROOT / "manage.py"), *arguments[1:]])  # noqa: S606 -- ourselves


def prepare(environment: Environment, name: str) -> None:
    """Makes the environment if need be and installs the requirements file `name` into it."""
    require_space(environment.root)
    if not environment.is_for_this_python():
        _make(environment)
    environment.stamp.unlink(missing_ok=True)
    _install(environment, name)
    installed = ["local.txt", "dev.txt"] if name == "dev.txt" else [name]
    lines = [environment.fingerprint(file) for file in installed]
    environment.stamp.write_text("\n".join([*lines, ""]))


def _make(environment: Environment) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    print(f"创建环境 Making .venv with Python {version} …", flush=True)
    if importlib.util.find_spec("ensurepip") is None:
        raise Problem(
            f"缺少 venv 模块 Python's venv module is missing. "
            f"On Debian or Ubuntu: apt-get install python{version}-venv"
        )
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(environment.folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        reason = (made.stderr or made.stdout).strip()
        raise Problem(
            f"无法创建环境 Python could not make {environment.folder} "
            f"(on Debian or Ubuntu: apt-get install python{version}-venv):\n{reason}"
        )


def _install(environment: Environment, name: str) -> None:
    """Wheels with known hashes only; pip reads the mirrors of pip.conf as always."""
    file = environment.root / "requirements" / name
    total = sum("==" in line for line in file.read_text().splitlines())
    print(f"安装组件 Installing {total} packages of requirements/{name} …", flush=True)
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    options += ["--require-hashes", "--only-binary", ":all:", "-r", str(file)]
    with subprocess.Popen(
        [str(environment.python), "-m", "pip", "install", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PIP_USER": "0"},
    ) as pip:
        last = _follow(pip.stdout or (), total)
    if pip.returncode:
        raise Problem(_why("\n".join(last)))


def _follow(lines: Iterable[str], total: int) -> deque[str]:
    """Shows how far pip is, a line for every tenth; returns the end of its output."""
    last: deque[str] = deque(maxlen=8)
    found = 0
    step = max(total // 10, 1)
    for line in lines:
        last.append(line.rstrip())
        if line.startswith("Collecting "):
            found += 1
            if found % step == 0:
                print(f"  {found}/{total}", flush=True)
        elif line.startswith("Installing collected"):
            print("  写入 unpacking …", flush=True)
    return last


def _why(output: str) -> str:
    """One line of advice for what pip said, then the end of what it said."""
    if "No space left" in output:
        advice = "磁盘已满 The disk is full: free some space and run the command again."
    elif "DO NOT MATCH THE HASHES" in output:
        advice = "组件校验失败 A package is not the one that was locked: check your mirror."
    elif "No matching distribution" in output or "Could not find a version" in output:
        advice = (
            "找不到组件 A package was not found: no network, or the mirror in pip.conf lacks it "
            "(PIP_INDEX_URL names another)."
        )
    else:
        advice = "安装失败 Installing failed: is there a network? (PIP_INDEX_URL names a mirror.)"
    return f"{advice}\n{output}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One installation at a time; the lock vanishes with its process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
