"""Searching in two steps finds exactly what one plain query finds, on every page, in its order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.instants import now
from procurement.publication import finding, paging
from procurement.publication.models import Listing
from procurement.web.public.filters import TenderFilter
from tests.builders import organizations as make
from tests.procurement.publication import listings

pytestmark = pytest.mark.django_db

ASKED = [
    {"q": "随访"},  # in every tender
    {"q": "关怀服务", "region": "530102"},
    {"q": "关怀服务", "region": "532500"},  # nowhere there
    {"q": "老"},  # in the oldest three alone
    {"q": "老 随访"},
    {"q": "宇宙"},
    {"q": "！"},  # nothing that can be looked for
    {"q": "随访", "sort": "closing"},
    {"q": "随访", "status": "planned"},
    {"q": "随访", "budget_to": "1"},
]


@pytest.fixture
def many() -> None:
    """Forty tenders; the oldest three are the only ones with one word."""
    make.region("530000")
    make.region("530102")
    make.region("532500")
    at = now()
    first = Listing.objects.create(
        ocid="ocds-x", title="随访关怀服务（老）", agency_id="1", agency_name="某中心",
        status="active", regions=["530102"], tender_period_start=at, tender_period_end=at,
        updated_at=at, compiled={}, bigrams="",
    )  # fmt: skip
    listings.copies(first, 3)
    [*_some, last] = Listing.objects.order_by("tender_period_start")
    listings.copies(last, 36, title="随访关怀服务")
    first.delete()


def every_page(asked: dict[str, str], *, plain: bool) -> list[list[str]]:
    """The keys of every page, read by keyset to the end and back to the start."""
    narrowed = TenderFilter(asked, now())
    read = paging.plainly if plain else finding.reading(asked["q"])
    pages, cursor, back = [], "", False
    while True:
        page = paging.page(narrowed.rows(), by=narrowed.order, cursor=cursor, size=10, read=read)
        pages.append([row.pk for row in page.rows])
        back = back or not page.following
        cursor = page.preceding if back else page.following
        if not cursor:
            return pages


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("window", [5, 2000])
def test_two_steps_find_what_one_query_finds(
    many: None, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str], window: int
) -> None:
    monkeypatch.setattr(finding, "WINDOW", window)
    assert every_page(asked, plain=False) == every_page(asked, plain=True)


@pytest.mark.parametrize(("words", "steps"), [("随访", 1), ("老", 2)])
def test_one_query_takes_the_second_step_only_when_the_first_does_not_fill_a_page(
    many: None, words: str, steps: int
) -> None:
    narrowed = TenderFilter({"q": words}, now())
    with CaptureQueriesContext(connection) as asked:
        paging.page(narrowed.rows(), by=narrowed.order, size=10, read=finding.reading(words))
    [query] = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN ANALYZE " + query["sql"].replace("%", "%%"), [])
        plan = [line for (line,) in cursor.fetchall()]
    left_out = [line for line in plan if "Limit" in line and "never executed" in line]
    assert len(left_out) == (1 if steps == 1 else 0)
