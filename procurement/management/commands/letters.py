"""`manage.py letters`: what would go out now; and another chance for what was given up."""

from django.core.management.base import BaseCommand, CommandParser

from organizations.instants import now
from organizations.roles import Actor
from procurement.notifications import second_chance
from procurement.notifications.ledger import Kind

OPERATOR = Actor(user_id=None, organization_id=None, name="manage.py letters")
UNTOLD = "Letters about bids and invitations that are not opened yet are not counted here."


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
        resumed = second_chance.resume(Kind(str(options["resume"])), by=OPERATOR, at=now())
        self.stdout.write(f"{resumed} letter(s) will be tried again. {UNTOLD}")

    def _look(self) -> None:
        due = second_chance.look(by=OPERATOR, at=now())
        for kind, number in due.numbers.items():
            self.stdout.write(f"{kind.value:<6} {number}")
        for subject in due.subjects:
            self.stdout.write(f"  {subject}")
        self.stdout.write(f"Nothing was sent. {UNTOLD}")
