"""Short letters: what a letter says in one line, by SMS or WeChat, to who confirmed a number.

Never about a bid, nor an invitation: who bids is for nobody's eyes before the opening, and a
provider reads what it carries.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from procurement.lifecycle import Stage
from procurement.notifications import confided, outbox
from procurement.notifications.channels.interface import Channel, Note, offered
from procurement.notifications.models import Silence, Topic
from procurement.notifications.parts import CodeSent, Contact, ShortLetter, by_day
from procurement.publication.links import absolute
from procurement.publication.models import NoticeKind

PART: Final = 70  # Chinese characters of one part of an SMS
SHORTEST_TITLE: Final = 8  # characters; a longer link costs a second part rather than all of it
A_RUN: Final = 120  # seconds after which no more is begun: a task may take five minutes
A_DAY: Final = timedelta(days=1)  # that a code was sent, and a number nobody confirmed, are kept


def wanting(people: Collection[int]) -> dict[int, list[Channel]]:
    """Return which of these people want short letters, and by what; one query."""
    found: dict[int, list[Channel]] = {}
    confirmed = Contact.objects.filter(person__in=people, confirmed_at__isnull=False)
    for person, channel in confirmed.order_by("channel").values_list("person_id", "channel"):
        if offered(Channel(channel)):
            found.setdefault(person, []).append(Channel(channel))
    return found


def put(letters: Iterable[ShortLetter], channels: dict[int, list[Channel]]) -> None:
    """Note letters for whoever wants them, by each channel; what somebody was told stays as is."""
    noted = []
    for letter in letters:
        for channel in channels.get(letter.person_id, []):
            fields = {
                name: getattr(letter, name)
                for name in ("person_id", "key", "topic", "notice", "title", "count", "path")
            }
            noted.append(
                ShortLetter(
                    **fields,
                    channel=channel,
                    tender_id=letter.tender_id,
                    noted_at=letter.noted_at,
                    send_after=by_day(letter.noted_at),
                )
            )
    ShortLetter.objects.bulk_create(noted, ignore_conflicts=True, batch_size=500)


def send(*, at: datetime, limit: int = 100) -> int:
    """Send what is due and return how many went out; first erase what nobody may keep."""
    a_day_ago = at - A_DAY
    never_confirmed = Q(confirmed_at__isnull=True, code_sent_at__lte=a_day_ago)
    Contact.objects.filter(Q(person__is_active=False) | never_confirmed).delete()
    CodeSent.objects.filter(sent_at__lte=a_day_ago).delete()
    return outbox.send(ShortLetter, compose, at=at, limit=limit, seconds=A_RUN)


def compose(letter: ShortLetter, at: datetime) -> Note | None:
    """Return a letter in the language of its reader; None when it is wanted no more."""
    contact = _wanting(letter, at)
    if contact is None:
        return None
    link = absolute(reverse("letters:short", args=[letter.slug]))
    with translation.override(letter.person.preferred_language):
        said = text(letter, link)
    return Note(
        channel=Channel(letter.channel),
        to=confided.unlock(contact.sealed, contact.label),
        text=said,
        key=letter.token.hex,
        title=letter.title,
        link=link,
    )


def first_line(letter: ShortLetter, at: datetime) -> str | None:
    """Return what a letter would say, its link left out, and to whom unread; None as `compose`."""
    return text(letter, "…") if _wanting(letter, at) else None


def _wanting(letter: ShortLetter, at: datetime) -> Contact | None:
    """Return where a letter goes; None when it is wanted no more."""
    if not offered(Channel(letter.channel)) or _is_moot(letter, at):
        return None
    mine = Contact.objects.filter(person=letter.person_id, channel=letter.channel)
    return mine.filter(confirmed_at__isnull=False, person__is_active=True).first()


def _is_moot(letter: ShortLetter, at: datetime) -> bool:
    """Say whether a call is over, or its reader wants no calls."""
    if letter.topic != Topic.CALL:
        return False
    is_over = letter.tender is not None and letter.tender.stage(at) is not Stage.OPEN
    return is_over or Silence.objects.filter(person=letter.person_id).exists()


def text(letter: ShortLetter, link: str) -> str:
    """Return what a letter says in the active language: its title cut so that one part holds it."""
    whole = _said(letter, letter.title, link)
    room = PART - (len(whole) - len(letter.title))
    if len(letter.title) <= room:
        return whole
    return _said(letter, letter.title[: max(room, SHORTEST_TITLE) - 1] + "…", link)


def _said(letter: ShortLetter, title: str, link: str) -> str:
    if letter.notice:
        what = _("%(kind)s：%(title)s") % {"kind": NoticeKind(letter.notice).label, "title": title}
    else:
        what = _("您关注的 %(count)s 条新消息") % {"count": letter.count}
    mark = _("【练习】") if settings.REHEARSAL else ""
    return mark + _("%(what)s。查看或停收：%(link)s") % {"what": what, "link": link}
