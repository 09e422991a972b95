"""`manage.py compile_translations`: the .mo files, without gettext."""

from django.core.management.base import BaseCommand

from portal.translations import compile_translations


class Command(BaseCommand):
    """Compiles every catalogue that changed."""

    help = "Compile the translations that changed (no gettext needed)."
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Says how many catalogues were compiled."""
        self.stdout.write(f"{compile_translations()} compiled")
