"""Questions about procuring entities."""

from django.db.models import QuerySet

from organizations.agencies.models import Agency
from organizations.regions import queries as regions


def agencies() -> QuerySet[Agency]:
    """Return every verified agency with its organisation and region, by region code."""
    return (
        Agency.objects.filter(
            organization__verified_at__isnull=False, organization__suspended_at=None
        )
        .select_related("organization__region")
        .order_by("organization__region_id", "organization__name")
    )


def within(code: str) -> QuerySet[Agency]:
    """Return the agencies of a division and of all divisions below it."""
    return agencies().filter(organization__region__in=regions.within(code))
