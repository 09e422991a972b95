"""Between the register and the opening: files that were promised, then the gate; each on record."""

from datetime import datetime

from django.db import transaction

from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.bids import disclosure, sealed, waiting
from procurement.bids.disclosure import OpeningEvent
from procurement.bids.waiting import Awaited
from procurement.lifecycle import Act
from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.pulse import rule as outages
from procurement.pulse.models import Outage
from procurement.pulse.refusals import AskPeople
from procurement.rulebook import queries as editions
from procurement.rules import SHANGHAI
from procurement.tenders.actions import locked
from procurement.tenders.models import Tender

# Parts of the public record, and so in Chinese whoever reads them.
LATER = (
    "平台在 {began:%Y-%m-%d %H:%M:%S} 至 {ended:%Y-%m-%d %H:%M:%S} 之间不能接收文件，"
    "按公布的规则，已报指纹的密封文件补交期限"
)
OVER = "补交期限已过，{count} 份只报了指纹的投标没有交来密封文件，不再等待。"
RELEASED = "时间闸已经给出它的一份钥匙，等待钥匙卡。"


@transaction.atomic
def extend_delivery(tender: Tender, *, outage: Outage, by: Actor, at: datetime) -> Tender:
    """Move on the end of the time for promised files that an outage fell on; return the tender.

    By the same rule as a deadline, by the clock alone. Nothing happens when no file is awaited or
    the outage did not touch that end. Raises AskPeople after `outages.MOST` of them.
    """
    tender = locked(tender)
    permissions.require(Act.EXTEND_DELIVERY, by=by, on=tender)
    lifecycle.require(Act.EXTEND_DELIVERY, tender, at)
    end, began, ended = (
        sealed.end_of_delivery(tender),
        outage.portal_began_at,
        outage.portal_ended_at,
    )
    is_touched = outages.touches(end, began=began, ended=ended)
    if waiting.awaited(tender, at) is not Awaited.FILES or not is_touched:
        return tender
    # while files are awaited, nothing else of an opening is on record
    if Entry.objects.of(tender.ocid).filter(kind=NoticeKind.CEREMONY).count() >= outages.MOST:
        raise AskPeople
    until = outages.extended(ended, editions.pinned(tender.rulebook, at).calendar)
    tender.delivery_until = until
    tender.save(update_fields=["delivery_until"])
    began, ended = (each.astimezone(SHANGHAI) for each in (began, ended))
    said = LATER.format(began=began, ended=ended) + disclosure.said_until(until)
    record(tender, OpeningEvent(disclosure.FILES_LATER, said), at)
    return tender


@transaction.atomic
def end_delivery(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Put on the record that files which were promised and did not come are awaited no more.

    The clock's, once it knows that no outage fell on the end of their time. Raises NotNow when none
    is awaited, or one may still be under way.
    """
    tender = locked(tender)
    permissions.require(Act.END_DELIVERY, by=by, on=tender)
    lifecycle.require(Act.END_DELIVERY, tender, at)
    is_over = at > sealed.end_of_delivery(tender) + waiting.GRACE
    if waiting.awaited(tender, at) is not Awaited.FILES or not is_over:
        raise lifecycle.NotNow(Act.END_DELIVERY, tender.stage(at))
    tender.delivery_ended_at = at
    tender.save(update_fields=["delivery_ended_at"])
    said = OVER.format(count=waiting.missing(tender).count())
    record(tender, OpeningEvent(disclosure.FILES_OVER, said), at)
    return tender


@transaction.atomic
def state_gate(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Put on the record that the gate gave its parts and the cards are awaited. The clock's."""
    tender = locked(tender)
    permissions.require(Act.STATE_GATE, by=by, on=tender)
    lifecycle.require(Act.STATE_GATE, tender, at)
    if waiting.awaited(tender, at) is not Awaited.CARDS:
        raise lifecycle.NotNow(Act.STATE_GATE, tender.stage(at))
    record(tender, OpeningEvent("gate", RELEASED), at)
    tender.gate_stated_at = at
    tender.save(update_fields=["gate_stated_at"])
    return tender


def record(tender: Tender, event: OpeningEvent, at: datetime) -> None:
    """Put one step of an opening on the log."""
    log.append(
        disclosure.opening_event(tender, event, at),
        kind=NoticeKind.CEREMONY,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
