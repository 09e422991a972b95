"""Searching in two steps finds exactly what one plain query finds, on every page, in its order."""

from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext

from organizations.instants import now
from procurement.publication import finding, paging, search
from procurement.publication.models import AwardListing, Listing
from procurement.web.public.filters import AwardFilter, TenderFilter
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
    found = narrowed.rows()
    read = paging.plainly if plain else finding.reading(asked["q"], found)
    pages, cursor, back = [], "", False
    while True:
        page = paging.page(found, by=narrowed.order, cursor=cursor, size=10, read=read)
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
    found = narrowed.rows()
    with CaptureQueriesContext(connection) as asked:
        paging.page(found, by=narrowed.order, size=10, read=finding.reading(words, found))
    [query] = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN ANALYZE " + query["sql"].replace("%", "%%"), [])
        plan = [line for (line,) in cursor.fetchall()]
    left_out = [line for line in plan if "Limit" in line and "never executed" in line]
    assert len(left_out) == (1 if steps == 1 else 0)


AWARDS: list[dict[str, str]] = [
    {"q": "随访"},  # in every award
    {"q": "旧"},  # in two titles
    {"q": "旧服务 随访"},
    {"q": "养老"},  # in one tender alone
    {"q": "互助"},  # in the name of one supplier
    {"q": "宇宙"},
    {"q": "！"},
    {"agency": "中心"},
    {"agency": "疾控"},
    {"agency": "CN-A"},
    {"supplier": "互助会"},
    {"supplier": "CN-S-3"},
    {"supplier": "100%"},
    {"supplier": "关怀", "q": "随访", "region": "530102"},
]


@pytest.fixture
def awards() -> None:
    """Forty awards; few differ from the others, and they are the oldest."""
    make.region("530000")
    make.region("530102")
    at = now()
    Listing.objects.create(
        ocid="ocds-2", title="养老", agency_id="CN-A", agency_name="某中心", status="complete",
        updated_at=at, compiled={}, bigrams=Cast(Value(search.vector("养老")), SearchVectorField()),
    )  # fmt: skip
    AwardListing.objects.bulk_create(
        AwardListing(
            ocid=f"ocds-{n}", award_id="1", title="旧服务（随访）" if n < 2 else "随访服务",
            method="open", agency_id="CN-A" if n else "CN-B", supplier_id=f"CN-S-{n}",
            agency_name="某中心" if n > 3 else "某疾控", amount=n + 1, regions=["530102"],
            supplier_name="互助会 100%" if n == 4 else "关怀小组",
            awarded_at=at + timedelta(hours=n),
        )
        for n in range(40)
    )  # fmt: skip


def award_pages(asked: dict[str, str], window: int) -> tuple[list[list[int]], bool]:
    """The keys of every page, and whether the last was filled from near by."""
    narrowed, few = AwardFilter(asked), AwardFilter(asked, are_few=True).qs
    read = finding.NearOrFew(few, window)
    pages, cursor = [], ""
    while True:
        page = paging.page(narrowed.qs, by="-awarded_at", cursor=cursor, size=10, read=read)
        pages.append([row.pk for row in page.rows])
        cursor = page.following
        if not cursor:
            return pages, read.are_many


@pytest.mark.parametrize("asked", AWARDS)
@pytest.mark.parametrize("window", [5, 15, 2000])
def test_awards_asked_for_in_two_ways_are_those_of_one_plain_query(
    awards: None, asked: dict[str, str], window: int
) -> None:
    expected = list(AwardFilter(asked).qs.order_by("-awarded_at").values_list("pk", flat=True))
    pages, _are_many = award_pages(asked, window)
    assert [key for page in pages for key in page] == expected
    assert {len(page) for page in pages[:-1]} <= {10}


def test_what_fills_no_page_near_by_is_asked_of_indexes(awards: None) -> None:
    everything = AwardListing.objects.order_by("-awarded_at")
    found = AwardFilter({"q": "随访"}).qs.order_by("-awarded_at")[:11]
    read = finding.NearOrFew(AwardListing.objects.none(), 20)
    assert len(read(found, everything)) == 11
    assert read.are_many
    rare = AwardFilter({"q": "旧"}).qs.order_by("-awarded_at")[:11]
    assert read(rare, everything) == []  # of those few that the second way finds
    assert not read.are_many
