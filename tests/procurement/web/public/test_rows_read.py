"""What a page reads from the database does not grow with the number of tenders."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from procurement.publication.models import Listing
from procurement.tenders.models import Tender
from tests.procurement.publication import listings

pytestmark = pytest.mark.django_db


def rows_read(client: Client, address: str) -> int:
    """How many rows the database handed over for one page."""
    total = 0

    def count(execute: Callable[..., object], *given: object) -> object:
        nonlocal total
        answer = execute(*given)
        context = cast("dict[str, Any]", given[-1])
        total += max(context["cursor"].rowcount, 0)
        return answer

    with connection.execute_wrapper(count):
        assert client.get(address).status_code == 200
    return total


def test_a_tender_page_reads_the_same_rows_among_1_and_30_tenders(
    client: Client, awarded: Tender
) -> None:
    address = reverse("public:tender", args=[awarded.ocid])
    rows_read(client, address)
    alone = rows_read(client, address)
    listings.copies(Listing.objects.get(pk=awarded.ocid), 29)
    assert rows_read(client, address) == alone


def test_a_full_list_reads_the_same_rows_among_30_and_60_tenders(
    client: Client, awarded: Tender
) -> None:
    address = reverse("public:tender-list")
    model = Listing.objects.get(pk=awarded.ocid)
    [first, *_others] = listings.copies(model, 29)
    rows_read(client, address)
    among_30 = rows_read(client, address)
    listings.copies(first, 30)
    assert Listing.objects.count() == 60
    assert rows_read(client, address) == among_30
    assert among_30 <= 100
