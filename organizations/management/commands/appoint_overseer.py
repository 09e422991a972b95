"""Appoints the province's first overseer; every later one is appointed by an overseer."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from organizations import instants
from organizations.accounts import actions as accounts
from organizations.accounts.models import User
from organizations.refusals import Refusal
from organizations.regions import queries as regions


class Command(BaseCommand):
    """`appoint_overseer EMAIL --office NAME`: the account must exist."""

    help = "Make an existing account the first overseer of the province, in the office named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The person's address and the name of the office."""
        parser.add_argument("email")
        parser.add_argument("--office", required=True, help="the provincial office, in Chinese")

    def handle(self, *_args: object, **options: object) -> None:
        """Appoint, or say why not."""
        user = User.objects.filter(email=str(options["email"]).lower()).first()
        province = regions.province()
        if user is None:
            raise CommandError("No account has this address: let the person sign up first.")
        if province is None:
            raise CommandError("No divisions yet: run load_reference first.")
        try:
            agency = accounts.found_oversight(
                user, name=str(options["office"]), region=province, at=instants.now()
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.email} oversees from {agency}")
