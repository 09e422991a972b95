"""`manage.py weigh`: what each public page weighs, asks and reads, among few and many tenders."""

import os
import sys

from django.core.management.base import BaseCommand

from portal.bootstrap import ROOT


class Command(BaseCommand):
    """Every argument goes to `benchmarks`: see `manage.py weigh --help`."""

    help = "Weigh every public page among 30 and 10,000 tenders, on servers thrown away."

    def run_from_argv(self, argv: list[str]) -> None:
        """Replaces this process, which has read the settings of another data folder."""
        os.chdir(ROOT)
        sys.stdout.flush()
        command = [sys.executable, "-m", "benchmarks.weigh", *argv[2:]]
        os.execv(sys.executable, command)  # noqa: S606

    def handle(self, *_args: object, **_options: object) -> None:
        """Never reached: see run_from_argv."""
