"""The version for older readers in a real browser: one press, no scripts, nothing too small."""

from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LEAST_TEXT = 18  # CSS pixels
LEAST_TARGET = 60  # CSS pixels: 44 enlarged as the type is

TOO_SMALL = f"""
[...document.querySelectorAll("body *")].filter(box =>
    box.getClientRects().length && !box.closest(".hidden-visually")
    && [...box.childNodes].some(part => part.nodeType === 3 && part.data.trim())
    && parseFloat(getComputedStyle(box).fontSize) < {LEAST_TEXT}
).map(box => box.outerHTML.slice(0, 80))
"""
TOO_LOW = f"""
[...document.querySelectorAll("button, select, .button, .menu summary, .choices label,"
    + ".field input:not([type=radio]):not([type=checkbox])")]
.filter(box => box.offsetHeight && box.offsetHeight < {LEAST_TARGET})
.map(box => box.outerHTML.slice(0, 80))
"""


def said(page: Page) -> str:
    """The words of a page but for those of a drawing, which on a phone gives way to its list."""
    drawn = set(page.locator(".tiles").all_inner_texts()) - {""}
    text = page.locator("main").inner_text()
    for each in drawn:
        text = text.replace(each, "")
    return "\n".join(filter(None, text.replace("长辈版", "标准版").splitlines()))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_press_enlarges_the_page_and_another_takes_it_back(
    new_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    page = new_page("/design/?q=1", width=360, scheme=scheme, scripts=False)
    plain = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    words = said(page)
    page.get_by_role("button", name="长辈版").first.click()
    assert page.url.endswith("/design/?q=1")
    large = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert large == 1.375 * plain
    assert not page.locator(".tiles").first.is_visible()
    assert said(page) == words
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate(TOO_LOW) == []
    page.get_by_role("button", name="标准版").last.click()
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == plain
