"""Questions about the agency's tenders: unanswered first; each is answered once, to all."""

from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement.enquiries import actions as answering
from procurement.enquiries import queries as enquiries
from procurement.enquiries.models import Enquiry
from procurement.rulebook.queries import Shelf
from procurement.tenders.queries import day
from procurement.web.refusals import put_on

SHOWN = 50
SEND = "send"  # the button of the page that shows the answer before it is public


class AnswerForm(forms.Form):
    """The one public answer."""

    text = forms.CharField(
        label=gettext_lazy("答复"),
        help_text=gettext_lazy("写给所有人看。请不要猜测是谁问的，也不要写任何人的姓名或病情。"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": gettext_lazy("请写下答复。"),
            "max_length": gettext_lazy("答复太长，请写在 5,000 字以内，细节可以发布更正公告。"),
        },
    )


@dataclass(frozen=True)
class Waiting:
    """A question that waits, with the last day to answer it. Nothing here says who asked."""

    enquiry: Enquiry
    due: date | None
    is_late: bool


def _waiting(enquiry: Enquiry, at: datetime, shelf: Shelf) -> Waiting:
    due = enquiries.answer_due(enquiry, shelf)
    return Waiting(enquiry, due, bool(due and due < day(at)))


@require_safe
@needs(Permission.ANSWER_ENQUIRIES)
def enquiry_list(request: MemberRequest) -> HttpResponse:
    """Show the agency's questions: those that wait first, then the latest answers."""
    at = instants.now()
    shelf = Shelf(at)
    own = enquiries.visible_to(request.actor).select_related("tender__process")
    answered = own.filter(answered_at__isnull=False).order_by("-answered_at", "-pk")
    context = {
        "at": at,
        "waiting": [_waiting(enquiry, at, shelf) for enquiry in own.unanswered()[:SHOWN]],
        "answered": answered[:SHOWN],
    }
    return render(request, "agency/enquiries.html", context)


@needs(Permission.ANSWER_ENQUIRIES)
def enquiry_answer(request: MemberRequest, pk: int) -> HttpResponse:
    """Write the answer, see it as everyone will, send it. An answer is given only once."""
    at = instants.now()
    found = enquiries.visible_to(request.actor).select_related("tender__process").filter(pk=pk)
    enquiry = found.first()
    if enquiry is None:
        raise NotFound
    form = AnswerForm(request.POST if request.method == "POST" else None)
    seen = SEND in request.POST
    if seen and form.is_valid():
        try:
            text = form.cleaned_data["text"]
            answering.answer(enquiry, text=text, by=request.actor, at=at)
        except Refusal as refusal:
            enquiry.refresh_from_db()
            put_on(form, refusal)
        else:
            messages.success(request, _("答复已经公开，所有人都能看到。"))
            return redirect("agency:enquiry-answer", pk)
    context = {
        "waiting": _waiting(enquiry, at, Shelf(at)),
        "enquiry": enquiry,
        "tender": enquiry.tender,
        "form": form,
        "preview": request.method == "POST" and "edit" not in request.POST and form.is_valid(),
        "at": at,
    }
    return render(request, "agency/enquiries_answer.html", context)
