"""A small front that does what nginx does: takes a request whole, stamps it, passes it on."""

import asyncio
import contextlib
import threading
import time

from portal.embedded.processes import free_port

_LARGEST = 64 * 1024**2
_PATIENCE = 115.0  # seconds for the answer, as in deploy/nginx.conf
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Edge:
    """Listens at 127.0.0.1:`port` and passes on to the web process at `behind`."""

    def __init__(self, behind: int) -> None:
        self.port = free_port()
        self.behind = behind
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        self._ready.wait(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        started = asyncio.start_server(
            self._pass_on, "127.0.0.1", self.port, limit=_LARGEST, backlog=2048
        )
        self._loop.run_until_complete(started)
        self._ready.set()
        self._loop.run_forever()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            stamped = _stamped(head, time.time())
            try:
                writer.write(await asyncio.wait_for(self._ask(stamped + body), _PATIENCE))
            except (OSError, TimeoutError):
                writer.write(_BAD_GATEWAY)
            await writer.drain()
        writer.close()

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.behind)
        try:
            writer.write(request)
            await writer.drain()
            answer = await reader.read(-1)  # the client asked for one answer and the end
        finally:
            writer.close()
        if not answer:
            raise ConnectionResetError
        return answer


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _stamped(head: bytes, at: float) -> bytes:
    """The head with our stamp in place of whatever the client wrote."""
    lines = head.rstrip(b"\r\n").split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(b"x-received-at:")]
    return b"\r\n".join([*kept, f"X-Received-At: {at:.3f}".encode()]) + b"\r\n\r\n"
