"""Planning notices at the desk: list, begin, write step by step, check, hand in."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from organizations import instants
from organizations.refusals import NotFound
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.legality import Incomplete
from procurement.lifecycle import Act, PlanStage
from procurement.planning import actions as planning
from procurement.planning import queries
from procurement.planning.models import PlanningNotice
from procurement.publication import paging
from procurement.templatetags.display import day, moment, month, yuan
from procurement.web import addresses
from procurement.web.agency import choosing, progress, verdicts
from procurement.web.agency.access import at_the_desk, once, plan_of, require
from procurement.web.agency.choosing import AdviceForm
from procurement.web.agency.fields import PLAN_PLACES
from procurement.web.agency.plan_steps import PLAN_STEPS, Step, method_name
from procurement.web.agency.progress import Checked, Lack
from procurement.web.widgets import MoneyInput

GET_POST = ["GET", "HEAD", "POST"]
A_MOMENT = timedelta(seconds=10)


class TitleForm(forms.Form):
    """The one question that begins a draft."""

    use_required_attribute = False
    title = forms.CharField(
        label=gettext_lazy("想买的服务叫什么"),
        help_text=gettext_lazy(
            "一句话说清买什么、在哪里、为谁，例如“五华区感染者随访关怀服务”。以后可以改。"
        ),
        max_length=200,
        error_messages={"required": gettext_lazy("请写一个名称，以后可以改。")},
    )


def checked(plan: PlanningNotice, at: datetime) -> Checked:
    """Return the planning notice with what it lacks and what the rules say of it now."""
    found = queries.findings(plan, at=at)
    placed = verdicts.all_placed(found, PLAN_PLACES)
    return Checked(plan, found, placed, lacks=())


def tasks(plan: PlanningNotice, check: Checked) -> list[dict[str, str]]:
    """Return the rows of the task list."""
    rows = []
    for step in PLAN_STEPS:
        form = step.form(subject=plan)
        blank = [str(form.fields[name].label) for name in step.form.blank_names(plan)]
        state, hint = progress.state(step, check, begun=step.form.is_begun(plan), blank=blank)
        url = reverse("agency:plan-step", args=[plan.ocid, step.slug])
        rows.append({"name": str(step.title), "url": url, "state": state, "hint": hint})
    return rows


@require_safe
@at_the_desk
def plan_list(request: AgencyRequest) -> HttpResponse:
    """The agency's planning notices, the latest first."""
    at = instants.now()
    own = queries.visible_to(request.actor).select_related("process", "tender")
    page = paging.page(own, by="-pk", cursor=addresses.cursor(request))
    context = {
        "rows": [(plan, plan.stage(at)) for plan in page.rows],
        "may_draft": permissions.allows(Act.DRAFT_PLAN, by=request.actor),
        **addresses.beside(request, page),
    }
    return render(request, "agency/plan_list.html", context)


@require_http_methods(GET_POST)
@at_the_desk
def plan_new(request: AgencyRequest) -> HttpResponse:
    """Begin a planning notice with its name alone."""
    permissions.require(Act.DRAFT_PLAN, by=request.actor)
    form = TitleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        title, at = form.cleaned_data["title"], instants.now()
        begun = _just_begun(request, title, at)
        plan = begun or planning.draft(title=title, by=request.actor, at=at)
        messages.success(
            request, _("采购意向已经建好，只有本单位看得到。接下来按清单一步一步填写。")
        )
        return redirect("agency:plan", plan.ocid)
    return render(request, "agency/plan_new.html", {"form": form})


def _just_begun(request: AgencyRequest, title: str, at: datetime) -> PlanningNotice | None:
    """Return what the first click of a double click began a moment ago."""
    own = queries.visible_to(request.actor).filter(drafted_by_id=request.user.pk)
    return own.filter(title=title, drafted_at__gt=at - A_MOMENT).first()


@require_safe
@at_the_desk
def plan(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Where a planning notice stands, and what may be done with it now."""
    notice, at = plan_of(request, ocid), instants.now()
    stage = notice.stage(at)
    context = {"plan": notice, "stage": stage, "at": at}
    if stage is PlanStage.DRAFT:
        check = checked(notice, at)
        rows = tasks(notice, check)
        context |= {
            "tasks": rows,
            "done": sum(row["state"] == "done" for row in rows),
            "may_write": permissions.allows(Act.REVISE_PLAN, by=request.actor, on=notice),
        }
        return render(request, "agency/plan_tasks.html", context)
    context |= {
        "summary": summary(notice),
        "tender": getattr(notice, "tender", None),
        "may_approve": permissions.allows(Act.RETURN_PLAN, by=request.actor, on=notice),
        "may_draft": permissions.allows(Act.DRAFT_TENDER, by=request.actor),
    }
    return render(request, "agency/plan.html", context)


def summary(notice: PlanningNotice) -> list[dict[str, object]]:
    """Return everything the notice says, step by step, as the review shows it."""
    sections: list[dict[str, object]] = []
    for step in PLAN_STEPS:
        form = step.form(subject=notice)
        rows = [{"key": form.fields[n].label, "value": shown(form, n)} for n in step.form.names]
        sections.append({"title": step.title, "slug": step.slug, "rows": rows})
    return sections


def shown(form: forms.Form, name: str) -> object:
    """Return the saved answer of a field as people read it: labels, amounts, days and hours."""
    value, field = form.initial.get(name), form.fields[name]
    if name == "procurement_method":
        return method_name(value or "")
    if name == "expected_month":
        return month(value)
    if isinstance(field.widget, MoneyInput):
        return yuan(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return moment(value, "year")
    if isinstance(value, date):
        return day(value, "year")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(field, forms.ChoiceField):
        labels = dict(_flat(field.choices))
        chosen = value if isinstance(value, list) else [value]
        return _("、").join(str(labels.get(str(each), each)) for each in chosen if each)
    return value


def _flat(choices: object) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, label in choices:  # type: ignore[attr-defined]
        if isinstance(label, list | tuple):
            found += [(str(code), name) for code, name in label]
        else:
            found.append((str(key), label))
    return found


def _step(slug: str) -> tuple[int, Step]:
    for number, step in enumerate(PLAN_STEPS):
        if step.slug == slug:
            return number, step
    raise NotFound


def step_rows(form: forms.Form, check: Checked, slug: str) -> dict[str, object]:
    """Return a step's fields with the rules beside each, and the rules about the whole step."""
    beside = verdicts.beside(check.verdicts, slug)
    return {
        "rows": [(form[name], beside.pop(name, [])) for name in form.fields],
        "general": [verdict for others in beside.values() for verdict in others],
    }


@require_http_methods(GET_POST)
@at_the_desk
def plan_step(request: AgencyRequest, ocid: str, slug: str) -> HttpResponse:
    """One step of a draft: its questions, and the rules about each beside it."""
    notice, at = plan_of(request, ocid), instants.now()
    require(Act.REVISE_PLAN, request, notice, at)
    number, step = _step(slug)
    form = step.form(request.POST if request.method == "POST" else None, subject=notice)
    if request.method == "POST" and form.is_valid():
        planning.revise(
            notice, changes=form.changes(), regions=form.regions(), by=request.actor, at=at
        )
        messages.success(request, _("“%(step)s”已保存。") % {"step": step.title})
        if "advise" in request.POST:
            return redirect("agency:plan-step", notice.ocid, step.slug)
        to_list = "to_list" in request.POST or number + 1 == len(PLAN_STEPS)
        if to_list:
            return redirect("agency:plan", notice.ocid)
        return redirect("agency:plan-step", notice.ocid, PLAN_STEPS[number + 1].slug)
    context: dict[str, Any] = {
        "plan": notice,
        "step": step,
        "number": number + 1,
        "steps": len(PLAN_STEPS),
        "form": form,
        **step_rows(form, checked(notice, at), slug),
    }
    if isinstance(form, AdviceForm):
        context |= choosing.context(form, notice)
        context["rows"] = [row for row in context["rows"] if row[0].name in form.names]
    status = 422 if form.errors else 200
    return render(request, "agency/plan_step.html", context, status=status)


def _lacks(notice: PlanningNotice) -> list[Lack]:
    """Return what the notice leaves empty; most of it asked for before it is handed in."""
    found = []
    for step in PLAN_STEPS:
        fields = step.form(subject=notice).fields
        for name in step.form.blank_names(notice):
            message = _("请填写：%(name)s。") % {"name": fields[name].label}
            found.append(Lack(step.slug, name, message))
    return found


@require_http_methods(GET_POST)
@at_the_desk
def plan_check(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Everything that is still to be corrected; the button that hands it in where nothing is."""
    notice, at = plan_of(request, ocid), instants.now()
    status = 200
    if request.method == "POST":
        try:
            once(
                lambda: planning.submit(notice, by=request.actor, at=at),
                notice,
                "submitted_by_id",
                request,
            )
        except Incomplete:
            status = 422  # the page says what is lacking, step by step
        else:
            return redirect("agency:plan-done", notice.ocid, "submitted")
    require(Act.SUBMIT_PLAN, request, notice, at)
    check = replace(checked(notice, at), lacks=_lacks(notice))
    context = {
        "plan": notice,
        "is_complete": not queries.problems(notice),
        "says_little": bool(check.lacks),
        "groups": progress.groups(
            check,
            PLAN_STEPS,
            lambda slug: reverse("agency:plan-step", args=[notice.ocid, slug]),
            reverse("account:organization"),
        ),
        "undecided": progress.undecided(check),
        "counts": verdicts.counts(check.findings),
        "is_lawful": check.is_lawful,
    }
    return render(request, "agency/plan_check.html", context, status=status)
