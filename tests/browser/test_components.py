"""The design system in a real browser: fits a phone, reads well aloud, keeps the content policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def unfold(page: Page) -> None:
    """Open every fold but the phone's menu, which lies over the page."""
    page.evaluate("document.querySelectorAll('details.fold').forEach(fold => fold.open = true)")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_components_fit_the_width(new_page: OpenPage, width: int, language: str) -> None:
    page = new_page("/design/", width=width, language=language)
    assert page.locator("h1").first.inner_text() in {"组件", "Components"}
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_components_are_accessible(new_page: OpenPage, language: str, scheme: str) -> None:
    page = new_page("/design/", language=language, scheme=scheme)
    unfold(page)
    found = Axe().run(page, options=WCAG)
    broken = [(rule["id"], rule["nodes"][0]["html"]) for rule in found.response["violations"]]
    assert broken == []


def test_components_keep_the_content_policy(new_page: OpenPage) -> None:
    page = new_page("/design/")
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", listen)
    page.reload()
    assert said == []


def test_touch_targets_are_large(new_page: OpenPage) -> None:
    page = new_page("/design/")
    small = page.evaluate(
        """[...document.querySelectorAll("button, select, .button, .menu summary, .choices label,"
             + ".field input:not([type=radio]):not([type=checkbox])")]
           .filter(box => box.offsetHeight && box.offsetHeight < 44)
           .map(box => box.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_menu_opens_without_scripts(new_page: OpenPage) -> None:
    page = new_page("/design/", scripts=False)
    account = page.locator(".menu a").last
    assert not account.is_visible()
    page.locator(".menu summary").click()
    assert account.is_visible()


def test_the_language_switch_keeps_the_page(new_page: OpenPage) -> None:
    page = new_page("/design/?q=1")
    page.get_by_role("button", name="English").click()
    assert page.url.endswith("/design/?q=1")
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_double_click_submits_once(new_page: OpenPage) -> None:
    page = new_page("/design/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.route("**/i18n/**", lambda route: None)  # an answer that never comes
    with page.expect_request("**/i18n/**"):
        page.get_by_role("button", name="English").dblclick(no_wait_after=True)
    page.wait_for_timeout(200)  # for a second one, which does not come
    assert sent.count("POST") == 1


def test_the_error_summary_has_the_focus(new_page: OpenPage) -> None:
    page = new_page("/design/")
    assert page.evaluate("document.activeElement.className") == "errors"
