"""The requests that views receive: with an actor, and under a decorator with its organisation."""

from django.http import HttpRequest

from organizations.accounts.models import User
from organizations.accounts.queries import Hat
from organizations.agencies.models import Agency
from organizations.csos.models import Cso
from organizations.register.models import Organization
from organizations.roles import Actor


class ActorRequest(HttpRequest):
    """Any request, after the middleware."""

    actor: Actor
    organization: Organization | None
    hats: list[Hat]


class MemberRequest(ActorRequest):
    """A request of a signed-in person."""

    user: User


class AgencyRequest(MemberRequest):
    """A request of someone who acts for an agency."""

    organization: Organization
    agency: Agency


class CsoRequest(MemberRequest):
    """A request of someone who acts for a social organisation."""

    organization: Organization
    cso: Cso
