"""What a page reads from the database does not grow with the number of tenders."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import reverse

from benchmarks import weight
from benchmarks.weight import Asked
from organizations.csos.models import Cso, CsoType
from organizations.register.models import Organization
from procurement.publication import finding
from procurement.publication.models import AwardListing, Listing
from procurement.tenders.models import Tender
from tests.builders import organizations as make
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


def scanned(client: Client, address: str) -> int:
    """How many rows the database went through for one page, the count in its heading apart."""
    asked = Asked()
    with connection.execute_wrapper(asked):
        assert client.get(address).status_code == 200
    return sum(weight.touched(sql, given) for sql, given in asked.statements if "count(" not in sql)


def among(number: int, model: AwardListing | Cso) -> None:
    """Copies of a row that differ in their names, and figures about them for the planner."""
    if isinstance(model, AwardListing):
        listings.awards(model, number)
        numbered = Cast(F("pk"), CharField())
        AwardListing.objects.exclude(pk=model.pk).exclude(ocid="x").update(
            ocid=Concat(Value("ocds-"), numbered),
            title=Concat(Value("第"), numbered, Value("号服务")),
            supplier_name=Concat(Value("第"), numbered, Value("号小组")),
            agency_name=Concat(Value("第"), numbered, Value("号中心")),
        )
    else:
        names = [field.attname for field in Organization._meta.concrete_fields]
        base = {name: getattr(model.organization, name) for name in names}
        made = Organization.objects.bulk_create(
            Organization(**base | {"id": None, "uscc": None, "name": f"第{n:04d}关怀小组"})
            for n in range(number)
        )
        own = {f.attname: getattr(model, f.attname) for f in Cso._meta.concrete_fields}
        Cso.objects.bulk_create(Cso(**own | {"organization_id": each.pk}) for each in made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


RARE_AWARDS = [
    {"region": "532500"},
    {"method": "quotation"},
    {"amount_from": "9000000"},
    {"amount_to": "1"},
    {"year": "2001"},
]
RARE_WORDS = [{"q": "宇宙"}, {"supplier": "宇宙"}, {"agency": "宇宙"}, {"q": "互助会"}]


def test_a_filter_that_few_awards_pass_goes_through_those_few(
    client: Client, awarded: Tender
) -> None:
    make.region("532500")
    model = AwardListing.objects.all()[0]
    AwardListing.objects.bulk_create(
        AwardListing(
            ocid="x", award_id=str(n), title="x", method="quotation", agency_id="x",
            agency_name="x", supplier_id="x", supplier_name="x", regions=["532500"],
            amount=9_500_000, awarded_at=model.awarded_at,
        )
        for n in range(10)
    )  # fmt: skip
    among(8000, model)
    address = reverse("public:award-list")
    over = {
        str(asked): rows
        for asked in RARE_AWARDS
        if (rows := scanned(client, f"{address}?{urlencode(asked)}")) > 100
    }
    assert over == {}


def test_a_word_that_all_hold_in_a_place_of_few_goes_through_the_newest_and_those_few(
    client: Client, awarded: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "WINDOW", 100)
    make.region("532500")
    listings.copies(Listing.objects.get(pk=awarded.ocid), 3000)
    oldest = Listing.objects.order_by("tender_period_start").values("pk")[:5]
    Listing.objects.filter(pk__in=oldest).update(regions=["532500"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = Asked()
    with connection.execute_wrapper(asked):
        page = client.get(reverse("public:tender-list"), {"q": "服务", "region": "532500"})
    assert len(page.context["cards"]) == 5
    [search] = [each for each in asked.statements if "AS MATERIALIZED" in each[0]]
    assert weight.touched(*search) < 1000


def test_for_a_word_that_few_awards_hold_no_more_than_the_newest_are_gone_through(
    client: Client, awarded: Tender
) -> None:
    model = AwardListing.objects.all()[0]
    among(5000, model)
    AwardListing.objects.filter(pk=model.pk).update(supplier_name="红河互助会")
    address = reverse("public:award-list")
    over = {
        str(asked): rows
        for asked in RARE_WORDS
        if (rows := scanned(client, f"{address}?{urlencode(asked)}")) > 4 * finding.WINDOW + 100
    }
    assert over == {}


def test_what_a_supplier_won_last_is_read_by_an_index(client: Client, awarded: Tender) -> None:
    model = AwardListing.objects.all()[0]
    among(3000, model)
    address = reverse("public:organization", args=[model.supplier_id])
    assert scanned(client, address) <= 100


ORGANIZATIONS: list[tuple[dict[str, str], int]] = [
    ({}, 100),
    ({"service": "advocacy"}, 100),
    ({"service": "outreach"}, 100),
    ({"population": "msm"}, 100),
    ({"population": "plhiv"}, 100),
    ({"cso_type": "ngo"}, 100),
    ({"kind": "agency"}, 100),
    ({"q": "宇宙"}, 2000),
    ({"q": "关怀"}, 2000),
    ({"region": "532500"}, 2000),
    ({"region": "530100"}, 2000),
]


def test_the_list_of_organisations_is_read_by_indexes_among_any_number(client: Client) -> None:
    for code in ("530000", "530102", "532500"):
        make.region(code)
    for number in range(10):
        make.cso(name=f"倡导小组{number}")
    Cso.objects.update(services=["advocacy"], populations=["msm"], cso_type=CsoType.NGO)
    among(5000, make.cso())
    address = reverse("public:organization-list")
    over = {
        str(asked): rows
        for asked, most in ORGANIZATIONS
        if (rows := scanned(client, f"{address}?{urlencode(asked)}")) > most
    }
    assert over == {}
