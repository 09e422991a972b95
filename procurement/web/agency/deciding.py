"""Opening, panel and award: finding the tender, and reading its opened bids."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import NotFound
from organizations.roles import Actor, Permission
from organizations.terms import CostLine
from organizations.web.access import needs, signed_in
from organizations.web.requests import MemberRequest
from procurement.bids import queries as bids
from procurement.bids.models import Bid, Offer
from procurement.evaluation import queries as evaluation
from procurement.lifecycle import Stage
from procurement.tenders import queries as tenders
from procurement.tenders.models import OpeningPolicy, Tender
from procurement.web import labels
from procurement.web.downloads import sealed_download

SEALED = frozenset({Stage.OPEN, Stage.CLOSED})
DRAFTS = frozenset({Stage.DRAFT, Stage.SUBMITTED})


@dataclass(frozen=True)
class Opened:
    """A bid as the opening record has it, with its offers; none when it was not opened."""

    bid: Bid
    offers: list[Offer]


def decided_on(actor: Actor, ocid: str) -> Tender:
    """Return a tender of the own agency by its number. Raises NotFound."""
    found = tenders.visible_to(actor)
    if actor.may(Permission.OPEN_BIDS):
        found = Tender.objects.of(actor.organization_id)  # its officer witnesses the opening
    related = found.select_related("process", "procuring_entity")
    tender = related.filter(process__ocid=ocid, published_at__isnull=False).first()
    if tender is None:
        raise NotFound
    return tender


@require_safe
@needs(Permission.DRAFT_NOTICES, Permission.APPROVE_NOTICES, Permission.OPEN_BIDS)
def opening(request: MemberRequest, ocid: str) -> HttpResponse:
    """Before the opening a plain page, with no number of bids; after it the opening record."""
    at = instants.now()
    tender = decided_on(request.actor, ocid)
    stage = tender.stage(at)
    if tender.opened_at is None or tender.opened_at > at:
        context: dict[str, object] = {
            "tender": tender,
            "at": at,
            "sealed": stage in SEALED,
            "by_cards": tender.opening_policy == OpeningPolicy.CARDS,
        }
        return render(request, "agency/opening_sealed.html", context)
    context = {
        "tender": tender,
        "stage": labels.STAGES[stage],
        "opened": _opened(tender, at),
        "failed": tender.lots.filter(unsuccessful_at__isnull=False),
        "may_read": evaluation.may_read_bids(tender, request.actor),
        "panel": evaluation.panel(tender),
        "is_judged": stage is Stage.OPENED,
        "is_ranked": stage is Stage.EVALUATED,
        "decides": request.actor.may(Permission.DECIDE_AWARDS),
    }
    return render(request, "agency/opening.html", context)


def _opened(tender: Tender, at: datetime) -> list[Opened]:
    offers: defaultdict[int, list[Offer]] = defaultdict(list)
    for offer in bids.all_offers(tender):
        offers[offer.bid_id].append(offer)
    return [Opened(bid, offers[bid.pk]) for bid in bids.recorded(tender, at)]


@require_safe
@never_cache
@needs(Permission.APPROVE_NOTICES)
def bid(request: MemberRequest, ocid: str, receipt_number: str) -> HttpResponse:
    """Show the content of an opened bid to the approver."""
    at = instants.now()
    tender = decided_on(request.actor, ocid)
    found = bids.opened(tender, at).filter(receipt_number=receipt_number).first()
    if found is None or not evaluation.may_read_bids(tender, request.actor):
        raise NotFound(_("没有找到这份投标。开标以前，谁也看不到投标。"))
    context = {
        "tender": tender,
        "bid": found,
        "offers": [(offer, _lines(offer)) for offer in bids.offers(found)],
        "files": bids.files(found),
    }
    return render(request, "agency/opening_bid.html", context)


def _lines(offer: Offer) -> list[tuple[StrOrPromise, Decimal]]:
    return [(CostLine(line.line).label, line.amount) for line in bids.lines(offer)]


@require_safe
@signed_in
def bid_file(request: MemberRequest, ocid: str, file_id: int) -> FileResponse:
    """Download a file of an opened bid: the own approver, and panel members without interest."""
    at = instants.now()
    tender = bids.calls(at).filter(process__ocid=ocid).first()
    if tender is None or not evaluation.may_read_bids(tender, request.actor):
        raise NotFound
    found = bids.file_of(tender, file_id, at)
    if found is None:
        raise NotFound
    return sealed_download(found.name, found.media_type, bytes(found.content))
