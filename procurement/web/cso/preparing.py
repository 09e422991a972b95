"""Preparing a bid in five steps, each saved as it is sent. Content goes only to `bids.actions`."""

from datetime import datetime

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.web.requests import CsoRequest
from procurement.bids import actions as bidding
from procurement.bids import queries as bids
from procurement.bids.package import Package
from procurement.documents import kinds
from procurement.tenders.models import Tender
from procurement.web.cso import steps
from procurement.web.cso.calls import as_bidder
from procurement.web.cso.forms import FilesForm, PriceForm, TextForm
from procurement.web.cso.steps import FILES, PRICE, TEXTS, Step

STAY = "stay"  # the button that saves and shows the sum


@require_safe
@as_bidder
def overview(request: CsoRequest, tender: Tender, at: datetime) -> HttpResponse:
    """Show the task list, with what is missing in words."""
    package = bidding.read_draft(tender, by=request.actor)
    problems = bids.shortcomings(tender, package)
    bid = bids.in_force(tender, request.organization.pk)
    draft = bids.drafts(request.actor).filter(tender=tender).first()
    changed = bool(bid and draft and draft.updated_at > bid.submitted_at)
    context = {
        "tender": tender,
        "at": at,
        "tasks": steps.tasks(package, problems, tender.ocid, is_sent=bool(bid) and not changed),
        "bid": bid,
        "saved_at": draft.updated_at if draft else None,
        "changed": changed,
        "has_draft": bids.has_draft(tender, request.organization.pk),
        "to_submit": not problems and (changed or not bid),
        "may_submit": request.actor.may(Permission.SUBMIT_BIDS),
    }
    return render(request, "cso/bid.html", context)


@as_bidder
def price(request: CsoRequest, tender: Tender, at: datetime) -> HttpResponse:
    """Amounts by lot and cost line; the sum is shown once they are saved."""
    saved = bidding.read_draft(tender, by=request.actor)
    data = request.POST if request.method == "POST" else None
    form = PriceForm(tender, data, saved=saved.offers)
    if data is not None and form.is_valid():
        bidding.prepare(tender, changes={"offers": form.offers()}, by=request.actor, at=at)
        if STAY in data:
            return redirect("cso:bid-price", tender.ocid)
        return redirect(steps.after(PRICE, tender.ocid))
    context = _page(tender, PRICE, form) | {
        "groups": form.groups({offer.lot: offer.amount for offer in saved.offers}),
        "problems": _problems(tender, saved, PRICE) if saved.offers else [],
    }
    return render(request, "cso/bid_price.html", context)


@as_bidder
def text(request: CsoRequest, tender: Tender, at: datetime, slug: str) -> HttpResponse:
    """One text: the proposal, the people or the quality."""
    step = TEXTS.get(slug)
    if step is None:
        raise NotFound
    saved = bidding.read_draft(tender, by=request.actor)
    data = request.POST if request.method == "POST" else None
    form = TextForm(step, data, text=getattr(saved, step.key))
    if data is not None and form.is_valid():
        changes = {step.key: form.cleaned_data["text"]}
        bidding.prepare(tender, changes=changes, by=request.actor, at=at)
        return redirect(steps.after(step, tender.ocid))
    return render(request, "cso/bid_text.html", _page(tender, step, form))


@as_bidder
def files(request: CsoRequest, tender: Tender, at: datetime) -> HttpResponse:
    """Add files; those that cannot be taken are refused in words, the others are kept."""
    form = FilesForm(None)
    if request.method == "POST":
        form = FilesForm(request.POST, request.FILES)
        if form.is_valid() and _attach(form, request, tender, at):
            return redirect("cso:bid-files", tender.ocid)
    kept = bidding.draft_files(tender, by=request.actor)
    listed = [(number, each.name, len(each.content)) for number, each in kept.items()]
    context = _page(tender, FILES, form) | {
        "files": listed,
        "total": sum(size for _number, _name, size in listed),
    }
    return render(request, "cso/bid_files.html", context)


def _attach(form: FilesForm, request: CsoRequest, tender: Tender, at: datetime) -> bool:
    """Attach each file; put each refusal on the form. Return whether all were taken."""
    for upload in form.chosen():
        name = upload.name or ""
        try:
            content = _content(upload)
            bidding.attach(tender, name=name, content=content, by=request.actor, at=at)
        except Refusal as refusal:
            form.add_error("attachments", str(refusal.message))
    return form.is_valid()


def _content(upload: UploadedFile[bytes]) -> bytes:
    """Return the bytes of an upload. Raises Unacceptable when it was cut off as too large."""
    if getattr(upload, "too_large", False) or (upload.size or 0) > kinds.MAXIMUM_BYTES:
        message = _(
            "文件“%(name)s”太大：每个不超过 10 MB，一次一共不超过 40 MB。请压缩或分几次上传。"
        )
        raise kinds.Unacceptable(message % {"name": upload.name}, "attachments")
    content: bytes = upload.read()
    return content


@as_bidder
def file_remove(request: CsoRequest, tender: Tender, at: datetime, file_id: int) -> HttpResponse:
    """Take a file off the bid in preparation."""
    if request.method != "POST":
        return redirect("cso:bid-files", tender.ocid)
    bidding.detach(tender, file_id=file_id, by=request.actor, at=at)
    messages.success(request, _("已删去一个附件，其他内容没有变。"))
    return redirect("cso:bid-files", tender.ocid)


def _page(tender: Tender, step: Step, form: Form) -> dict[str, object]:
    return {
        "tender": tender,
        "step": step,
        "number": steps.number(step),
        "steps": len(steps.STEPS),
        "form": form,
        "next_url": steps.after(step, tender.ocid),
    }


def _problems(tender: Tender, package: Package, step: Step) -> list[str]:
    found = bids.shortcomings(tender, package)
    return [str(problem.message) for problem in found if problem.field == step.key]
