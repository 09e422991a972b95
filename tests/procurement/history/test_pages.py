"""Imported history in public: marked as what it is, with the way to the statutory medium."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from procurement.history.models import ImportedNotice, NoticeType
from tests.builders import organizations as build

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LIST = reverse("public:history-list")

pytestmark = pytest.mark.django_db


@pytest.fixture
def imported() -> None:
    """The invented file, taken in."""
    with pytest.raises(SystemExit):
        call_command("import_notices", str(Path(__file__).parent / "invented.json"))


def many(count: int) -> None:
    """Take in as many notices, a day apart."""
    ImportedNotice.objects.bulk_create(
        ImportedNotice(
            kind=NoticeType.CALL,
            title=f"第{number}号公告",
            agency="青榕县医院",
            key=f"{number:064d}",
            source_name="x.csv",
            source_sha256="0" * 64,
            source_row=f"row {number}",
            raw={},
            imported_at=AT,
            ordered_on=date(2026, 1, 1) + timedelta(days=number),
        )
        for number in range(count)
    )


@pytest.mark.usefixtures("imported")
def test_the_list_says_that_these_are_no_acts_of_the_portal(client: Client) -> None:
    page = client.get(LIST).content.decode()
    assert "不是本平台办理的采购" in page
    assert "青榕县社会救助服务竞争性磋商公告" in page
    assert len(page.encode()) < 60_000


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"q": "银杏"}, {"采购社会救助经办服务"}),
        ({"q": "救助 晨露"}, {"采购社会救助经办服务", "青榕县社会救助服务竞争性磋商公告"}),
        ({"kind": "end"}, {"青榕县宣传项目终止公告"}),
        ({"kind": "call", "procedure": "consultation"}, {"青榕县社会救助服务竞争性磋商公告"}),
        ({"q": "没有这样的词"}, set()),
    ],
)
def test_words_kind_and_procedure_narrow_the_list(
    client: Client, query: dict[str, str], titles: set[str]
) -> None:
    rows = client.get(LIST, query).context["rows"]
    assert {notice.title for notice, _method in rows} == titles


@pytest.mark.usefixtures("imported")
def test_an_empty_answer_shows_the_way_back(client: Client) -> None:
    page = client.get(LIST, {"q": "没有这样的词"}).content.decode()
    assert "没有符合条件的历史公告" in page
    assert f'href="{LIST}"' in page


@pytest.mark.usefixtures("imported")
def test_a_filter_that_does_not_exist_is_named(client: Client) -> None:
    response = client.get(LIST, {"kind": "nonsense"})
    assert response.status_code == 200
    assert "kind" in response.context["form"].errors


@pytest.mark.usefixtures("imported")
def test_the_award_of_two_lots_reads_well(client: Client) -> None:
    award = ImportedNotice.objects.get(code="QR2026-C3-01")
    page = client.get(reverse("public:history", args=[award.pk])).content.decode()
    for words in (
        "这是导入的历史公告",
        "第 1 包 · Ⅰ标段",
        "688,000 元",
        "石斛服务有限公司",
        "第 2 包 · Ⅱ标段",
        "699,700 元",
        "银杏社会救助服务中心",
        "竞争性磋商",
        "1,387,700 元",
        "中国政府采购网",
        "invented.json",
    ):
        assert words in page


@pytest.mark.usefixtures("imported")
def test_a_notice_links_to_the_statutory_medium(client: Client) -> None:
    notice = ImportedNotice.objects.get(title="青榕县社会救助服务竞争性磋商公告")
    page = client.get(reverse("public:history", args=[notice.pk])).content.decode()
    assert 'href="https://medium.example.org/t1.htm"' in page


def test_a_notice_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(reverse("public:history", args=[1])).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_often_for_one_as_for_thirty(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(count)
    build.region("530000")
    client.get(LIST)  # divisions are read once in the life of a process
    with django_assert_num_queries(3):  # notices, their count; the clock
        client.get(LIST)


def test_pages_follow_each_other_without_gap(client: Client) -> None:
    many(60)
    seen: list[str] = []
    address = LIST
    while address:
        context = client.get(address).context
        seen += [notice.title for notice, _method in context["rows"]]
        address = LIST + context["earlier_url"] if context["earlier_url"] else ""
    assert seen == [f"第{number}号公告" for number in reversed(range(60))]
