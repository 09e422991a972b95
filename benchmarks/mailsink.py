"""A mail server that remembers which letters it took, and that may be down."""

import asyncio
import re
import threading
from collections import Counter
from email.parser import BytesHeaderParser

from portal.embedded.processes import free_port

_ANSWERS = {"EHLO": "250 sink", "HELO": "250 sink", "QUIT": "221 bye", "NOOP": "250 ok"}


class MailSink:
    """Takes every letter at 127.0.0.1:`port`, and counts them by Message-ID."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: Counter[str] = Counter()
        self.down = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()
        self._ready.wait(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        started = asyncio.start_server(self._session, "127.0.0.1", self.port, limit=2**20)
        self._loop.run_until_complete(started)
        self._ready.set()
        self._loop.run_forever()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.down.is_set():
            writer.close()
            return

        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        try:
            await say("220 sink")
            while line := (await reader.readline()).decode(errors="replace").strip():
                verb = line.split()[0].upper()
                if verb == "DATA":
                    await say("354 go on")
                    letter = await reader.readuntil(b"\r\n.\r\n")
                    if self.down.is_set():
                        return
                    self._take(letter)
                    await say("250 taken")
                else:
                    await say(_ANSWERS.get(verb, "250 ok"))
                if verb == "QUIT":
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _take(self, letter: bytes) -> None:
        found = BytesHeaderParser().parsebytes(letter)["Message-ID"] or ""
        self.taken[re.sub(r"\s", "", str(found))] += 1
