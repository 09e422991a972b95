"""The front of a measured portal: takes a request whole, stamps it, passes it on.

nginx where the machine has it, set as in deploy/nginx.conf; else a few lines that do the same.
Either tells the stamp to whoever asked too: a measurement must know what arrived in time.
"""

import asyncio
import contextlib
import shutil
import sys
import time
from pathlib import Path

_LARGEST = 64 * 1024**2
_PATIENCE = 115.0  # seconds for the answer, as in deploy/nginx.conf
STAMP = "X-Received-At"
_BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_NGINX = """
daemon off;
pid {home}/nginx.pid;
error_log {home}/nginx.log;
worker_processes 1;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {home}/bodies;
    proxy_temp_path {home}/answers;
    client_max_body_size 64m;
    client_body_buffer_size 1m;
    # read first when the request is passed on, and the same from then on
    map $msec $received {{ default $msec; }}
    server {{
        listen 127.0.0.1:{port} backlog=2048;
        location / {{
            proxy_request_buffering on;
            proxy_set_header {stamp} $received;
            add_header {stamp} $received always;
            proxy_set_header Host $http_host;
            proxy_read_timeout {patience}s;
            proxy_next_upstream off;
            proxy_pass http://127.0.0.1:{behind};
        }}
    }}
}}
"""


def command(home: Path, port: int, behind: int) -> list[str]:
    """Return what to run for a front at `port` of 127.0.0.1; its files lie in `home`."""
    nginx = shutil.which("nginx")
    if nginx is None:
        return [sys.executable, "-m", "benchmarks.edge", str(port), str(behind)]
    home.mkdir(parents=True, exist_ok=True)
    written = home / "nginx.conf"
    values = {"home": home, "port": port, "behind": behind, "stamp": STAMP}
    written.write_text(_NGINX.format(**values, patience=round(_PATIENCE)), encoding="utf-8")
    return [nginx, "-c", str(written)]


async def serve(port: int, behind: int) -> None:
    """Listen at 127.0.0.1 for ever and pass each request on to the web process at `behind`."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            stamp = f"{STAMP}: {time.time():.3f}".encode()
            try:
                answer = await asyncio.wait_for(_ask(behind, _with(stamp, head) + body), _PATIENCE)
                writer.write(_with(stamp, answer))
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


def _with(stamp: bytes, message: bytes) -> bytes:
    """The message with our stamp as its last header, in place of whatever stamp it bore."""
    head, _end, body = message.partition(b"\r\n\r\n")
    name = f"{STAMP.lower()}:".encode()
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(name)]
    return b"\r\n".join([*kept, stamp]) + b"\r\n\r\n" + body


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
