"""One step of a tender's draft at a time, and the check before it is handed in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from organizations import instants
from organizations.refusals import NotFound
from organizations.web.requests import AgencyRequest
from procurement.legality import Incomplete
from procurement.lifecycle import Act
from procurement.rules import words
from procurement.tenders import actions as tenders
from procurement.tenders.models import AwardBy, Tender
from procurement.web.agency import choosing, drawing, progress, rows, verdicts
from procurement.web.agency.access import at_the_desk, once, require, tender_of
from procurement.web.agency.choosing import AdviceForm
from procurement.web.agency.drafts import DraftForm, adopted
from procurement.web.agency.planning import GET_POST, step_rows
from procurement.web.agency.progress import Checked
from procurement.web.agency.tender_attachments import documents
from procurement.web.agency.tender_forms import CostsForm, DeclarationsForm
from procurement.web.agency.tender_steps import Step, checked, steps_of
from procurement.web.agency.verdicts import language


@require_http_methods(GET_POST)
@at_the_desk
def tender_step(request: AgencyRequest, ocid: str, slug: str) -> HttpResponse:
    """One step: its questions, and the rules about each beside it."""
    tender, at = tender_of(request, ocid), instants.now()
    require(Act.REVISE_TENDER, request, tender, at)
    steps = steps_of(tender)
    step = next((each for each in steps if each.slug == slug), None)
    if step is None:
        raise NotFound(_("这个项目的采购方式没有这一步。请回到清单查看。"))
    if step.slug == "draw":
        return drawing.step(request, tender, step, at)
    if step.slug == "documents":
        return documents(request, tender, step, at)
    return _write(request, tender, step, at)


def _write(request: AgencyRequest, tender: Tender, step: Step, at: datetime) -> HttpResponse:
    check = checked(tender, at)
    data: QueryDict | None = request.POST if request.method == "POST" else None
    days = {each.field: each.day for each in check.days if each.field}
    if data is not None and "adopt" in data:
        data = adopted(data, days, data.get("adopt", ""))
    form = _form(step, tender, check, data)
    listed = rows.rows(step.row, tender, data) if step.row else None
    if data is not None and step.row and listed is not None and data.keys() & {"add", "remove"}:
        form.is_valid()
        return _page(request, tender, step, check, form, _reshaped(step.row, listed, data))
    usable = data is not None and form.is_valid()
    if listed is not None and data is not None:
        usable = listed.is_valid() and usable
    if not usable:
        return _page(request, tender, step, check, form, listed)
    parts = form.parts()
    if listed is not None:
        parts[step.part] = rows.numbered(step.part, rows.given(listed))
    tenders.revise(
        tender,
        changes=form.changes(),
        regions=form.regions(),
        parts=parts,
        by=request.actor,
        at=at,
    )
    return _onward(request, tender, step)


def _form(step: Step, tender: Tender, check: Checked, data: QueryDict | None) -> DraftForm:
    if step.form is None:
        raise NotFound
    if step.form is DeclarationsForm:
        return DeclarationsForm(data, subject=tender, excusable=_excusable(tender, check))
    return step.form(data, subject=tender)


def _excusable(tender: Tender, check: Checked) -> dict[str, str]:
    """Return the rules whose text allows an exception that this draft needs or has claimed."""
    return {
        finding.rule.id: words.describe(finding, language())
        for finding in check.findings
        if finding.may_be_excused or finding.rule.id in tender.rule_reasons
    }


def _reshaped(kind: type[rows.RowForm], listed: rows.Rows, data: QueryDict) -> rows.Rows:
    remove = data.get("remove", "")
    return rows.reshaped(kind, listed, remove=int(remove) if remove.isdigit() else None)


def _onward(request: AgencyRequest, tender: Tender, step: Step) -> HttpResponse:
    """Go to the next step, back to the list, or stay where dates were adopted."""
    messages.success(request, _("“%(step)s”已保存。") % {"step": step.title})
    if request.POST.keys() & {"adopt", "advise"}:
        return redirect("agency:tender-step", tender.ocid, step.slug)
    steps = steps_of(Tender.objects.get(pk=tender.pk))
    number = next((n for n, each in enumerate(steps) if each.slug == step.slug), len(steps))
    if "to_list" in request.POST or number + 1 >= len(steps):
        return redirect("agency:tender", tender.ocid)
    return redirect("agency:tender-step", tender.ocid, steps[number + 1].slug)


def _page(
    request: AgencyRequest,
    tender: Tender,
    step: Step,
    check: Checked,
    form: DraftForm,
    listed: rows.Rows | None,
) -> HttpResponse:
    steps = steps_of(tender)
    context: dict[str, Any] = {
        "tender": tender,
        "step": step,
        "number": steps.index(step) + 1,
        "steps": len(steps),
        "form": form,
        "listed": listed,
        "row_errors": _row_errors(listed),
        "lacks": check.lacking(step.slug),
        "days": {each.field: each for each in check.days},
        "has_method": bool(tender.procurement_method),
        "scored": tender.award_by == AwardBy.SCORED,
        **step_rows(form, check, step.slug),
    }
    if isinstance(form, AdviceForm):
        context |= choosing.context(form, tender)
        context["rows"] = [row for row in context["rows"] if row[0].name in form.names]
    if isinstance(form, CostsForm):
        context["rows"] = [row for row in context["rows"] if row[0].name in form.names]
        context["lines"] = [
            (form[name], form[name.replace("paid_", "share_")])
            for name in form.fields
            if name.startswith("paid_")
        ]
    if step.slug == "dates":
        lawful = [name for name in context["days"] if name]
        context["may_adopt"] = any(getattr(tender, name) is None for name in lawful)
        context["rows"] = [(*row, context["days"].get(row[0].name)) for row in context["rows"]]
    template = f"agency/step_{step.slug}.html" if step.slug in OWN_PAGES else "agency/step.html"
    status = 422 if form.errors or context["row_errors"] else 200
    return render(request, template, context, status=status)


OWN_PAGES = frozenset({"procedure", "costs", "dates", "lots", "criteria", "supplier"})


def _row_errors(listed: rows.Rows | None) -> list[str]:
    """Return what is wrong in the rows as whole sentences, for the summary on top."""
    if listed is None or not listed.is_bound or listed.is_valid():
        return []
    found = [str(error) for error in listed.non_form_errors()]
    for number, form in enumerate(listed.forms, start=1):
        for name, errors in form.errors.items():
            label = form.fields[name].label
            found += [
                _("第 %(number)s 项，%(label)s：%(error)s")
                % {"number": number, "label": label, "error": error}
                for error in errors
            ]
    return found


@require_http_methods(GET_POST)
@at_the_desk
def tender_check(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Every problem and every rule that stands against it, by step; then hand it in."""
    tender, at = tender_of(request, ocid), instants.now()
    refused = None
    if request.method == "POST":
        try:
            once(
                lambda: tenders.submit(tender, by=request.actor, at=at),
                tender,
                "submitted_by_id",
                request,
            )
        except Incomplete as refusal:
            refused = refusal
        else:
            return redirect("agency:tender-done", tender.ocid, "submitted")
    require(Act.SUBMIT_TENDER, request, tender, at)
    check = checked(tender, at)
    context = {
        "tender": tender,
        "refused": refused,
        "groups": progress.groups(
            check,
            steps_of(tender),
            lambda slug: reverse("agency:tender-step", args=[tender.ocid, slug]),
            reverse("account:organization"),
        ),
        "undecided": progress.undecided(check),
        "counts": verdicts.counts(check.findings),
        "days": check.days,
        "is_lawful": check.is_lawful,
        "is_complete": not check.lacks,
    }
    status = refused.status if refused else 200
    return render(request, "agency/tender_check.html", context, status=status)
