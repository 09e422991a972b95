"""`manage.py audit_log`: compute both logs anew from the first entry, and compare everything."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from organizations.instants import now
from procurement.management import live_facts, receipt_facts
from procurement.publication import auditing, comparing, notes
from procurement.publication.tree import Log


class Command(BaseCommand):
    """Prints a line for each thing that does not fit; exit code 1 when there is one."""

    help = (
        "Audit the public log: entries, trees, signed heads, witnesses, the copy outside, the "
        "catalogue and the tables. Changes nothing; may run beside the portal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Heads that somebody kept."""
        parser.add_argument(
            "--head",
            type=Path,
            action="append",
            default=[],
            help="a signed head, or a mail with one, that was kept elsewhere (may be repeated)",
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Look at everything, and say what does not fit."""
        teller = auditing.Teller(self.stdout.write)
        paths = options["head"]
        kept = [_kept(path) for path in paths] if isinstance(paths, list) else []
        at = now()
        is_own = not connection.in_atomic_block
        with transaction.atomic():
            if is_own:  # everything as it is at one moment, whatever is published meanwhile
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for log in Log:
                heads = [head for of, head in kept if of is log]
                sums = auditing.audit(log, at=at, tell=teller.tell, kept=heads)
                words = _("%(log)s：%(entries)s 条，核对了 %(heads)s 个日志头。")
                self.stdout.write(words % {"log": log.label, **sums._asdict()})
            for finding in comparing.compare():
                teller.tell("catalogue", finding)
            for finding in live_facts.compare():
                teller.tell("tables", finding)
            for finding in receipt_facts.compare():
                teller.tell("receipts", finding)
        found = teller.rest()
        self.stdout.write(_("发现 %(n)s 处不符。") % {"n": found} if found else _("全部相符。"))
        if found:
            raise SystemExit(1)


def _kept(path: Path) -> tuple[Log, auditing.Told]:
    """Read a head that somebody kept."""
    try:
        return auditing.told(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError, notes.NoteError) as error:
        raise CommandError(f"{path}: {error}") from error
