"""What a stranger's address may not do: lead to our own machines, elsewhere, or hold us."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from procurement.notifications.channels import posting
from procurement.notifications.channels.interface import Permanent, Temporary


def resolves(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses; return the names asked for, as they come."""
    asked: list[str] = []

    def found(host: str, port: int, *_rest: object, **_options: object) -> list[tuple[object, ...]]:
        if host[0].isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        asked.append(host)
        known = addresses if len(asked) == 1 else ("10.0.0.1",)  # asked again, it lies
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in known]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "::7f00:1",
        "ff02::1",
        "192.88.99.1",
        "::ffff:192.88.99.1",
        "fec0::1",
        "feff::1",
        "3fff::1",
        "not-an-address",
    ],
)
def test_no_address_of_ours_or_a_neighbours_is_public(address: str) -> None:
    assert not posting.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "::ffff:93.184.216.34", "2606:2800:220:1::1"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert posting.is_public(address)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://example.org/", "https"),
        ("file:///etc/passwd", "https"),
        ("https:///hook", "form"),
        ("https://user@example.org/", "form"),
        ("https://example.org:22/", "port"),
        ("https://example.org:99999/", "form"),
        ("https://example.org/\r\nX: 1", "form"),
        ("https://例子.org/", "form"),
        (f"https://example.org/{'a' * 500}", "form"),
    ],
)
def test_an_address_of_another_form_is_never_posted_to(address: str, code: str) -> None:
    with pytest.raises(posting.Unfit) as refused:
        posting.parse(address)
    assert refused.value.code == code


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolves(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(posting.Unfit, match="private"):
        posting.post("https://example.org/", b"{}", {})


def test_a_name_that_nobody_knows_may_be_known_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_options: object) -> object:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Temporary, match="name"):
        posting.post("https://example.org/", b"{}", {})


said_all = threading.Event()


def drip(connection: socket.socket) -> None:
    """Say a byte of an answer every half of our patience, for ten times our patience."""
    with suppress(OSError):  # hung up on
        for each in b"HTTP/1.1 204 No Content"[:20]:
            connection.sendall(bytes([each]))
            time.sleep(posting.PATIENCE / 2)
        said_all.set()


def test_a_name_server_that_hangs_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go, answered = threading.Event(), threading.Event()

    def hangs(*_args: object, **_options: object) -> list[object]:
        let_go.wait(60)
        answered.set()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    monkeypatch.setattr(posting, "LOOKED_UP_IN", 0.2)
    with pytest.raises(Temporary, match="name"):
        posting.post("https://example.org/", b"{}", {})
    assert not answered.is_set()
    let_go.set()


def test_finding_the_machine_takes_from_our_patience(
    machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def noted(seconds: float, cut: Callable[[], None]) -> threading.Timer:
        waits.append(seconds)
        return threading.Timer(seconds, cut)

    monkeypatch.setattr(posting, "look_up", lambda _host, _port: "127.0.0.1")
    monkeypatch.setattr(posting, "monotonic", iter([100.0, 107.5]).__next__)
    monkeypatch.setattr(posting, "Timer", noted)
    with suppress(Temporary):  # this machine may be busy
        posting.post(machine, b"{}", {})
    assert waits == [posting.PATIENCE - 7.5]


class Machine(BaseHTTPRequestHandler):
    """Answers what it is told to."""

    status, heard = 204, list[tuple[str, bytes, str]]()
    drips = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, body, self.headers["Host"]))
        if self.drips.is_set():
            drip(self.connection)
            return
        self.send_response(self.status)
        self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Stay silent."""


def certificate(folder: Path) -> Path:
    """A certificate of its own for hook.example."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hook.example")])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "machine.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a real machine behind TLS; here its loopback address counts as public."""
    path = certificate(tmp_path)
    server = HTTPServer(("127.0.0.1", 0), Machine)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    real = posting.is_public
    monkeypatch.setattr(
        posting, "is_public", lambda address: ip_address(address).is_loopback or real(address)
    )
    monkeypatch.setattr(posting, "PORTS", {port})
    monkeypatch.setattr(posting, "trust", lambda: ssl.create_default_context(cafile=str(path)))
    resolves(monkeypatch, "127.0.0.1")
    Machine.status, Machine.heard = 204, []
    Machine.drips.clear()
    said_all.clear()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://hook.example:{port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_post_arrives_with_its_name_at_the_address_that_was_checked(machine: str) -> None:
    assert posting.post(f"{machine}/a?b=c", b'{"x":1}', {"webhook-id": "1"}) == 204
    assert Machine.heard == [("/a?b=c", b'{"x":1}', machine.removeprefix("https://"))]


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (301, Temporary, "http-301"),
        (307, Temporary, "http-307"),
        (404, Temporary, "http-404"),
        (500, Temporary, "http-500"),
        (410, Permanent, "http-410"),
    ],
)
def test_a_redirect_is_not_followed_and_only_success_is_success(
    machine: str, status: int, kind: type[Exception], code: str
) -> None:
    Machine.status = status
    with pytest.raises(kind, match=code):
        posting.post(machine, b"{}", {})
    assert len(Machine.heard) == 1


def test_a_certificate_for_another_name_is_not_believed(machine: str) -> None:
    with pytest.raises(Temporary, match="certificate"):
        posting.post(machine.replace("hook.example", "other.example"), b"{}", {})
    assert Machine.heard == []


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> float:
    """How long we wait here; a machine that drips would hold us ten times as long."""
    monkeypatch.setattr(posting, "PATIENCE", 0.4)
    return posting.PATIENCE


def test_a_machine_that_drips_holds_nobody_longer_than_our_patience(
    machine: str, patience: float
) -> None:
    Machine.drips.set()
    with pytest.raises(Temporary, match="timeout"):
        posting.post(machine, b"{}", {})
    assert not said_all.is_set()


def test_a_machine_that_shakes_hands_when_our_patience_is_over_holds_nobody_longer(
    machine: str, tmp_path: Path, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "machine.pem")
    connect = socket.create_connection

    def far_away(address: tuple[str, int], timeout: float) -> socket.socket:
        time.sleep(0.8 * patience)
        return connect(address, timeout)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10 * patience)  # on a busy machine nobody may come
        monkeypatch.setattr(posting, "PORTS", {server.getsockname()[1]})
        monkeypatch.setattr(socket, "create_connection", far_away)

        def answer() -> None:
            with suppress(OSError):
                connection, _peer = server.accept()
                time.sleep(0.5 * patience)
                with context.wrap_socket(connection, server_side=True) as shaken:
                    drip(shaken)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises(Temporary, match="timeout"):
            posting.post(f"https://hook.example:{server.getsockname()[1]}/", b"{}", {})
        assert not said_all.is_set()
        thread.join()


def test_a_machine_that_is_away_may_come_back(
    machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PORTS", {1})
    with pytest.raises(Temporary, match="connection"):
        posting.post("https://hook.example:1/", b"{}", {})
