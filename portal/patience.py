"""A submission that arrived in time waits for a database that is away for a moment."""

import io
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
# each with a key that makes it one; a promised file is one by its fingerprint
_SUBMISSIONS: Final = ("/bid/submit/", "/bid/upload/", "/bid/promise/", "/bid/deliver/")
LONGEST: Final = 60.0  # seconds; the edge's stamp counts for 120
_LOOK_EVERY: Final = 0.5


class PatientApplication:
    """Answers as `application` does; a submission that failed for want of a database once more.

    Its arrival was stamped by the edge, so that it is no later for having waited; sent again it is
    the same submission, by its key. Without the edge's stamp nothing is tried again.
    """

    def __init__(self, application: Application, *, longest: float = LONGEST) -> None:
        self.application = application
        self.longest = longest

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on; hold a submission's body, so that it can be passed on again."""
        if not _may_wait(environ):
            return self.application(environ, start_response)
        body = environ["wsgi.input"].read(_length(environ))
        answer = self._once(environ, body)
        if answer.failed:
            logger.warning("a submission waits for the database")
            if _database_answers_within(self.longest):
                answer = self._once(environ, body)
        start_response(*answer.head)
        return answer.chunks

    def _once(self, environ: Environ, body: bytes) -> "_Answer":
        answer = _Answer()
        found = self.application(environ | {"wsgi.input": io.BytesIO(body)}, answer.start)
        try:
            answer.chunks = list(found)
        finally:
            close = getattr(found, "close", None)
            if close:
                close()
        return answer


class _Answer:
    """Status, headers and body, kept until it is known whether they are the last word."""

    def __init__(self) -> None:
        self.head: tuple[Any, ...] = ("500 Internal Server Error", [])
        self.chunks: list[bytes] = []

    def start(self, status: str, headers: list[tuple[str, str]], *_trace: object) -> None:
        self.head = (status, headers)

    @property
    def failed(self) -> bool:
        """Whether the application broke; a refusal is an answer."""
        return str(self.head[0]).startswith("500")


def _may_wait(environ: Environ) -> bool:
    largest = settings.UPLOAD_MAX_REQUEST_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return (
        environ.get("REQUEST_METHOD") == "POST"
        and str(environ.get("PATH_INFO", "")).endswith(_SUBMISSIONS)
        and bool(settings.EDGE_STAMP_HEADER and environ.get(settings.EDGE_STAMP_HEADER))
        and 0 < _length(environ) <= largest
    )


def _length(environ: Environ) -> int:
    text = str(environ.get("CONTENT_LENGTH") or "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _database_answers_within(seconds: float) -> bool:
    """Whether the database is there, or comes back in time."""
    end = time.monotonic() + seconds
    while True:
        try:
            connection.close()
            connection.ensure_connection()
        except DatabaseError:
            if time.monotonic() >= end:
                return False
            time.sleep(_LOOK_EVERY)
        else:
            return True
