"""`manage.py import_notices FILE`: past notices as history; each row is in, or has its reason."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from organizations.instants import now
from organizations.roles import SYSTEM
from procurement.history import actions, readers


class Command(BaseCommand):
    """Prints what became of the rows; exit code 1 when one was refused."""

    help = "Import past notices (JSON or CSV). Safe to run again: nothing is taken in twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and whether only to look."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="look, and write nothing")

    def handle(self, *_args: object, **options: object) -> None:
        """Take the file in, or say what is wrong with it."""
        path = Path(str(options["file"]))
        try:
            content = path.read_bytes()
            rows = readers.rows(path.name, content)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except readers.Unusable as unusable:
            raise CommandError(f"{path.name}: {unusable}") from unusable
        report = actions.take_in(
            (readers.read(row) for row in rows),
            source=actions.Source(path.name[:255], hashlib.sha256(content).hexdigest()),
            by=SYSTEM,
            at=now(),
            dry_run=bool(options["dry_run"]),
        )
        for refused in report.refused:
            for fault in refused.faults:
                self.stdout.write(_line(refused.row.place, fault))
        if options["dry_run"]:
            self.stdout.write(_("只是检查，什么都没有写入。"))
        summary = _("%(rows)s 行：%(added)s 行导入，%(known)s 行已有，%(refused)s 行未导入。")
        self.stdout.write(
            summary
            % {
                "rows": len(rows),
                "added": report.added,
                "known": report.known,
                "refused": len(report.refused),
            }
        )
        if report.refused:
            raise SystemExit(1)


def _line(place: str, fault: readers.Fault) -> str:
    words = _("%(place)s · %(field)s：看到“%(found)s”，应为%(expected)s。")
    return words % {
        "place": place,
        "field": fault.field or "–",
        "found": fault.found,
        "expected": fault.expected,
    }
