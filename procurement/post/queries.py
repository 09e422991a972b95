"""The delivery log: how letters went, never to whom, and nothing that tells of bids before opening.

What each kind is, and when it may be told, its row in `kinds` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from procurement.notifications import bounces
from procurement.notifications.channels.interface import Permanent
from procurement.notifications.models import WAITING, Letter
from procurement.post.kinds import ROWS, About, Kind
from procurement.rules import SHANGHAI
from procurement.watches.hooks import SwitchedOff

REFUSED: Final = "SMTPRecipientsRefused"  # the other server takes no letter for this address
FINAL: Final = Permanent.name  # the other side says never: not tried again by itself
BACK: Final = bounces.BACK  # it left, and came back; beside it the code of the report (RFC 3463)
OFF: Final = SwitchedOff.name  # its address is off until its owner switches it on again
STOPPED, MOOT = "", "moot"  # by its reader; there was no reason left to send it
DROPPED: Final = (STOPPED, MOOT)


class State(TextChoices):
    """How a letter went. Follows from its dates and attempts."""

    WAITING = "waiting", _("等待发送")
    RETRYING = "retrying", _("没有发出，会再试")
    SENT = "sent", _("已发出")
    BOUNCED = "bounced", _("对方拒收，已放弃")
    GIVEN_UP = "given-up", _("多次失败，已放弃")
    DROPPED = "dropped", _("不再需要")


def tellable(kind: Kind) -> QuerySet[Any]:
    """Return the letters of a kind whose being there tells of no bid, invitation or look."""
    row = ROWS[kind]
    found = row.all().filter(row.told)
    return found.select_related(*row.beside) if row.beside else found  # without names: everything


def search(
    kind: Kind, *, state: str = "", day: date | None = None, subject: str = ""
) -> QuerySet[Any]:
    """Return the letters of a kind in a state, noted on a day (Beijing), about a procurement.

    `subject` is its number or words of its title; heads are about none.
    """
    found = tellable(kind)
    if state in State.values:
        found = found.filter(in_state(kind, State(state)))
    if day:
        midnight = datetime.combine(day, time(0), SHANGHAI)
        found = found.filter(noted_at__gte=midnight, noted_at__lt=midnight + timedelta(days=1))
    return found.filter(ROWS[kind].matching(subject)) if subject else found


def about(kind: Kind, found: Sequence[Any]) -> list[About]:
    """Return what each letter of a kind is about; as many queries for one as for many."""
    return ROWS[kind].about(found)


def in_state(kind: Kind, state: State) -> Q:
    """Return the condition under which `state_of` answers this state."""
    final = Q(error__startswith=FINAL) | Q(error__startswith=BACK)
    tried_out = Q(attempts__gte=ROWS[kind].model.MOST_ATTEMPTS) & ~Q(error__in=DROPPED)
    ended = final | Q(error__startswith=OFF) | tried_out
    failed = Q(failed_at__isnull=False)
    match state:
        case State.WAITING:
            return WAITING & Q(attempts=0)
        case State.RETRYING:
            return WAITING & Q(attempts__gt=0)
        case State.SENT:
            return Q(sent_at__isnull=False, failed_at__isnull=True)
        case State.BOUNCED:
            return failed & (final | (tried_out & Q(error=REFUSED)))
        case State.GIVEN_UP:
            return failed & ended & ~(final | Q(error=REFUSED))
    return failed & ~ended


def state_of(letter: Letter) -> State:
    """Return how a letter went."""
    if letter.failed_at is None:
        if letter.sent_at:
            return State.SENT
        return State.RETRYING if letter.attempts else State.WAITING
    if letter.error.startswith((FINAL, BACK)):
        return State.BOUNCED
    if letter.error.startswith(OFF):
        return State.GIVEN_UP
    if letter.attempts < letter.MOST_ATTEMPTS or letter.error in DROPPED:
        return State.DROPPED
    return State.BOUNCED if letter.error == REFUSED else State.GIVEN_UP


def given_up(kind: Kind) -> Q:
    """Return the condition of what was tried as often as may be, wanted or not."""
    return in_state(kind, State.GIVEN_UP) | in_state(kind, State.BOUNCED)


@dataclass(frozen=True)
class Due:
    """What waits to go out at an instant: how many of each kind, and the first lines of some.

    A letter that has become moot is counted until it is its turn, and has no line.
    """

    numbers: Mapping[Kind, int]
    subjects: list[str]


def due(at: datetime, *, most: int = 10) -> Due:
    """Return what waits to go out at an instant, in the order in which it would; sends nothing."""
    waiting = {
        kind: tellable(kind).filter(WAITING, send_after__lte=at).order_by("send_after", "pk")
        for kind in ROWS
    }
    firsts = ((kind, letter) for kind, found in waiting.items() for letter in found[:most])
    subjects: list[str] = []
    for kind, letter in firsts:
        if len(subjects) == most:
            break
        if line := ROWS[kind].first_line(letter, at):
            subjects.append(line)
    return Due({kind: found.count() for kind, found in waiting.items()}, subjects)
