"""The sheet for the wall: one page of A4 in both languages, however much there is to say."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route
from pytest_django import Settings

from procurement.publication.models import Listing
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.procurement.web.public.conftest import open_dates

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://sheet.example.org"
LANGUAGES = ("zh-hans", "en")
Show = Callable[..., Page]


def answer(route: Route, sheet: bytes) -> None:
    """Answer a browser with what the test has read; it alone sees what it wrote."""
    path = route.request.url.removeprefix(SITE)
    if path.startswith("/static/"):
        route.fulfill(path=Path(str(finders.find(path.removeprefix("/static/")))))
    else:
        route.fulfill(body=sheet, content_type="text/html; charset=utf-8")


@pytest.fixture
def show(chromium: Browser, client: Client) -> Iterator[Show]:
    """Return a function that shows the sheet of a tender."""
    opened = []

    def page(tender: Tender, language: str, width: int = 1280) -> Page:
        client.cookies["django_language"] = language
        address = reverse("public:wall", args=[tender.ocid])
        response = client.get(address)
        assert response.status_code == 200
        shown = chromium.new_page(viewport={"width": width, "height": 800})
        opened.append(shown)
        shown.route("**/*", lambda route: answer(route, response.content))
        shown.goto(SITE + address)
        assert shown.locator(".wall h1").is_visible()
        return shown

    yield page
    for each in opened:
        each.close()


def pages(page: Page) -> int:
    """How many sheets of A4 the printer needs."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def chatty(tender: Tender) -> None:
    """Let everything be as long as it may be."""
    listing = Listing.objects.get(pk=tender.ocid)
    listing.title, listing.agency_name = "长" * 200, "采购" * 100
    listing.summary = "为感染者随访" * 80
    listing.compiled["tender"]["eligibilityCriteria"] = "登记" * 1000
    [office] = [p for p in listing.compiled["parties"] if "buyer" in p["roles"]]
    office["address"] = {"streetAddress": "人民路" * 60}
    office["contactPoint"] = {"name": "王" * 60, "telephone": "0871-65000000"}
    listing.regions, listing.populations = ["530100"] * 16, ["plhiv", "msm", "pwid", "general"]
    listing.save()


@pytest.mark.parametrize("rehearsal", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_is_one_page(
    show: Show, settings: Settings, language: str, rehearsal: bool
) -> None:
    settings.REHEARSAL = rehearsal
    tender = build.published(build.cast(1), **open_dates())
    assert pages(show(tender, language)) == 1
    chatty(tender)
    assert pages(show(tender, language)) == 1


def test_a_phone_shows_the_sheet_without_scrolling_sideways(show: Show) -> None:
    tender = build.published(build.cast(1), **open_dates())
    chatty(tender)
    for language in LANGUAGES:
        page = show(tender, language, 320)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
