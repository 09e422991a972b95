"""The embedded PostgreSQL: one cluster in the data folder, on 127.0.0.1, with a password."""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from functools import partial
from pathlib import Path

from portal.embedded import binaries, processes
from portal.problems import Problem

DATABASE = USER = "portal"
PASSWORD_FILE = "portal.password"  # noqa: S105 -- a file's name, inside the cluster's folder
# Who connects beside the owner, and by which variable it is told its address.
LOGINS = {"portal_app": "APP_DATABASE_URL", "portal_gate": "GATE_DATABASE_URL"}
SAFE_PLACE = Path(
    "/var/lib/procurement-portal"
)  # for root, when our own folders are closed to others
_ATTEMPTS = 20


class Postgres:
    """Makes the cluster when it is new and runs it; as root, under an unprivileged account."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """`durable=False` skips fsync: for data that is thrown away."""
        self.programs = binaries.postgres_folder()
        self.log = home / "log" / "postgres.log"
        self.durable = durable
        self.identity: processes.Identity | None = None
        place = home
        if os.geteuid() == 0:
            account = pwd.getpwnam(os.environ.get("PORTAL_PG_USER", "nobody"))
            self.identity = processes.Identity(account.pw_uid, account.pw_gid)
            self.programs = self._reachable_programs()
            if not _reachable(home, self.identity.uid):
                place = SAFE_PLACE / hashlib.sha256(str(home).encode()).hexdigest()[:12]
        self.data = place / "postgres"
        self._env = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": "/", "PGPASSWORD": ""}

    def start(self, at: int | None = None) -> tuple[processes.Child, dict[str, str]]:
        """The running server and its addresses. Raises Problem when it will not start.

        `at` is the port of one that ran before and whose addresses others still hold. Each address
        stands under the variable that holds it: the owner's, and one for each of LOGINS, whose
        roles `grant_access` makes.
        """
        if not self.data.exists():
            self._make_cluster()
        self._env["PGPASSWORD"] = (self.data / PASSWORD_FILE).read_text()
        for _attempt in range(
            _ATTEMPTS
        ):  # the port may be taken meanwhile; a killed one may linger
            port = at or processes.free_port()
            child = self._launch(port)
            if processes.wait_until(partial(self._answers, port), child):
                self._make_database(port)
                return child, self._addresses(port)
            child.stop()
            processes.pause()
        raise Problem(f"PostgreSQL does not start; its log is {self.log}:\n{child.last_lines(5)}")

    def _addresses(self, port: int) -> dict[str, str]:
        where = f"127.0.0.1:{port}/{DATABASE}"
        owner = {"DATABASE_URL": f"postgres://{USER}:{self._env['PGPASSWORD']}@{where}"}
        return owner | {
            variable: f"postgres://{role}:{self._password(role)}@{where}"
            for role, variable in LOGINS.items()
        }

    def _password(self, role: str) -> str:
        """The password of a login, made once and kept beside the owner's."""
        place = self.data / f"{role}.password"
        if not place.exists():
            place.touch(0o600)
            place.write_text(secrets.token_urlsafe(24))
        return place.read_text()

    def _reachable_programs(self) -> Path:
        """The programs, copied to an open place when the unprivileged account cannot reach them."""
        if self.identity is None or _reachable(self.programs, self.identity.uid):
            return self.programs
        package = self.programs.parent.parent
        # The programs find their libraries at $ORIGIN/../../../<package>.libs: keep that layout.
        parts = [package / self.programs.parent.name, package.with_name(f"{package.name}.libs")]
        mark = f"{self.programs}{self.programs.stat().st_mtime_ns}"
        copy = SAFE_PLACE / f"programs-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
        if not copy.exists():
            draft = copy.with_name(f"{copy.name}.{os.getpid()}")
            SAFE_PLACE.mkdir(mode=0o755, parents=True, exist_ok=True)
            for part in parts:
                if part.exists():
                    target = draft / part.relative_to(package.parent)
                    shutil.copytree(part, target, symlinks=True)
            draft.chmod(0o755)
            draft.rename(copy)
        return copy / self.programs.relative_to(package.parent)

    def _make_cluster(self) -> None:
        """Makes it beside its place and moves it there when whole, in case we are interrupted.

        C.UTF-8 always: under plain C the classification of Chinese letters is lost.
        """
        draft = self.data.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        password = self.data.with_name("postgres.password")
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe(24))
        if self.identity:
            os.chown(draft, self.identity.uid, self.identity.gid)
            os.chown(password, self.identity.uid, self.identity.gid)
        options = ["-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8"]
        options += ["--locale=C.UTF-8"] if self.durable else ["--locale=C.UTF-8", "--no-sync"]
        made = self._run("initdb", "-D", str(draft), *options)
        if made.returncode:
            raise Problem(f"PostgreSQL could not make its data folder {self.data}:\n{made.stderr}")
        password.rename(draft / PASSWORD_FILE)
        draft.rename(self.data)

    def _launch(self, port: int) -> processes.Child:
        settings = [
            "-c",
            "unix_socket_directories=",
        ]  # TCP only: a socket path holds 107 bytes at most
        if not self.durable:
            settings += [
                "-c",
                "fsync=off",
                "-c",
                "synchronous_commit=off",
                "-c",
                "full_page_writes=off",
            ]
        where = ["-D", str(self.data), "-h", "127.0.0.1", "-p", str(port)]
        return processes.start(
            "postgres",
            [self.programs / "postgres", *where, *settings],
            log=self.log,
            stop_signal=signal.SIGINT,  # fast: open sessions end, nothing is lost
            grace=30,
            env=self._env,
            cwd=self.data,
            identity=self.identity,
        )

    def _answers(self, port: int) -> bool:
        done = self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port))
        return done.returncode == 0

    def _make_database(self, port: int) -> None:
        where = ["-h", "127.0.0.1", "-p", str(port), "-U", USER]
        done = self._run("createdb", *where, "--maintenance-db=postgres", DATABASE)
        if done.returncode and "already exists" not in done.stderr:
            raise Problem(f"PostgreSQL could not make the database:\n{done.stderr}")

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.programs / program), *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=self._env,
            cwd="/",
            user=self.identity.uid if self.identity else None,
            group=self.identity.gid if self.identity else None,
            extra_groups=[] if self.identity else None,
        )


def _reachable(path: Path, uid: int) -> bool:
    """Whether account `uid`, not being root, may enter every folder down to `path`."""
    path = path.resolve()
    for folder in [path, *path.parents]:
        status = folder.stat()
        own = status.st_uid == uid and status.st_mode & stat.S_IXUSR
        if not (own or status.st_mode & stat.S_IXOTH):
            return False
    return True
