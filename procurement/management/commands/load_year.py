"""`manage.py load_year FILE`: put a year's holidays forward; a rule editor confirms them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from organizations.accounts import queries as people
from organizations.accounts.models import Membership
from organizations.instants import now
from organizations.refusals import Refusal
from organizations.roles import SYSTEM, Actor, Role
from procurement import clock
from procurement.rulebook import actions
from procurement.rules import YearFile


class Command(BaseCommand):
    """Read a holiday notice of the State Council from a TOML file (docs/rules.md)."""

    help = (
        "Propose the holidays of a year from FILE. With --confirmed-by they count at once; "
        "otherwise a rule editor confirms them on the page. A file with a mistake changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and who proposes and confirms."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", default="", help="address of the rule editor who proposes")
        parser.add_argument(
            "--confirmed-by", default="", help="address of another rule editor, who read the notice"
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Propose, confirm where asked to, and say what counts now."""
        path = Path(str(options["file"]))
        proposing, confirming = str(options["by"]), str(options["confirmed_by"])
        try:
            told = actions.read_year(path.read_text(encoding="utf-8"))
            counts = _load(told, proposing, confirming)
        except (OSError, UnicodeDecodeError, Refusal) as mistake:
            raise CommandError(f"{path}: {mistake}") from mistake
        if counts:
            moved = clock.recount(at=now())
            self.stdout.write(f"{told.year} counts now; {moved} due date(s) recomputed.")
        else:
            self.stdout.write(f"{told.year} is proposed; a rule editor confirms it on the page.")


@transaction.atomic
def _load(told: YearFile, proposing: str, confirming: str) -> bool:
    """Propose a year and, where somebody confirms, confirm it; say whether it counts now."""
    at = now()
    year = actions.propose_year(told=told, by=_editor(proposing) if proposing else SYSTEM, at=at)
    if not confirming:
        return False
    actions.confirm_year(year, by=_editor(confirming), at=at)
    return True


def _editor(email: str) -> Actor:
    """Return the rule editor with this address as actor."""
    held = Membership.objects.filter(
        user__email=email.lower(), role=Role.RULE_EDITOR, ended_at=None
    ).select_related("user", "organization")
    membership = held.first()
    if membership is None:
        raise CommandError(f"{email} is not a rule editor")
    return people.actor_for(membership.user, membership.organization)
