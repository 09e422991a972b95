"""Entries on the log without a whole procurement each; and what the owner of a database can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from tests.builders import procurement as build


def publish(n: int = 1, *, at: datetime = build.START) -> Entry:
    """Publish small notices of new processes; return the last."""
    for _ in range(n):
        process = log.open_process(at=at)
        fragment = {
            "buyer": {"id": "CN-USCI-1", "name": "疾控中心"},
            "tender": {"id": process.ocid, "title": "随访", "status": "planned"},
        }
        entry = log.append(
            fragment, kind=NoticeKind.PLANNING, title="随访", ocid=process.ocid, at=at
        )
    return entry


@contextmanager
def superuser() -> Iterator[None]:
    """Act as the owner of the server, for whom no trigger runs; CHECK constraints still hold."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")
