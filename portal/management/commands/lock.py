"""`manage.py lock`: requirements/*.txt from *.in, for maintainers (needs uv)."""

import shutil
import subprocess

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.bootstrap import ROOT
from portal.quality import requirements

_OPTIONS = (
    "--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links "
    "--no-header --no-annotate --quiet"
)


class Command(BaseCommand):
    """Keeps the versions that are locked already, unless --upgrade is given."""

    help = "Lock the requirements with their hashes (for maintainers; needs uv)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether newer versions are wanted."""
        parser.add_argument("--upgrade", action="store_true", help="take the newest allowed")

    def handle(self, *_args: object, **options: object) -> None:
        """Writes base.txt, local.txt and dev.txt. Raises CommandError when it cannot."""
        uv = shutil.which("uv")
        if uv is None:
            raise CommandError("uv is missing: pip install uv (only maintainers need it).")
        for name in ("base", "local", "dev"):
            command = [uv, "pip", "compile", *_OPTIONS.split(), f"{name}.in", "-o", f"{name}.txt"]
            command += ["--upgrade"] if options["upgrade"] else []
            done = subprocess.run(command, cwd=ROOT / "requirements", check=False)
            if done.returncode:
                raise CommandError(f"{name}.in could not be locked.")
            self.stdout.write(f"requirements/{name}.txt")
        if faults := requirements():
            raise CommandError(faults)
