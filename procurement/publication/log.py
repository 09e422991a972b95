"""The append: a notice becomes public here, last in its transaction, or not at all."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import rfc8785
from django.conf import settings
from django.db import connection, transaction

from procurement.publication import catalogue
from procurement.publication.models import TAGS, ContractingProcess, Entry, LogHead, NoticeKind
from procurement.rules import SHANGHAI

Release = dict[str, Any]


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

    Empty strings, lists and objects are left out, as the standard asks.
    """
    match value:
        case datetime():
            return value.astimezone(SHANGHAI).isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            kept = ((key, plain(inner)) for key, inner in value.items())
            return {key: inner for key, inner in kept if inner not in (None, "", [], {})}
        case list() | tuple():
            kept_items = (plain(inner) for inner in value)
            return [inner for inner in kept_items if inner not in (None, "", [], {})]
        case str():
            return str(value)
    return value


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a log leaf (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


def append(
    fragment: Mapping[str, Any], *, kind: NoticeKind, title: str, ocid: str, at: datetime
) -> Entry:
    """Publish one notice of a contracting process and return its log entry.

    `fragment` holds the sections of the OCDS release, allow-listed by a disclosure module; `at`
    is the instant of publication. Must be called inside the transaction of the act. The date of
    a release is always later than that of the release before it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a notice is published within its act")
    head = LogHead.objects.select_for_update().get(pk=1)
    earlier = Entry.objects.of(ocid)
    last = earlier.last()
    if last is not None and at <= last.published_at:
        at = last.published_at + timedelta(microseconds=1)
    release_id = f"{ocid}-{earlier.count() + 1:03d}-{TAGS[kind]}"
    release = _release(fragment, kind=kind, title=title, ocid=ocid, release_id=release_id, at=at)
    body = rfc8785.dumps(release)
    entry = Entry.objects.create(
        index=head.size,
        ocid=ocid,
        release_id=release_id,
        kind=kind,
        published_at=at,
        body=body,
        leaf_hash=leaf_hash(body),
    )
    head.size += 1
    head.save(update_fields=["size"])
    catalogue.record(release, at=at)
    return entry


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
        "notices": [notice | sections.pop("notice", {})],
        **sections,
    }
    return cast("Release", plain(whole))
