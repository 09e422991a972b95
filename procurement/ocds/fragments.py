"""The small pieces every disclosure is made of: parties, values, periods, items. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import translation
from django_stubs_ext import StrOrPromise

from organizations.regions.models import Region
from organizations.register.models import Organization
from organizations.terms import Population, Service
from procurement.documents.models import Document
from procurement.publication.catalogue import (
    POPULATION_SCHEME,
    REGION_SCHEME,
    SERVICE_SCHEME,
)
from procurement.publication.links import absolute
from procurement.rules import SHANGHAI

Fragment = dict[str, Any]

CREDIT_CODE, OWN_NUMBER = "CN-USCI-", "CN-YN-PORTAL-"  # how party ids begin
# CPV 85323000: community health services
HEALTH_SERVICES = {"scheme": "CPV", "id": "85323000", "description": "Community health services"}


def in_chinese(label: StrOrPromise) -> str:
    """Return a label in Chinese: the language of the record, whoever publishes."""
    with translation.override("zh-hans"):
        return str(label)


def party_id(organization: Organization) -> str:
    """Return the party id: scheme CN-USCI where there is a credit code, else the portal's own."""
    if organization.uscc:
        return f"{CREDIT_CODE}{organization.uscc}"
    return f"{OWN_NUMBER}{organization.pk}"


def organization_of(number: str) -> dict[str, Any] | None:
    """Return by which column an organisation is found that has this party id, or our bare number.

    None for what no organisation can have: the other way round of `party_id`.
    """
    if number.startswith(CREDIT_CODE):
        return {"uscc": number.removeprefix(CREDIT_CODE)}
    own = number.removeprefix(OWN_NUMBER)
    return {"pk": int(own)} if own.isdecimal() else None


def reference(organization: Organization) -> Fragment:
    """Return an organisation reference: id and name, nothing else."""
    return {"id": party_id(organization), "name": organization.name}


def party(organization: Organization, *roles: str) -> Fragment:
    """Return a party with its public facts; a person's name is never among them."""
    identifier = (
        {"scheme": "CN-USCI", "id": organization.uscc, "legalName": organization.name}
        if organization.uscc
        else {"id": str(organization.pk), "legalName": organization.name}
    )
    return {
        **reference(organization),
        "identifier": identifier,
        "address": {
            "streetAddress": organization.address,
            "locality": organization.region.name_zh,
            "countryName": "中国",
        },
        "roles": list(roles),
    }


def value(amount: Decimal | None) -> Fragment | None:
    """Return an amount in yuan."""
    return None if amount is None else {"amount": amount, "currency": "CNY"}


def period(start: datetime | None, end: datetime | None) -> Fragment:
    """Return a period; an open end is left out."""
    return {"startDate": start, "endDate": end}


def item(
    *,
    description: str,
    services: Iterable[str],
    populations: Iterable[str],
    regions: Iterable[Region],
    item_id: str = "1",
    lot: str | None = None,
) -> Fragment:
    """Return what is bought, for whom and where, in codes that lists can filter by."""
    places = list(regions)
    return {
        "id": item_id,
        "description": description,
        "relatedLot": lot,
        "classification": HEALTH_SERVICES,
        "additionalClassifications": [
            {"scheme": SERVICE_SCHEME, "id": code, "description": in_chinese(Service(code).label)}
            for code in services
        ]
        + [
            {
                "scheme": POPULATION_SCHEME,
                "id": code,
                "description": in_chinese(Population(code).label),
            }
            for code in populations
        ],
        "deliveryLocation": {
            "description": "、".join(place.name_zh for place in places),
            "gazetteer": {
                "scheme": REGION_SCHEME,
                "identifiers": [place.code for place in places],
            },
        },
    }


def document(stored: Document, at: datetime) -> Fragment:
    """Return a document with its digest, so that a download can be checked."""
    return {
        "id": f"doc-{stored.pk}",
        "documentType": stored.document_type,
        "title": stored.title,
        "url": absolute(f"/documents/{stored.pk}/{stored.name}"),
        "datePublished": at,
        "format": stored.media_type,
        "language": "zh",
        "size": stored.size,
        "sha256": stored.sha256,
    }


def end_of_day(day: date | None) -> datetime | None:
    """Return the last second of a day in Asia/Shanghai: a date as a due time."""
    return None if day is None else datetime.combine(day, time(23, 59, 59), SHANGHAI)


def designated_medium(url: str, day: date | None) -> Fragment:
    """Return where the statutory medium carries the notice (MOF Order 101 Arts. 8, 11)."""
    return {"designatedMedium": {"url": url, "datePublished": end_of_day(day)}} if url else {}


def start_of_day(day: date | None) -> datetime | None:
    """Return the first instant of a day in Asia/Shanghai."""
    return None if day is None else datetime.combine(day, time(0), SHANGHAI)
