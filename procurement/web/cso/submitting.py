"""Reading a bid through, submitting it once, taking it back."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organizations import instants
from organizations.refusals import Refusal
from organizations.roles import Permission
from organizations.web.access import as_cso
from organizations.web.arrival import arrived_at
from organizations.web.requests import CsoRequest
from procurement import lifecycle, permissions
from procurement.bids import actions as bidding
from procurement.bids import queries as bids
from procurement.keycards import cards
from procurement.lifecycle import Act, NotNow
from procurement.tenders.models import Tender
from procurement.web import nudge
from procurement.web.cso import reading, steps
from procurement.web.cso.calls import as_bidder, called
from procurement.web.cso.forms import SubmitForm


@require_safe
@never_cache  # a phone passed on shows nothing of a bid
@as_bidder
def check(request: CsoRequest, tender: Tender, _at: datetime) -> HttpResponse:
    """Show everything readable back, what is missing, and the button that submits."""
    return _check(request, tender, _fresh(request))


def _fresh(request: CsoRequest) -> SubmitForm:
    """Return the form with a new key, and the receipt code this device holds or a new one."""
    key, _blank, held = request.COOKIES.get(_cookie(request), "").partition(" ")
    try:
        code = cards.make() if bids.is_sent(key, request.organization.pk) else cards.parse(held)
    except cards.Mistyped:
        code = cards.make()
    return SubmitForm(initial={"request_key": uuid4(), "code": "-".join(cards.printed(code))})


def _cookie(request: CsoRequest) -> str:
    """Return the name of the cookie that holds a person's unused code on the device alone.

    A page that is opened again, as phones do by themselves, shows what was copied from it before.
    The key of the submission stands before it: once that is made, the code is used.
    """
    return f"receipt-code-{request.user.pk}"


def _check(
    request: CsoRequest, tender: Tender, form: SubmitForm, problems: list[str] | None = None
) -> HttpResponse:
    package = bidding.read_draft(tender, by=request.actor)
    missing = bids.shortcomings(tender, package)
    addresses = {step.key: steps.address(step, tender.ocid) for step in steps.STEPS}
    context = {
        "tender": tender,
        "form": form,
        "offers": reading.prepared(tender, package),
        "package": package,
        "files": [(each.name, len(each.content)) for each in package.files],
        "missing": [(problem.message, addresses[problem.field]) for problem in missing],
        "problems": problems or [],
        "addresses": addresses,
        "bid": bids.in_force(tender, request.organization.pk),
        "may_submit": request.actor.may(Permission.SUBMIT_BIDS),
        "code": str(form["code"].value() or "").split("-"),
    }
    response = render(request, "cso/bid_check.html", context)
    response.set_cookie(
        _cookie(request),
        f"{form['request_key'].value()} {form['code'].value() or ''}",
        max_age=settings.SESSION_COOKIE_AGE,  # as long as its owner stays signed in
        path=reverse("cso:bid", args=[tender.ocid]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@as_cso
def submit(request: CsoRequest, ocid: str) -> HttpResponse:
    """Seal and submit; the same key again leads to the same receipt, even after the deadline."""
    at = instants.now()
    tender = called(ocid, at)
    if request.method != "POST":
        return redirect("cso:bid-check", ocid)
    form = SubmitForm(request.POST)
    permissions.require(Act.SUBMIT_BID, by=request.actor, on=tender)
    if not form.is_valid():
        return _check(request, tender, _fresh(request))
    key, code = form.cleaned_data["request_key"], form.cleaned_data["code"]
    try:
        bid = bidding.submit(
            tender,
            request_key=key,
            code=code,
            keeps_draft=form.cleaned_data["keeps_draft"],
            by=request.actor,
            at=arrived_at(request),
        )
    except bidding.NotEligible:
        return redirect("cso:tender", ocid)
    except bidding.Unfinished as refusal:
        return _check(request, tender, form, [str(refusal.message)])
    nudge.tell_bidders()
    response = redirect("cso:receipt", bid.receipt_number)
    response.delete_cookie(_cookie(request), path=reverse("cso:bid", args=[ocid]))
    return response


@as_cso
def withdraw(request: CsoRequest, ocid: str) -> HttpResponse:
    """Ask once more, then take the bid back; what was prepared stays as it is."""
    at = arrived_at(request) if request.method == "POST" else instants.now()
    tender = called(ocid, at)
    permissions.require(Act.WITHDRAW_BID, by=request.actor, on=tender)
    if not lifecycle.may(Act.WITHDRAW_BID, tender, at):
        raise NotNow(Act.WITHDRAW_BID, lifecycle.stage_at(tender, at))
    bid = bids.in_force(tender, request.organization.pk)
    has_draft = bids.has_draft(tender, request.organization.pk)
    if request.method != "POST":
        context = {"tender": tender, "bid": bid, "at": at, "has_draft": has_draft}
        return render(request, "cso/bid_withdraw.html", context)
    try:
        bidding.withdraw(tender, by=request.actor, at=at)
    except Refusal as refusal:
        messages.info(request, str(refusal.message))
    else:
        nudge.tell_bidders()
        done = _("投标已经撤回，不会被打开。您准备的内容还在，截止前可以再提交。")
        gone = _("投标已经撤回，不会被打开。截止前要再提交，可以用回执码把内容取回来。")
        messages.success(request, done if has_draft else gone)
    return redirect("cso:tender", ocid)
