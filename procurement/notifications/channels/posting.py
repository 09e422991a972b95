"""A POST to an address that a stranger named: over HTTPS, to a public machine, and no further.

The name is looked up once, every address it has is checked, and the connection goes to the one
that was checked: a name that answers differently a moment later leads nowhere else.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urlsplit

from procurement.notifications.channels.interface import Permanent, Temporary

PATIENCE: Final = 10.0  # seconds, for all of it, finding the machine by its name too
LOOKED_UP_IN: Final = 3.0  # seconds; name servers that hang would take half a minute
PORTS: Final = frozenset({443, 8443})
LONGEST: Final = 500  # characters of an address
_GONE: Final = 410  # RFC 9110: and will not come back
# What Python calls global all the same.
_CLOSED: Final[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]] = (
    # addresses that stand for others behind them: NAT64, 6to4, Teredo, the old compatible form
    *map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")),
    *map(ipaddress.IPv6Network, ("2001::/32", "::/96")),
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.IPv6Network("fec0::/10"),  # of one site, as it was before fc00::/7
    ipaddress.IPv6Network("3fff::/20"),  # for documents (RFC 9637)
)
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unfit(Exception):
    """An address that nothing is ever sent to, whatever answers there. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(address: str) -> SplitResult:
    """Return the parts of an address of the one form we post to. Raises Unfit."""
    if len(address) > LONGEST or not address.isascii() or not address.isprintable():
        raise Unfit("form")
    try:
        parts = urlsplit(address)
        port = parts.port or 443
    except ValueError as error:
        raise Unfit("form") from error
    if parts.scheme != "https":
        raise Unfit("https")
    if not parts.hostname or parts.username is not None or " " in address:
        raise Unfit("form")
    if port not in PORTS:
        raise Unfit("port")
    return parts


def look_up(host: str, port: int) -> str:
    """Return one address of a name, all of which are public. Raises Unfit, or Temporary.

    Nothing ends a look-up from outside: a thread does it, which is left behind when it hangs.
    """
    answer: SimpleQueue[list[str]] = SimpleQueue()
    Thread(target=_ask, args=(host, port, answer), daemon=True).start()
    try:
        addresses = answer.get(timeout=LOOKED_UP_IN)
    except Empty as error:
        raise Temporary("name") from error
    if not addresses:
        raise Temporary("name")
    if not all(map(is_public, addresses)):
        raise Unfit("private")
    return addresses[0]


def _ask(host: str, port: int, answer: SimpleQueue[list[str]]) -> None:
    """Look a name up, and answer with its addresses; with none when nobody knows it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    answer.put([str(each[4][0]) for each in found])


def is_public(address: str) -> bool:
    """Say whether an address is one of the open internet: no machine of ours, no neighbour's."""
    try:
        number: _Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        if number.is_site_local:
            return False
        number = number.ipv4_mapped or number
    if any(number in closed for closed in _CLOSED):
        return False
    return number.is_global and not (number.is_multicast or number.is_reserved)


def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body and return the status, which is one of success. Follows no redirect.

    Raises Unfit, `Temporary`, or `Permanent` where the other side says that it is gone.
    """
    began, parts = monotonic(), parse(address)
    host, port = parts.hostname or "", parts.port or 443
    checked = look_up(host, port)
    left = PATIENCE - (monotonic() - began)
    if left <= 0:
        raise Temporary("timeout")
    link = _Link(host, port, checked, left)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    ended = Timer(left, link.cut)  # a machine that drips holds nobody longer
    ended.daemon = True
    ended.start()
    try:
        link.request("POST", path, body, dict(headers))
        status = link.getresponse().status  # what it says beside is not read
        link.require_whole()
    except (OSError, http.client.HTTPException) as error:
        raise Temporary(_why(error, is_cut=link.is_cut)) from error
    finally:
        ended.cancel()
        link.close()
    if status == _GONE:
        raise Permanent("http-410")
    if not 200 <= status < 300:
        raise Temporary(f"http-{status}")
    return status


def _why(error: Exception, *, is_cut: bool) -> str:
    if is_cut or isinstance(error, TimeoutError):
        return "timeout"
    return "certificate" if isinstance(error, ssl.SSLError) else "connection"


def trust() -> ssl.SSLContext:
    """Return whose certificates are believed: those of this machine."""
    return ssl.create_default_context()


class _Link(http.client.HTTPSConnection):
    """A connection to an address that was checked, under the name whose certificate is asked."""

    def __init__(self, host: str, port: int, checked: str, patience: float) -> None:
        self._name, self._trusted = host, trust()
        super().__init__(host, port, timeout=patience, context=self._trusted)
        self.checked, self.patience = checked, patience
        self.is_cut = False

    def connect(self) -> None:
        """Connect to the checked address; nothing is looked up again."""
        plain = socket.create_connection((self.checked, self.port), timeout=self.patience)
        self.sock = plain
        self.require_whole()
        # Wrapping takes the plain socket's place: hands are shaken once `cut` finds the new one.
        shaking = self._trusted.wrap_socket(
            plain, server_hostname=self._name, do_handshake_on_connect=False
        )
        self.sock = shaking
        self.require_whole()
        shaking.do_handshake()
        self.require_whole()

    def require_whole(self) -> None:
        """Raise TimeoutError once it was cut: whatever came after that came too late."""
        if self.is_cut:
            raise TimeoutError

    def cut(self) -> None:
        """End it from outside, whatever it waits for."""
        self.is_cut = True
        if (found := self.sock) is not None:
            with suppress(OSError):
                # Not TLS's own: that one leaves a socket which would go on in the clear.
                socket.socket.shutdown(found, socket.SHUT_RDWR)
