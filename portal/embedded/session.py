"""One set of embedded servers per data folder: whoever comes first runs it, the others use it."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from portal.address import Address
from portal.embedded import processes, valkey
from portal.embedded.postgres import LOGINS, Postgres
from portal.problems import Problem, require_space

_PATIENCE = 60.0  # seconds to wait for another command that is starting or ending

ADDRESSES = ("DATABASE_URL", *LOGINS.values(), "REDIS_URL")  # what tells a command its servers
PRIVATE = ("files", "gate", "keys", "log", "mail", "run")  # folders that only this account may read

Say = Callable[[str], None]


class Servers:
    """PostgreSQL and Valkey in `home`; `start` sets their ADDRESSES for this process."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.children: list[processes.Child] = []

    def start(self, say: Say) -> None:
        """Starts both. Raises Problem with one line when something is missing."""
        if not any(self.home.glob("postgres/PG_VERSION")):
            require_space(self.home)
        postgres = Postgres(self.home, durable=self.durable)
        elsewhere = "" if self.home in postgres.data.parents else f" {postgres.data}"
        say(f"PostgreSQL …{elsewhere}")
        child, database_urls = postgres.start()
        self.children.append(child)
        say("Valkey …")
        child, redis_url = valkey.start(self.home, durable=self.durable)
        self.children.append(child)
        os.environ.update(database_urls | {"REDIS_URL": redis_url, "PORTAL_EMBEDDED": "1"})

    def stop(self, say: Say) -> None:
        """Stops them, last started first."""
        processes.stop_all(self.children, say)

    def remove(self) -> None:
        """Deletes their data, wherever root had to put it."""
        if self.home.exists():
            for folder in (Postgres(self.home).data.parent, self.home):
                shutil.rmtree(folder, ignore_errors=True)


class Folder:
    """The data folder's locks and state file; locks vanish with their process, however it ends."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        for name in PRIVATE:
            (home / name).mkdir(mode=0o700, exist_ok=True)
        self.home = home
        self.state = home / "servers.json"
        self._owner = (home / "owner.lock").open("a")  # held alone by whoever runs the servers
        self._users = (home / "users.lock").open("a")  # held together by whoever uses them

    def read(self) -> dict[str, str]:
        """The running servers' addresses and who runs them; empty when nobody does."""
        try:
            found: dict[str, str] = json.loads(self.state.read_text())
        except (OSError, ValueError):
            return {}
        return found

    def write(self, **facts: str) -> None:
        """Tells the others, readable by this account alone."""
        draft = self.state.with_suffix(".draft")
        draft.touch(0o600)
        draft.write_text(json.dumps(self.read() | facts))
        draft.replace(self.state)

    def own(self) -> bool:
        """Whether we are now the one who runs the servers."""
        return _locked(self._owner, fcntl.LOCK_EX)

    def use(self) -> None:
        """Keeps the owner from stopping the servers while we use them."""
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def wait_for_users(self) -> None:
        """Waits until no other command uses the servers."""
        fcntl.flock(self._users, fcntl.LOCK_EX)

    def use_no_more(self) -> None:
        """Lets the owner stop the servers."""
        fcntl.flock(self._users, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives up every lock."""
        self._users.close()
        self._owner.close()


@contextmanager
def servers(
    home: Path, *, address: Address | None = None, say: Say = lambda _line: None
) -> Iterator[Servers]:
    """The servers of `home` for as long as the block lasts: those running, else our own.

    `address` is where the one that serves the portal (`up`) will do so: it always runs the servers
    itself and ends without waiting for other users of them.
    Raises Problem when the portal is already served from this folder, or its address is taken.
    """
    with closing(Folder(home)) as folder:
        running = Servers(home)
        if not _own_or_use(folder, serves=bool(address)):
            yield running
            return
        try:
            _wait_for_the_dead(folder)
            if address:
                address.require_free()
                folder.write(site=address.site)
            running.start(say)
            folder.write(
                children=" ".join(f"{it.name}:{it.process.pid}" for it in running.children),
                **{name: os.environ[name] for name in ADDRESSES},
            )
            yield running
        finally:
            if not address:
                folder.wait_for_users()
            folder.state.unlink(missing_ok=True)
            running.stop(say)


def _own_or_use(folder: Folder, *, serves: bool) -> bool:
    """True when the servers are ours to run; False when they run and we may use them."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if folder.own():
            return True
        state = folder.read()
        if serves and state.get("site"):
            raise Problem(
                f"已在运行 Already running from this folder: {state['site']} . "
                f"Open that address, or stop the other one with Ctrl-C first."
            )
        if not serves and "DATABASE_URL" in state:
            folder.use()
            if folder.read() == state:  # it did not end while we waited
                _adopt(state)
                return False
            folder.use_no_more()
        processes.pause(0.1)
    raise Problem(f"Another command holds {folder.home}; try again when it has ended.")


def _adopt(state: dict[str, str]) -> None:
    """Uses the running servers; a served site keeps its address in what this command writes."""
    for name in ADDRESSES:
        os.environ[name] = state[name]
    os.environ["PORTAL_EMBEDDED"] = "1"
    if state.get("site"):
        os.environ.setdefault("SITE_URL", state["site"])


def _wait_for_the_dead(folder: Folder) -> None:
    """After a kill -9 the old servers need a moment to end; until then their data is theirs."""
    for word in folder.read().get("children", "").split():
        name, _, pid = word.partition(":")
        command = Path("/proc") / pid / "comm"
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and command.exists() and name in command.read_text():
            processes.pause(0.1)
    folder.state.unlink(missing_ok=True)


def _locked(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
