"""The record read anew, by means of its own: leaves, roots, deadlines, merged notices, marks."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from ocdsmerge.merge import Merger

from procurement.publication.merge import MERGE_RULES
from procurement.publication.models import Entry
from procurement.publication.tree import Log, ReceiptLeaf

_MERGER = Merger(merge_rules=MERGE_RULES)


class Leaf(NamedTuple):
    """One leaf of a log."""

    place: int
    body: bytes
    hash: bytes
    kind: str = ""
    ocid: str = ""


def leaves(log: Log, *, since: int) -> Iterator[Leaf]:
    """Yield the stored leaves of a log from an index on."""
    if log is Log.NOTICES:
        rows = Entry.objects.filter(index__gte=since).order_by("index")
        for row in rows.values_list("index", "body", "leaf_hash", "kind", "ocid"):
            yield Leaf(row[0], bytes(row[1]), bytes(row[2]), row[3], row[4])
        return
    found = ReceiptLeaf.objects.filter(index__gte=since).order_by("index")
    for index, body, told in found.values_list("index", "body", "leaf_hash"):
        yield Leaf(index, bytes(body), bytes(told))


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, as RFC 9162 section 2.1.1 defines it, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return hashlib.sha256(b"\1" + root(hashes[:middle]) + root(hashes[middle:])).digest()


def deadlines(log: Sequence[Leaf], ocid: str) -> list[tuple[datetime, datetime]]:
    """Return since when which deadline of a call was public."""
    found = []
    for leaf in log:
        if leaf.ocid == ocid:
            said = json.loads(leaf.body)
            end = said.get("tender", {}).get("tenderPeriod", {}).get("endDate")
            if end:
                since = datetime.fromisoformat(said["date"])
                found.append((since, datetime.fromisoformat(end)))
    return found


def merged(releases: list[dict[str, Any]]) -> object:
    """Return the compiled release of all notices of a call, merged at once."""
    return _whole(_MERGER.create_compiled_release(releases))


def _whole(value: object) -> object:
    if isinstance(value, dict):
        kept = {key: _whole(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner != {}}
    return [_whole(each) for each in value] if isinstance(value, list) else value


@cache
def _tables() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return tuple(name for (name,) in cursor.fetchall())


def tables_with(marks: Sequence[str]) -> list[str]:
    """Return the tables that hold one of the marks in any column, as text or as bytes."""
    if not marks:
        return []
    sought = [form for mark in marks for form in (mark, mark.encode().hex())]
    each = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name} t WHERE t::text ~ %s)"
        for name in _tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(each, ["|".join(sought)] * len(_tables()))
        return [name for (name,) in cursor.fetchall()]
