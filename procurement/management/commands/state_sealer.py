"""`manage.py state_sealer`: say in the public log which offline sealer is the right one."""

from django.core.management.base import BaseCommand
from django.db import transaction

from organizations import instants
from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.web.cso import sealer

TITLE = "封标工具公告：离线封标文件的指纹"


class Command(BaseCommand):
    """State the fingerprint of the offline sealer; once for each version of the file."""

    help = "State the fingerprint of the offline sealer in the publication log."

    @transaction.atomic
    def handle(self, *_args: object, verbosity: int, **_options: object) -> None:
        """Append a statement unless the last one says the same; say where it stands."""
        entry = sealer.stated() or self._state()
        if verbosity:
            self.stdout.write(f"{sealer.fingerprint()}  {sealer.FILE}, entry {entry.index}")

    def _state(self) -> Entry:
        said = {
            "file": sealer.FILE,
            "bytes": len(sealer.offline()),
            "sha256": sealer.fingerprint(),
        }
        number = Entry.objects.filter(kind=NoticeKind.SEALER).count() + 1
        at = instants.now()
        return log.state(said, kind=NoticeKind.SEALER, number=number, title=TITLE, at=at)
