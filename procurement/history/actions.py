"""Taking past notices in: every row whole or not at all, and none twice."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.roles import SYSTEM, Actor, Permission, require
from procurement.history.models import ImportedNotice
from procurement.history.readers import Fault, Reading
from procurement.rules import SHANGHAI


@dataclass(frozen=True)
class Source:
    """The file the rows came from."""

    name: str
    sha256: str


@dataclass
class Report:
    """What became of every row: in, there already, or refused with its faults."""

    added: int = 0
    known: int = 0
    refused: list[Reading] = field(default_factory=list)


def take_in(
    readings: Iterable[Reading], *, source: Source, by: Actor, at: datetime, dry_run: bool = False
) -> Report:
    """Keep each row that can be read and is not there yet; return what became of every one.

    The server's own command acts as SYSTEM; a person needs the permission to import. With
    `dry_run` nothing is written. Raises NotPermitted.
    """
    if by != SYSTEM:
        require(by, Permission.IMPORT_NOTICES)
    report = Report()
    seen: set[str] = set()
    for reading in readings:
        if reading.faults:
            report.refused.append(reading)
            continue
        key = reading.values["key"]
        if key in seen or ImportedNotice.objects.filter(key=key).exists():
            report.known += 1
            continue
        seen.add(key)
        failed = None if dry_run else _keep(reading, source, at)
        if failed:
            report.refused.append(failed)
        else:
            report.added += 1
    if not dry_run:
        audit.record("history.take_in", by=by, at=at, subject=f"file:{source.sha256}")
    return report


def _keep(reading: Reading, source: Source, at: datetime) -> Reading | None:
    """Write one row in a savepoint of its own; return it with its fault if it cannot be."""
    try:
        # as text first: what the encoder writes is what the database is asked to keep
        raw = json.loads(json.dumps(dict(reading.row.cells), cls=DjangoJSONEncoder))
        with transaction.atomic():
            ImportedNotice.objects.create(
                **reading.values,
                raw=raw,
                source_name=source.name,
                source_sha256=source.sha256,
                source_row=reading.row.place[:100],
                imported_at=at,
                ordered_on=_ordered_on(reading, at),
            )
    except (DatabaseError, ValueError, TypeError) as error:
        fault = Fault("", str(error).splitlines()[0], _("数据库能够保存的文字"))
        return Reading(reading.row, {}, (fault,))
    return None


def _ordered_on(reading: Reading, at: datetime) -> date:
    known: date | None = reading.values["published_on"] or reading.values["expected_month"]
    return known or at.astimezone(SHANGHAI).date()
