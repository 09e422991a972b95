"""What people may do about a number that reaches them: name it, confirm it, take it back."""

import hmac
import logging
import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from organizations.refusals import Invalid, NotNow, NotPermitted
from organizations.roles import Actor
from procurement.notifications import confided
from procurement.notifications.channels.interface import Channel, Note, Permanent, Trouble, offered
from procurement.notifications.models import WAITING
from procurement.notifications.parts import CodeSent, Contact, ShortLetter

logger = logging.getLogger(__name__)

CODE_LASTS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5  # of one code
APART: Final = timedelta(minutes=1)  # between two codes of a person
A_DAY: Final = timedelta(days=1)
CODES_OF_A_PERSON, CODES_TO_A_NUMBER = 5, 3  # within a day
_MOBILE: Final = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_FOLLOWER: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


def own(by: Actor) -> dict[Channel, Contact]:
    """Return a person's contacts, confirmed or not, by channel."""
    return {Channel(each.channel): each for each in Contact.objects.filter(person=by.person_id)}


def masked(contact: Contact) -> str:
    """Return enough of a number for its owner to know it by; nothing where it cannot be read."""
    try:
        whole = confided.unlock(contact.sealed, contact.label)
    except confided.KeyMissing:
        return ""
    return f"{whole[-11:-8]} **** {whole[-4:]}" if whole[0] == "+" else f"{whole[:3]}…{whole[-3:]}"


def ask(channel: Channel, typed: str, *, by: Actor, at: datetime) -> None:
    """Take a number and send a code to it; until that is typed in, nothing else is ever sent.

    A number that was confirmed before is replaced and off. Raises Invalid (field `address`) or
    NotNow: too many codes, or none can be sent.
    """
    if not offered(channel):
        raise NotNow(_("这个网站还没有开通这种通知。"))
    address, code = settled(channel, typed), f"{secrets.randbelow(10**6):06}"
    with transaction.atomic():
        person = _held(by)
        fresh = Contact(person=person, channel=channel)
        _count(person, confided.digest(address), at)
        Contact.objects.update_or_create(
            person=person,
            channel=channel,
            defaults={
                "sealed": confided.lock(address, fresh.label),
                "confirmed_at": None,
                "code_digest": _digest(fresh, code),
                "code_sent_at": at,
                "code_tries": 0,
            },
        )
    with translation.override(person.preferred_language):
        said = gettext("验证码 %(code)s，10 分钟内有效。不是您本人操作，不用理会。") % {
            "code": code
        }
    _send(Note(channel, address, said, uuid4().hex))


def settled(channel: Channel, typed: str) -> str:
    """Return a number in the one form in which it is kept. Raises Invalid."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if channel is Channel.SMS:
        found = _MOBILE.fullmatch(re.sub(r"[\s()-]", "", plain))
        if found is None:
            raise Invalid(_("请填写 11 位手机号码，例如 138 0013 8000。"), "address")
        return f"+86{found[1]}"
    if not _FOLLOWER.fullmatch(plain):
        raise Invalid(_("这不像公众号给您的编号。请原样复制过来。"), "address")
    return plain


def confirm(channel: Channel, code: str, *, by: Actor, at: datetime) -> None:
    """Confirm a number by the code that was sent to it. Confirmed already, nothing changes.

    Raises Invalid (field `code`), or NotNow when the code has run out.
    """
    with transaction.atomic():
        person = _held(by)
        contact = Contact.objects.filter(person=person, channel=channel).first()
        if contact is not None and contact.confirmed_at is not None:
            return
        is_live = contact is not None and at - contact.code_sent_at <= CODE_LASTS
        if contact is None or not is_live or contact.code_tries >= MOST_TRIES:
            raise NotNow(_("验证码过期了，或者试了太多次。请重新要一个。"))
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", code))
        is_right = hmac.compare_digest(contact.code_digest, _digest(contact, plain))
        contact.code_tries += 1
        contact.confirmed_at = at if is_right else None
        contact.code_digest = "" if is_right else contact.code_digest
        contact.save(update_fields=["code_tries", "confirmed_at", "code_digest"])
        left = MOST_TRIES - contact.code_tries
    if not is_right:
        said = ngettext_lazy(
            "验证码不对。还可以试 %(left)s 次。", "验证码不对。还可以试 %(left)s 次。", left
        )
        raise Invalid(said % {"left": left}, "code")


@transaction.atomic
def forget(channel: Channel, *, by: Actor) -> None:
    """Erase a number; what waits to be sent to it is dropped. Erased already, nothing changes."""
    _forget(_held(by).pk, channel)


@transaction.atomic
def forget_by(letter: ShortLetter) -> bool:
    """Erase the number a letter went to: who holds its link is who got it.

    Return whether none is left that letters go to: one that was confirmed since then stays, for
    who holds an old telephone does not hold the new one.
    """
    mine = Contact.objects.select_for_update().filter(
        person=letter.person_id, channel=letter.channel, confirmed_at__isnull=False
    )
    contact = mine.first()
    if contact is not None and contact.confirmed_at is not None:
        if contact.confirmed_at > (letter.sent_at or letter.noted_at):
            return False
        _forget(letter.person_id, Channel(letter.channel))
    return True


def _forget(person: int, channel: Channel) -> None:
    Contact.objects.filter(person=person, channel=channel).delete()
    ShortLetter.objects.filter(WAITING, person=person, channel=channel).delete()


def _held(by: Actor) -> User:
    person = User.objects.select_for_update().filter(pk=by.person_id, is_active=True).first()
    if person is None:
        raise NotPermitted
    return person


def _count(person: User, digest: str, at: datetime) -> None:
    """Count a code against who asks and against its number. Raises NotNow over the limits."""
    today = CodeSent.objects.filter(sent_at__gt=at - A_DAY)
    mine = today.filter(person=person)
    if mine.filter(sent_at__gt=at - APART).exists():
        raise NotNow(_("刚刚发过一个验证码。请过一分钟再要。"))
    many = mine.count() >= CODES_OF_A_PERSON
    if many or today.filter(digest=digest).count() >= CODES_TO_A_NUMBER:
        raise NotNow(_("今天发的验证码太多了。请明天再试。"))
    CodeSent.objects.create(person=person, digest=digest, sent_at=at)


def _digest(contact: Contact, code: str) -> str:
    return confided.digest(f"{contact.label}-{code}")


def _send(note: Note) -> None:
    """Send a code at once: somebody waits for it. Raises Invalid or NotNow."""
    try:
        note.send()
    except Permanent as refused:
        raise Invalid(_("这个号码收不到消息。请检查后再填。"), "address") from refused
    except Exception as error:
        said = str(error) if isinstance(error, Trouble) else type(error).__name__
        logger.warning("a code was not sent by %s: %s", note.channel.value, said)
        raise NotNow(_("验证码现在发不出去。请过几分钟再试。")) from error
