"""What somebody typed and has not sent is not lost by a press beside it."""

import pytest
from playwright.sync_api import Dialog

from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
TYPED = "我还没有发出去的字"


@pytest.mark.parametrize("press", ["English", "长辈版"])
def test_the_browser_asks_before_what_was_typed_is_left(new_page: OpenPage, press: str) -> None:
    page, asked = new_page("/verify/"), list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("textarea").fill(TYPED)
    with page.expect_event("dialog"):
        page.get_by_role("button", name=press).first.click(no_wait_after=True)
    assert asked == ["beforeunload"]
    assert page.locator("textarea").input_value() == TYPED


def test_sending_it_asks_nothing(new_page: OpenPage) -> None:
    page, asked = new_page("/verify/"), list[str]()

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.locator("textarea").fill(TYPED)
    page.get_by_role("button", name="核对").click()
    page.get_by_text("这不是投标回执").first.wait_for()
    assert asked == []
    assert page.locator("textarea").input_value() == TYPED
