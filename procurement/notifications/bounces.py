"""Letters that came back: what a mail server reports (RFC 3464), and what follows of it.

A report is believed because it names the letter by its Message-ID: only who got the letter itself
and the servers between know it. The links in its text, which may be forwarded, do not tell it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message as Mail
from enum import StrEnum
from smtplib import SMTPException
from typing import Any, Final
from uuid import UUID, uuid4

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from organizations.refusals import NotNow, NotPermitted
from organizations.roles import Actor
from procurement.notifications import inbox, mail
from procurement.notifications.models import Letter, Message, Topic, seal
from procurement.notifications.parts import Bounced
from procurement.publication.links import absolute

TRIALS_APART: Final = timedelta(minutes=10)
BACK: Final = "Bounced"  # why a letter is given up that left and came back; beside it the code
_NUMBER: Final = re.compile(
    r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9a-f]{32})@portal>"
)
_STATUS: Final = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
# RFC 3463: what is wrong with the content or forbidden by a policy says nothing of the address.
_NOT_THE_ADDRESS: Final = frozenset({"6", "7"})


@dataclass(frozen=True)
class Report:
    """What a mail server says of one letter and one address."""

    token: UUID
    addresses: frozenset[str]  # as it was given to it, and where it was sent on to
    status: str  # such as 5.1.1
    is_final: bool

    @property
    def is_permanent(self) -> bool:
        """Whether this letter will never arrive."""
        return self.is_final and self.status.startswith("5")

    @property
    def is_of_the_address(self) -> bool:
        """Whether no other letter would arrive either."""
        return self.is_permanent and self.status.split(".")[1] not in _NOT_THE_ADDRESS


class Outcome(StrEnum):
    """What became of a report."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    UNKNOWN = "unknown"  # of no letter of ours, or no report at all


def read(raw: bytes) -> list[Report]:
    """Return what a report says; nothing where it is none, or names no letter of ours."""
    came = message_from_bytes(raw)
    if came.get_content_type() != "multipart/report":
        return []
    token = _token(came)
    if token is None:
        return []
    return [report for block in _blocks(came) if (report := _report(token, block))]


def _token(came: Mail) -> UUID | None:
    """Return the number of the letter that came back, from its own headings in the report."""
    named = (_NUMBER.search(str(each.get("Message-ID", ""))) for each in _headings(came))
    return next((UUID(each[1]) for each in named if each and _is_ours(each[1], each[2])), None)


def _is_ours(token: str, sealed: str) -> bool:
    return constant_time_compare(sealed, seal(token))


def _headings(came: Mail) -> Iterator[Mail]:
    """Go through the headings of what is in a report, whole or alone; not the report's own."""
    for part in came.walk():
        if part is not came:
            yield part
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            yield message_from_bytes(content if isinstance(content, bytes) else b"")


def _blocks(came: Mail) -> Iterator[Mail]:
    """Go through what is said of each address."""
    for part in came.walk():
        content = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(content, list):
            yield from (each for each in content if isinstance(each, Mail) and "Status" in each)


def _report(token: UUID, block: Mail) -> Report | None:
    status = _STATUS.search(str(block["Status"]))
    given = (str(block.get(f"{each}-Recipient", "")) for each in ("Original", "Final"))
    addresses = frozenset(each.rpartition(";")[2].strip(" <>").lower() for each in given)
    is_final = str(block.get("Action", "")).strip().lower() == "failed"
    if status is None:
        return None
    return Report(token, addresses - {""}, status[0], is_final)


@transaction.atomic
def record(report: Report, kinds: Sequence[type[Letter]], *, at: datetime) -> Outcome:
    """Note on the letter, and on its reader's address, that it came back; twice is as once.

    What may still arrive is counted and changes nothing else.
    """
    found = (kind._default_manager.filter(token=report.token) for kind in kinds)
    letter = next((each for letters in found for each in letters.select_for_update()), None)
    if letter is None:
        return Outcome.UNKNOWN
    person = _reader(letter, report)
    if not report.is_permanent:
        if person is not None:
            known, _made = _of(person)
            Bounced.objects.filter(pk=known.pk).update(delayed=F("delayed") + 1)
        return Outcome.TEMPORARY
    if letter.attempts and letter.failed_at is None:
        letter.failed_at, letter.error = at, f"{BACK} {report.status}"
        letter.save(update_fields=["failed_at", "error"])
        if person is not None and report.is_of_the_address:
            _mark(person, report.status, at)
    return Outcome.PERMANENT


def _reader(letter: Any, report: Report) -> User | None:  # noqa: ANN401 - one of several models
    """Return whose address it is, if the report is of the one they have now."""
    person: User | None = getattr(letter, "person", None)
    return person if person is not None and person.email in report.addresses else None


def _of(person: User) -> tuple[Bounced, bool]:
    """Return what is known of a person's address; of another they had, nothing."""
    Bounced.objects.filter(person=person).exclude(address=person.email).delete()
    return Bounced.objects.get_or_create(person=person, defaults={"address": person.email})


def _mark(person: User, status: str, at: datetime) -> None:
    known, _made = _of(person)
    if known.bounced_at is not None:
        return
    Bounced.objects.filter(pk=known.pk).update(bounced_at=at, status=status)
    inbox.put(
        [
            Message(
                person=person,
                topic=Topic.BOUNCE,
                key=f"bounce-{known.pk}-{at:%Y%m%d%H%M}",
                title=person.email[:200],
                path=reverse("own:mail"),
                noted_at=at,
            )
        ]
    )


def mine(by: Actor) -> Bounced | None:
    """Return the person's own address if letters came back from it and none is sent there."""
    found = Bounced.objects.filter(person=by.person_id, bounced_at__isnull=False)
    return found.filter(address=F("person__email")).first()


def try_again(*, by: Actor, at: datetime) -> None:
    """Send a letter on trial to one's address; its link shows that it arrived.

    Raises NotPermitted, or NotNow: nothing came back, or one was sent a moment ago.
    """
    with transaction.atomic():
        person = User.objects.select_for_update().filter(pk=by.person_id, is_active=True).first()
        if person is None:
            raise NotPermitted
        known = mine(by)
        if known is None:
            raise NotNow(_("您的邮箱收得到信，不用再试。"))
        if known.tried_at is not None and known.tried_at > at - TRIALS_APART:
            raise NotNow(_("刚刚发过一封。请过十分钟再试。"))
        known.token, known.tried_at = uuid4(), at
        known.save(update_fields=["token", "tried_at"])
    try:
        _letter(known).send()
    except (OSError, SMTPException) as error:
        Bounced.objects.filter(pk=known.pk).update(tried_at=None)
        raise NotNow(_("现在发不出去。请过几分钟再试。")) from error


def _letter(known: Bounced) -> EmailMessage:
    context = {"url": absolute(reverse("letters:mail", args=[known.token]))}
    language = known.person.preferred_language
    return mail.written("trial", context, to=known.address, language=language)


def works_again(token: UUID) -> bool:
    """Send letters again to the address that got this link; say whether the link is the latest."""
    gone, _each = Bounced.objects.filter(token=token, tried_at__isnull=False).delete()
    return gone > 0
