"""Envelopes sealed on the bidder's device: sealing here, uploading, promising, delivering."""

from datetime import datetime
from uuid import uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.web.access import as_cso
from organizations.web.arrival import arrived_at
from organizations.web.requests import CsoRequest
from procurement import permissions
from procurement.bids import actions as bidding
from procurement.bids import queries as bids
from procurement.bids import sealed
from procurement.lifecycle import Act
from procurement.publication.models import Entry
from procurement.publication.tree import Log
from procurement.tenders.models import Tender
from procurement.web import nudge
from procurement.web.cso import kits, reading, sealer
from procurement.web.cso.calls import as_bidder, called
from procurement.web.cso.sealing_forms import EnvelopeForm, PromiseForm, UploadForm

Form = EnvelopeForm | PromiseForm


@require_safe
@as_bidder
def seal(request: CsoRequest, tender: Tender, at: datetime) -> HttpResponse:
    """Seal on this device; without scripts, the offline file and the plain form."""
    key = uuid4()
    context = {
        "tender": tender,
        "at": at,
        "upload": UploadForm(request_key=key),
        "promise": PromiseForm(initial={"request_key": key}),
        "sealer": sealer.NAME,
        "fingerprint": reading.fingerprint(sealer.fingerprint()),
        "stated": _address_of(sealer.stated()),
        "bid": bids.in_force(tender, request.organization.pk),
        "may_submit": request.actor.may(Permission.SUBMIT_BIDS),
    }
    return render(request, "cso/bid_seal.html", context)


def _address_of(entry: Entry | None) -> str:
    """Return where the log shows an entry."""
    return reverse("public:log-entry", args=[Log.NOTICES, entry.index]) if entry else ""


@require_safe
@as_bidder
def kit(request: CsoRequest, tender: Tender, _at: datetime) -> HttpResponse:
    """Download where the envelope belongs and what is asked: public keys, lots, cost lines."""
    whole = kits.kit(tender, request.organization)
    response = JsonResponse(whole, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="kit.json"'
    return response


@never_cache
@as_cso
def upload(request: CsoRequest, ocid: str) -> HttpResponse:
    """Submit an envelope; the same key again leads to the same receipt."""
    tender = called(ocid, instants.now())
    permissions.require(Act.SUBMIT_BID, by=request.actor, on=tender)
    if request.method != "POST":
        return _page(request, tender, UploadForm(request_key=uuid4()), "upload")
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, tender, form, "upload")
    try:
        bid = bidding.submit_sealed(
            tender,
            envelope=form.cleaned_data["envelope"],
            request_key=form.cleaned_data["request_key"],
            by=request.actor,
            at=arrived_at(request),
        )
    except Refusal as refusal:
        return _refused(request, tender, form, refusal, "upload")
    nudge.tell_bidders()
    return redirect("cso:receipt", bid.receipt_number)


@never_cache
@as_cso
def promise(request: CsoRequest, ocid: str) -> HttpResponse:
    """Give the fingerprint before the deadline; the file follows within 24 hours of it."""
    tender = called(ocid, instants.now())
    permissions.require(Act.SUBMIT_BID, by=request.actor, on=tender)
    if request.method != "POST":
        form = PromiseForm(initial={"request_key": uuid4()})
        return _page(request, tender, form, "promise")
    form = PromiseForm(request.POST)
    if not form.is_valid():
        return _page(request, tender, form, "promise")
    try:
        bid = bidding.promise(tender, **form.cleaned_data, by=request.actor, at=arrived_at(request))
    except Refusal as refusal:
        return _refused(request, tender, form, refusal, "promise")
    nudge.tell_bidders()
    return redirect("cso:receipt", bid.receipt_number)


@never_cache
@as_cso
def deliver(request: CsoRequest, ocid: str) -> HttpResponse:
    """Bring the file whose fingerprint was given before the deadline."""
    tender = called(ocid, instants.now())
    permissions.require(Act.DELIVER_BID, by=request.actor, on=tender)
    bid = bids.in_force(tender, request.organization.pk)
    if bid is None:
        raise NotFound(_("您的组织在这个项目里没有等待文件的投标。"))
    if bid.delivered_at is not None:
        return redirect("cso:receipt", bid.receipt_number)
    if request.method != "POST":
        return _page(request, tender, EnvelopeForm(), "deliver", bid.receipt_number)
    form = EnvelopeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, tender, form, "deliver", bid.receipt_number)
    try:
        bidding.deliver(
            tender,
            receipt_number=bid.receipt_number,
            envelope=form.cleaned_data["envelope"],
            by=request.actor,
            at=arrived_at(request),
        )
    except Refusal as refusal:
        return _refused(request, tender, form, refusal, "deliver", bid.receipt_number)
    return redirect("cso:receipt", bid.receipt_number)


def _page(
    request: CsoRequest, tender: Tender, form: Form, which: str, receipt_number: str = ""
) -> HttpResponse:
    context = {
        "tender": tender,
        "form": form,
        "receipt_number": receipt_number,
        "until": sealed.end_of_delivery(tender),
    }
    return render(request, f"cso/bid_{which}.html", context)


def _refused(
    request: CsoRequest,
    tender: Tender,
    form: Form,
    refusal: Refusal,
    which: str,
    receipt_number: str = "",
) -> HttpResponse:
    """Say beside the field why it is not taken; what has no field here is a page of its own.

    Where another bid stands, the form stays as it was typed: it can be sent once more.
    """
    if isinstance(refusal, bidding.NotEligible):
        return redirect("cso:tender", tender.ocid)
    field = refusal.field if refusal.field in form.fields else None
    if field is None and not isinstance(refusal, bidding.NotTaken):
        raise refusal
    form.add_error(field, str(refusal.message))
    page = _page(request, tender, form, which, receipt_number)
    page.status_code = 422
    return page
