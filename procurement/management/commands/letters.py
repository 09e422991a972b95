"""`manage.py letters`: what would go out now; and another chance for what was given up."""

from django.core.management.base import BaseCommand, CommandParser

from organizations.instants import now
from procurement.post import actions
from procurement.post.kinds import Kind

UNTOLD = "What tells of bids, invitations or watchers of a call not opened yet is not counted here."
KEPT = (
    "{kept} stay given up: nobody wants them any more, or they go to an address that is switched "
    "off; only its owner switches it on again."
)


class Command(BaseCommand):
    """Look, or resume; both are on the audit record. Prints no address."""

    help = "Print what letters would go out now, or try again those that were given up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one of the two."""
        either = parser.add_mutually_exclusive_group(required=True)
        either.add_argument(
            "--dry-run", action="store_true", help="numbers by kind and the next ten subjects"
        )
        either.add_argument(
            "--resume", choices=Kind.values, help="try again the letters of a kind given up"
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Do it and say what."""
        if options["dry_run"]:
            self._look()
            return
        resumed = actions.resume(Kind(str(options["resume"])), by=actions.OPERATOR, at=now())
        self.stdout.write(f"{resumed.again} letter(s) will be tried again. {UNTOLD}")
        if resumed.kept:
            self.stdout.write(KEPT.format(kept=resumed.kept))

    def _look(self) -> None:
        due = actions.look(by=actions.OPERATOR, at=now())
        for kind, number in due.numbers.items():
            self.stdout.write(f"{kind.value:<6} {number}")
        for subject in due.subjects:
            self.stdout.write(f"  {subject}")
        self.stdout.write(f"Nothing was sent. {UNTOLD}")
