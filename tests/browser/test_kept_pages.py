"""What a browser keeps of public pages never hides a choice its reader has just made."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from pytest_django import Settings

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _no_rehearsal(settings: Settings) -> None:
    """In a rehearsal nothing is kept."""
    settings.REHEARSAL = False


def kept(page: Page, *paths: str) -> list[str]:
    """Go there, and return which of the pages came from what the browser had kept."""
    found: list[str] = []

    def note(event: dict[str, Any]) -> None:
        if event["response"]["fromDiskCache"]:
            found.append(urlsplit(event["response"]["url"]).path)

    watch = page.context.new_cdp_session(page)
    watch.send("Network.enable")
    watch.on("Network.responseReceived", note)
    for path in paths:
        page.goto(path)
    return [path for path in found if path in paths]


def test_a_page_is_kept_until_its_reader_chooses_otherwise(new_page: OpenPage) -> None:
    page = new_page("/help/")
    assert kept(page, "/about/", "/help/") == ["/help/"]
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto("/about/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("button", name="中文").click()
    page.get_by_role("button", name="长辈版").first.click()
    for path in ("/help/", "/about/"):
        page.goto(path)
        assert page.locator("html").get_attribute("class") == "care"
