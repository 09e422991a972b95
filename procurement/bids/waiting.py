"""What an opening still waits for, and how far it has come."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet

from procurement.bids import sealed
from procurement.bids.disclosure import COUNTS
from procurement.bids.models import Bid, BidQuerySet
from procurement.bids.parts import CardUse, GatePart, Receipt
from procurement.publication.merge import release_of
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import Rule
from procurement.tenders import queries as tenders
from procurement.tenders.facts import facts
from procurement.tenders.models import Tender, TenderQuerySet

logger = logging.getLogger(__name__)
PATIENCE = timedelta(minutes=10)  # what machines do for an opening takes two
# Longer than a request may last, and than the edge's stamp may be old (`organizations.instants`):
# what arrived in time is in the books before anything goes on without it.
GRACE = timedelta(seconds=120)
PROMISED = Exists(Bid.objects.filter(tender=OuterRef("pk"), envelope=None))
MAY_COME = PROMISED & Q(delivery_ended_at__isnull=True)  # a promised file, for all anybody knows


class Awaited(StrEnum):
    """What comes next before the bids open, in this order."""

    REGISTER = "register"
    FILES = "files"  # promised in time, and still on their way
    GATE = "gate"
    CARDS = "cards"


def awaited(tender: Tender, at: datetime) -> Awaited | None:
    """Return what the opening waits for; None when it may begin.

    With fewer bidders than the rules ask for nothing is opened, so nothing more is waited for.
    """
    if tender.closed_at is None:
        return Awaited.REGISTER
    lines = registered(tender)  # as `missing` and `counting` do, its register read once
    if tender.delivery_ended_at is None and lines.filter(envelope=None).exists():
        return Awaited.FILES
    bids = list(lines.exclude(envelope=None))
    needed, _rule = tenderers_needed(tender, at)
    if len({bid.tenderer_id for bid in bids}) < needed:
        return None
    digests = {bid.envelope_sha256 for bid in bids}
    if _parts(tender, digests).count() < len(digests):
        return Awaited.GATE
    if not _are_enough(tender):
        return Awaited.CARDS
    return None


def missing(tender: Tender) -> BidQuerySet:
    """Return the bids that count and whose files, promised in time, are not here."""
    return registered(tender).filter(envelope=None)


def _parts(tender: Tender, digests: Collection[str]) -> QuerySet[GatePart]:
    return GatePart.objects.filter(ocid=tender.ocid, envelope_sha256__in=digests)


def _are_enough(tender: Tender) -> bool:
    """Say whether as many cards were used as the published key set asks for, if any."""
    keys = sealed.keys(tender)
    used = set(CardUse.objects.filter(tender=tender).values_list("member", flat=True))
    committee = {each.id for each in keys.committee}
    recovery = {each.id for each in keys.recovery}
    return len(used & committee) >= keys.k or len(used & recovery) >= keys.kr


def without_idle(tenders: TenderQuerySet) -> TenderQuerySet:
    """Leave out the calls for which people have to come with key cards, and nobody did yet.

    They may wait for days, and hold up no other.
    """
    at_the_table = CardUse.objects.values("tender")
    return tenders.exclude(Q(gate_stated_at__isnull=False) & ~Q(pk__in=at_the_table))


def in_turn(at: datetime) -> TenderQuerySet:
    """Return the closed calls that machines have something to do with, the most urgent first.

    Those that wait for promised files come last: they may for a day, and hold up no other.
    """
    found = without_idle(Tender.objects.unopened(at)).annotate(waits=MAY_COME)
    return found.order_by("waits", "tender_period_end", "pk")


def expecting(at: datetime) -> TenderQuerySet:
    """Return the closed calls for which a promised file may still come, the first to end first."""
    found = without_idle(Tender.objects.unopened(at))
    return found.filter(MAY_COME).order_by("tender_period_end", "pk")


def stuck(at: datetime, *, most: int = 20) -> list[Tender]:
    """Return calls, the longest waiting first, that no person holds up and that do not open.

    Ten minutes past its deadline a register should be public, and past what people bring (files
    that were promised, while they may come; cards) the gate's parts given and the bids open.
    """
    late = at - PATIENCE
    found = without_idle(Tender.objects.overdue(late)).iterator()
    return list(islice((tender for tender in found if _is_stuck(tender, late)), most))


def _is_stuck(tender: Tender, late: datetime) -> bool:
    """Say whether nobody brings what is awaited; a file that just came has its minutes too."""
    try:
        what = awaited(tender, late)
        if what is Awaited.FILES:
            return late > sealed.end_of_delivery(tender) + GRACE
        if what is Awaited.CARDS:
            return False
        return not Bid.objects.filter(tender=tender, delivered_at__gt=late).exists()
    except Exception:  # what cannot be read does not open, and hides no other
        logger.exception("what call %s waits for could not be told", tender.pk)
        return True


def in_force(tender: Tender) -> BidQuerySet:
    """Return the bids that count, in the order they came; promised ones without their file too."""
    found = Bid.objects.in_force().filter(tender=tender).defer("envelope")
    return found.select_related("tenderer__region", "organization").order_by("submitted_at", "pk")


def delivered(tender: Tender) -> list[Bid]:
    """Return the bids that count and whose envelope is here, in the order they came."""
    return list(in_force(tender).exclude(envelope=None))


def registered(tender: Tender) -> BidQuerySet:
    """Return the bids that the published register says count, whatever was done to them since."""
    found = Bid.objects.filter(tender=tender, pk__in=listed(tender)).defer("envelope")
    return found.select_related("tenderer__region", "organization").order_by("submitted_at", "pk")


def counting(tender: Tender) -> list[Bid]:
    """Return those of them whose envelope is here: what the gate gives its parts for."""
    return list(registered(tender).exclude(envelope=None))


def tenderers_needed(tender: Tender, at: datetime) -> tuple[int, Rule | None]:
    """Return how many bidders the rules ask for, and the rule that says so."""
    return tenders.edition(tender, at=at).minimum_tenderers(
        tender.procurement_method,
        facts(tender, published=tender.published_at or at),
        on=tenders.day(at),
    )


def is_any_open(at: datetime) -> bool:
    """Say whether any call takes bids, or waits for its register."""
    waiting = Q(closed_at__isnull=True, cancelled_at__isnull=True, opened_at__isnull=True)
    return Tender.objects.published_at(at).filter(waiting).exists()


@dataclass(frozen=True)
class Ceremony:
    """How far an opening has come, for those who hold the cards."""

    register_at: datetime | None
    gate_at: datetime | None
    used: Sequence[CardUse]
    needed: int
    awaited: Awaited | None
    opened_at: datetime | None


def ceremony(tender: Tender, at: datetime) -> Ceremony:
    """Return how far the opening of a published tender has come."""
    digests = {bid.envelope_sha256 for bid in counting(tender)}
    parts = _parts(tender, digests).order_by("-released_at")
    last = parts.first()
    return Ceremony(
        register_at=tender.closed_at,
        gate_at=last.released_at if last and parts.count() == len(digests) else None,
        used=list(CardUse.objects.filter(tender=tender).order_by("given_at", "pk")),
        needed=sealed.keys(tender).k,
        awaited=None if tender.opened_at else awaited(tender, at),
        opened_at=tender.opened_at,
    )


def listed(tender: Tender) -> set[int]:
    """Return the numbers of the bids that the published register says count."""
    register = register_of(tender)
    if register is None:
        return set()
    said = release_of(register)["tender"]["closingRegister"]
    lines = said.get("entries", [])
    places = [line["index"] for line in lines if line["status"] == COUNTS]
    return set(Receipt.objects.filter(place__in=places).values_list("bid_id", flat=True))


def register_of(tender: Tender) -> Entry | None:
    """Return the published register of a closed tender: the first, as for the gate."""
    return Entry.objects.of(tender.ocid).filter(kind=NoticeKind.REGISTER).first()
