"""`manage.py state_sealer`: say in the public log which offline sealer is the right one."""

import json

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
    def handle(self, *_args: object, **_options: object) -> None:
        """Append a statement unless the last one says the same; say what the log says now."""
        content = sealer.offline()
        said = {"file": "sealer.html", "bytes": len(content), "sha256": sealer.fingerprint()}
        stated = Entry.objects.filter(kind=NoticeKind.SEALER).order_by("index")
        last = stated.last()
        if last is None or json.loads(bytes(last.body)).get("sha256") != said["sha256"]:
            number = stated.count() + 1
            at = instants.now()
            last = log.state(said, kind=NoticeKind.SEALER, number=number, title=TITLE, at=at)
        self.stdout.write(f"{said['sha256']}  {said['file']}, entry {last.index}")
