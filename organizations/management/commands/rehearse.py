"""Moves the portal's clock forward in a rehearsal, so that weeks pass in a moment."""

import re
from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from organizations import instants
from organizations.refusals import Refusal

UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def duration(text: str) -> timedelta:
    """Read `21d`, `5h`, `30m` or a sum such as `1d12h`. Raises ValueError for anything else."""
    if not re.fullmatch(r"(\d{1,5}[dhm])+", text):
        raise ValueError(text)
    parts = re.findall(r"(\d+)([dhm])", text)
    return sum((timedelta(**{UNITS[unit]: int(count)}) for count, unit in parts), timedelta(0))


class Command(BaseCommand):
    """`rehearse --forward 21d`, `rehearse --show`, `rehearse --reset`."""

    help = "Move the rehearsal clock. Refused unless REHEARSAL is on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Exactly one of the three."""
        wish = parser.add_mutually_exclusive_group(required=True)
        wish.add_argument(
            "--forward", type=duration, metavar="21d", help="days d, hours h, minutes m"
        )
        wish.add_argument("--show", action="store_true", help="say what the portal's clock shows")
        wish.add_argument("--reset", action="store_true", help="back to real time")

    def handle(self, *_args: object, **options: object) -> None:
        """Do it and say what the clock shows then."""
        forward = options["forward"]
        try:
            if isinstance(forward, timedelta):
                instants.advance(forward)
            elif options["reset"]:
                instants.reset()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        shown = timezone.localtime(instants.now())
        self.stdout.write(f"{shown:%Y-%m-%d %H:%M:%S} ({instants.shift()} ahead of real time)")
