"""`manage.py check_all`: everything but the tests."""

import sys
import time

from django.core.management.base import BaseCommand

from portal.quality import checks


class Command(BaseCommand):
    """One line per check; all of them run, whatever fails."""

    help = "Check format, lint, templates, imports, types, migrations, translations and deployment."
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Ends with exit code 1 when any check found a fault."""
        failed = []
        for check in checks():
            begun = time.monotonic()
            faults = check.faults()
            mark = self.style.ERROR("✗") if faults else self.style.SUCCESS("✓")
            self.stdout.write(f"{mark} {check.name:<14} {time.monotonic() - begun:5.1f} s")
            if faults:
                failed.append(check.name)
                self.stdout.write(faults)
            self.stdout.flush()
        if failed:
            self.stdout.write(self.style.ERROR(f"✗ {', '.join(failed)}"))
            sys.exit(1)
