"""The append: a notice becomes public here, last in its transaction, or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast

import rfc8785
from django.conf import settings
from django.db import connection, transaction

from procurement.publication import catalogue, merkle
from procurement.publication.models import TAGS, ContractingProcess, Entry, NoticeKind
from procurement.publication.tree import Log, LogHead, ReceiptLeaf
from procurement.rules import SHANGHAI

Release = dict[str, Any]


class Removed(Enum):
    """What a notice takes back: said as null, which leaves the field out of the merged record."""

    FIELD = "removed"


REMOVED = Removed.FIELD


def open_process(*, at: datetime) -> ContractingProcess:
    """Return a new contracting process with the number it keeps for good."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('procurement_contractingprocess','id'))"
        )
        (number,) = cursor.fetchone()
    year = at.astimezone(SHANGHAI).year
    ocid = f"{settings.OCID_PREFIX}-{year}-{number:06d}"
    return ContractingProcess.objects.create(pk=number, year=year, ocid=ocid)


def plain(value: object) -> object:
    """Return a value as JSON holds it: instants in Asia/Shanghai with offset, yuan as numbers.

    Empty strings, lists and objects are left out, as the standard asks; REMOVED is said.
    """
    match value:
        case datetime():
            return value.astimezone(SHANGHAI).isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            kept = ((key, plain(inner), inner is REMOVED) for key, inner in value.items())
            return {key: said for key, said, gone in kept if gone or said not in (None, "", [], {})}
        case list() | tuple():
            kept_items = (plain(inner) for inner in value)
            return [inner for inner in kept_items if inner not in (None, "", [], {})]
        case str():
            return str(value)
        case Removed():
            return None
    return value


def append(
    fragment: Mapping[str, Any], *, kind: NoticeKind, title: str, ocid: str, at: datetime
) -> Entry:
    """Publish one notice of a contracting process and return its log entry.

    `fragment` holds the sections of the OCDS release, allow-listed by a disclosure module; `at`
    is the instant of publication. Must be called inside the transaction of the act. The date of
    a release is always later than that of the release before it.
    """
    head = _held(Log.NOTICES)
    earlier = Entry.objects.of(ocid)
    last = earlier.last()
    if last is not None and at <= last.published_at:
        at = last.published_at + timedelta(microseconds=1)
    release_id = f"{ocid}-{earlier.count() + 1:03d}-{TAGS[kind]}"
    release = _release(fragment, kind=kind, title=title, ocid=ocid, release_id=release_id, at=at)
    entry = _enter(head, release, kind=kind, ocid=ocid, at=at)
    catalogue.record(release, at=at)
    return entry


def state(
    statement: Mapping[str, Any], *, kind: NoticeKind, number: int, title: str, at: datetime
) -> Entry:
    """Publish one statement of the province that belongs to no procurement, and return its entry.

    `number` counts the statements of the kind from one. Within the transaction of the act.
    """
    head = _held(Log.NOTICES)
    name = f"{settings.OCID_PREFIX}-{kind.value}-{number:03d}"
    whole = {"id": name, "kind": kind.value, "date": at, "title": title, "language": "zh"}
    said = cast("Release", plain({**statement, **whole}))
    return _enter(head, said, kind=kind, ocid="", at=at)


def append_receipts(bodies: Sequence[bytes]) -> int:
    """Append leaves to the log of receipts in order; return the index of the first.

    Each is opaque and as long as any other. Must be called inside the transaction of the act.
    """
    head = _held(Log.RECEIPTS)
    ReceiptLeaf.objects.bulk_create(
        ReceiptLeaf(index=index, body=body, leaf_hash=merkle.leaf_hash(body))
        for index, body in enumerate(bodies, start=head.size)
    )
    return head.size


def _held(log: Log) -> LogHead:
    """Return the head of a log, locked until the transaction of the act ends."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a notice is published within its act")
    return LogHead.objects.select_for_update().get(pk=log)


def _enter(head: LogHead, said: Release, *, kind: NoticeKind, ocid: str, at: datetime) -> Entry:
    """Write the next entry of the log, whose head is held; a trigger moves the head."""
    body = rfc8785.dumps(said)
    return Entry.objects.create(
        index=head.size,
        ocid=ocid,
        release_id=said["id"],
        kind=kind,
        published_at=at,
        body=body,
        leaf_hash=merkle.leaf_hash(body),
    )


def _release(
    fragment: Mapping[str, Any],
    *,
    kind: NoticeKind,
    title: str,
    ocid: str,
    release_id: str,
    at: datetime,
) -> Release:
    sections = dict(fragment)
    notice = {"id": release_id, "kind": kind.value, "date": at, "title": title}
    whole = {
        "ocid": ocid,
        "id": release_id,
        "date": at,
        "tag": [TAGS[kind]],
        "initiationType": "tender",
        "language": "zh",
        "notices": [notice | sections.pop("notice", {}), *sections.pop("otherNotices", [])],
        **sections,
    }
    return cast("Release", plain(whole))
