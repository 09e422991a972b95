"""`manage.py demo_accounts`: who can sign in to the rehearsal, and with what."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.demo import accounts


class Command(BaseCommand):
    """Prints the table and writes it to DATA_DIR/demo-accounts.txt."""

    help = "List the demo accounts of a rehearsal, one for each role."

    def handle(self, *_args: object, **_options: object) -> None:
        """Print and write, or say why not."""
        if not settings.REHEARSAL:
            raise CommandError("Demo accounts belong in a rehearsal: set REHEARSAL=1.")
        if not accounts.rows():
            raise CommandError("No demo accounts yet: run `manage.py demo` first.")
        accounts.write_file()
        self.stdout.write(accounts.table())
