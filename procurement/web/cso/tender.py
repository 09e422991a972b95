"""One call as a bidder sees it: may we take part, and how; and asking a question."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organizations import instants
from organizations.refusals import Refusal
from organizations.web.access import as_cso
from organizations.web.requests import CsoRequest
from procurement import lifecycle
from procurement.bids import queries as bids
from procurement.enquiries import actions as asking
from procurement.enquiries import queries as enquiries
from procurement.rulebook.queries import Shelf
from procurement.web import labels
from procurement.web.cso.calls import called
from procurement.web.cso.forms import EnquiryForm
from procurement.web.refusals import put_on


@require_safe
@as_cso
def tender(request: CsoRequest, ocid: str) -> HttpResponse:
    """Show whether we may take part, each condition, and what to do next."""
    at = instants.now()
    found = called(ocid, at)
    conditions = bids.eligibility(found, request.organization)
    asked = enquiries.visible_to(request.actor).filter(tender=found)
    shelf = Shelf(at)
    context = {
        "at": at,
        "tender": found,
        "stage": labels.STAGES[found.stage(at)],
        "conditions": conditions,
        "eligible": all(condition.is_met for condition in conditions),
        "takes_bids": bids.may_prepare(found, at),
        "takes_enquiries": lifecycle.enquiries_are_open(found, at),
        "bid": bids.in_force(found, request.organization.pk),
        "draft": bids.drafts(request.actor).filter(tender=found).first(),
        "enquiries": [(enquiry, enquiries.answer_due(enquiry, shelf)) for enquiry in asked],
    }
    return render(request, "cso/tender.html", context)


@as_cso
def enquiry_ask(request: CsoRequest, ocid: str) -> HttpResponse:
    """Ask in the window. After it the page says so and takes nothing."""
    at = instants.now()
    found = called(ocid, at)
    form = EnquiryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        question = form.cleaned_data["question"]
        try:
            asking.ask(found, question=question, by=request.actor, at=at)
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            sent = _("问题已经送到采购人。答复会公开给所有人，您的名称不会出现。")
            messages.success(request, sent)
            return redirect("cso:tender", ocid)
    context = {
        "at": at,
        "tender": found,
        "form": form,
        "takes_enquiries": lifecycle.enquiries_are_open(found, at),
    }
    return render(request, "cso/enquiry_ask.html", context)
