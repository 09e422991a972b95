"""`manage.py build_sealer`: make the offline sealer anew from its parts."""

from django.core.management.base import BaseCommand

from procurement.web.cso import sealer


class Command(BaseCommand):
    """Write static/sealer/sealer.html. A test holds the file to its parts."""

    help = "Make the offline sealer (one HTML file) from its parts."

    def handle(self, *_args: object, **_options: object) -> None:
        """Write the file and say its fingerprint."""
        path = sealer.write()
        self.stdout.write(f"{sealer.fingerprint()}  {path.name}")
