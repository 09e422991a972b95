"""Phones in people's hands: small, touched, on a slow line; the clock is the test's."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection, connections
from django.http.response import HttpResponseBase
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser

from organizations.roles import Actor
from tests.browser.outsiders import Visitor
from tests.browser.people import PHONE, Person
from tests.builders import organizations as people

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Hand = TypeVar("Hand", bound="OnPhone")
Line = socket.socket | tuple[bytes, socket.socket]
TITLE = "艾滋病随访关怀服务"  # what the builders buy
TALL = 740  # CSS pixels
SLOW: Any = {
    "offline": False,
    "latency": 20,  # milliseconds
    "downloadThroughput": 200_000,  # bytes a second
    "uploadThroughput": 100_000,
}


@dataclass
class Clock:
    """What the portal's clock shows."""

    at: datetime


class OnPhone(Person):
    """Holds a phone."""

    width = PHONE
    height = TALL
    touches = True

    def __init__(self, browser: Browser, address: str) -> None:
        super().__init__(browser, address)
        self.page.context.new_cdp_session(self.page).send("Network.emulateNetworkConditions", SLOW)

    def comes_in(self, who: Actor) -> Self:
        """Sign in at the page for it."""
        self.goes_to("/account/login/")
        return self.gives(people.person(who).email, people.PASSWORD)

    def reads_well(self) -> Self:
        """Left to the test of every page: axe takes longer than the page."""
        return self

    def saves(self, words: str) -> bytes:
        """Tap the link to a file and return what arrives."""
        with self.page.expect_download() as arriving:
            self.touch(self.page.get_by_role("link", name=words).first)
        return arriving.value.path().read_bytes()

    def prints(self) -> int:
        """Print the page; return on how many sheets of A4."""
        return len(re.findall(rb"/Type\s*/Page\b", self.page.pdf(format="A4")))

    def subscribes(self, words: str) -> str:
        """Give the address behind a link to a reader of feeds; return what that reads first."""
        address = self.page.get_by_role("link", name=words).first.get_attribute("href")
        answer = self.page.request.get(str(address))
        assert answer.status == 200
        return answer.text()


class Reader(OnPhone, Visitor):
    """Has a phone and no account."""


class Phones:
    """Gives people phones, and takes them back."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.held: list[OnPhone] = []

    def give(self, kind: type[Hand]) -> Hand:
        """Somebody new, with a phone in the hand."""
        someone = kind(self.browser, self.address)
        self.held.append(someone)
        return someone

    def take_back(self) -> None:
        """Close them."""
        for someone in self.held:
            someone.page.context.close()


class _OneAtATime(StaticFilesHandler):
    """The portal, whose requests wait for each other: they share one connection."""

    lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> HttpResponseBase:
        """Answer one request after the other."""
        with self.lock:
            return super().__call__(environ, start)


class _Server(ThreadedWSGIServer):
    """Ends when its last thread has: until then they may use what the test has lent."""

    daemon_threads = False

    def server_activate(self) -> None:
        """Begin to count the lines that are open."""
        self.open: set[socket.socket] = set()
        super().server_activate()

    def process_request(self, request: Line, client_address: object) -> None:
        """Count a line as open."""
        assert isinstance(request, socket.socket)
        self.open.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Line) -> None:
        """Count it as closed."""
        assert isinstance(request, socket.socket)
        self.open.discard(request)
        super().close_request(request)

    def server_close(self) -> None:
        """Hang up, and wait for the threads."""
        for each in list(self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _Serving(LiveServerThread):
    server_class = _Server


@contextmanager
def inside(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve the portal from within this test's own transaction; say at which address.

    What people do at the pages is seen by the test and taken back with it: no table is emptied, so
    nothing has to be made anew.
    """
    lent = connections[connection.alias]
    patch.setattr(lent, "close", lambda: None)  # after each request; the test goes on with it
    server = _Serving(
        "127.0.0.1", static_handler=_OneAtATime, connections_override={lent.alias: lent}
    )
    server.daemon = True
    lent.inc_thread_sharing()
    server.start()
    server.is_ready.wait()
    try:
        assert not server.error
        yield f"http://{server.host}:{server.port}"
    finally:
        server.terminate()
        lent.dec_thread_sharing()
