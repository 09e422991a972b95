"""`manage.py rulebook`: what of the book is enforced; is another province's book sound."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from procurement import rules
from procurement.rulebook import queries

FIRST_TIER = 1


class Command(BaseCommand):
    """Print the coverage of the book, or check the book in a folder."""

    help = "Print which rules the engine enforces, or check a book before it is used."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        parser.add_argument("--coverage", action="store_true", help="print each rule (the default)")
        parser.add_argument(
            "--check",
            type=Path,
            metavar="FOLDER",
            help="read the book in FOLDER and say what is wrong",
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Print one line a rule, the count last; or the first mistake of a book."""
        if options["check"]:
            self._check(Path(str(options["check"])))
            return
        book = queries.files()
        for line in rules.coverage(book):
            state = "enforced" if line.enforced else "NOT ENFORCED"
            tier = book.rule(line.rule_id).tier
            rest = f": {line.reason}" if line.reason else ""
            self.stdout.write(f"{line.rule_id:<42} tier {tier}  {state}{rest}")
        self.stdout.write(summary(book))

    def _check(self, folder: Path) -> None:
        try:
            book = rules.read(folder)
        except rules.BookError as mistake:
            raise CommandError(str(mistake)) from mistake
        told = f"{book.name} {book.version}: {len(book.rules)} rules, {len(book.methods)} methods"
        self.stdout.write(f"{told}; nothing is wrong with it")


def summary(book: rules.Book) -> str:
    """Return how many rules are enforced, of those in tier 1 and of all."""
    enforced = {line.rule_id for line in rules.coverage(book) if line.enforced}
    first = [rule.id for rule in book.rules if rule.tier == FIRST_TIER]
    return (
        f"enforced: {sum(rule_id in enforced for rule_id in first)} of {len(first)} in tier 1, "
        f"{len(enforced)} of {len(book.rules)} in all"
    )
