"""The lists: filters, search, facets, pages, weight, and a fixed number of queries."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from procurement.publication.models import AwardListing, DutyListing, Listing
from procurement.publication.queries import State
from procurement.tenders.models import Tender
from procurement.web.public.filters import TenderFilter
from tests.builders import organizations as make
from tests.procurement.publication import listings
from tests.procurement.web.public.conftest import Open

pytestmark = pytest.mark.django_db

LISTS = ["public:tender-list", "public:planning-list", "public:award-list"]


def page(client: Client, name: str, **query: str) -> str:
    """The text of a page that must be there."""
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return response.content.decode()


def titles(client: Client, **query: str) -> list[str]:
    """The titles in the tender list."""
    text = re.sub("</?mark>", "", page(client, LISTS[0], **query))
    found = re.findall(r'class="entry-title"><a [^>]*>([^<]+)</a>', text)
    return [title.strip() for title in found]


@pytest.mark.parametrize("name", [*LISTS, "public:organization-list", "public:home"])
def test_an_empty_list_says_what_to_do(client: Client, name: str) -> None:
    make.region("530000")
    text = page(client, name)
    assert 'class="empty"' in text


FILTERS = [  # the question, and whether the one procurement there is answers it
    ({}, True),
    ({"q": "随访"}, True),
    ({"q": "访"}, True),
    ({"q": "疾病预防"}, True),
    ({"q": "宇宙"}, False),
    ({"status": "awarded"}, True),
    ({"status": "open"}, False),
    ({"status": "judging"}, False),
    ({"status": "planned"}, False),
    ({"region": "530102"}, True),
    ({"region": "530100"}, True),
    ({"region": "530103"}, False),
    ({"region": "532500"}, False),
    ({"service": "follow_up"}, True),
    ({"service": "testing"}, False),
    ({"population": "plhiv"}, True),
    ({"population": "msm"}, False),
    ({"method": "open"}, True),
    ({"method": "grant"}, False),
    ({"budget_from": "120000"}, True),
    ({"budget_from": "120000.01"}, False),
    ({"budget_to": "12万"}, True),
    ({"budget_to": "119999"}, False),
    ({"closes_from": "2026-04-28"}, True),
    ({"closes_from": "2026-04-29"}, False),
    ({"closes_to": "2026-04-28"}, True),
    ({"closes_to": "2026-04-27"}, False),
    ({"agency": "疾病预防"}, True),
    ({"agency": "教育局"}, False),
    ({"sort": "closing"}, False),
]


def test_each_filter_keeps_what_it_says(client: Client, awarded: Tender) -> None:
    found = [(query, titles(client, **query)) for query, _found in FILTERS]
    assert found == [(query, [awarded.title] if there else []) for query, there in FILTERS]


def test_a_place_finds_its_parts_and_what_is_around_it(client: Client, awarded: Tender) -> None:
    codes = ["530102", "530100", "530103", "532501"]
    Listing.objects.update(regions=["530100"])
    assert [bool(titles(client, region=code)) for code in codes] == [True, True, True, False]
    Listing.objects.update(regions=["530000"])
    assert all(titles(client, region=code) for code in codes)


def test_the_deadline_second_decides_what_is_open(open_now: Open) -> None:
    tender = open_now()
    end = tender.tender_period_end
    assert end is not None
    for at, state in ((end, State.OPEN), (end + timedelta(seconds=1), State.JUDGING)):
        rows = TenderFilter({"status": state.value}, at).rows()
        assert [row.pk for row in rows] == [tender.ocid]


def test_a_mistake_in_the_address_is_named_and_the_rest_still_counts(
    client: Client, awarded: Tender
) -> None:
    text = page(client, LISTS[0], budget_from="many", q="随访")
    assert 'class="errors"' in text
    assert 'value="many"' in text
    assert "艾滋病<mark>随访</mark>关怀服务" in text


ODD = [
    {"q": "x" * 5000},
    {"region": "999999"},
    {"page": "after~9999-99-99~x"},
    {"budget_from": "1e300"},
    {"budget_to": "NaN"},
    {"closes_to": "9999-12-31"},
    {"closes_from": "0001-01-01"},
    {"sort": "'; DROP TABLE"},
    {"status": "nowhere"},
    {"year": "9999999999"},
    {"year": "1.5"},
    {"amount_from": "-1"},
    {"supplier": "%"},
]


@pytest.mark.parametrize("name", [*LISTS, "public:organization-list", "public:home"])
def test_an_odd_address_is_answered_all_the_same(
    client: Client, awarded: Tender, name: str
) -> None:
    answers = [client.get(reverse(name), query).status_code for query in ODD]
    assert answers == [200] * len(ODD)


def test_the_summary_says_the_filters_and_each_can_be_taken_out(
    client: Client, awarded: Tender
) -> None:
    text = page(client, LISTS[0], q="随访", region="530102", service="follow_up")
    for words in ("“随访”", "五华区", "感染者随访关怀", "1 项"):
        assert words in text
    query = "?q=%E9%9A%8F%E8%AE%BF&amp;service=follow_up"
    assert query in text


def test_facets_count_what_each_choice_would_give(client: Client, open_now: Open) -> None:
    model = Listing.objects.get(pk=open_now().ocid)
    listings.copies(model, 4)
    text = page(client, LISTS[0], service="testing")
    assert "感染者随访关怀（5）" in text


def test_more_than_a_thousand_is_said_without_counting_them_all(
    client: Client, open_now: Open
) -> None:
    listings.copies(Listing.objects.get(pk=open_now().ocid), 1001)
    assert "超过 1,000 项" in page(client, LISTS[0])


def test_pages_show_every_tender_once(client: Client, open_now: Open) -> None:
    model = Listing.objects.get(pk=open_now().ocid)
    listings.copies(model, 59, tender_period_start=model.tender_period_start)
    seen: list[str] = []
    address = reverse(LISTS[0])
    while address:
        text = client.get(address).content.decode()
        seen += re.findall(r'href="/tenders/(ocds[^/"]+)/"', text)
        following = re.search(r'href="(\?[^"]+)" rel="next"', text)
        address = reverse(LISTS[0]) + following[1].replace("&amp;", "&") if following else ""
    expected = Listing.objects.order_by("-tender_period_start", "-pk").values_list("pk", flat=True)
    assert seen == list(expected)
    assert len(seen) == 60


def test_the_list_takes_the_same_few_queries_for_1_and_30(
    client: Client, open_now: Open, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    model = Listing.objects.get(pk=open_now().ocid)
    page(client, LISTS[0])
    with django_assert_num_queries(3):
        page(client, LISTS[0])
    listings.copies(model, 29)
    with django_assert_num_queries(3):
        text = page(client, LISTS[0], q="随访", region="530102")
    assert len(text.encode()) < 60_000
    assert text.count('class="entry entry-split"') == 25


def test_the_other_lists_take_the_same_few_queries_for_1_and_30(
    client: Client, awarded: Tender, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, LISTS[0])
    for more in (0, 29):
        listings.awards(AwardListing.objects.all()[0], more)
        with django_assert_num_queries(2):
            text = page(client, "public:award-list")
        assert len(text.encode()) < 60_000
        listings.copies(Listing.objects.get(pk=awarded.ocid), more)
        with django_assert_num_queries(3):
            page(client, "public:planning-list")
        with django_assert_num_queries(5):
            page(client, "public:home")
        with django_assert_num_queries(4):
            client.get(reverse("public:tender", args=[awarded.ocid]))


OF_AWARDS = [  # the question, and whether the one procurement there is answers it
    ({}, True),
    ({"q": "随访"}, True),
    ({"q": "宇宙"}, False),
    ({"agency": "疾病预防"}, True),
    ({"supplier": "春城"}, True),
    ({"supplier": "滇池"}, False),
    ({"region": "530102"}, True),
    ({"region": "532500"}, False),
    ({"year": "2026"}, True),
    ({"year": "2025"}, False),
    ({"method": "open"}, True),
    ({"method": "grant"}, False),
    ({"amount_from": "100000"}, True),
    ({"amount_to": "99999"}, False),
]


def test_each_filter_of_the_award_register(client: Client, awarded: Tender) -> None:
    for query, there in OF_AWARDS:
        assert ("100,000 元" in page(client, "public:award-list", **query)) is there, query
    assert "艾滋病<mark>随访</mark>关怀服务" in page(client, "public:award-list", q="随访")


def test_home_says_what_can_be_bid_for_here(client: Client, open_now: Open) -> None:
    open_now()
    near = page(client, "public:home", region="530100")
    assert "艾滋病随访关怀服务" in near
    assert "昆明市现在可以申报的项目" in near
    far = page(client, "public:home", region="532500")
    assert "红河哈尼族彝族自治州现在没有可以申报的项目" in far


def test_planning_notices_are_listed_and_found(client: Client, awarded: Tender) -> None:
    found = page(client, "public:planning-list", q="随访", region="530102")
    assert "艾滋病<mark>随访</mark>关怀服务" in found
    assert "没有符合条件的采购意向" in page(client, "public:planning-list", region="532500")


def test_home_tells_who_is_late_with_the_agencys_words(client: Client, awarded: Tender) -> None:
    nothing = page(client, "public:home")
    assert "没有逾期的事。到期没有办理的事会自动出现在这里。" in nothing
    said = {
        "id": "B-1",
        "rule": "enquiry.answer",
        "status": "overdue",
        "event": "enquiry.answered",
        "requirement": "",
        "citation": "",
        "dueDate": "2026-04-10T17:00:00+08:00",
        "breachedAt": "2026-04-10T17:00:00+08:00",
        "reply": {"text": "经办人住院。", "date": "2026-04-12T09:00:00+08:00"},
    }
    listing = Listing.objects.get(pk=awarded.ocid)
    for number in range(5):
        DutyListing.objects.create(
            public_id=f"B-{number}",
            ocid=listing.ocid,
            title=listing.title,
            agency_id=listing.agency_id,
            agency_name=listing.agency_name,
            rule_id="enquiry.answer",
            state="overdue",
            since=f"2026-04-1{number}T17:00:00+08:00",
            due_at=f"2026-04-1{number}T17:00:00+08:00",
            said=said | ({} if number == 4 else {"reply": None}),
        )
    text = page(client, "public:home")
    assert "经办人住院。" in text
    assert text.count("采购人还没有作说明。") == 2
    assert f"/tenders/{listing.ocid}/#B-4" in text


def test_the_place_stays_in_the_address_of_a_search(client: Client, open_now: Open) -> None:
    open_now()
    near = page(client, "public:home", region="530100")
    assert '<input type="hidden" name="region" value="530100">' in near
    assert 'href="?region=530100" aria-current="true"' in near


def test_the_list_counts_tenders_by_prefecture_and_keeps_the_other_filters(
    client: Client, open_now: Open
) -> None:
    make.region("532500")
    model = Listing.objects.get(pk=open_now().ocid)
    listings.copies(model, 2, regions=["532500"])
    text = page(client, LISTS[0], q="随访", region="532500", page="after~x~y")
    link = r'href="\?q=%E9%9A%8F%E8%AE%BF&amp;region=(\d+)"[^>]*>\s*(\S+) <span class="count">(\d+)'
    counted = {code: int(figure) for code, _name, figure in re.findall(link, text)}
    assert counted["530100"] == 1
    assert counted["532500"] == 2
    assert 'region=532500" aria-current="true"' in text


def test_an_empty_list_says_which_filter_to_take_out_and_what_that_gives(
    client: Client, open_now: Open
) -> None:
    make.region("532500")
    listings.copies(Listing.objects.get(pk=open_now().ocid), 2)
    text = page(client, LISTS[0], q="随访", region="532500", status="open")
    assert "没有符合条件的项目" in text
    way = re.findall(r'class="chip" href="([^"]+)">(去掉[^<]+)</a>', text)
    assert way == [("?q=%E9%9A%8F%E8%AE%BF&amp;status=open", "去掉 红河哈尼族彝族自治州：有 3 项")]
    assert titles(client, q="随访", status="open") == [open_title := "艾滋病随访关怀服务"] * 3
    assert open_title not in text
    hopeless = page(client, LISTS[0], q="宇宙", region="532500")
    assert "换一个短一点的词再找" in hopeless
    assert "去掉 “宇宙”" not in hopeless


def test_an_empty_search_takes_three_queries(
    client: Client, open_now: Open, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_now()
    page(client, LISTS[0])
    with django_assert_num_queries(3):
        page(client, LISTS[0], q="宇宙", region="530102", status="open")


def test_the_order_is_one_tap_and_keeps_the_filters(client: Client, open_now: Open) -> None:
    model = Listing.objects.get(pk=open_now(days_left=12).ocid)
    assert model.tender_period_end is not None
    sooner = model.tender_period_end - timedelta(days=9)
    listings.copies(model, 1, title="快截止的", tender_period_end=sooner)
    text = page(client, LISTS[0], region="530102")
    assert '<a href="?region=530102" aria-current="true">最新公告在前</a>' in text
    assert '<a href="?region=530102&amp;sort=closing">最快截止在前</a>' in text
    assert titles(client, region="530102", sort="closing")[0] == "快截止的"
