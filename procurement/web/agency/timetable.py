"""The timetable: a lawful day for every step, what a moved day bends, and dates for the draft."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from organizations import instants
from organizations.web.requests import AgencyRequest
from procurement.lifecycle import Act
from procurement.obligations.duties import STANDING
from procurement.rulebook import queries as rulebook
from procurement.rulebook.edition import Edition
from procurement.rules import steps
from procurement.rules.proposing import is_off
from procurement.rules.steps import Timetable
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.facts import facts
from procurement.tenders.models import InvitationMode, Tender
from procurement.web.agency import timetable_rows
from procurement.web.agency.access import at_the_desk, require, tender_of
from procurement.web.agency.plan_steps import offered_methods
from procurement.web.agency.planning import GET_POST
from procurement.web.agency.tender_forms import MODES
from procurement.web.agency.timetable_rows import EDITABLE
from procurement.web.widgets import DateInput

# Which field of a draft takes the day of a step; the first kind is an instant, the second a day.
DEADLINES: Mapping[str, str] = {
    steps.PUBLICITY_END: "publicity_period_end",
    steps.NOTICE_END: "notice_period_end",
    steps.DOCUMENTS_END: "documents_end",
    steps.ENQUIRY_END: "enquiry_period_end",
    steps.DEADLINE: "tender_period_end",
}
DAYS: Mapping[str, str] = {
    steps.AWARDED: "award_expected_date",
    steps.START: "contract_start",
    steps.END: "contract_end",
}
FIRST, LAST = date(2020, 1, 1), date(2099, 12, 31)


class DayField(forms.DateField):
    """A day as the browser's picker gives it."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=DateInput,
            error_messages={"invalid": _("请填写日期，例如 2026-12-08。")},
        )

    def validate(self, value: date | None) -> None:
        """Refuse a day that no calendar of the portal reaches."""
        super().validate(value)
        if value and not FIRST <= value <= LAST:
            raise forms.ValidationError(_("请填写 2020 年到 2099 年之间的日期。"))


class TimetableForm(forms.Form):
    """Method, publishing day, and the days already chosen; an empty day is proposed."""

    use_required_attribute = False
    method = forms.ChoiceField(
        label=gettext_lazy("采购方式"),
        choices=lambda: [
            (value, str(label).split("：")[0].split(": ")[0]) for value, label in offered_methods()
        ],
        error_messages={"invalid_choice": gettext_lazy("请选列出的一种采购方式。")},
    )

    def __init__(self, data: QueryDict | Mapping[str, Any], *, fixed: str = "") -> None:
        super().__init__(data)
        if fixed:
            del self.fields["method"]
        self.fields["published"] = DayField(_("哪天发布公告"))
        self.fields["published"].required = True
        for slug, event in EDITABLE.items():
            self.fields[slug] = DayField(timetable_rows.name(event))

    def chosen(self) -> dict[str, date]:
        """Return the days that were given and can be read, by event."""
        given = {event: self.cleaned_data.get(slug) for slug, event in EDITABLE.items()}
        return {event: day for event, day in given.items() if day}


@require_safe
@at_the_desk
def timetable(request: AgencyRequest) -> HttpResponse:
    """Try a procurement out: any method, any day; nothing is saved."""
    at = instants.now()
    edition, on = rulebook.current(at), queries.day(at)
    given = request.GET.copy()
    if not given.get("method"):
        given["method"] = offered_methods()[0][0]
    if not given.get("published"):
        given["published"] = _working_day(on, edition).isoformat()
    form = TimetableForm(given)
    form.is_valid()
    method = form.cleaned_data.get("method") or offered_methods()[0][0]
    known = {**STANDING, "tender.invitationMode": _mode(method, edition)}
    context = _context(form, edition, method, known, on)
    return render(request, "agency/timetable.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_POST)
@at_the_desk
def tender_timetable(request: AgencyRequest, ocid: str) -> HttpResponse:
    """The timetable of a draft; its days are taken over into the draft."""
    tender, at = tender_of(request, ocid), instants.now()
    require(Act.REVISE_TENDER, request, tender, at)
    if not tender.procurement_method:
        messages.info(request, _("先选采购方式，才能排时间表。"))
        return redirect("agency:tender-step", tender.ocid, "procedure")
    edition, on = rulebook.current(at), queries.day(at)
    form = TimetableForm(_given(request, tender, edition, on), fixed=tender.procurement_method)
    form.is_valid()
    known = _facts(tender, at)
    context = _context(form, edition, tender.procurement_method, known, on)
    context["tender"] = tender
    planned: Timetable = context["timetable"]
    refused = bool(form.errors) or (request.method == "POST" and bool(planned.faults))
    if request.method == "POST" and not refused:
        tenders.revise(tender, changes=_changes(tender, planned), by=request.actor, at=at)
        messages.success(request, _("这些日期已写进草稿。钟点都是 17:00，可以再改。"))
        return redirect("agency:tender-step", tender.ocid, "dates")
    context["refused"] = refused and request.method == "POST"
    return render(request, "agency/timetable.html", context, status=422 if refused else 200)


def _mode(method: str, edition: Edition) -> str:
    return MODES.get(edition.method(method).ocds_method, InvitationMode.PUBLIC_NOTICE).value


def _working_day(on: date, edition: Edition) -> date:
    return on if not is_off(on, edition.calendar) else edition.calendar.roll_forward(on)


def _given(
    request: AgencyRequest, tender: Tender, edition: Edition, on: date
) -> QueryDict | Mapping[str, Any]:
    """Return what was typed; on first sight the days that the draft has already."""
    data = (request.POST if request.method == "POST" else request.GET).copy()
    if not data.get("published"):
        data["published"] = _working_day(on, edition).isoformat()
    if request.method != "POST" and not request.GET:
        for slug, event in EDITABLE.items():
            day = _saved(tender, event)
            if day:
                data[slug] = day.isoformat()
    return data


def _saved(tender: Tender, event: str) -> date | None:
    if event in DEADLINES:
        instant: datetime | None = getattr(tender, DEADLINES[event])
        return queries.day(instant) if instant else None
    if event == steps.PLANNED:
        plan = tender.planning_notice
        return queries.day(plan.published_at) if plan and plan.published_at else None
    return getattr(tender, DAYS[event], None) if event in DAYS else None


def _facts(tender: Tender, at: datetime) -> dict[str, object]:
    """Return what is known of the draft, without its dates: those are on the page."""
    known = facts(tender, published=at)
    events = {*steps.STEPS, *steps.TOGETHER}
    return {
        name: fact
        for name, fact in known.items()
        if name not in events and not name.startswith("amendment.")
    }


def _changes(tender: Tender, planned: Timetable) -> dict[str, object]:
    changes: dict[str, object] = {}
    for step in planned.steps:
        if step.event in DEADLINES:
            field = DEADLINES[step.event]
            changes[field] = queries.lawful_end(step.day, getattr(tender, field))
        elif step.event in DAYS:
            changes[DAYS[step.event]] = step.day
    return changes


def _context(
    form: TimetableForm,
    edition: Edition,
    method: str,
    known: Mapping[str, object],
    on: date,
) -> dict[str, Any]:
    published = form.cleaned_data.get("published") or _working_day(on, edition)
    planned = edition.timetable(method, known, published=published, on=on, chosen=form.chosen())
    rows = timetable_rows.rows(planned, form, _link(form))
    return {
        "form": form,
        "timetable": planned,
        "rows": rows,
        "method": timetable_rows.method_name(planned.method),
        "drawing": timetable_rows.drawing(rows),
        "edition": edition.label,
        "bent": sum(len(row.bends) for row in rows),
        "faults": [row for row in rows if row.fault],
        "fresh": f"?published={published.isoformat()}"
        + (f"&method={method}" if "method" in form.fields else ""),
        "adopted": [(row.slug, row.day.isoformat()) for row in rows if row.slug],
    }


def _link(form: TimetableForm) -> QueryDict:
    """Return the address's query with what the form holds, to change one day of it."""
    query = QueryDict(mutable=True)
    for name in form.fields:
        value = form.data.get(name, "")
        if value:
            query[name] = value
    return query
