"""`manage.py watchdog`: watch the portal from outside Celery, until stopped."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.watchdog import Watchdog


class Command(BaseCommand):
    """Trial submissions every 5 seconds; every minute a look at every part's signs of life."""

    help = (
        "Send trial submissions, watch the parts' signs of life and their clocks, raise alarms, "
        "and pass deadlines when the worker is silent. Needs neither Celery nor the broker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Run for ever, or once for a timer."""
        parser.add_argument("--once", action="store_true", help="one trial and one look, then end")

    def handle(self, *_args: object, **options: object) -> None:
        """Watch until the process is stopped."""
        supervised = os.environ.get("PORTAL_SUPERVISED") == "1"
        watchdog = Watchdog(Path(settings.DATA_DIR), supervised=supervised)
        if options["once"]:
            watchdog.guarded(watchdog.try_submission, "the trial submission failed")
            watchdog.guarded(watchdog.look, "the look at the parts failed")
            return
        watchdog.run()
