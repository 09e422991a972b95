"""Reading our own bids: the receipt, and after the opening what it said and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.terms import CostLine
from organizations.web.access import as_cso
from organizations.web.requests import CsoRequest
from procurement.awards import queries as awards
from procurement.awards.models import Award
from procurement.bids import actions as bidding
from procurement.bids import queries as bids
from procurement.bids import sealed
from procurement.bids.models import Bid
from procurement.bids.package import Package
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import Ranking
from procurement.lifecycle import Stage
from procurement.rules import ChallengeWindow
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot
from procurement.web import labels
from procurement.web.cso import home
from procurement.web.cso.calls import own_bid
from procurement.web.cso.forms import CodeForm
from procurement.web.downloads import sealed_download


@dataclass(frozen=True)
class PriceOf:
    """What is offered for one lot, as people read it."""

    lot: Lot
    lines: list[tuple[StrOrPromise, Decimal]]
    amount: Decimal


@dataclass(frozen=True)
class Outcome:
    """What became of one lot we bid for."""

    offer: PriceOf
    won: bool
    rank: Ranking | None
    awards: list[Award]


def prepared(tender: Tender, package: Package) -> list[PriceOf]:
    """Return the prices of a bid in preparation."""
    lots = {lot.number: lot for lot in tender.lots.all()}
    return [
        PriceOf(lots[offer.lot], _named(offer.lines.items()), offer.amount)
        for offer in package.offers
        if offer.lot in lots
    ]


def _named(lines: Iterable[tuple[str, Decimal]]) -> list[tuple[StrOrPromise, Decimal]]:
    return [(CostLine(line).label, yuan) for line, yuan in lines]


def fingerprint(digest: str) -> list[str]:
    """Return a digest in groups of four signs, as it is read aloud."""
    return [digest[start : start + 4] for start in range(0, len(digest), 4)]


@require_safe
@as_cso
def receipt(request: CsoRequest, receipt_number: str) -> HttpResponse:
    """Show the receipt, large, to photograph or print."""
    at = instants.now()
    bid = own_bid(request, receipt_number)
    words, tone = home.status(bid)
    context = {
        "at": at,
        "bid": bid,
        "tender": bid.tender,
        "fingerprint": fingerprint(bid.envelope_sha256),
        "receipts": bids.receipts(bid),
        "waits_for_file": bid.delivered_at is None and not bid.replaced_at,
        "until": sealed.end_of_delivery(bid.tender),
        "words": words,
        "tone": tone,
        "in_force": not bid.replaced_at and not bid.withdrawn_at,
        "may_submit": request.actor.may(Permission.SUBMIT_BIDS),
        "takes_bids": bids.may_prepare(bid.tender, at),
    }
    return render(request, "cso/receipt.html", context)


@require_safe
@as_cso
def receipt_file(request: CsoRequest, receipt_number: str, place: int) -> HttpResponse:
    """Give out one signed receipt as it was issued, for whoever checks it."""
    bid = own_bid(request, receipt_number)
    found = next((each for each in bids.receipts(bid) if each.place == place), None)
    if found is None:
        raise NotFound
    response = HttpResponse(bytes(found.body), content_type="application/json; charset=utf-8")
    name = f"receipt-{receipt_number}-{found.action}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@as_cso
def open_own(request: CsoRequest, receipt_number: str) -> HttpResponse:
    """Open our own bid with its receipt code: to see what is sealed, or to work on it again."""
    at = instants.now()
    bid = own_bid(request, receipt_number)
    takes_bids = bids.may_prepare(bid.tender, at)
    form = CodeForm(request.POST or None)
    package: Package | None = None
    if request.method == "POST" and form.is_valid():
        try:
            code = form.cleaned_data["code"]
            if "back" in request.POST:
                bidding.bring_back(bid, code=code, by=request.actor, at=at)
                done = _("内容取回来了，可以修改。改好以后要重新提交才算。")
                messages.success(request, str(done))
                return redirect("cso:bid", bid.tender.ocid)
            package = bidding.read_own(bid, code=code, by=request.actor, at=at)
        except Refusal as refusal:
            form.add_error("code", str(refusal.message))
    context = {
        "bid": bid,
        "tender": bid.tender,
        "form": form,
        "takes_bids": takes_bids,
        "package": package,
        "offers": prepared(bid.tender, package) if package else [],
        "files": [(each.name, len(each.content)) for each in package.files] if package else [],
    }
    return render(request, "cso/bid_open.html", context)


@require_safe
@never_cache
@as_cso
def result(request: CsoRequest, receipt_number: str) -> HttpResponse:
    """Show what our bid said and, once it is public, what became of it."""
    at = instants.now()
    bid = own_bid(request, receipt_number)
    if bid.opened_at is None or bid.opened_at > at:
        raise NotFound(_("这份投标还没有开标，内容仍然密封。开标后您可以在这里查看。"))
    stage = bid.tender.stage(at)
    decided = stage in {Stage.AWARDED, Stage.UNSUCCESSFUL}
    context = {
        "bid": bid,
        "tender": bid.tender,
        "stage": labels.STAGES[stage],
        "decided": decided,
        "outcomes": _outcomes(bid, decided=decided),
        "files": bids.files(bid),
        "window": _window(bid.tender),
    }
    return render(request, "cso/bid_result.html", context)


def _window(tender: Tender) -> ChallengeWindow | None:
    return awards.challenge_window(tender, tender.awarded_at) if tender.awarded_at else None


def _outcomes(bid: Bid, *, decided: bool) -> list[Outcome]:
    ranks = {r.offer_id: r for r in evaluation.ranking(bid.tender)} if decided else {}
    decisions = list(awards.of(bid.tender)) if decided else []
    found = []
    for offer in bids.offers(bid):
        of_lot = [award for award in decisions if award.lot_id == offer.lot_id]
        lines = _named((line.line, line.amount) for line in bids.lines(offer))
        price = PriceOf(offer.lot, lines, offer.amount)
        won = any(award.offer_id == offer.pk for award in of_lot)
        found.append(Outcome(price, won, ranks.get(offer.pk), of_lot))
    return found


@require_safe
@as_cso
def file(request: CsoRequest, receipt_number: str, file_id: int) -> FileResponse:
    """Download a file of our own opened bid."""
    bid = own_bid(request, receipt_number)
    if bid.opened_at is None:
        raise NotFound
    found = bids.file(bid, file_id)
    if found is None:
        raise NotFound
    return sealed_download(found.name, found.media_type, bytes(found.content))
