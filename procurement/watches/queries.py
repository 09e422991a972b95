"""What is asked of watches: whose they are, and whether a thing can be watched."""

from django.db.models import QuerySet

from organizations.accounts.models import User
from organizations.refusals import NotFound, NotPermitted
from organizations.register.models import Kind as OrganizationKind
from organizations.register.models import Organization
from organizations.roles import Actor
from procurement.ocds import fragments
from procurement.publication.models import Listing
from procurement.watches.models import Kind, Watch
from procurement.watches.searches import search

LONGEST = 2000  # characters of a search


def own(by: Actor) -> QuerySet[Watch]:
    """Return a person's watches, the newest first."""
    return Watch.objects.filter(person_id=by.person_id).order_by("-since", "-pk")


def held(by: Actor) -> User:
    """Return the person who acts, held, so that two clicks at once count one after the other."""
    person = User.objects.select_for_update().filter(pk=by.person_id, is_active=True).first()
    if person is None:
        raise NotPermitted
    return person


def require_own(watch: Watch, by: Actor) -> None:
    """Raise NotPermitted unless a watch is the actor's own."""
    if watch.person_id != by.user_id:
        raise NotPermitted


def settled(kind: Kind, subject: str) -> tuple[str, str]:
    """Return a thing in the form in which it is kept, and its name; a search has none.

    Raises `NotFound` for what was never published, or is no agency.
    """
    if kind is Kind.SEARCH:
        query = search().settled(subject)
        if len(query) > LONGEST:
            raise NotFound
        return query, ""
    if kind is Kind.TENDER:
        found = Listing.objects.filter(pk=subject).values_list("title", flat=True).first()
        if found is None:
            raise NotFound
        return subject, found
    return subject, _agency(subject).name


def _agency(number: str) -> Organization:
    """Return the agency with this number in the open data."""
    wanted = fragments.organization_of(number)
    agencies = Organization.objects.filter(kind=OrganizationKind.AGENCY)
    found = agencies.filter(**wanted).first() if wanted else None
    if found is None or fragments.party_id(found) != number:
        raise NotFound
    return found
