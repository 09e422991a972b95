"""Who may come to the writing desk: drafters and approvers of an agency, each to their own acts."""

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from organizations.refusals import NotFound, NotPermitted
from organizations.roles import Permission
from organizations.web.access import as_agency
from organizations.web.requests import AgencyRequest
from procurement import lifecycle, permissions
from procurement.amendments.models import Amendment
from procurement.lifecycle import Act
from procurement.planning import queries as planning
from procurement.planning.models import PlanningNotice
from procurement.tenders import queries as tenders
from procurement.tenders.models import Tender

Draft = PlanningNotice | Tender
P = ParamSpec("P")
AgencyPage = Callable[Concatenate[AgencyRequest, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def at_the_desk(view: AgencyPage[P]) -> Page[P]:
    """For drafters and approvers of the agency the person acts for."""

    def page(request: AgencyRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor = request.actor
        if not (actor.may(Permission.DRAFT_NOTICES) or actor.may(Permission.APPROVE_NOTICES)):
            raise NotPermitted(_("这一页供本单位的采购经办人和审批人使用。"))
        return view(request, *args, **kwargs)

    page.__name__, page.__doc__ = view.__name__, view.__doc__
    return as_agency(page)


def plan_of(request: AgencyRequest, ocid: str) -> PlanningNotice:
    """Return a planning notice of the own agency, or raise NotFound."""
    own = planning.visible_to(request.actor).select_related("process", "procuring_entity")
    found = own.filter(process__ocid=ocid).first()
    if found is None:
        raise NotFound
    return found


def tender_of(request: AgencyRequest, ocid: str) -> Tender:
    """Return a tender of the own agency, or raise NotFound."""
    own = tenders.visible_to(request.actor).select_related(
        "process", "procuring_entity", "planning_notice", "single_source_supplier", "draw"
    )
    found = own.filter(process__ocid=ocid).first()
    if found is None:
        raise NotFound
    return found


def amendment_of(request: AgencyRequest, pk: int) -> Amendment:
    """Return an amendment of the own agency's tender, or raise NotFound."""
    own = Amendment.objects.filter(tender__in=tenders.visible_to(request.actor))
    found = own.select_related("tender", "tender__process", "tender__procuring_entity")
    amendment = found.filter(pk=pk).first()
    if amendment is None:
        raise NotFound
    return amendment


def once(act: Callable[[], object], subject: Draft, field: str, request: AgencyRequest) -> None:
    """Do an act; the second click of a double click finds that the same person did it already."""
    try:
        act()
    except lifecycle.NotNow:
        subject.refresh_from_db()
        if getattr(subject, field) != request.actor.user_id:
            raise


def require(act: Act, request: AgencyRequest, subject: Draft, at: datetime) -> None:
    """Refuse a page about an act that the person may not do, or not now."""
    permissions.require(act, by=request.actor, on=subject)
    if isinstance(subject, PlanningNotice):
        lifecycle.require_plan(act, subject, at)
    else:
        lifecycle.require(act, subject, at)
