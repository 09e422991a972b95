"""`manage.py bounces`: read what mail servers report about letters that came back."""

import sys
from collections import Counter
from collections.abc import Iterator
from mailbox import Maildir, MaildirMessage, mbox
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from organizations.instants import now
from procurement.notifications import bounces
from procurement.notifications.bounces import Outcome
from procurement.post.kinds import MAIL

MOST = 1024 * 1024  # bytes of a report; what it is about stands in the first of them


class Command(BaseCommand):
    """Read reports, each once: of a folder those not marked yet. Prints numbers, no address."""

    help = "Read delivery reports (RFC 3464) from a mail folder, or one from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one place to read from."""
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--maildir", type=Path, help="a Maildir; what was read is marked seen")
        either.add_argument("--mbox", type=Path, help="an mbox file; what was read is marked read")

    def handle(self, *_args: object, **options: object) -> None:
        """Read, and say how many of which kind."""
        maildir, file = options["maildir"], options["mbox"]
        if isinstance(maildir, Path):
            raws = _of_maildir(maildir)
        elif isinstance(file, Path):
            raws = _of_mbox(file)
        else:
            raws = iter([sys.stdin.buffer.read(MOST)])
        found = Counter(outcome for raw in raws for outcome in _recorded(raw))
        said = ", ".join(f"{found[each]} {each}" for each in Outcome)
        self.stdout.write(f"reports: {said}")


def _recorded(raw: bytes) -> list[Outcome]:
    reports = bounces.read(raw[:MOST])
    at = now()
    return [bounces.record(each, MAIL, at=at) for each in reports] or [Outcome.UNKNOWN]


def _of_maildir(path: Path) -> Iterator[bytes]:
    """Go through what nobody has seen; each is marked once it was handled."""
    if not (path / "new").is_dir():
        raise CommandError(f"{path} is no Maildir.")
    folder = Maildir(path, create=False)
    for key in folder.keys():  # noqa: SIM118 -- a mailbox is no dict: it would give messages
        message: MaildirMessage = folder[key]
        if "S" in message.get_flags():
            continue
        yield folder.get_bytes(key)
        message.add_flag("S")
        message.set_subdir("cur")
        folder[key] = message


def _of_mbox(path: Path) -> Iterator[bytes]:
    if not path.is_file():
        raise CommandError(f"{path} is no file.")
    folder = mbox(path, create=False)
    folder.lock()
    try:
        for key in folder.keys():  # noqa: SIM118
            message = folder[key]
            if "R" in message.get_flags():
                continue
            yield folder.get_bytes(key)
            message.add_flag("R")
            folder[key] = message
        folder.flush()
    finally:
        folder.close()
