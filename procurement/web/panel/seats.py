"""The seats of a panel member: what to do next, the declaration, the progress, the end."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement.bids import queries as bids
from procurement.evaluation import actions as judging
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import PanelMember
from procurement.lifecycle import NotNow, Stage
from procurement.web import labels
from procurement.web.panel.forms import YES, DeclarationForm
from procurement.web.panel.shown import shown
from procurement.web.refusals import put_on

SHOWN = 50


@dataclass(frozen=True)
class Line:
    """A seat and what to do next."""

    seat: PanelMember
    words: StrOrPromise
    waits_for_us: bool


def seat_of(request: MemberRequest, ocid: str) -> PanelMember:
    """Return the person's own seat on the panel of a tender. Raises NotFound."""
    own = evaluation.seats_of(request.actor).filter(tender__process__ocid=ocid)
    seat = own.select_related("tender__process", "tender__procuring_entity", "user").first()
    if seat is None:
        raise NotFound(_("您不在这个项目的评审小组里。请核对网址，或从“我的评审”里打开。"))
    return seat


def next_step(seat: PanelMember, at: datetime) -> tuple[StrOrPromise, bool]:
    """Return what happens next in words, and whether it waits for this member."""
    stage = seat.tender.stage(at)
    if seat.has_interest:
        return gettext_lazy("您已经回避，不用再做什么。"), False
    if seat.released_at:
        return gettext_lazy("您已经退出这个评审小组，不用再做什么。"), False
    if stage in {Stage.OPEN, Stage.CLOSED}:
        return gettext_lazy("还没有开标。开标后请来声明利害关系。"), False
    if stage is not Stage.OPENED:
        return labels.STAGES[stage], False
    if seat.declared_at is None:
        return gettext_lazy("请声明有没有利害关系。"), True
    if seat.finished_at:
        return gettext_lazy("您已经提交评审，等待其他成员。"), False
    return gettext_lazy("请评审每一份报价。"), True


@require_safe
@needs(Permission.EVALUATE)
def home(request: MemberRequest) -> HttpResponse:
    """Show the person's seats; those that wait for the person first."""
    at = instants.now()
    seats = evaluation.seats_of(request.actor)[:SHOWN]
    lines = [Line(seat, *next_step(seat, at)) for seat in seats]
    lines.sort(key=lambda line: not line.waits_for_us)
    return render(request, "panel/home.html", {"lines": lines, "at": at})


@needs(Permission.EVALUATE)
def seat(request: MemberRequest, ocid: str) -> HttpResponse:
    """Declare an interest, then see how far the own judging is."""
    at = instants.now()
    own = seat_of(request, ocid)
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        has_interest = form.cleaned_data["has_interest"] == YES
        try:
            judging.declare(
                own,
                has_interest=has_interest,
                declaration=form.cleaned_data["declaration"],
                by=request.actor,
                at=at,
            )
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            return redirect("panel:seat", ocid)
    return render(request, "panel/seat.html", _page(own, form, at))


def _page(own: PanelMember, form: DeclarationForm, at: datetime) -> dict[str, object]:
    words, waits = next_step(own, at)
    stage = own.tender.stage(at)
    judged = evaluation.judgements(own) if own.is_judge else []
    bidders = {bid.tenderer_id: bid for bid in bids.opened(own.tender, at)}
    return {
        "at": at,
        "seat": own,
        "tender": own.tender,
        "words": words,
        "waits": waits,
        "form": form,
        "bidders": bidders.values(),
        "must_declare": stage is Stage.OPENED and own.sits and own.declared_at is None,
        "judges": stage is Stage.OPENED and own.is_judge and not own.finished_at,
        "judgements": judged,
        "left": sum(not each.is_complete for each in judged),
    }


@needs(Permission.EVALUATE)
def finish(request: MemberRequest, ocid: str) -> HttpResponse:
    """Show the own judgements once more, then hand them in for good."""
    at = instants.now()
    own = seat_of(request, ocid)
    if own.finished_at or not own.is_judge:
        return redirect("panel:seat", ocid)
    judged = evaluation.judgements(own)
    if request.method != "POST":
        criteria = evaluation.judged_criteria(own.tender)
        context = {
            "seat": own,
            "tender": own.tender,
            "judgements": [shown(each, criteria) for each in judged],
            "left": sum(not each.is_complete for each in judged),
        }
        return render(request, "panel/finish.html", context)
    try:
        judging.finish(own, by=request.actor, at=at)
    except NotNow:
        own.refresh_from_db(fields=["finished_at"])
        if own.finished_at is None:
            raise
    else:
        messages.success(request, _("评审已经提交，不能再改。谢谢您。"))
    return redirect("panel:seat", ocid)
