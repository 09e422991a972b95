"""A small front that does what nginx does: takes a request whole, stamps it, passes it on."""

import asyncio
import contextlib
import sys
import time

_LARGEST = 64 * 1024**2
_PATIENCE = 115.0  # seconds for the answer, as in deploy/nginx.conf
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def serve(port: int, behind: int) -> None:
    """Listen at 127.0.0.1 for ever and pass each request on to the web process at `behind`."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            stamped = _stamped(head, time.time())
            try:
                writer.write(await asyncio.wait_for(_ask(behind, stamped + body), _PATIENCE))
            except (OSError, TimeoutError):
                writer.write(_BAD_GATEWAY)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(pass_on, "127.0.0.1", port, limit=_LARGEST, backlog=2048)
    await server.serve_forever()


async def _ask(behind: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", behind)
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


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
