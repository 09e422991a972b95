"""Years of the calendar: a holiday notice typed in, confirmed by another who read it too."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement import permissions
from procurement.lifecycle import Act, ProposalStage
from procurement.rulebook import actions
from procurement.rulebook.models import CalendarYear
from procurement.web import labels
from procurement.web.oversight.book import READERS
from procurement.web.oversight.forms import DeclineForm, YearForm
from procurement.web.refusals import put_on


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_RULES)
def year_new(request: MemberRequest) -> HttpResponse:
    """Type a holiday notice in; a mistake names its line."""
    form = YearForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            told = actions.judge_year(
                typed["year"],
                source=typed["source_title"],
                source_url=typed["source_url"],
                holidays=typed["holidays"],
                makeup=typed["makeup_days"],
            )
            made = actions.propose_year(told=told, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("已提出，等另一位规则编辑核对通知原文后确认。"))
            return redirect("book:year", made.pk)
    return render(request, "oversight/book_year_form.html", {"form": form})


@require_safe
@needs(*READERS)
def year(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a year's days and where the proposal stands."""
    return _page(request, _found(pk), DeclineForm())


@require_POST
@needs(Permission.EDIT_RULES)
def year_confirm(request: MemberRequest, pk: int) -> HttpResponse:
    """Confirm a year that somebody else typed in: the clock counts the dates again it moves."""
    actions.confirm_year(_found(pk), by=request.actor, at=instants.now())
    messages.success(request, _("已确认，受影响的期限会在几分钟内重新计算。"))
    return redirect("book:year", pk)


@require_POST
@needs(Permission.EDIT_RULES)
def year_decline(request: MemberRequest, pk: int) -> HttpResponse:
    """Send a year away with the reason."""
    found, form = _found(pk), DeclineForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["reason"]
        actions.decline_year(found, reason=text, by=request.actor, at=instants.now())
        messages.success(request, _("已退回，提出的人能看到原因。"))
        return redirect("book:year", pk)
    return _page(request, found, form)


def _page(request: MemberRequest, found: CalendarYear, form: DeclineForm) -> HttpResponse:
    stage = found.stage(instants.now())
    waits = stage is ProposalStage.PROPOSED and request.actor.may(Permission.EDIT_RULES)
    context = {
        "year": found,
        "stage": labels.PROPOSAL_STAGES[stage],
        "waits": waits,
        "may_confirm": waits and permissions.allows(Act.CONFIRM_YEAR, by=request.actor, on=found),
        "form": form,
    }
    return render(request, "oversight/book_year.html", context)


def _found(pk: int) -> CalendarYear:
    found = CalendarYear.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
