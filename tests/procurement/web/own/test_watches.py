"""The pages of watches: from the button on a public page to the end of a watch."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.accounts.models import User
from organizations.roles import Actor
from procurement.ocds import fragments
from procurement.tenders.models import Tender
from procurement.watches import actions
from procurement.watches.models import Kind, Pace, Watch
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db
LIST = reverse("own:watch-list")


@pytest.fixture
def who() -> Cast:
    return build.cast(1)


@pytest.fixture
def tender(who: Cast) -> Tender:
    return build.published(who)


def way_in(page: str, words: str) -> str:
    """The address behind the button of a page, as an anonymous visitor gets it."""
    text = Client().get(page).content.decode()
    before = text[: text.index(words)]
    return before[before.rindex('href="') + 6 :].split('"')[0].replace("&amp;", "&")


def add(number: int, by: User) -> None:
    actor = Actor(user_id=by.pk, organization_id=None)
    for each in range(number):
        query = f"q=词{each}"
        actions.watch(Kind.SEARCH, query, pace=Pace.DAILY, by=actor, at=build.TENDER_DAY)


def test_the_buttons_of_public_pages_lead_to_a_watch_by_way_of_signing_in(
    tender: Tender, who: Cast, browser: Client
) -> None:
    agency = fragments.party_id(tender.procuring_entity)
    search = f"{reverse('public:tender-list')}?q=随访&sort=closing"
    for page, words, subject in (
        (reverse("public:tender", args=[tender.ocid]), "关注这个项目", tender.ocid),
        (reverse("public:organization", args=[agency]), "关注这个采购人", agency),
        (search, "保存这个搜索并关注", "q=%E9%9A%8F%E8%AE%BF"),
    ):
        url = way_in(page, words)
        sent = Client().get(url)
        assert sent.status_code == 302
        address = urlsplit(sent.headers["Location"])
        assert address.path == reverse("account_login")
        assert parse_qs(address.query)["next"] == [url]
        assert browser.get(url).status_code == 200
        assert browser.post(url, {"pace": "at-once"}).headers["Location"] == LIST
        assert Watch.objects.latest("pk").subject == subject
    group = reverse("public:organization", args=[fragments.party_id(who.csos[0].organization)])
    assert "关注这个" not in Client().get(group).content.decode()


def test_public_pages_with_the_button_hold_no_form_token_and_set_no_cookie(tender: Tender) -> None:
    for page in (reverse("public:tender", args=[tender.ocid]), reverse("public:tender-list")):
        answer = Client().get(page)
        assert "watches/new" in answer.content.decode()
        assert not answer.cookies


def test_nothing_is_watched_before_the_button_is_pressed(tender: Tender, browser: Client) -> None:
    page = f"{reverse('own:watch-new')}?tender={tender.ocid}"
    assert tender.title in browser.get(page).content.decode()
    assert not Watch.objects.exists()
    missing = browser.post(page, {}).content.decode()
    assert "请选择什么时候告诉您。" in missing
    assert not Watch.objects.exists()


def test_what_is_watched_already_leads_to_its_own_page(tender: Tender, browser: Client) -> None:
    page = f"{reverse('own:watch-new')}?tender={tender.ocid}"
    for _click in range(2):
        browser.post(page, {"pace": "weekly"})
    [watch] = Watch.objects.all()
    answer = browser.get(page)
    assert answer.headers["Location"] == reverse("own:watch", args=[watch.pk])


def test_the_pace_is_changed_and_the_watch_ended(tender: Tender, browser: Client) -> None:
    browser.post(f"{reverse('own:watch-new')}?tender={tender.ocid}", {"pace": "at-once"})
    [watch] = Watch.objects.all()
    page = reverse("own:watch", args=[watch.pk])
    assert browser.post(page, {"pace": "weekly"}).headers["Location"] == LIST
    assert "每周一早上八点，一封汇总" in browser.get(LIST).content.decode()
    end = reverse("own:watch-end", args=[watch.pk])
    assert browser.get(end).status_code == 405
    said = browser.post(end, follow=True).content.decode()
    assert f"已不再关注：{tender.title}。" in said
    assert "您还没有关注什么" in said
    assert browser.post(end).status_code == 404


def test_the_watch_of_another_is_not_there(tender: Tender, browser: Client) -> None:
    other = people.user()
    add(1, other)
    [watch] = Watch.objects.all()
    for name in ("own:watch", "own:watch-end"):
        page = reverse(name, args=[watch.pk])
        assert browser.post(page, {"pace": "weekly"}).status_code == 404
    assert [each.pace for each in Watch.objects.all()] == [Pace.DAILY]


def test_one_too_many_says_so_on_the_page(reader: User, browser: Client) -> None:
    add(actions.MOST, reader)
    page = f"{reverse('own:watch-new')}?search=q%3D还有"
    said = browser.post(page, {"pace": "at-once"}).content.decode()
    assert "您已经关注了 50 项" in said
    assert 'value="at-once" id="id_pace_0" checked' in said or "checked" in said
    assert Watch.objects.count() == actions.MOST


def test_an_address_without_a_thing_to_watch_is_not_found(browser: Client) -> None:
    for query in ("", "?tender=nothing", "?agency=x", "?who=me"):
        assert browser.get(reverse("own:watch-new") + query).status_code == 404


def test_the_list_takes_the_same_queries_for_one_and_for_thirty(
    reader: User, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add(1, reader)
    browser.get(LIST)
    with django_assert_num_queries(5):
        browser.get(LIST)
    add(30, reader)
    with django_assert_num_queries(5):
        assert browser.get(LIST).content.decode().count("修改或不再关注") == 30
