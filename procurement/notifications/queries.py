"""What is asked of notifications more than once: who is to be told, and who could have known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from organizations.register.models import Organization
from organizations.roles import Actor
from procurement.bids.models import Bid
from procurement.enquiries.models import Enquiry
from procurement.notifications.models import Audience, Delivery, Message
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders import queries as tenders
from procurement.tenders.models import InvitationMode, OpeningPolicy, Tender, TenderQuerySet
from procurement.tenders.parts import Invitation


@dataclass(frozen=True)
class Reach:
    """How far a call reached: organisations, never who they are."""

    eligible: int | None  # None where nobody counted when the call came out
    notified: int
    delivered: int
    opened: int
    first_sent_at: datetime | None
    asked: int
    bid: int
    bid_by_hand: int | None  # None where nobody was drawn


def inbox(by: Actor) -> QuerySet[Message]:
    """Return everything a person was told, in their inbox."""
    return Message.objects.filter(person_id=by.person_id)


def unread(by: Actor, *, most: int = 99) -> int:
    """Return how many messages of a person's inbox were not opened, up to a most; one query."""
    waiting = inbox(by).filter(read_at__isnull=True)
    return len(waiting.order_by().values_list("pk", flat=True)[: most + 1])


def eligible(tender: Tender) -> QuerySet[Organization]:
    """Return the organisations of the register that could take part: by area, service and form."""
    pool = tenders.pool(tender)
    return Organization.objects.filter(pk__in=pool.values("organization_id"))


def audience(tender: Tender) -> QuerySet[Organization]:
    """Return whom to tell of a call: everyone who could take part, or those invited."""
    if tender.invitation_mode == InvitationMode.PUBLIC_NOTICE:
        return eligible(tender)
    return tenders.invitees(tender)


def unstated(at: datetime, *, within: timedelta = timedelta(days=7)) -> TenderQuerySet:
    """Return the calls that cards opened lately, and whose reach is not stated yet.

    What the clock opens it states at once; a card at the table opens by itself.
    """
    said = Entry.objects.filter(ocid=OuterRef("process__ocid"), kind=NoticeKind.REACH)
    opened = Tender.objects.filter(
        opening_policy=OpeningPolicy.CARDS,
        opened_at__gt=at - within,
        opened_at__lte=at,
        evaluated_at__isnull=True,
        cancelled_at__isnull=True,
    )
    return opened.filter(~Exists(said)).order_by("opened_at", "pk")


def reach(tender: Tender) -> Reach:
    """Return how far a call reached; for nobody's eyes before the opening (Order 87 Art. 28)."""
    counted = Audience.objects.filter(tender=tender).first()
    told = Delivery.objects.filter(tender=tender).aggregate(
        notified=Count("organization", distinct=True),
        delivered=Count(
            "organization", distinct=True, filter=Q(sent_at__isnull=False, failed_at__isnull=True)
        ),
        opened=Count("organization", distinct=True, filter=Q(opened_at__isnull=False)),
        first=Min("sent_at"),
    )
    tenderers = Bid.objects.in_force().filter(tender=tender).values("tenderer")
    return Reach(
        eligible=counted.eligible if counted else None,
        notified=told["notified"],
        delivered=told["delivered"],
        opened=told["opened"],
        first_sent_at=told["first"],
        asked=Enquiry.objects.filter(tender=tender).values("asker").distinct().count(),
        bid=tenderers.distinct().count(),
        bid_by_hand=_by_hand(tender),
    )


def _by_hand(tender: Tender) -> int | None:
    """Return how many bidders had been added by hand to those drawn."""
    if tender.invitation_mode != InvitationMode.REGISTER_DRAW:
        return None
    added = Invitation.objects.filter(tender=tender, added_at__isnull=False)
    bids = Bid.objects.in_force().filter(tender=tender)
    return bids.filter(organization__in=added.values("organization")).count()
