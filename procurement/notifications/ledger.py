"""The delivery log: how letters went, never to whom, and nothing that tells of bids before opening.

A letter to a bidder exists because somebody began or made a bid, and one with an invitation because
somebody was invited: before the opening, who and how many is for nobody's eyes (Order 87 Art. 28).
Until then they are in no list and in no count here; of a procurement that was never opened, never.
Letters of watches, short ones too, are left out for good: who watches what is theirs alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from procurement.notifications import bidders, letters, short, witnesses
from procurement.notifications.channels.interface import Channel, Note, Permanent
from procurement.notifications.models import WAITING, Delivery, Letter
from procurement.notifications.parts import BidLetter, HeadLetter, ShortLetter
from procurement.rules import SHANGHAI
from procurement.tenders.models import InvitationMode

REFUSED = "SMTPRecipientsRefused"  # the other side's server takes no letter for this address
FINAL = Permanent.name  # the other side says never: not tried again by itself
BACK = "Bounced"  # it left, and came back; beside it the code of the report (RFC 3463)
DROPPED = ("", "moot")  # stopped by its reader, or there was no reason left to send it


class Kind(TextChoices):
    """What a letter is about, and where it is no mail, by what it goes."""

    CALL = "call", _("新公告和邀请")
    BID = "bid", _("给投标人的信")
    HEAD = "head", _("寄给见证方的日志头")
    SMS = "sms", _("新公告的短信")
    WECHAT = "wechat", _("新公告的微信消息")


class State(TextChoices):
    """How a letter went. Follows from its dates and attempts."""

    WAITING = "waiting", _("等待发送")
    RETRYING = "retrying", _("没有发出，会再试")
    SENT = "sent", _("已发出")
    BOUNCED = "bounced", _("对方拒收，已放弃")
    GIVEN_UP = "given-up", _("多次失败，已放弃")
    DROPPED = "dropped", _("不再需要")


MODELS: Mapping[Kind, type[Letter]] = {
    Kind.CALL: Delivery,
    Kind.BID: BidLetter,
    Kind.HEAD: HeadLetter,
    Kind.SMS: ShortLetter,
    Kind.WECHAT: ShortLetter,
}
_KEPT_AS: Mapping[Kind, Q] = {
    Kind.SMS: Q(channel=Channel.SMS),
    Kind.WECHAT: Q(channel=Channel.WECHAT),
}
_OPENED = Q(tender__opened_at__isnull=False)
_TOLD: Mapping[Kind, Q] = {
    Kind.CALL: Q(tender__invitation_mode=InvitationMode.PUBLIC_NOTICE) | _OPENED,
    Kind.BID: _OPENED & Q(reminds_of__isnull=True),  # who began and never bid stays unsaid
    Kind.HEAD: Q(),
    Kind.SMS: Q(tender__isnull=False),
    Kind.WECHAT: Q(tender__isnull=False),
}
_BESIDE: Mapping[Kind, str] = {
    Kind.CALL: "tender__process",
    Kind.BID: "tender__process",
    Kind.HEAD: "checkpoint",
    Kind.SMS: "tender__process",
    Kind.WECHAT: "tender__process",
}


def _of(kind: Kind) -> QuerySet[Any]:
    return MODELS[kind]._default_manager.filter(_KEPT_AS.get(kind, Q()))


def tellable(kind: Kind) -> QuerySet[Any]:
    """Return the letters of a kind whose being there tells of no bid and no invitation."""
    return _of(kind).filter(_TOLD[kind]).select_related(_BESIDE[kind])


def search(
    kind: Kind, *, state: str = "", day: date | None = None, tender: str = ""
) -> QuerySet[Any]:
    """Return the letters of a kind in a state, noted on a day (Beijing), about a tender.

    `tender` is its number or words of its title; heads are about none.
    """
    found = tellable(kind)
    if state in State.values:
        found = found.filter(in_state(kind, State(state)))
    if day:
        midnight = datetime.combine(day, time(0), SHANGHAI)
        found = found.filter(noted_at__gte=midnight, noted_at__lt=midnight + timedelta(days=1))
    if tender and kind is Kind.HEAD:
        return found.none()
    if tender:
        found = found.filter(Q(tender__process__ocid=tender) | Q(tender__title__icontains=tender))
    return found


def in_state(kind: Kind, state: State) -> Q:
    """Return the condition under which `state_of` answers this state."""
    final = Q(error__startswith=FINAL) | Q(error__startswith=BACK)
    tried_out = Q(attempts__gte=MODELS[kind].MOST_ATTEMPTS) & ~Q(error__in=DROPPED)
    given_up = Q(failed_at__isnull=False) & (final | tried_out)
    match state:
        case State.WAITING:
            return WAITING & Q(attempts=0)
        case State.RETRYING:
            return WAITING & Q(attempts__gt=0)
        case State.SENT:
            return Q(sent_at__isnull=False, failed_at__isnull=True)
        case State.BOUNCED:
            return given_up & (final | Q(error=REFUSED))
        case State.GIVEN_UP:
            return given_up & ~(final | Q(error=REFUSED))
    return Q(failed_at__isnull=False) & ~final & ~tried_out


def state_of(letter: Letter) -> State:
    """Return how a letter went."""
    if letter.failed_at is None:
        if letter.sent_at:
            return State.SENT
        return State.RETRYING if letter.attempts else State.WAITING
    if letter.error.startswith((FINAL, BACK)):
        return State.BOUNCED
    if letter.attempts < letter.MOST_ATTEMPTS or letter.error in DROPPED:
        return State.DROPPED
    return State.BOUNCED if letter.error == REFUSED else State.GIVEN_UP


@dataclass(frozen=True)
class Due:
    """What would go out at an instant: how many of each kind, and the subjects of the first."""

    numbers: Mapping[Kind, int]
    subjects: list[str]


def due(at: datetime, *, most: int = 10) -> Due:
    """Return what would go out at an instant, in the order in which it would; sends nothing."""
    waiting = {
        kind: tellable(kind).filter(WAITING, send_after__lte=at).order_by("send_after", "pk")
        for kind in (Kind.BID, Kind.HEAD, Kind.CALL, Kind.SMS, Kind.WECHAT)
    }
    firsts = [(kind, letter) for kind, found in waiting.items() for letter in found[:most]]
    written = (_written(kind, letter, at) for kind, letter in firsts)
    subjects = [str(message.subject) for message in written if message]
    return Due({kind: found.count() for kind, found in waiting.items()}, subjects[:most])


def _written(
    kind: Kind,
    letter: Any,  # noqa: ANN401 - a union
    at: datetime,
) -> EmailMessage | Note | None:
    match kind:
        case Kind.BID:
            return bidders.compose(letter, at)
        case Kind.HEAD:
            return witnesses.compose(letter, at)
        case Kind.SMS | Kind.WECHAT:
            return short.compose(letter, at)
    return letters.compose(letter, at)


def given_up(kind: Kind) -> QuerySet[Any]:
    """Return the letters that were tried as often as may be; nothing that nobody wants any more."""
    tried_out = in_state(kind, State.GIVEN_UP) | in_state(kind, State.BOUNCED)
    return _of(kind).filter(tried_out)
