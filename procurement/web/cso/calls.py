"""Finding the call a page is about, and letting in who may bid for it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from organizations import instants
from organizations.refusals import NotFound
from organizations.web.access import as_cso
from organizations.web.requests import CsoRequest
from procurement import lifecycle
from procurement.bids import queries as bids
from procurement.bids.models import Bid
from procurement.lifecycle import Act, NotNow
from procurement.tenders.models import Tender

P = ParamSpec("P")
BidderPage = Callable[Concatenate[CsoRequest, Tender, datetime, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]


def called(ocid: str, at: datetime) -> Tender:
    """Return the published tender of that number. Raises NotFound."""
    tender = bids.calls(at).filter(process__ocid=ocid).first()
    if tender is None:
        raise NotFound(_("没有找到这个项目。请检查网址，或回到“提问和投标”重新选择。"))
    return tender


def as_bidder(view: BidderPage[P]) -> Page[P]:
    """For pages of a bid in preparation: the view gets the tender and the instant.

    After the deadline the page is refused in words; an organisation that may not take part is
    led to the page that lists the conditions and the way out of each.
    """

    @never_cache  # a phone passed on shows nothing of a bid
    @as_cso
    @wraps(view)
    def page(
        request: CsoRequest, /, ocid: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        at = instants.now()
        tender = called(ocid, at)
        if not bids.may_prepare(tender, at):
            act = Act.PREPARE_BID if request.method == "GET" else Act.SUBMIT_BID
            raise NotNow(act, lifecycle.stage_at(tender, at))
        if not bids.is_eligible(tender, request.organization):
            return redirect("cso:tender", ocid)
        return view(request, tender, at, *args, **kwargs)

    return page  # type: ignore[return-value]  # the address gives names, not places


def own_bid(request: CsoRequest, receipt_number: str) -> Bid:
    """Return a bid of our own by its receipt. Raises NotFound."""
    found = bids.own(request.actor).filter(receipt_number=receipt_number)
    bid = found.select_related("tender__process", "tender__procuring_entity", "tenderer").first()
    if bid is None:
        raise NotFound(_("没有找到这张回执。请核对回执号，或从“我们的投标”里打开。"))
    return bid
