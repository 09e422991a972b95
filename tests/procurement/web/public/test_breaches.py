"""The breach register: narrowed by the address, in pages, the same cost for 1 and 30 rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from procurement import clock
from procurement.ocds import fragments
from procurement.publication.models import DutyListing, Entry, NoticeKind
from procurement.publication.paging import SIZE
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.public.test_feeds import ATOM, BREACHES, entries, feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public_address")]

LIST = reverse("public:breach-list")


@pytest.fixture
def late(who: Cast) -> Tender:
    """A judged tender whose decision is late."""
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    clock.record_breaches(at=build.DECISION + timedelta(days=20))
    return tender


def copies(count: int) -> None:
    """More rows like the one there is."""
    row = DutyListing.objects.get()
    for number in range(count):
        row.pk, row.said["id"] = f"copy-{number}", f"copy-{number}"
        row.since -= timedelta(minutes=1)
        row.save(force_insert=True)


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_register_says_so(client: Client) -> None:
    assert "没有逾期的事" in shown(client, LIST)


def test_the_register_is_narrowed_by_agency_rule_and_state(client: Client, late: Tender) -> None:
    number = fragments.party_id(late.procuring_entity)
    [line] = DutyListing.objects.all()
    for kept in (f"agency={number}", "rule=award-decision-5wd", "state=overdue"):
        assert line.public_id in shown(client, f"{LIST}?{kept}")
    for dropped in ("agency=CN-USCI-0", "state=excused"):
        narrowed = shown(client, f"{LIST}?{dropped}")
        assert line.public_id not in narrowed
        assert "没有符合条件的记录" in narrowed
    assert line.public_id in shown(client, f"{LIST}?state=unheard-of")


def test_policy_is_not_called_law(client: Client, who: Cast) -> None:
    tender = build.evaluated(who, build.opened(who, build.published(who, "grant")))
    build.awarded(who, tender)
    page = shown(client, reverse("public:tender", args=[tender.ocid]))
    section = page[page.index('<section id="duties">') :]
    section = section[: section.index("</section>")]
    assert "本平台的规定" in section
    assert "法定要求" not in section


def test_what_was_kept_says_how_early(client: Client, awarded: Tender) -> None:
    page = shown(client, reverse("public:tender", args=[awarded.ocid]))
    assert "提前 9 天" in page
    assert "逾期" not in page[page.index('<section id="duties">') : page.index('id="log"')]


def test_the_notice_of_a_breach_tells_it(client: Client, late: Tender) -> None:
    notice = Entry.objects.of(late.ocid).get(kind=NoticeKind.BREACH)
    page = shown(client, reverse("public:notice", args=[notice.release_id]))
    assert "决定采购结果" in page
    assert "还没有办理" in page


def test_english_readers_get_the_rule_in_english(client: Client, late: Tender) -> None:
    client.cookies["django_language"] = "en"
    assert "within 5 working days" in shown(client, LIST)


def test_pages_follow_each_other(client: Client, late: Tender) -> None:
    copies(SIZE)
    first = client.get(LIST)
    assert len(first.context["lines"]) == SIZE
    second = client.get(LIST + first.context["earlier_url"])
    assert [line.id for line in second.context["lines"]] == [f"copy-{SIZE - 1}"]
    assert second.context["later_url"]


def test_thirty_breaches_cost_the_queries_of_one(
    client: Client, late: Tender, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    party = reverse("public:organization", args=[fragments.party_id(late.procuring_entity)])
    for address in (LIST, party):
        shown(client, address)
    counted = {}
    for address in (LIST, party):
        with CaptureQueriesContext(connection) as one:
            shown(client, address)
        counted[address] = len(one)
    copies(29)
    for address, once in counted.items():
        with django_assert_num_queries(once):
            shown(client, address)


def test_feed_readers_follow_the_register(client: Client, late: Tender) -> None:
    [entry] = entries(feed(client, BREACHES))
    assert entry.findtext(f"{ATOM}title") == (
        f"决定采购结果 · {late.procuring_entity.name} · 艾滋病随访关怀服务"
    )
    [page] = entry.findall(f"{ATOM}link")
    line = DutyListing.objects.get()
    assert (page.get("href") or "").endswith(f"/tenders/{late.ocid}/#{line.public_id}")
    assert entries(feed(client, f"{BREACHES}?state=excused")) == []
    [english] = entries(feed(client, f"{BREACHES}?lang=en"))
    assert (english.findtext(f"{ATOM}title") or "").startswith("Decide")
    assert f'<a href="{BREACHES}?state=overdue">' in shown(client, f"{LIST}?state=overdue&page=")
