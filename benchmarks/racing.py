"""Bidders who race a deadline over HTTP, and try again until they have an answer."""

import hashlib
import http.client
import json
import random
import re
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks import edge
from benchmarks.stage import Bidder
from portal.address import Address
from procurement.keycards import cards
from procurement.web.uploads import WHOLE

_CSRF = "a" * 32  # a token that cookie and form agree on, as a browser's do
_GIVE_UP = 45.0  # seconds of trying again
LATE = 409  # "not at this stage"
_SEE_RECEIPT, _BROKEN = 302, 500


@dataclass
class Try:
    """One bidder's submission to one call: what was sent when, and what came back."""

    ocid: str
    deadline: datetime  # on the portal's clock
    bidder: Bidder
    envelope: bytes = b""  # sealed on the bidder's own device; else the portal seals
    is_promised: bool = False  # its fingerprint goes ahead, and the file follows
    key: str = field(default_factory=lambda: str(uuid4()))
    code: str = field(default_factory=lambda: "-".join(cards.printed(cards.make())))
    first_sent: datetime | None = None  # on the portal's clock
    arrived: datetime | None = None  # the last time, whole, by the edge's stamp
    attempts: int = 0
    status: int = 0
    seconds: float = 0.0  # from the first byte sent to the answer that counts
    number: str = ""  # of the receipt
    receipt: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back, and when the edge had received what was sent."""

    status: int = 0
    location: str = ""
    body: bytes = b""
    arrived: datetime | None = None

    @property
    def receipt(self) -> str:
        """The number of the receipt it leads to; blank when there is none."""
        found = re.fullmatch(r"/cso/receipts/([^/]+)/", self.location)
        return found[1] if self.status == _SEE_RECEIPT and found else ""


@dataclass(frozen=True)
class Site:
    """Where the race is, and by how much the portal's clock runs ahead of this machine's."""

    web: Address
    port: int  # of the edge in front of it
    ahead: timedelta
    patience: float = 12.0  # seconds for one answer, before trying again

    def now(self) -> datetime:
        """The portal's time, by this machine's clock, which the database shares."""
        return datetime.now().astimezone() + self.ahead

    def ask(
        self, method: str, path: str, bidder: Bidder, form: bytes = b"", kind: str = ""
    ) -> Answer:
        """Send one request. Raises OSError or HTTPException when no answer comes."""
        connection = http.client.HTTPConnection(self.web.host, self.port, timeout=self.patience)
        headers = {
            "Host": f"{self.web.host}:{self.web.port}",
            "Cookie": f"sessionid={bidder.session}; csrftoken={_CSRF}",
            "Connection": "close",
        }
        if method == "POST":
            headers["Content-Type"] = kind or "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body=form or None, headers=headers)
            response = connection.getresponse()
            stamp = response.headers.get(edge.STAMP)
            arrived = datetime.fromtimestamp(float(stamp), UTC) + self.ahead if stamp else None
            location = response.headers.get("Location", "")
            return Answer(response.status, location, response.read(), arrived)
        finally:
            connection.close()


def submit_form(one: Try) -> tuple[str, bytes, str]:
    """Path, body and type of the form that seals and submits what is prepared."""
    fields = {"csrfmiddlewaretoken": _CSRF, "request_key": one.key, "code": one.code}
    return f"/cso/tenders/{one.ocid}/bid/submit/", urlencode(fields).encode(), ""


def upload_form(one: Try) -> tuple[str, bytes, str]:
    """The same for a bid sealed on the bidder's own device: the file is in the body."""
    return _file_form(f"/cso/tenders/{one.ocid}/bid/upload/", one, {"request_key": one.key})


def promise_form(one: Try) -> tuple[str, bytes, str]:
    """The same for a fingerprint whose file follows."""
    mark = hashlib.sha256(one.envelope).hexdigest()
    fields = {"request_key": one.key, "fingerprint": mark, "size": len(one.envelope)}
    form = urlencode({"csrfmiddlewaretoken": _CSRF, **fields}).encode()
    return f"/cso/tenders/{one.ocid}/bid/promise/", form, ""


def _file_form(path: str, one: Try, fields: dict[str, str]) -> tuple[str, bytes, str]:
    mark = secrets.token_hex(12)
    lines = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"csrfmiddlewaretoken": _CSRF, **fields}.items()
    ]
    lines.append(
        f'--{mark}\r\nContent-Disposition: form-data; name="envelope"; filename="bid.ybid"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    last = f'--{mark}\r\nContent-Disposition: form-data; name="{WHOLE}"\r\n\r\n1\r\n--{mark}--\r\n'
    body = "".join(lines).encode() + one.envelope + b"\r\n" + last.encode()
    return path, body, f"multipart/form-data; boundary={mark}"


def attempt(site: Site, one: Try, request: tuple[str, bytes, str]) -> None:
    """Send until there is an answer that counts: a receipt, or a refusal."""
    begun = time.monotonic()
    one.first_sent = site.now()
    for answer in _answers(site, one.bidder, request):
        one.attempts += 1
        one.status, one.arrived = answer.status, answer.arrived
        one.seconds = time.monotonic() - begun
        one.number = answer.receipt


def _answers(site: Site, bidder: Bidder, request: tuple[str, bytes, str]) -> Iterator[Answer]:
    """Yield what comes back, each time it is sent, until a receipt or a refusal does."""
    path, body, kind = request
    begun = time.monotonic()
    while time.monotonic() - begun < _GIVE_UP:
        try:
            answer = site.ask("POST", path, bidder, body, kind)
        except (OSError, http.client.HTTPException):
            answer = Answer()
        yield answer
        if answer.receipt or 0 < answer.status < _BROKEN:
            return
        time.sleep(random.uniform(0.1, 0.4))


def race(site: Site, tries: list[Try], *, before: float, after: float) -> None:
    """All of them, each at a random moment around its deadline (seconds)."""

    def run(one: Try) -> None:
        start = one.deadline + timedelta(seconds=random.uniform(-before, after))
        time.sleep(max(0.0, (start - site.now()).total_seconds()))
        if one.is_promised:
            attempt(site, one, promise_form(one))
            _deliver(site, one)
        else:
            attempt(site, one, upload_form(one) if one.envelope else submit_form(one))

    with ThreadPoolExecutor(len(tries)) as threads:
        list(threads.map(run, tries))


def _deliver(site: Site, one: Try) -> None:
    """Bring the file of a fingerprint; without it, the call would not open.

    Also where no receipt came back: the fingerprint may have been taken and its answer lost.
    """
    form = _file_form(f"/cso/tenders/{one.ocid}/bid/deliver/", one, {})
    for answer in _answers(site, one.bidder, form):
        one.number = one.number or answer.receipt


def fetch_receipts(site: Site, tries: list[Try]) -> bool:
    """The signed receipt of everyone who was promised one; whether all are there."""
    missing = [one for one in tries if one.number and not one.receipt]
    for one in missing:
        page = site.ask("GET", f"/cso/receipts/{one.number}/", one.bidder)
        found = re.search(rb'href="(/cso/receipts/[^"]+\.json)"', page.body)
        if found:
            path = found[1].decode()
            one.receipt = json.loads(site.ask("GET", path, one.bidder).body or b"{}")
    return all(one.receipt for one in missing)
