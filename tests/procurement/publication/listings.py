"""Rows of the catalogue for tests of lists: many of them, without as many procurements."""

from datetime import timedelta
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Value
from django.db.models.functions import Cast

from procurement.publication import search
from procurement.publication.models import AwardListing, Listing


def copies(model: Listing, n: int, **changes: object) -> list[Listing]:
    """Return n more listings like one, each called a minute after the one before."""
    made = []
    for number in range(1, n + 1):
        names = [f.attname for f in Listing._meta.concrete_fields]
        values: dict[str, Any] = {name: getattr(model, name) for name in names}
        start = model.tender_period_start or model.updated_at
        values |= {
            "ocid": f"{model.ocid}-{number:04d}",
            "tender_period_start": start + timedelta(minutes=number),
            **changes,
        }
        words = search.vector(f"{values['title']} {values['agency_name']}")
        values["bigrams"] = Cast(Value(words), SearchVectorField())
        made.append(Listing(**values))
    return Listing.objects.bulk_create(made)


def awards(model: AwardListing, n: int) -> list[AwardListing]:
    """Return n more awards like one, all published in the same instant."""
    fields = [f.attname for f in AwardListing._meta.concrete_fields if f.attname != "id"]
    values = {name: getattr(model, name) for name in fields}
    rows = [AwardListing(**values | {"award_id": f"award-x{number}"}) for number in range(n)]
    return AwardListing.objects.bulk_create(rows)
