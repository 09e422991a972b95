"""Entries on the log without a whole procurement each; and what the owner of a database can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from procurement.publication import heads, keyring, log, merkle, nodes, notes
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Checkpoint, Cosignature, Log, LogHead, LogNode
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


def rewrite(index: int, body: bytes) -> None:
    """Change a notice that was published, with everything that follows from it."""
    with superuser():
        Entry.objects.filter(index=index).update(body=body, leaf_hash=merkle.leaf_hash(body))
        regrow()


def forget(size: int) -> None:
    """Bring back the database of an earlier day: what came after is gone."""
    with superuser():
        Entry.objects.filter(index__gte=size).delete()
        Checkpoint.objects.filter(size__gt=size).delete()
        Cosignature.objects.filter(size__gt=size).delete()
        LogHead.objects.filter(pk=Log.NOTICES).update(size=size)
        regrow()


def regrow() -> None:
    """Compute the nodes anew from the entries as they are now."""
    LogNode.objects.filter(log=Log.NOTICES).delete()
    frontier = merkle.Frontier()
    for told in Entry.objects.order_by("index").values_list("leaf_hash", flat=True):
        LogNode.objects.bulk_create(
            LogNode(log=Log.NOTICES, level=place.level, index=place.number, hash=node)
            for place, node in frontier.append(bytes(told))
        )


def sign_again() -> None:
    """Replace every signed head in the database by one of the log as it is now."""
    key = keyring.signing_key(Path(settings.KEYS_DIR) / heads.LOG_KEY)
    with superuser():
        for row in Checkpoint.objects.filter(log=Log.NOTICES):
            root = nodes.root(Log.NOTICES, row.size)
            text = notes.Head(heads.origin(Log.NOTICES), row.size, root).text()
            note = notes.Note(text, (notes.sign(text, heads.origin(Log.NOTICES), key),))
            Checkpoint.objects.filter(pk=row.pk).update(root=root, note=str(note))
