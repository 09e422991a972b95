"""`manage.py grant_access`: give the application and the gate exactly their rights."""

from django.core.management.base import BaseCommand, CommandError

from portal import database_access, env
from portal.database_access import APP, GATE, Login


class Command(BaseCommand):
    """Run by the owner of the tables after each `migrate`; run again it changes nothing."""

    help = (
        "Make the database roles portal_app and portal_gate where they are missing and give each "
        "exactly its rights. APP_DATABASE_URL and GATE_DATABASE_URL say their passwords."
    )

    def handle(self, *_args: object, **options: object) -> None:
        """Grant, or say which address is wrong."""
        try:
            database_access.grant(
                Login.of(APP, env.text("APP_DATABASE_URL")),
                Login.of(GATE, env.text("GATE_DATABASE_URL")),
            )
        except database_access.UnknownLogin as mistake:
            raise CommandError(str(mistake)) from mistake
        if options["verbosity"]:
            self.stdout.write(f"{APP} and {GATE} have their rights.")
