"""The page of figures and the calendar: exact, readable without seeing, and of one size."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations import instants
from procurement.publication import catalogue, figures
from procurement.publication.models import Figure, FigureKind, Listing
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from procurement.web.public import deadlines
from tests.builders import organizations as make
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.publication import listings
from tests.procurement.web.public.conftest import Open
from tests.procurement.web.public.test_rows_read import rows_read

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, **query: str) -> str:
    """The text of a page that must be there, without its line breaks."""
    response = client.get(reverse(f"public:{name}"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_figures_of_nothing_say_so(client: Client) -> None:
    make.region("530000")
    text = page(client, "figures")
    assert text.count("这一年这里还没有") == 4
    assert "这一年还没有公布采购公告。" in text
    assert "<svg" not in text.split("<main")[1].split("</main>")[0]


def test_figures_of_one_told_story_are_sentences(client: Client, awarded: Tender) -> None:
    text = page(client, "figures", year="2026", region="530100")
    assert "公布了 1 个项目的成交结果，共 100,000 元；公开招标最多，占 100%。" in text
    assert "开标的有 1 个项目，每个都有两家以上组织投标。" in text
    assert "成交的 100,000 元里，公告说明支付全部成本的占 100%。" in text
    assert "其中 100,000 元的公告定了间接成本的上限，最多可以有 15,000 元（15%）。" in text
    assert "公告都说明可以付的：直接服务费用、人员工资、社会保险、" in text
    assert 'id="bought-title"' not in text, "one method is a sentence, not a picture"
    assert awarded.ocid not in text


def test_two_methods_make_a_picture_with_its_words_and_its_table(
    client: Client, awarded: Tender
) -> None:
    who = build.cast(1)
    build.awarded(
        who, build.evaluated(who, build.opened(who, build.published(who, "single-source")))
    )
    text = page(client, "figures", year="2026")
    picture = text.split('<svg class="bars"')[1].split("</figure>")[0]
    assert 'role="img" aria-labelledby="bought-title bought-desc"' in picture
    assert '<title id="bought-title">按采购方式成交的金额</title>' in picture
    assert "公开招标 100,000 元（1 项）" in picture
    assert picture.count("<tr>") == 3
    href = reverse("public:award-list") + "?method=single-source&amp;year=2026"
    assert f'href="{href}"' in picture
    assert "另有 1 个项目是单一来源采购，只与一家商定，不算在内。" in text
    note = "也列出面向全省的项目。"
    assert note not in text
    assert note in page(client, "figures", year="2026", region="530100")


def test_gaps_and_overlaps_are_words_and_shapes(client: Client, awarded: Tender) -> None:
    figure = Figure.objects.get(kind=FigureKind.SERVED, region="530100")
    figure.parts["follow_up:msm"] = [2, "0.00"]
    figure.save()
    text = page(client, "figures", year="2026", service="follow_up")
    row = next(each for each in text.split("<tr>") if ">昆明</a>" in each)
    cells = re.findall(r"<td class=\"level-(\d)\">.*?</svg>\s*(.*?)\s*</td>", row)
    assert cells[0] == ("1", "1 项")
    assert cells[2] == ("2", "2 项重叠")
    assert {cells[n] for n in (1, 3, 4, 5)} == {("0", "空白")}
    assert row.count("<svg") == 6


def test_wrong_words_in_the_address_are_left_out(client: Client, awarded: Tender) -> None:
    text = page(client, "figures", year="20x6", region="999999", service="nothing")
    assert "<h1>2026 年的数据：全省</h1>" in text


def _more(ocid: str, n: int) -> None:
    """Publish as many more like one, as far as the catalogue is concerned."""
    for copy in listings.copies(Listing.objects.get(pk=ocid), n):
        copy.refresh_from_db()
        figures.keep({}, catalogue.figures_of(copy))


def test_figures_read_the_same_among_1_and_30_tenders(
    client: Client, awarded: Tender, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("public:figures") + "?year=2026"
    client.get(address)
    alone = rows_read(client, address)
    _more(awarded.ocid, 29)
    assert rows_read(client, address) == alone
    with django_assert_num_queries(3):
        client.get(address)


# --- the calendar -------------------------------------------------------------------------------


def test_a_calendar_reads_no_more_than_it_names(
    client: Client, awarded: Tender, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("public:deadlines") + "?month=2026-04"
    client.get(address)
    with django_assert_num_queries(3):
        client.get(address)
    _more(awarded.ocid, 10)
    with django_assert_num_queries(3):
        client.get(address)
    _more(f"{awarded.ocid}-0001", deadlines.MOST // 2)  # two days each
    with django_assert_num_queries(2):
        client.get(address)
    assert rows_read(client, address) <= 10


def test_a_month_without_deadlines_says_so(client: Client) -> None:
    make.region("530000")
    assert "这个月没有截止的项目" in page(client, "deadlines", month="2031-02")


def test_the_end_of_questions_and_of_bids_are_in_their_days(
    client: Client, awarded: Tender
) -> None:
    text = page(client, "deadlines", month="2026-04")
    days = {int(each.split("</b>")[0]): each for each in text.split('aria-hidden="true"><b>')[1:]}
    assert "17:00 提问截止" in days[23]
    assert "17:00 投标截止，已开标" in days[28]
    assert reverse("public:tender", args=[awarded.ocid]) in days[28]
    assert [day for day, each in days.items() if "<ul>" in each] == [23, 28]
    assert 'rel="prev" href="?month=2026-03"' in text
    assert 'rel="next" href="?month=2026-05"' in text
    assert "4月28日（星期二）" in days[28]


def test_another_prefecture_has_days_of_its_own(client: Client, awarded: Tender) -> None:
    make.region("532500")
    here = page(client, "deadlines", month="2026-04", region="530100")
    there = page(client, "deadlines", month="2026-04", region="532500")
    assert awarded.title in here
    assert "这个月没有截止的项目" in there


def test_today_is_said(client: Client, open_now: Open) -> None:
    open_now()
    today = instants.now().astimezone(SHANGHAI)
    text = page(client, "deadlines")
    cell = text.split('aria-current="date">')[1].split("</td>")[0]
    assert f"<b>{today.day}</b>" in cell
    assert "今天" in cell


def test_a_cancelled_call_is_in_no_calendar(client: Client, who: Cast) -> None:
    tender = build.published(who)
    tenders.cancel(tender, reason="预算调整。", by=who.approver, at=build.OPENING)
    assert "这个月没有截止的项目" in page(client, "deadlines", month="2026-04")


def test_a_full_month_says_how_many_and_leads_to_the_day(
    client: Client, awarded: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "MOST", 1)
    text = page(client, "deadlines", month="2026-04")
    address = reverse("public:tender-list") + "?closes_from=2026-04-28&amp;closes_to=2026-04-28"
    assert f'<a href="{address}">投标截止 1 项</a>' in text
    assert "提问截止 1 项" in text
    assert awarded.title not in text


def test_an_opening_on_a_later_day_stands_in_its_own(client: Client, awarded: Tender) -> None:
    listing = Listing.objects.get(pk=awarded.ocid)
    before = catalogue.figures_of(listing)
    assert listing.opened_at
    listing.opened_at += timedelta(days=1)
    listing.save()
    figures.keep(before, catalogue.figures_of(listing))
    text = page(client, "deadlines", month="2026-04")
    assert "17:03 开标" in text.split("<b>29</b>")[1].split("</td>")[0]
    assert "，已开标" not in text
