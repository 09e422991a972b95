"""`manage.py demo`: fills an empty portal with a rehearsal province."""

import time
from argparse import ArgumentParser
from datetime import datetime

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from organizations import instants
from organizations.regions import actions as regions
from organizations.register.models import Organization
from portal.demo import accounts
from portal.demo.rehearsal import Size, perform
from procurement.rules import SHANGHAI


def instant(text: str) -> datetime:
    """Read an ISO date and time; without an offset it is meant in Asia/Shanghai."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=SHANGHAI)


class Command(BaseCommand):
    """`demo --size small|study|large [--tenders N] [--at INSTANT]`."""

    help = "Fill an empty portal with invented organisations and procurements in every stage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, and as seen from when."""
        parser.add_argument("--size", choices=[each.value for each in Size], default=Size.SMALL)
        parser.add_argument("--tenders", type=int, default=0, help="more procurements (size large)")
        parser.add_argument("--at", type=instant, help="the present of the stories (default: now)")

    def handle(self, *_args: object, **options: object) -> None:
        """Fill, or say why not."""
        if not settings.REHEARSAL:
            raise CommandError("Demo data belong in a rehearsal: set REHEARSAL=1.")
        if Organization.objects.exists():
            self.stdout.write("已有数据，没有改动 Data exist already: nothing was changed.")
            return
        size, at = Size(str(options["size"])), options["at"]
        tenders = int(str(options["tenders"])) or (300 if size is Size.LARGE else 0)
        started = time.monotonic()
        regions.load(settings.PROVINCE_CODE)
        perform(
            size,
            now=at if isinstance(at, datetime) else instants.now(),
            say=self.stdout.write,
            tenders=tenders,
        )
        accounts.write_file()
        self.stdout.write(f"完成 Done in {time.monotonic() - started:.0f} s.")
        if options["verbosity"]:
            call_command("demo_accounts", stdout=self.stdout)
