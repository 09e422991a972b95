"""The short form of `manage.py weigh`: lists and tender pages keep their budget at any number."""

import gzip
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from pytest_django import Settings

from benchmarks import crowd, weighing, weight
from benchmarks.weight import Asked, Cost, Page, Weighed
from procurement.publication.models import Listing
from tests.roles import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rehearsal(settings: Settings) -> None:
    """Pages are weighed as production shows them."""
    settings.REHEARSAL = False


@cache
def size(address: str) -> int:
    """The bytes of a file of ours, compressed; nothing is collected for tests."""
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return len(gzip.compress(Path(found).read_bytes()))


@pytest.mark.slow
def test_lists_and_tender_pages_keep_their_budget_among_30_and_300_tenders() -> None:
    told = world.make()
    pages = [page for page in weight.pages(told.arguments) if page.kind]
    weighed = weighing.compare(pages, weighing.readers_of(told), size, crowd.grow, 30, 300)
    assert [broken for each in weighed for broken in each.broken] == []
    kinds = [each.page.kind for each in weighed]
    assert (kinds.count("list"), kinds.count("tender")) == (8, Listing.objects.count() - 300)
    for each in weighed:
        assert each.first_visit <= 60_000, each.page
        assert each.after <= 15_000, each.page
        most = 4 if each.page.kind == "list" else 5
        for few, many in ((each.few, each.many), (each.named_few, each.named_many)):
            assert max(few.queries, many.queries) <= most, each.page
            assert few.rows == many.rows <= 100, each.page


LIGHT = Cost(plain=30_000, sent=15_000, files=45_000, queries=4, rows=100, touched=5000)
LIST = Page("a list", "/tenders/", "list")


def weighed(page: Page = LIST, **changes: int) -> Weighed:
    """A page at the limits of its budget, but for what changes among many."""
    return Weighed(page, LIGHT, replace(LIGHT, **changes), LIGHT, LIGHT)


def test_a_page_at_its_limits_breaks_nothing() -> None:
    assert weighed().broken == []


def test_what_is_over_a_limit_is_told() -> None:
    assert weighed(queries=5).broken == ["a list: 5 queries, at most 4"]
    assert weighed(sent=15_001).broken == [
        "a list: 60001 bytes at first, at most 60000",
        "a list: 15001 bytes after that, at most 15000",
    ]
    assert weighed(files=45_001).broken == ["a list: 60001 bytes at first, at most 60000"]
    assert weighed(rows=99).broken == ["a list: 100 rows read among few, 99 among many"]
    assert weighed(rows=101).broken == [
        "a list: 101 rows read, at most 100",
        "a list: 100 rows read among few, 101 among many",
    ]


def test_a_tender_page_may_ask_once_more_and_other_pages_as_they_like() -> None:
    assert weighed(Page("a tender", "/tenders/x/", "tender"), queries=5).broken == []
    assert weighed(Page("help", "/help/"), queries=50, sent=90_000).broken == []
    assert weighed(Page("help", "/help/"), rows=99).broken == [
        "help: 100 rows read among few, 99 among many"
    ]


def test_rows_that_a_scan_only_looks_at_are_counted_too() -> None:
    asked = Asked()
    with connection.execute_wrapper(asked), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE numbers AS SELECT generate_series(1, 100) AS n")
        cursor.execute("SELECT n FROM numbers WHERE n > %s", [98])
        cursor.execute("SELECT n FROM numbers ORDER BY n LIMIT 1")
    assert [weight.touched(*each) for each in asked.statements] == [0, 100, 100]
    assert asked.rows == 100 + 2 + 1


def test_the_files_of_a_page_are_those_a_browser_loads(client: Client) -> None:
    text = client.get("/about/").content.decode()
    assert weight.Files(text).ours == {
        "/static/favicon.svg",
        "/static/css/portal.css",
        "/static/js/portal.js",
    }
