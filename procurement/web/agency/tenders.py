"""Tenders at the desk: list, begin, the task list, where a published one stands."""

from datetime import datetime
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from organizations import instants
from organizations.refusals import Refusal
from organizations.roles import Permission
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.amendments import queries as amendments
from procurement.lifecycle import Act, Stage, may
from procurement.planning import queries as planning
from procurement.publication import paging
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.models import Tender
from procurement.web import addresses, labels
from procurement.web.agency import tender_steps, tender_summary
from procurement.web.agency.access import at_the_desk, plan_of, tender_of
from procurement.web.agency.planning import A_MOMENT, GET_POST

WITHOUT = "none"  # no planning notice: a grant call


class NewTenderForm(forms.Form):
    """What a tender begins from: a published planning notice, or a grant call without one."""

    use_required_attribute = False
    plan = forms.ChoiceField(
        label=gettext_lazy("从哪条采购意向开始"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一条采购意向，或选“没有采购意向”。")},
    )
    title = forms.CharField(
        label=gettext_lazy("项目名称"),
        help_text=gettext_lazy("以后可以改。不填就用采购意向的名称。"),
        max_length=200,
        required=False,
    )

    def __init__(self, data: object, *, choices: list[tuple[str, str]], chosen: str) -> None:
        super().__init__(data, initial={"plan": chosen})  # type: ignore[arg-type]
        offered = [*choices, (WITHOUT, _("没有采购意向：公益创投（资助）"))]
        cast("forms.ChoiceField", self.fields["plan"]).choices = offered

    def clean(self) -> dict[str, object]:
        """A call without a planning notice needs a name of its own."""
        data = super().clean() or self.cleaned_data
        if data.get("plan") == WITHOUT and not data.get("title"):
            self.add_error("title", _("请写一个项目名称，以后可以改。"))
        return data


@require_safe
@at_the_desk
def tender_list(request: AgencyRequest) -> HttpResponse:
    """The agency's tenders, the latest first."""
    at = instants.now()
    own = queries.visible_to(request.actor).select_related("process")
    page = paging.page(own, by="-pk", cursor=addresses.cursor(request))
    stages = [(tender, tender.stage(at)) for tender in page.rows]
    context = {
        "rows": [(tender, stage, labels.STAGES[stage]) for tender, stage in stages],
        "at": at,
        "may_draft": permissions.allows(Act.DRAFT_TENDER, by=request.actor),
        **addresses.beside(request, page),
    }
    return render(request, "agency/tender_list.html", context)


@require_http_methods(GET_POST)
@at_the_desk
def tender_new(request: AgencyRequest) -> HttpResponse:
    """Begin a tender from a published planning notice, or a grant call without one."""
    permissions.require(Act.DRAFT_TENDER, by=request.actor)
    waiting = planning.visible_to(request.actor).published().filter(tender__isnull=True)
    choices = [(plan.ocid, plan.title) for plan in waiting.select_related("process")[:50]]
    data, at = request.POST if request.method == "POST" else None, instants.now()
    begun = _begun(request, at) if data is not None else None
    if begun is not None:
        return redirect("agency:tender", begun.ocid)
    form = NewTenderForm(data, choices=choices, chosen=request.GET.get("plan", ""))
    if data is not None and form.is_valid():
        chosen = form.cleaned_data["plan"]
        plan = None if chosen == WITHOUT else plan_of(request, chosen)
        title = form.cleaned_data["title"] or (plan.title if plan else "")
        try:
            tender = tenders.draft(title=title, planning_notice=plan, by=request.actor, at=at)
        except Refusal as refusal:
            form.add_error("plan", str(refusal.message))
        else:
            messages.success(request, _("采购项目已经建好，只有本单位看得到。接下来按清单填写。"))
            return redirect("agency:tender", tender.ocid)
    context = {"form": form, "has_plans": bool(choices)}
    return render(request, "agency/tender_new.html", context, status=422 if form.errors else 200)


def _begun(request: AgencyRequest, at: datetime) -> Tender | None:
    """Return the tender of the notice that was sent, or what the first of two clicks began."""
    own = queries.visible_to(request.actor)
    chosen, title = (request.POST.get(name, "").replace("\x00", "") for name in ("plan", "title"))
    if chosen != WITHOUT:
        return own.filter(planning_notice__process__ocid=chosen).first()
    mine = own.filter(drafted_by_id=request.user.pk, planning_notice=None, title=title)
    return mine.filter(drafted_at__gt=at - A_MOMENT).first()


@require_safe
@at_the_desk
def tender(request: AgencyRequest, ocid: str) -> HttpResponse:
    """The task list of a draft; where a published tender stands and what may be done with it."""
    found, at = tender_of(request, ocid), instants.now()
    stage = found.stage(at)
    context = {"tender": found, "stage": stage, "label": labels.STAGES[stage], "at": at}
    if stage is Stage.DRAFT:
        rows = tender_steps.tasks(found, tender_steps.checked(found, at))
        context |= {
            "tasks": rows,
            "done": sum(row["state"] == "done" for row in rows),
            "may_write": permissions.allows(Act.REVISE_TENDER, by=request.actor, on=found),
        }
        return render(request, "agency/tender_tasks.html", context)
    allows = {
        name: may(act, found, at) and permissions.allows(act, by=request.actor, on=found)
        for name, act in (
            ("may_approve", Act.RETURN_TENDER),
            ("may_amend", Act.PROPOSE_AMENDMENT),
            ("may_cancel", Act.CANCEL_TENDER),
        )
    }
    context |= allows | {
        "waiting": amendments.in_preparation(found),
        "may_appoint": request.actor.may(Permission.APPOINT_PANEL),
        "may_decide": request.actor.may(Permission.DECIDE_AWARDS),
        "amendments": found.amendments.filter(published_at__isnull=False),
    }
    if stage is Stage.SUBMITTED:
        context["sections"] = tender_summary.sections(found)
    return render(request, "agency/tender.html", context)
