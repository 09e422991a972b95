"""Questions about procuring entities."""

from django.db.models import Q, QuerySet

from organizations.agencies.models import Agency
from organizations.regions import queries as regions
from organizations.register import queries as registered
from organizations.register.models import Kind


def agencies() -> QuerySet[Agency]:
    """Return every verified agency with its organisation and region, by region code."""
    return (
        Agency.objects.filter(
            organization__kind=Kind.AGENCY,  # as the index by name begins
            organization__verified_at__isnull=False,
            organization__refused_at=None,
            organization__suspended_at=None,
        )
        .select_related("organization__region")
        .order_by("organization__region_id", "organization__name")
    )


def within(code: str) -> QuerySet[Agency]:
    """Return the agencies of a division and of all divisions below it."""
    return agencies().filter(organization__region__code__startswith=regions.prefix(code))


def search(q: str = "", region: str = "", *, are_few: bool = False) -> QuerySet[Agency]:
    """Return the agencies of a division whose name holds the words; blank asks for nothing.

    `are_few` asks the same by an index: dear where nearly all match.
    """
    found = within(region) if region else agencies()
    for word in q.split():
        if are_few:
            found = found.filter(pk__in=registered.named(word).values("pk"))
        else:
            found = found.filter(_is_named(word))
    return found


def _is_named(word: str) -> Q:
    return Q(organization__name__icontains=word) | Q(organization__name_en__icontains=word)
