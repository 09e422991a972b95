"""Loads the reference data of the province that the settings name; safe to run again."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from organizations.refusals import Refusal
from organizations.regions import actions as regions


class Command(BaseCommand):
    """`load_reference`: the administrative divisions of PROVINCE_CODE."""

    help = "Load the administrative divisions of the province named by PROVINCE_CODE."

    def handle(self, *_args: object, **_options: object) -> None:
        """Load, and say how many divisions there are."""
        try:
            count = regions.load(settings.PROVINCE_CODE)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{settings.PROVINCE_CODE}: {count} divisions")
