"""Changes of the book: proposed with their source, seen as a difference, approved by another."""

from datetime import datetime

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
from procurement.rulebook import actions, queries
from procurement.rulebook.models import BookChange, CalendarYear
from procurement.rulebook.refusals import ChangeRefused
from procurement.web import book_figures, labels
from procurement.web.oversight.forms import ChangeForm, DeclineForm
from procurement.web.refusals import put_on

SHOWN = 30
READERS = (Permission.EDIT_RULES, Permission.READ_AUDIT)


@require_safe
@needs(*READERS)
def home(request: MemberRequest) -> HttpResponse:
    """What waits for a second person, what is not filled in, and whether the calendar runs out."""
    at = instants.now()
    edition = queries.current(at)
    context = {
        "edition": edition,
        "thresholds": book_figures.thresholds(edition.book),
        "changes": list(BookChange.objects.order_by("-proposed_at", "-pk")[:SHOWN]),
        "years": list(CalendarYear.objects.order_by("-proposed_at", "-pk")[:SHOWN]),
        "words": labels.PROPOSAL_STAGES,
        "last_year": queries.last_year(edition.calendar, at=at),
        "warning": queries.warning(edition.calendar, at=at),
        "may_edit": request.actor.may(Permission.EDIT_RULES),
    }
    return render(request, "oversight/book.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_RULES)
def change_new(request: MemberRequest) -> HttpResponse:
    """Propose figures; a second rule editor decides."""
    at = instants.now()
    book = queries.latest().book
    first = {"effective_from": queries.day(at), "target_0": request.GET.get("target", "")}
    form = ChangeForm(book, request.POST if request.method == "POST" else None, first)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(
                figures=[figure for _row, figure in form.figures()],
                source_title=form.cleaned_data["source_title"],
                source_url=form.cleaned_data["source_url"],
                reason=form.cleaned_data["reason"],
                effective_from=form.cleaned_data["effective_from"],
                by=request.actor,
                at=at,
            )
        except ChangeRefused as refusal:
            form.put_on(refusal)
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("已提出，等另一位规则编辑决定。"))
            return redirect("book:change", made.pk)
    return render(request, "oversight/book_change_form.html", {"form": form})


@require_safe
@needs(*READERS)
def change(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a proposal: every figure before and after, its source, and where it stands."""
    return _change_page(request, _found(pk), DeclineForm())


@require_POST
@needs(Permission.EDIT_RULES)
def change_approve(request: MemberRequest, pk: int) -> HttpResponse:
    """Approve a proposal of somebody else: it is published at once."""
    made = actions.approve(_found(pk), by=request.actor, at=instants.now())
    messages.success(request, _("已批准并公布，版本是 %(label)s。") % {"label": made.label})
    return redirect("book:change", pk)


@require_POST
@needs(Permission.EDIT_RULES)
def change_decline(request: MemberRequest, pk: int) -> HttpResponse:
    """Send a proposal away with the reason."""
    found, form = _found(pk), DeclineForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["reason"]
        actions.decline(found, reason=text, by=request.actor, at=instants.now())
        messages.success(request, _("已退回，提出的人能看到原因。"))
        return redirect("book:change", pk)
    return _change_page(request, found, form)


def _change_page(request: MemberRequest, found: BookChange, form: DeclineForm) -> HttpResponse:
    at: datetime = instants.now()
    stage = found.stage(at)
    waits = stage is ProposalStage.PROPOSED and request.actor.may(Permission.EDIT_RULES)
    context = {
        "change": found,
        "figures": book_figures.told(found.figures, queries.files()),
        "stage": labels.PROPOSAL_STAGES[stage],
        "waits": waits,
        "may_approve": waits and permissions.allows(Act.APPROVE_CHANGE, by=request.actor, on=found),
        "form": form,
    }
    return render(request, "oversight/book_change.html", context)


def _found(pk: int) -> BookChange:
    found = BookChange.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
