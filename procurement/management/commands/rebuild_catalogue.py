"""`manage.py rebuild_catalogue`: make lists, search and facets anew from the public log."""

from django.core.management.base import BaseCommand
from django.db import transaction

from procurement.publication import catalogue


class Command(BaseCommand):
    """Rebuild the read models. The site goes on answering from the old ones until it is done."""

    help = "Make the catalogue anew from the publication log."

    @transaction.atomic
    def handle(self, *_args: object, **_options: object) -> None:
        """Rebuild and say how many entries were read."""
        self.stdout.write(f"{catalogue.rebuild()} entries read")
