"""What may be done with letters: note whom to tell, send, follow a link, stop; state the reach."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from organizations.accounts import queries as people
from organizations.refusals import NotFound
from organizations.roles import Actor, Permission
from procurement import lifecycle, permissions
from procurement.lifecycle import Act, Stage
from procurement.notifications import (
    bidders,
    disclosure,
    inbox,
    letters,
    outbox,
    queries,
    short,
    witnesses,
)
from procurement.notifications.models import (
    WAITING,
    Audience,
    Delivery,
    Message,
    Reader,
    Silence,
    Topic,
)
from procurement.notifications.parts import BidLetter, HeadLetter, ShortLetter
from procurement.obligations.models import Obligation
from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.actions import locked
from procurement.tenders.models import InvitationMode, Tender

READER = "calls"


@transaction.atomic
def collect(*, at: datetime, limit: int = 100) -> int:
    """Read on in the log and note whom to tell of what; return how many letters were noted.

    New calls go to who could take part; what changes one, and a reminder, to who began a bid;
    registers, opening records and outcomes to the bidders; and heads to those who keep them.

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
        elif entry.kind in bidders.TOLD:
            noted += bidders.note_notice(entry, at=at)
    reader.save()
    return noted + bidders.note_reminders(at=at) + witnesses.note_heads(at=at)


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
    is_call = tender.invitation_mode == InvitationMode.PUBLIC_NOTICE
    topic = Topic.CALL if is_call else Topic.INVITATION
    inbox.put(
        inbox.of_entry(
            entry,
            title=tender.title,
            topic=topic,
            person=person,
            at=at,
            path=reverse("public:tender", args=[tender.ocid]),
        )
        for person in first
    )
    if is_call:
        _note_short(entry, tender, list(first), at)
    return len(Delivery.objects.bulk_create(told, ignore_conflicts=True))


def _note_short(entry: Entry, tender: Tender, told: list[int], at: datetime) -> None:
    """Note a line about a public call for those of its readers who want one by another channel."""
    short.put(
        [
            ShortLetter(
                person_id=person,
                key=inbox.key(entry.index),
                topic=Topic.CALL,
                notice=entry.kind,
                title=tender.title,
                path=reverse("public:tender", args=[tender.ocid]),
                tender=tender,
                noted_at=at,
            )
            for person in told
        ],
        short.wanting(told),
    )


def send(*, at: datetime, limit: int = 100) -> int:
    """Send the letters that are due, those about bids first, and return how many went out."""
    return (
        send_to_bidders(at=at, limit=limit)
        + outbox.send(HeadLetter, witnesses.compose, at=at, limit=limit)
        + outbox.send(Delivery, letters.compose, at=at, limit=limit)
    )


def send_to_bidders(*, at: datetime, limit: int = 100) -> int:
    """Note and send what bidders are to hear of their receipts; return how many letters went out.

    Also called when a bid has just come in: its receipt is to leave at once.
    """
    bidders.note_receipts(at=at)
    return outbox.send(BidLetter, bidders.compose, at=at, limit=limit)


def follow(delivery: Delivery, *, at: datetime) -> None:
    """Note that the link of a letter was opened, the first time."""
    Delivery.objects.filter(pk=delivery.pk, opened_at__isnull=True).update(opened_at=at)


@transaction.atomic
def stop(delivery: Delivery, *, at: datetime) -> None:
    """Tell this person of no further calls; letters that wait are given up, invitations are not."""
    Silence.objects.get_or_create(person_id=delivery.person_id, defaults={"since": at})
    waiting = Delivery.objects.filter(WAITING, person_id=delivery.person_id)
    calls = waiting.filter(tender__invitation_mode=InvitationMode.PUBLIC_NOTICE)
    calls.update(failed_at=at)


def open_message(number: int, *, by: Actor, at: datetime) -> str:
    """Mark a message of one's own inbox as read and return the page it leads to."""
    found = queries.inbox(by).filter(pk=number).first()
    if found is None:
        raise NotFound
    Message.objects.filter(pk=found.pk, read_at__isnull=True).update(read_at=at)
    return found.path


def read_all(*, by: Actor, at: datetime) -> int:
    """Mark everything in one's own inbox as read and return how many messages were not."""
    return queries.inbox(by).filter(read_at__isnull=True).update(read_at=at)


def tell_of_duties(due: Sequence[Obligation], *, at: datetime) -> None:
    """Put duties near their day, all of one agency, into the inboxes of those who answer them."""
    agency = due[0].procuring_entity
    inbox.put(
        Message(
            person=reader,
            topic=Topic.DUTY,
            key=f"duties-{min(each.pk for each in due)}",  # each is reminded of once
            title=agency.name,
            path=reverse("agency:duty-list"),
            noted_at=at,
        )
        for reader in people.people_with(Permission.STATE_DUTIES, {agency.pk})
    )


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
