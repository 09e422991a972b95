"""Keyset pages: every row once, forwards and back, even where many share an instant."""

from datetime import UTC, datetime

import pytest

from procurement.publication import paging
from procurement.publication.models import AwardListing

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 8, 1, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def rows() -> list[int]:
    """Fifty-three awards, forty of them in the same instant; their keys, newest first."""
    made = [
        AwardListing(
            ocid="o",
            award_id=str(number),
            title="t",
            method="open",
            agency_id="a",
            agency_name="a",
            supplier_id="s",
            supplier_name="s",
            amount=1,
            awarded_at=AT if number < 40 else AT.replace(hour=number - 38),
        )
        for number in range(53)
    ]
    AwardListing.objects.bulk_create(made)
    return list(AwardListing.objects.order_by("-awarded_at", "-pk").values_list("pk", flat=True))


def pages(by: str, size: int = 7) -> list[paging.Page[AwardListing]]:
    """Every page from the first to the last."""
    found = [paging.page(AwardListing.objects.all(), by=by, size=size)]
    while found[-1].following:
        cursor = found[-1].following
        found.append(paging.page(AwardListing.objects.all(), by=by, cursor=cursor, size=size))
    return found


@pytest.mark.parametrize("by", ["-awarded_at", "awarded_at"])
def test_every_row_is_on_one_page(rows: list[int], by: str) -> None:
    read = [row.pk for page in pages(by) for row in page.rows]
    assert read == (rows if by.startswith("-") else rows[::-1])


def test_the_way_back_is_the_way_forth(rows: list[int]) -> None:
    forth = pages("-awarded_at")
    page = forth[-1]
    back = [page]
    while page.preceding:
        everything = AwardListing.objects.all()
        page = paging.page(everything, by="-awarded_at", cursor=page.preceding, size=7)
        back.append(page)
    assert [[r.pk for r in p.rows] for p in reversed(back)] == [
        [r.pk for r in p.rows] for p in forth
    ]
    assert back[-1].rows[0].pk == rows[0]


@pytest.mark.parametrize("cursor", ["x", "after~", "after~yesterday~1", "after~1", "before~~~"])
def test_a_cursor_that_cannot_be_read_gives_the_first_page(rows: list[int], cursor: str) -> None:
    page = paging.page(AwardListing.objects.all(), by="-awarded_at", cursor=cursor, size=7)
    assert [row.pk for row in page.rows] == rows[:7]
    assert page.preceding == ""


def test_an_empty_list_has_one_empty_page() -> None:
    assert paging.page(AwardListing.objects.all(), by="-awarded_at") == paging.Page([], "", "")
