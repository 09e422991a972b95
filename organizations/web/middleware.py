"""What every request passes: who acts and for which organisation; refusals as plain pages."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from organizations import audit, instants
from organizations.accounts import queries as accounts
from organizations.accounts.models import User
from organizations.accounts.queries import Hat
from organizations.refusals import NotPermitted, Refusal
from organizations.roles import ANONYMOUS, CSO_ROLES, Actor
from organizations.web.requests import ActorRequest

FOR_ALL = "public"  # the namespace of pages that are read without an account
ACTING = "acting_organization"  # session key: the organisation a person of several acts for


class ActorMiddleware:
    """Sets `request.actor`, `request.organization` and `request.hats`, but on no public page.

    Public pages are the same whoever reads them: they have no actor, and ask for none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> None:
        """Recognise who acts, now that the page is known."""
        page = request.resolver_match
        if page is None or page.namespaces != [FOR_ALL]:
            _recognise(request)


def _recognise(request: HttpRequest) -> None:
    acting = cast("ActorRequest", request)
    acting.actor, acting.organization, acting.hats = ANONYMOUS, None, []
    if isinstance(request.user, User):
        acting.hats = accounts.hats(request.user)
        hat = _worn(acting.hats, request.session.get(ACTING))
        origin = request.META.get("REMOTE_ADDR", "")
        acting.actor = accounts.actor_from(request.user, hat, origin)
        acting.organization = hat.organization if hat else None


class RefusalMiddleware:
    """Turns a refusal that no view caught into a page that says what to do, never a trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the refusal's own status; a denied person is put on the audit record."""
        if not isinstance(exception, Refusal):
            return None
        actor = getattr(request, "actor", ANONYMOUS)
        if isinstance(exception, NotPermitted) and actor.user_id is not None:
            with translation.override(settings.LANGUAGE_CODE):  # the record is kept in one language
                reason = str(exception)
            subject = _attempt(request, actor)
            audit.record("refused", by=actor, at=instants.now(), subject=subject, reason=reason)
        context = {"refusal": exception}
        return render(request, "errors/refused.html", context, status=exception.status)


def _attempt(request: HttpRequest, actor: Actor) -> str:
    """Name what was refused; for a bidder only the desk: which call it looks at stays unknown."""
    path = request.path
    if actor.roles & CSO_ROLES:
        path = f"/{path.split('/')[1]}/"
    return f"{request.method} {path}"[:200]


def _worn(hats: list[Hat], chosen: int | None) -> Hat | None:
    """The chosen organisation while the person is in it; else the one held longest."""
    for hat in hats:
        if hat.organization.pk == chosen:
            return hat
    return hats[0] if hats else None
