"""`manage.py bench faults|rush`: deadlines under faults, and the rush before one, measured."""

import os
import sys

from django.core.management.base import BaseCommand

from portal.bootstrap import ROOT


class Command(BaseCommand):
    """Every argument goes to `benchmarks`: see `manage.py bench --help`."""

    help = "Measure deadlines under faults, or the rush before one, on real servers thrown away."

    def run_from_argv(self, argv: list[str]) -> None:
        """Replaces this process, which has read the settings of another data folder."""
        os.chdir(ROOT)
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks", *argv[2:]])  # noqa: S606

    def handle(self, *_args: object, **_options: object) -> None:
        """Never reached: see run_from_argv."""
