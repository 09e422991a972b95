"""How every letter leaves: taken for a while, sent, then marked; tried again when that failed."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Protocol, TypeVar

from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import QuerySet

from procurement.notifications.channels.interface import Permanent, Trouble
from procurement.notifications.models import WAITING, Letter
from procurement.notifications.parts import Bounced

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # a letter taken by a worker that died is taken again after this
MOST_IN_A_ROW = 5  # failures after which a run ends: most likely no letter leaves now
KILLED = "killed"  # why a letter is given up whose last attempt ended without a word
CAME_BACK = "bounced"  # why a letter is not even tried: others to its address came back
_SENDING = 7710_5101  # with the name of the table, the advisory lock of those who send

L = TypeVar("L", bound=Letter)


class Sendable(Protocol):
    """A letter as written: an e-mail, a short message, a POST. Raises what keeps it here."""

    def send(self) -> int | str:
        """Send it, and return a number or the provider's reference."""


# Write a letter at an instant; None when there is no reason left to send it.
Compose = Callable[[L, datetime], Sendable | None]


def send(
    kind: type[L],
    compose: Compose[L],
    *,
    at: datetime,
    limit: int = 100,
    most_in_a_row: int = MOST_IN_A_ROW,
    seconds: float | None = None,
) -> int:
    """Send what is due of one kind of letters and return how many went out.

    Each is taken for a while before it is sent and marked after: two workers never send one
    twice, and one that dies in between lets it be sent again, under the same message id: an
    attempt counts, and the next one backs off, from the moment it is taken. Only one
    worker sends a kind at a time, so a mail server that hangs holds up no second one. With a
    number of seconds, none is begun after that many: the next run goes on.
    """
    sent, in_a_row, began = 0, 0, monotonic()
    with _alone(kind) as is_alone:
        numbers = list(_due(kind, at)[:limit]) if is_alone else []
        for number in numbers:
            if seconds is not None and monotonic() - began >= seconds:
                break
            went = _sent(kind, compose, number, at)
            sent += went is True
            in_a_row = in_a_row + 1 if went is False else 0
            if in_a_row == most_in_a_row:
                break
    return sent


def _due(kind: type[L], at: datetime) -> QuerySet[L, int]:
    due = kind._default_manager.filter(WAITING, send_after__lte=at)
    return due.order_by("send_after", "pk").values_list("pk", flat=True)


@contextmanager
def _alone(kind: type[Letter]) -> Iterator[bool]:
    """Say whether nobody else sends this kind now; the place is let go even by a killed worker."""
    key: tuple[int, str] = (_SENDING, kind._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key)
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)


def _sent(kind: type[L], compose: Compose[L], number: int, at: datetime) -> bool | None:
    """Send one letter; None when another worker has it or there is no reason left to send it."""
    waiting = kind._default_manager.filter(WAITING, pk=number)
    with transaction.atomic():
        due = waiting.filter(send_after__lte=at).select_for_update(skip_locked=True)
        taken = due.first()
        if taken is None:
            return None
        taken.attempts += 1
        taken.send_after = max(at + LEASE, taken.again_after(at))
        taken.save(update_fields=["attempts", "send_after"])
    if taken.attempts > kind.MOST_ATTEMPTS:
        _failed(taken, KILLED, at, is_last=True)
        return None
    try:
        message = compose(taken, at)
        if message is None:
            waiting.update(failed_at=at, error="moot")
            return None
        _require_reachable(message)
        reference = message.send()
    except Permanent as refusal:
        _failed(taken, str(refusal), at, is_last=True)
        return None  # the other side's word on this one: the next may leave
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with one, the others are due
        said = str(error) if isinstance(error, Trouble) else type(error).__name__
        _failed(taken, said, at, is_last=taken.attempts >= kind.MOST_ATTEMPTS)
        return False
    kept = {"reference": reference[:100]} if isinstance(reference, str) else {}
    kind._default_manager.filter(pk=number).update(sent_at=at, error="", **kept)
    return True


def _require_reachable(message: Sendable) -> None:
    """Raise Permanent where mail came back, and its reader has not shown since that it arrives."""
    if isinstance(message, EmailMessage):
        back = Bounced.objects.filter(address__in=message.to, bounced_at__isnull=False)
        if back.exists():
            raise Permanent(CAME_BACK)


def _failed(letter: Letter, error: str, at: datetime, *, is_last: bool) -> None:
    """Note a failed attempt and when to try again; after the last, give up.

    Nothing of the error but its name and a provider's bare word: the rest may hold the address.
    """
    said = "letter %s was not sent and is given up: %s" if is_last else "letter %s was not sent: %s"
    logger.log(logging.ERROR if is_last else logging.WARNING, said, letter.pk, error)
    type(letter)._default_manager.filter(pk=letter.pk).update(
        error=error, send_after=letter.again_after(at), failed_at=at if is_last else None
    )
