"""Heads of both logs by mail to those who keep them: each day, and after each closing register."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage

from procurement.notifications import mail
from procurement.notifications.parts import HeadLetter
from procurement.publication import heads
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Checkpoint, Log
from procurement.rules import SHANGHAI


def note_heads(*, at: datetime) -> int:
    """Note the newest heads for each address of settings.WITNESS_MAIL that is due one.

    Due is who got none today (Beijing), or none yet that covers the newest closing register. A
    head goes to an address once; run again it finds nothing.
    """
    if not settings.WITNESS_MAIL:
        return 0
    newest = [head for log in Log if (head := heads.latest(log))]
    return sum(_note(address, newest, at) for address in dict.fromkeys(settings.WITNESS_MAIL))


def _note(address: str, newest: list[Checkpoint], at: datetime) -> int:
    sent = HeadLetter.objects.filter(address=address)
    last = {
        log: sent.filter(checkpoint__log=log).order_by("-checkpoint__size").first() for log in Log
    }
    fresh = [
        head
        for head in newest
        if (kept := last[Log(head.log)]) is None or kept.checkpoint_id != head.pk
    ]
    if not fresh or not (_is_new_day(last, at) or _has_register(last, fresh)):
        return 0
    noted = [
        HeadLetter(checkpoint=head, address=address, noted_at=at, send_after=at) for head in fresh
    ]
    return len(HeadLetter.objects.bulk_create(noted, ignore_conflicts=True))


def _is_new_day(last: dict[Log, HeadLetter | None], at: datetime) -> bool:
    noted = [letter.noted_at.astimezone(SHANGHAI).date() for letter in last.values() if letter]
    return not noted or max(noted) < at.astimezone(SHANGHAI).date()


def _has_register(last: dict[Log, HeadLetter | None], fresh: list[Checkpoint]) -> bool:
    """Say whether a new head of the notices covers a register that no head sent before covers."""
    kept = last[Log.NOTICES]
    covered = kept.checkpoint.size if kept else 0
    size = next((head.size for head in fresh if head.log == Log.NOTICES), 0)
    register = Entry.objects.filter(kind=NoticeKind.REGISTER, index__range=(covered, size - 1))
    return register.exists()


def compose(letter: HeadLetter, _at: datetime) -> EmailMessage:
    """Return the letter with a head, in the language of the portal: its reader has no account."""
    return mail.written(
        "head",
        told(letter.checkpoint),
        to=letter.address,
        language=settings.LANGUAGE_CODE,
        message_id=letter.message_id,
    )


def told(head: Checkpoint) -> dict[str, object]:
    """Return what the letter with a head tells; its text is written when it is read."""
    return {"log": Log(head.log).label, "head": head, "text": partial(heads.letter, head)}
