"""A web server for pages that were rendered before: a browser test without a second transaction.

It answers on the loopback address, which browsers trust as they trust HTTPS, and keeps what is
posted to it.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.http import HttpResponse

STATIC = Path(__file__).parents[2] / "static"
TYPES: Mapping[str, str] = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass
class Shelf:
    """Pages by path, and the forms that came: path, content type, body."""

    address: str = ""
    pages: dict[str, HttpResponse] = field(default_factory=dict)
    posted: list[tuple[str, str, bytes]] = field(default_factory=list)


@contextmanager
def standing() -> Iterator[Shelf]:
    """A shelf with a web server in front of it."""
    shelf = Shelf()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path.startswith("/static/"):
                file = STATIC / path.removeprefix("/static/")
                self._answer(200, {"Content-Type": TYPES.get(file.suffix, "")}, file.read_bytes())
                return
            page = shelf.pages.get(path, HttpResponse("nothing here", status=404))
            self._answer(page.status_code, dict(page.items()), page.content)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            shelf.posted.append((self.path, self.headers["Content-Type"], body))
            self._answer(200, {"Content-Type": "text/plain"}, b"taken")

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name != "Content-Length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shelf.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield shelf
    server.shutdown()
    server.server_close()
    thread.join()
