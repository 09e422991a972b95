"""Who may come to the opening keys, and what is found there."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from organizations.refusals import NotFound, NotPermitted
from organizations.roles import Permission
from organizations.web.access import as_agency
from organizations.web.requests import AgencyRequest
from procurement.keycards import queries
from procurement.keycards.models import Drill, KeyCard, KeySet

P = ParamSpec("P")
AgencyPage = Callable[Concatenate[AgencyRequest, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def at_the_keys(view: AgencyPage[P]) -> Page[P]:
    """For those who prepare or publish an agency's keys; no browser keeps these pages."""

    def page(request: AgencyRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor = request.actor
        if not (actor.may(Permission.KEEP_KEYS) or actor.may(Permission.APPROVE_NOTICES)):
            raise NotPermitted(_("这一页供本单位的审批人和开标工作人员使用。"))
        return view(request, *args, **kwargs)

    page.__name__, page.__doc__ = view.__name__, view.__doc__
    kept: Page[P] = never_cache(as_agency(page))
    return kept


def set_of(request: AgencyRequest, pk: int) -> KeySet:
    """Return a set of the own agency, or raise NotFound."""
    found = queries.visible_to(request.actor).prefetch_related("cards").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def card_of(request: AgencyRequest, pk: int, member: str) -> KeyCard:
    """Return a card of an own set, or raise NotFound."""
    card = next((each for each in set_of(request, pk).cards.all() if each.member == member), None)
    if card is None:
        raise NotFound
    return card


def drill_of(request: AgencyRequest, pk: int, drill: int) -> Drill:
    """Return a drill with an own set, or raise NotFound."""
    found = set_of(request, pk).drills.filter(pk=drill).first()
    if found is None:
        raise NotFound
    return found
