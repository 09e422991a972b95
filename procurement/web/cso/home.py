"""The desk of a social organisation: what is open, what we prepare, what we sent, what we asked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.csos import queries as csos
from organizations.web.access import as_cso
from organizations.web.requests import CsoRequest
from procurement.awards import queries as awards
from procurement.bids import queries as bids
from procurement.bids.models import Bid, BidDraft, BidStatus
from procurement.enquiries import queries as enquiries
from procurement.lifecycle import Stage
from procurement.tenders.models import InvitationMode, Tender
from procurement.web import labels

CALLS, BIDS, QUESTIONS = 5, 5, 3  # rows on the desk; the lists behind it show all
PAGE = 30


@dataclass(frozen=True)
class Call:
    """A tender open to us and how far we are with it, in words."""

    tender: Tender
    words: StrOrPromise
    tone: str


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


def lines(found: Iterable[Bid], at: datetime) -> list[Line]:
    """Return bids as lines of a list. One query more, however many bids."""
    shown = list(found)
    won = awards.won_by(shown)
    told = []
    for bid in shown:
        stage = bid.tender.stage(at)
        words, tone = status(bid)
        if stage == Stage.AWARDED and bid.opened_at and bid.status == BidStatus.VALID:
            words, tone = (
                (_("我们成交了"), "good") if bid.pk in won else (_("我们没有成交"), "quiet")
            )
        told.append(Line(bid, words, tone, stage=labels.STAGES[stage]))
    return told


def calls(
    found: Iterable[Tender], sent: Collection[int] = (), begun: Collection[int] = ()
) -> list[Call]:
    """Return tenders as cards: sent and begun are those we bid for and prepare a bid for."""
    return [Call(tender, *_ours(tender, sent, begun)) for tender in found]


def _ours(
    tender: Tender, sent: Collection[int], begun: Collection[int]
) -> tuple[StrOrPromise, str]:
    if tender.pk in sent:
        return _("已投标"), "good"
    if tender.pk in begun:
        return _("没有提交"), "doubt"
    asked = tender.invitation_mode != InvitationMode.PUBLIC_NOTICE
    return (_("邀请了您"), "now") if asked else ("", "now")


@require_safe
@as_cso
def home(request: CsoRequest) -> HttpResponse:
    """Show the desk: what to finish, what we can bid for, and the latest of the rest."""
    at = instants.now()
    current = bids.own(request.actor).filter(replaced_at__isnull=True)
    sent = _sent(request)
    drafts = _open_drafts(request, sent, at)
    taken = sent | {draft.tender_id for draft in drafts}
    ours = bids.open_calls(request.organization, at)
    asked = enquiries.visible_to(request.actor).select_related("tender__process")
    context = {
        "at": at,
        "bidder": csos.bidder_for(request.cso),
        "waiting": csos.waiting_for(request.organization),
        "lacking": csos.what_hosting_lacks(request.cso),
        "calls": calls(ours.exclude(pk__in=taken)[:CALLS]),
        "calls_total": ours.count(),
        "drafts": drafts,
        "lines": lines(current[:BIDS], at),
        "bids_total": bids.own(request.actor).count(),
        "enquiries": asked.order_by("-asked_at", "-pk")[:QUESTIONS],
        "enquiries_total": asked.count(),
    }
    return render(request, "cso/home.html", context)


def _sent(request: CsoRequest) -> set[int]:
    """Return the tenders for which a bid of ours is in force."""
    current = bids.own(request.actor).filter(replaced_at__isnull=True, withdrawn_at__isnull=True)
    return set(current.values_list("tender_id", flat=True))


def _open_drafts(request: CsoRequest, sent: set[int], at: datetime) -> list[BidDraft]:
    """Return what is prepared and not sent: a draft whose bid is in force is no work to do."""
    found = bids.drafts(request.actor).exclude(tender_id__in=sent)
    return [draft for draft in found[:PAGE] if bids.may_prepare(draft.tender, at)]


@require_safe
@as_cso
def call_list(request: CsoRequest) -> HttpResponse:
    """Show everything that is open to us, the nearest deadline first."""
    at = instants.now()
    found = bids.open_calls(request.organization, at)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    begun = set(bids.drafts(request.actor).values_list("tender_id", flat=True))
    context = {"at": at, "page": page, "calls": calls(page, _sent(request), begun)}
    return render(request, "cso/call_list.html", context)


@require_safe
@as_cso
def bid_list(request: CsoRequest) -> HttpResponse:
    """Show all our bids, the latest first; replaced and withdrawn ones too."""
    at = instants.now()
    page = Paginator(bids.own(request.actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "cso/bid_list.html", {"page": page, "lines": lines(page, at)})


@require_safe
@as_cso
def enquiry_list(request: CsoRequest) -> HttpResponse:
    """Show all our questions, the latest first."""
    asked = enquiries.visible_to(request.actor).select_related("tender__process")
    found = asked.order_by("-asked_at", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "cso/enquiry_list.html", {"page": page})
