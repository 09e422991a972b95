"""One offer a page: what it says, and the member's own judgement of it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from organizations import instants
from organizations.refusals import NotFound, NotPermitted, Refusal
from organizations.roles import Permission
from organizations.terms import CostLine
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement.bids import queries as bids
from procurement.evaluation import actions as judging
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import PanelMember
from procurement.evaluation.queries import Judgement
from procurement.lifecycle import Stage
from procurement.web.panel.forms import YES, JudgementForm
from procurement.web.panel.seats import seat_of
from procurement.web.panel.shown import shown
from procurement.web.refusals import put_on


@needs(Permission.EVALUATE)
def offer(request: MemberRequest, ocid: str, offer_id: int) -> HttpResponse:
    """Read one offer and judge it; may be changed until the member finishes."""
    at = instants.now()
    seat = seat_of(request, ocid)
    if seat.released_at:
        raise NotPermitted(_("您已经退出这个评审小组，不用再做什么。"))
    if seat.has_interest is not False:
        raise NotPermitted(_("请先声明与全部投标人没有利害关系，再看投标和打分。"))
    judgements = evaluation.judgements(seat)
    judged = next((each for each in judgements if each.offer.pk == offer_id), None)
    if judged is None:
        raise NotFound
    data = request.POST if request.method == "POST" else None
    form = JudgementForm(evaluation.judged_criteria(seat.tender), data, judged=judged)
    if data is not None and form.is_valid():
        try:
            judging.score(
                seat,
                offer=judged.offer,
                is_responsive=form.cleaned_data["is_responsive"] == YES,
                comment=form.cleaned_data["comment"],
                points=form.points(),
                by=request.actor,
                at=at,
            )
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            return _onward(judgements, judged, ocid)
    can_judge = seat.tender.stage(at) is Stage.OPENED and not seat.finished_at
    context = _page(seat, judged, form) | {
        "can_judge": can_judge,
        "place": judgements.index(judged) + 1,
        "places": len(judgements),
    }
    return render(request, "panel/offer.html", context)


def _onward(judgements: list[Judgement], done: Judgement, ocid: str) -> HttpResponse:
    """Lead to the next offer that is not judged yet, else to the list."""
    place = judgements.index(done)
    for each in judgements[place + 1 :] + judgements[:place]:
        if not each.is_complete:
            return redirect("panel:offer", ocid, each.offer.pk)
    return redirect("panel:seat", ocid)


def _page(seat: PanelMember, judged: Judgement, form: JudgementForm) -> dict[str, object]:
    bid = judged.offer.bid
    return {
        "seat": seat,
        "tender": seat.tender,
        "form": form,
        "judged": shown(judged, form.criteria),
        "offer": judged.offer,
        "bid": bid,
        "lines": [(CostLine(x.line).label, x.amount) for x in bids.lines(judged.offer)],
        "files": bids.files(bid),
        "price_weight": evaluation.price_weight(seat.tender),
        "scored": bool(form.criteria),
    }
