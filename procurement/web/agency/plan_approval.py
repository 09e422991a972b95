"""The approver's side of a planning notice: review, publish or send back; and what happens next."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from organizations import instants
from organizations.refusals import NotFound
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.legality import RulesBroken
from procurement.lifecycle import Act, PlanStage
from procurement.planning import actions as planning
from procurement.planning.models import PlanningNotice
from procurement.publication.models import Entry
from procurement.web.agency import verdicts
from procurement.web.agency.access import at_the_desk, once, plan_of, require
from procurement.web.agency.fields import PLAN_PLACES
from procurement.web.agency.planning import checked, summary


class ReturnForm(forms.Form):
    """Why a draft goes back."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("退回的原因"),
        help_text=_("起草人会在草稿最上面看到这段话。"),
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        error_messages={"required": _("请写明退回的原因，起草人才知道要改什么。")},
    )


def _page(
    request: AgencyRequest,
    plan: PlanningNotice,
    form: ReturnForm,
    refused: RulesBroken | None = None,
) -> HttpResponse:
    at = instants.now()
    check = checked(plan, at)
    context = {
        "plan": plan,
        "form": form,
        "summary": summary(plan),
        "receipt": verdicts.receipt(check.findings),
        "counts": verdicts.counts(check.findings),
        "is_lawful": check.is_lawful,
        "broken": verdicts.all_placed(refused.findings, PLAN_PLACES) if refused else [],
        "cannot_publish": permissions.refusal(Act.PUBLISH_PLAN, by=request.actor, on=plan),
    }
    status = refused.status if refused else (422 if form.errors else 200)
    return render(request, "agency/plan_review.html", context, status=status)


@require_safe
@at_the_desk
def plan_review(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Everything about a submitted notice on one page, with the rule receipt."""
    plan = plan_of(request, ocid)
    require(Act.RETURN_PLAN, request, plan, instants.now())
    return _page(request, plan, ReturnForm())


@require_POST
@at_the_desk
def plan_publish(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Publish a submitted notice, or show which rules stand against it."""
    plan = plan_of(request, ocid)
    try:
        once(
            lambda: planning.publish(plan, by=request.actor, at=instants.now()),
            plan,
            "published_by_id",
            request,
        )
    except RulesBroken as refusal:
        return _page(request, plan, ReturnForm(), refusal)
    return redirect("agency:plan-done", plan.ocid, "published")


@require_POST
@at_the_desk
def plan_return(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Send a submitted notice back to its drafter, with the reason."""
    plan, form = plan_of(request, ocid), ReturnForm(request.POST)
    require(Act.RETURN_PLAN, request, plan, instants.now())
    if not form.is_valid():
        return _page(request, plan, form)
    reason = form.cleaned_data["reason"]
    planning.send_back(plan, reason=reason, by=request.actor, at=instants.now())
    return redirect("agency:plan-done", plan.ocid, "returned")


@require_safe
@at_the_desk
def plan_done(request: AgencyRequest, ocid: str, what: str) -> HttpResponse:
    """What just happened to a planning notice, and what happens next."""
    plan = plan_of(request, ocid)
    stages = {
        "submitted": PlanStage.SUBMITTED,
        "published": PlanStage.PUBLISHED,
        "returned": PlanStage.DRAFT,
    }
    if what not in stages:
        raise NotFound
    if plan.stage(instants.now()) is not stages[what]:
        return redirect("agency:plan", plan.ocid)  # it has gone on since
    entry = Entry.objects.of(plan.ocid).order_by("-pk").first() if what == "published" else None
    context = {"plan": plan, "what": what, "entry": entry}
    return render(request, "agency/plan_done.html", context)
