"""The approver's side of a tender: review, publish or send back; and what happens next."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from organizations import instants
from organizations.refusals import NotFound
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.legality import Incomplete, RulesBroken
from procurement.lifecycle import Act, Stage
from procurement.publication.models import Entry
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from procurement.web.agency import tender_summary, verdicts
from procurement.web.agency.access import at_the_desk, once, require, tender_of
from procurement.web.agency.fields import TENDER_PLACES
from procurement.web.agency.plan_approval import ReturnForm
from procurement.web.agency.tender_steps import checked


def _page(
    request: AgencyRequest,
    tender: Tender,
    form: ReturnForm,
    refused: RulesBroken | Incomplete | None = None,
) -> HttpResponse:
    check = checked(tender, instants.now())
    broken: Sequence[verdicts.Verdict] = ()
    if isinstance(refused, RulesBroken):
        broken = verdicts.all_placed(refused.findings, TENDER_PLACES)
    context = {
        "tender": tender,
        "form": form,
        "sections": tender_summary.sections(tender),
        "receipt": verdicts.receipt(check.findings),
        "counts": verdicts.counts(check.findings),
        "days": check.days,
        "lacks": check.lacks,
        "is_lawful": check.is_lawful and not check.lacks,
        "broken": _once(broken),
        "incomplete": refused.problems if isinstance(refused, Incomplete) else [],
        "cannot_publish": permissions.refusal(Act.PUBLISH_TENDER, by=request.actor, on=tender),
    }
    status = refused.status if refused else (422 if form.errors else 200)
    return render(request, "agency/tender_review.html", context, status=status)


def _once(found: Sequence[verdicts.Verdict]) -> list[verdicts.Verdict]:
    """Return verdicts without those that say the same again."""
    return list({(each.rule_id, each.text): each for each in found}.values())


@require_safe
@at_the_desk
def tender_review(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Everything about a submitted tender on one page, with the rule receipt."""
    tender = tender_of(request, ocid)
    require(Act.RETURN_TENDER, request, tender, instants.now())
    return _page(request, tender, ReturnForm())


@require_POST
@at_the_desk
def tender_publish(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Publish a submitted tender, or show which rules stand against it and the lawful days."""
    tender = tender_of(request, ocid)
    try:
        once(
            lambda: tenders.publish(tender, by=request.actor, at=instants.now()),
            tender,
            "published_by_id",
            request,
        )
    except (RulesBroken, Incomplete) as refusal:
        return _page(request, tender, ReturnForm(), refusal)
    return redirect("agency:tender-done", tender.ocid, "published")


@require_POST
@at_the_desk
def tender_return(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Send a submitted tender back to its drafter, with the reason."""
    tender, form = tender_of(request, ocid), ReturnForm(request.POST)
    require(Act.RETURN_TENDER, request, tender, instants.now())
    if not form.is_valid():
        return _page(request, tender, form)
    reason = form.cleaned_data["reason"]
    tenders.send_back(tender, reason=reason, by=request.actor, at=instants.now())
    return redirect("agency:tender-done", tender.ocid, "returned")


STAGES = {
    "submitted": frozenset({Stage.SUBMITTED}),
    "published": frozenset({Stage.OPEN}),
    "returned": frozenset({Stage.DRAFT}),
    "cancelled": frozenset({Stage.CANCELLED}),
    "proposed": frozenset({Stage.OPEN}),
    "amended": frozenset({Stage.OPEN}),
    "withdrawn": frozenset({Stage.OPEN}),
}
PUBLIC = frozenset({"published", "amended", "cancelled"})


@require_safe
@at_the_desk
def tender_done(request: AgencyRequest, ocid: str, what: str) -> HttpResponse:
    """What just happened to a tender, and what happens next."""
    tender = tender_of(request, ocid)
    if what not in STAGES:
        raise NotFound
    if tender.stage(instants.now()) not in STAGES[what]:
        return redirect("agency:tender", tender.ocid)  # it has gone on since
    entry = Entry.objects.of(tender.ocid).order_by("-pk").first() if what in PUBLIC else None
    context = {"tender": tender, "what": what, "entry": entry}
    return render(request, "agency/tender_done.html", context)
