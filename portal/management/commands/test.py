"""`manage.py test`: pytest, with PostgreSQL and Valkey of its own (see tests/servers.py)."""

import os
import sys

from django.core.management.base import BaseCommand

from portal.bootstrap import ROOT
from portal.translations import compile_translations

# Small lots in the order they are in: long tests first (tests/conftest.py), races last. Three
# processes for two cores, for the longest tests mostly wait.
PROCESSES = ("-n", "3", "--maxschedchunk", "24")


class Command(BaseCommand):
    """Every argument goes to pytest; without -n the tests run in three processes."""

    help = "Run the tests. Arguments are pytest's, for example: manage.py test tests/flows -k award"

    def run_from_argv(self, argv: list[str]) -> None:
        """Replaces this process by pytest, so that its exit code and Ctrl-C are pytest's own."""
        compile_translations()
        arguments = argv[2:]
        if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
            arguments = [*PROCESSES, *arguments]
        os.chdir(ROOT)
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606

    def handle(self, *_args: object, **_options: object) -> None:
        """Never reached: see run_from_argv."""
