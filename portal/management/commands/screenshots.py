"""`manage.py screenshots`: a picture of every page in both languages, and one sheet of them all."""

import importlib
import importlib.util
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo.accounts import ADDRESSES

ANYONE = "anyone"
MISSING = (
    "截图要用 Playwright 和 Chromium。Pictures need Playwright and Chromium: "
    "pip install -r requirements/dev.txt, and Chromium on the path or at $CHROMIUM. Missing: "
)


class Command(BaseCommand):
    """Walks the links of a portal with demo data; starts one where none answers."""

    help = "Take a picture of every page, 360 and 1280 px wide, in Chinese and in English."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, of which portal, as whom."""
        parser.add_argument(
            "--to", default="screenshots", metavar="FOLDER", help="default: %(default)s"
        )
        parser.add_argument(
            "--as",
            default=f"{ANYONE},signatory",
            dest="people",
            metavar="WHO,…",
            help=f"{ANYONE} or demo accounts ({', '.join(ADDRESSES)}); default: %(default)s",
        )
        parser.add_argument("--address", default=settings.SITE_URL, help="default: %(default)s")

    def handle(self, *_args: object, **options: object) -> None:
        """Say where the sheet is."""
        people = str(options["people"]).split(",")
        unknown = set(people) - {ANYONE, *ADDRESSES}
        if unknown:
            raise CommandError(f"没有这些账户 No such account: {', '.join(sorted(unknown))}")
        folder = Path(str(options["to"])).resolve()
        screens = importlib.import_module("benchmarks.screens") if _playwright() else None
        chromium = _chromium()
        if screens is None or not chromium:
            lacking = ["Playwright"] * (screens is None) + ["Chromium"] * (not chromium)
            raise CommandError(MISSING + ", ".join(lacking))
        count = screens.run(people, folder, str(options["address"]), chromium, self.stdout.write)
        self.stdout.write(f"{count} 张 pictures: {folder / 'index.html'}")


def _playwright() -> bool:
    return importlib.util.find_spec("playwright") is not None


def _chromium() -> str:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
