"""What may be done with letters: note whom to tell, send, follow a link, stop; state the reach."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.db import transaction

from organizations.accounts import queries as people
from organizations.roles import Actor, Permission
from procurement import lifecycle, permissions
from procurement.lifecycle import Act, Stage
from procurement.notifications import disclosure, letters, queries
from procurement.notifications.models import Audience, Delivery, Reader, Silence
from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.actions import locked
from procurement.tenders.models import InvitationMode, Tender

logger = logging.getLogger(__name__)

READER = "calls"
LEASE = timedelta(minutes=5)  # a letter taken by a worker that died is taken again after this
BACK_OFF = timedelta(minutes=2)  # doubled with each failed attempt
MOST_ATTEMPTS = 8  # over about nine hours


@transaction.atomic
def collect(*, at: datetime, limit: int = 100) -> int:
    """Read on in the log and note whom to tell of new calls; return how many letters were noted.

    The place in the log and the letters are written together: killed, it begins again where it
    stood; run twice, the second run waits and finds nothing.
    """
    Reader.objects.get_or_create(name=READER)
    reader = Reader.objects.select_for_update().get(name=READER)
    noted = 0
    for entry in Entry.objects.filter(index__gte=reader.next_index).order_by("index")[:limit]:
        reader.next_index = entry.index + 1
        if entry.kind == NoticeKind.TENDER:
            noted += _note(entry, at)
    reader.save()
    return noted


def _note(entry: Entry, at: datetime) -> int:
    """Note a letter to everyone who may prepare a bid for an organisation that could take part.

    Who asked for no more letters is told of no new call; an invitation reaches them all the same.
    """
    tender = Tender.objects.filter(process__ocid=entry.ocid).first()
    if tender is None or tender.stage(at) is not Stage.OPEN:
        return 0
    Audience.objects.get_or_create(
        tender=tender,
        defaults={"eligible": queries.eligible(tender).count(), "counted_at": at},
    )
    heard = people.hands(Permission.PREPARE_BIDS, queries.audience(tender))
    if tender.invitation_mode == InvitationMode.PUBLIC_NOTICE:
        heard = heard.exclude(user__in=Silence.objects.values("person"))
    # a person in several organisations is told once, for the first of them
    first = {hand.user_id: hand.organization_id for hand in reversed(heard)}
    told = [
        Delivery(
            entry_index=entry.index,
            tender=tender,
            person_id=person,
            organization_id=organization,
            noted_at=at,
            send_after=at,
        )
        for person, organization in first.items()
    ]
    return len(Delivery.objects.bulk_create(told, ignore_conflicts=True))


def send(*, at: datetime, limit: int = 100) -> int:
    """Send what is due and return how many letters went out.

    Each is taken for a while before it is sent and marked after: two workers never send one
    twice, and one that dies in between lets it be sent again, under the same message id.
    """
    due = Delivery.objects.waiting().filter(send_after__lte=at).order_by("send_after", "pk")
    return sum(_sent(number, at) for number in due.values_list("pk", flat=True)[:limit])


def _sent(number: int, at: datetime) -> bool:
    with transaction.atomic():
        due = Delivery.objects.waiting().filter(pk=number, send_after__lte=at)
        taken = due.select_for_update(skip_locked=True).first()
        if taken is None:
            return False
        if taken.tender.stage(at) is not Stage.OPEN:
            due.update(failed_at=at, error="closed")
            return False
        taken.attempts, taken.send_after = taken.attempts + 1, at + LEASE
        taken.save(update_fields=["attempts", "send_after"])
    try:
        letters.compose(taken).send()
    except (OSError, SMTPException) as error:
        _failed(taken, type(error).__name__, at)
        return False
    Delivery.objects.filter(pk=number).update(sent_at=at, error="")
    return True


def _failed(delivery: Delivery, error: str, at: datetime) -> None:
    """Note a failed attempt and when to try again; after the last, give up."""
    logger.warning("letter %s was not sent: %s", delivery.pk, error)
    again = at + BACK_OFF * 2**delivery.attempts
    given_up = at if delivery.attempts >= MOST_ATTEMPTS else None
    Delivery.objects.filter(pk=delivery.pk).update(
        error=error, send_after=again, failed_at=given_up
    )


def follow(delivery: Delivery, *, at: datetime) -> None:
    """Note that the link of a letter was opened, the first time."""
    Delivery.objects.filter(pk=delivery.pk, opened_at__isnull=True).update(opened_at=at)


@transaction.atomic
def stop(delivery: Delivery, *, at: datetime) -> None:
    """Tell this person of no further calls; letters that wait are given up, invitations are not."""
    Silence.objects.get_or_create(person_id=delivery.person_id, defaults={"since": at})
    waiting = Delivery.objects.waiting().filter(person_id=delivery.person_id)
    calls = waiting.filter(tender__invitation_mode=InvitationMode.PUBLIC_NOTICE)
    calls.update(failed_at=at)


@transaction.atomic
def state_reach(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Publish, once the bids are opened, how far the call reached, and return the tender."""
    tender = locked(tender)
    permissions.require(Act.STATE_REACH, by=by, on=tender)
    lifecycle.require(Act.STATE_REACH, tender, at)
    log.append(
        disclosure.reach_notice(tender, queries.reach(tender)),
        kind=NoticeKind.REACH,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    return tender
