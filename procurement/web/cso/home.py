"""The desk of a social organisation: what is open, what we prepare, what we sent, what we asked."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.csos import queries as csos
from organizations.web.access import as_cso
from organizations.web.requests import CsoRequest
from procurement.bids import queries as bids
from procurement.bids.models import Bid, BidDraft, BidStatus
from procurement.enquiries import queries as enquiries
from procurement.web import labels

SHOWN = 20  # of each kind on the desk
PAGE = 50


@dataclass(frozen=True)
class Line:
    """A bid of our own and what became of it, in words."""

    bid: Bid
    words: StrOrPromise
    tone: str
    stage: StrOrPromise


def status(bid: Bid) -> tuple[StrOrPromise, str]:
    """Return what became of a bid, in words and as a tone."""
    if bid.withdrawn_at:
        return _("已撤回"), "quiet"
    if bid.replaced_at:
        return _("已被后来的投标替换"), "quiet"
    if bid.status == BidStatus.DISQUALIFIED:
        return _("无效"), "bad"
    if bid.tender.opened_at and not bid.opened_at:
        return _("未开封"), "quiet"
    return (_("已开标"), "now") if bid.opened_at else (_("已密封，有效"), "good")


def lines(found: QuerySet[Bid], at: datetime, limit: int) -> list[Line]:
    """Return bids as lines of a list."""
    return [
        Line(bid, *status(bid), stage=labels.STAGES[bid.tender.stage(at)]) for bid in found[:limit]
    ]


@require_safe
@as_cso
def home(request: CsoRequest) -> HttpResponse:
    """Show the desk."""
    at = instants.now()
    organization, cso = request.organization, request.cso
    current = bids.own(request.actor).filter(replaced_at__isnull=True)
    in_force = set(current.filter(withdrawn_at__isnull=True).values_list("tender_id", flat=True))
    asked = enquiries.visible_to(request.actor).select_related("tender__process")
    context = {
        "at": at,
        "bidder": csos.bidder_for(cso),
        "calls": bids.open_calls(organization, at)[:SHOWN],
        "drafts": _open_drafts(request, in_force, at),
        "lines": lines(current, at, SHOWN),
        "enquiries": asked.order_by("-asked_at", "-pk")[:SHOWN],
    }
    return render(request, "cso/home.html", context)


def _open_drafts(request: CsoRequest, in_force: set[int], at: datetime) -> list[BidDraft]:
    """Return what is prepared and not sent: a draft whose bid is in force is no work to do."""
    found = bids.drafts(request.actor).exclude(tender_id__in=in_force)
    return [draft for draft in found[:PAGE] if bids.may_prepare(draft.tender, at)]


@require_safe
@as_cso
def bid_list(request: CsoRequest) -> HttpResponse:
    """Show all our bids, the latest first; replaced and withdrawn ones too."""
    at = instants.now()
    found = bids.own(request.actor)
    context = {"at": at, "lines": lines(found, at, PAGE), "total": found.count(), "page": PAGE}
    return render(request, "cso/bid_list.html", context)
