"""The parts of the portal together, watched: what `manage.py up` runs until Ctrl-C."""

import http.client
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from portal import restarts
from portal.address import Address
from portal.bootstrap import ROOT
from portal.embedded import processes
from portal.parts import Part
from portal.problems import Problem

Say = Callable[[str], None]
_IMPORTANT = re.compile(r"\b(ERROR|CRITICAL|Traceback)\b")
_WATCH_SECONDS = 0.3
_FIRST_PAUSE = 1.0  # seconds before a part that ended is started again
_MOST = 60.0  # the longest such pause
_SETTLED = 60.0  # a part that ran so long begins with the first pause again


@dataclass
class LogTail:
    """The lines a child writes from now on."""

    child: processes.Child
    position: int = field(init=False)

    def __post_init__(self) -> None:
        self.position = self.child.log.stat().st_size if self.child.log.exists() else 0

    def important(self) -> list[str]:
        """The new whole lines that somebody should see, each with the child's name before it."""
        with self.child.log.open("rb") as log:
            log.seek(self.position)
            fresh = log.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self.position += len(whole)
        lines = whole.decode(errors="replace").splitlines()
        return [f"{self.child.name:>8} | {line}" for line in lines if _IMPORTANT.search(line)]


@dataclass
class Running:
    """A part that runs, or waits to be started again."""

    part: Part
    child: processes.Child
    started: float  # seconds, monotonic
    pause: float = _FIRST_PAUSE  # seconds before the next start
    due: float | None = None  # when it is started again

    def again_after(self, now: float) -> float:
        """Return how long to wait before the next start: longer each time it ends young."""
        self.pause = _FIRST_PAUSE if now - self.started > _SETTLED else min(self.pause * 2, _MOST)
        self.due = now + self.pause
        return self.pause


class Supervisor:
    """Starts the parts of the portal and watches them, and the servers below.

    A part that ends is started again, after a pause that grows; when the web or a server ends,
    everything is brought down.
    """

    def __init__(
        self, address: Address, data: Path, servers: list[processes.Child], parts: list[Part]
    ) -> None:
        """`servers`: embedded servers to watch as well; others stop them."""
        self.address = address
        self.data = data
        self.servers = servers
        self.parts = parts
        self.running: list[Running] = []

    def start(self) -> None:
        """Starts every part. Raises Problem when the web does not answer."""
        for part in self.parts:
            running = Running(part, self._launch(part), time.monotonic())
            self.running.append(running)
            web = running.child
            if part.name == "web" and not processes.wait_until(self._answers, web, seconds=60):
                raise self._died(web)  # the others, started meanwhile, would only slow it

    def watch(self, say: Say) -> None:
        """Shows important lines until the web or a server dies, which raises Problem."""
        tails = [LogTail(child) for child in [*self.servers, *(it.child for it in self.running)]]
        while True:
            for tail in tails:
                for line in tail.important():
                    say(line)
            for child in self.servers:
                if not child.alive:
                    raise self._died(child)
            for running in self.running:
                self._look_after(running, say)
            time.sleep(_WATCH_SECONDS)

    def stop(self, say: Say) -> None:
        """Stops the parts, last started first; the servers end later, by their owner."""
        children = [running.child for running in self.running]
        self.running.clear()
        processes.stop_all(children, say)

    def _look_after(self, running: Running, say: Say) -> None:
        """Starts a part again that ended, or that the watchdog found silent."""
        name, child, now = running.part.name, running.child, time.monotonic()
        if running.due is not None:
            if now >= running.due:
                running.child, running.started, running.due = self._launch(running.part), now, None
            return
        if child.alive and restarts.asked(self.data, name):
            say(f"{name} 没有响应，强制停止 does not answer and is stopped by force.")
            child.process.kill()
            child.process.wait()
        if child.alive:
            return
        if not running.part.restarts:
            raise self._died(child)
        code, pause = child.process.poll(), running.again_after(now)
        say(f"{name} 已停止 has stopped (code {code}); {pause:.0f} 秒后重新启动 started again.")

    def _launch(self, part: Part) -> processes.Child:
        restarts.forget(self.data, part.name)
        return processes.start(
            part.name,
            part.command,
            log=self.data / "log" / f"{part.name}.log",
            grace=part.grace,
            cwd=ROOT,
            env=part.env,
        )

    def _answers(self) -> bool:
        """Whether the web answers at all; what it answers is the tests' business."""
        host = self.address.site.removeprefix("http://").rpartition(":")[0].strip("[]")
        connection = http.client.HTTPConnection(host, self.address.port, timeout=5)
        try:
            connection.request("GET", "/", headers={"Host": f"127.0.0.1:{self.address.port}"})
            connection.getresponse()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def _died(self, child: processes.Child) -> Problem:
        return Problem(
            f"{child.name} 已停止 has stopped (code {child.process.poll()}); everything is brought "
            f"down. The end of {child.log}:\n{child.last_lines()}"
        )
