"""Feeds: valid Atom, the same answer as the list, the same cost for 1 and 30 rows."""

from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from procurement.amendments import actions as amendments
from procurement.ocds import fragments
from procurement.publication.models import AwardListing, Entry, Listing
from procurement.tenders.models import Tender
from procurement.web.public.feeds import KIND, MOST
from tests.builders.procurement import Cast
from tests.procurement.publication import listings
from tests.procurement.web.public.conftest import Open, open_dates

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public_address")]

ATOM = "{http://www.w3.org/2005/Atom}"
TENDERS, AWARDS = reverse("public:tender-feed"), reverse("public:award-feed")
BREACHES = reverse("public:breach-feed")
NEEDED = ("id", "title", "updated")  # RFC 4287, 4.1.1 and 4.1.2: exactly one of each


def feed(client: Client, address: str) -> ET.Element:
    """The feed at an address, with all that RFC 4287 requires."""
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, KIND)
    root = ET.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for part in (root, *entries(root)):
        assert [len(part.findall(ATOM + name)) for name in NEEDED] == [1, 1, 1]
        assert all(part.findtext(ATOM + name) for name in NEEDED)
        assert part.findtext(f"{ATOM}author/{ATOM}name")
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated") or "").tzinfo
        [page] = [each for each in part.findall(f"{ATOM}link") if each.get("rel") == "alternate"]
        assert (page.get("href") or "").startswith("https://caigou.example.org/")
    [own] = [each for each in root.findall(f"{ATOM}link") if each.get("rel") == "self"]
    assert own.get("href") == root.findtext(f"{ATOM}id")
    names = [entry.findtext(f"{ATOM}id") for entry in entries(root)]
    assert len(set(names)) == len(names)
    return root


def entries(root: ET.Element) -> list[ET.Element]:
    return root.findall(f"{ATOM}entry")


def titles(client: Client, address: str) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(feed(client, address))]


def test_a_feed_without_entries_is_valid_and_stays_as_it_is(client: Client) -> None:
    for address in (TENDERS, AWARDS, BREACHES):
        assert entries(feed(client, address)) == []
        assert client.get(address).content == client.get(address).content


def test_the_feed_of_tenders_tells_what_the_list_tells(client: Client, awarded: Tender) -> None:
    [entry] = entries(feed(client, TENDERS))
    last = Entry.objects.of(awarded.ocid).last()
    assert last is not None
    assert entry.findtext(f"{ATOM}id") == f"tag:caigou.example.org,2026:{awarded.ocid}"
    assert entry.findtext(f"{ATOM}title") == f"{awarded.title} · 已公布结果"
    said = datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "")
    assert said == last.published_at.replace(microsecond=0)
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == awarded.procuring_entity.name


@pytest.mark.parametrize(
    "query",
    ["region=530102", "region=530103", "service=follow_up", "service=testing", "status=open",
     "status=awarded", "q=随访", "q=宇宙", "agency=疾病预防", "agency=教育局", "sort=closing"],
)  # fmt: skip
def test_a_search_and_its_feed_agree(client: Client, awarded: Tender, query: str) -> None:
    listed = client.get(f"{reverse('public:tender-list')}?{query}").context["cards"]
    assert len(titles(client, f"{TENDERS}?{query}")) == len(listed)


def test_an_agency_is_followed_by_its_number(client: Client, awarded: Tender) -> None:
    number = fragments.party_id(awarded.procuring_entity)
    assert len(titles(client, f"{TENDERS}?agency={number}")) == 1
    assert titles(client, f"{TENDERS}?agency=CN-USCI-0") == []


def test_an_amendment_brings_a_tender_back_to_the_top(
    client: Client, who: Cast, open_now: Open
) -> None:
    older, newer = open_now(title="先公告的"), open_now(title="后公告的")
    assert titles(client, TENDERS) == ["后公告的 · 正在接受投标", "先公告的 · 正在接受投标"]
    at = open_dates()["at"] + timedelta(days=1)
    change = amendments.propose(
        older,
        changes={"quantity": "220 人"},
        rationale="人数增加。",
        affects_preparation=False,
        by=who.drafter,
        at=at,
    )
    amendments.publish(change, by=who.approver, at=at)
    assert titles(client, TENDERS)[0] == "先公告的 · 正在接受投标"
    [latest, *_] = entries(feed(client, reverse("public:notice-feed", args=[older.ocid])))
    assert latest.findtext(f"{ATOM}title") == "更正公告 · 先公告的"
    assert "人数增加。" in (latest.findtext(f"{ATOM}summary") or "")
    assert newer.title == "后公告的"


def test_the_notices_of_a_tender_are_told_latest_first(client: Client, awarded: Tender) -> None:
    told = entries(feed(client, reverse("public:notice-feed", args=[awarded.ocid])))
    known = Entry.objects.of(awarded.ocid).order_by("-index")
    assert [each.findtext(f"{ATOM}id") for each in told] == [
        f"tag:caigou.example.org,2026:{entry.release_id}" for entry in known
    ]
    assert client.get(reverse("public:notice-feed", args=["ocds-0"])).status_code == 404


def test_awards_are_told_with_who_won_and_for_how_much(client: Client, awarded: Tender) -> None:
    award = AwardListing.objects.get()
    [title] = titles(client, AWARDS)
    assert title == f"{award.title} · {award.supplier_name} · 100,000 元"
    assert titles(client, f"{AWARDS}?year=2020") == []


def test_what_an_agency_writes_cannot_break_the_feed(client: Client, open_now: Open) -> None:
    open_now(title="<b>甲</b> & 乙", summary="<script>alert(1)</script>")
    [entry] = entries(feed(client, TENDERS))
    assert (entry.findtext(f"{ATOM}title") or "").startswith("<b>甲</b> & 乙")
    assert "&lt;script&gt;" in (entry.findtext(f"{ATOM}summary") or "")


def test_the_address_names_the_language(client: Client, awarded: Tender) -> None:
    assert titles(client, f"{TENDERS}?lang=en") == [f"{awarded.title} · Awarded"]
    root = feed(client, f"{TENDERS}?service=follow_up&lang=en")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


@pytest.mark.parametrize("address", [TENDERS, AWARDS])
def test_thirty_rows_cost_the_queries_of_one(
    client: Client,
    awarded: Tender,
    address: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    assert len(one) <= 3
    listings.copies(Listing.objects.get(pk=awarded.ocid), MOST)
    listings.awards(AwardListing.objects.get(), MOST)
    with django_assert_num_queries(len(one)):
        assert len(titles(client, address)) == MOST


def test_who_has_the_feed_already_is_told_so(client: Client, awarded: Tender) -> None:
    answer = client.get(TENDERS)
    assert "public" in answer.headers["Cache-Control"]
    again = client.get(TENDERS, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_lists_and_tender_pages_name_their_feeds(client: Client, awarded: Tender) -> None:
    def page(address: str) -> str:
        return client.get(address).content.decode()

    whole = page(f"{reverse('public:tender-list')}?region=530102&q=&page=after~2026")
    assert f'type="application/atom+xml" href="{TENDERS}?region=530102"' in whole
    assert f'<a href="{TENDERS}?region=530102">' in whole
    assert f'<a href="{reverse("public:tender-calendar")}?region=530102">' in whole
    assert f'<a href="{AWARDS}">' in page(reverse("public:award-list"))
    own = reverse("public:notice-feed", args=[awarded.ocid])
    assert page(reverse("public:tender", args=[awarded.ocid])).count(f'href="{own}"') == 2
