"""The main flows by keyboard alone: Tab, Enter, Space and letters; the focus is always seen."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from organizations import instants
from tests.browser.conftest import OpenPage
from tests.builders import organizations as people
from tests.roles import world as worlds
from tests.roles.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

FURTHEST = 120  # presses of Tab within which everything on a page is reached
LEAST_RING = 3  # CSS pixels of outline
AT = """() => {
    const at = document.activeElement, style = getComputedStyle(at);
    const label = at.labels && at.labels[0];
    const words = (label || at).innerText.trim() || at.getAttribute("aria-label") || "";
    return {
        words: words.replace(/\\s+/g, " "), tag: at.tagName, kind: at.className, id: at.id,
        ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        bar: parseFloat(style.borderLeftWidth), colour: style.outlineColor,
        ground: getComputedStyle(document.body).backgroundColor,
    };
}"""


class Typist:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def at(self) -> dict[str, str]:
        """What has the focus."""
        found: dict[str, str] = self.page.evaluate(AT)
        return found

    def tabs_to(self, words: str, tag: str = "") -> "Typist":
        """Press Tab until it is there; at each stop the focus is seen."""
        for _press in range(FURTHEST):
            self.page.keyboard.press("Tab")
            at = self.at()
            if at["tag"] == "BODY":  # round the end of the page
                continue
            assert float(at["ring"]) >= LEAST_RING, at
            assert at["colour"] != at["ground"], at
            if at["words"].startswith(words) and tag in {"", at["tag"]}:
                return self
        raise AssertionError(f"{words} is not reached on {self.page.url}")

    def types(self, text: str) -> "Typist":
        """Write where the focus is, in place of what stands there."""
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        return self

    def presses(self, key: str) -> "Typist":
        """Press a key that stays on the page."""
        self.page.keyboard.press(key)
        return self

    def goes_by(self, key: str) -> "Typist":
        """Press a key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.page.wait_for_load_state()
        return self

    def heading(self) -> str:
        """What the page is called."""
        return self.page.locator("h1").first.inner_text()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = worlds.make()
    monkeypatch.setattr(instants, "now", lambda: NOW)
    monkeypatch.setattr(instants, "arrival", lambda _stamp: NOW)
    return made


@pytest.mark.browser
def test_a_tender_is_found_asked_about_and_bid_for_by_keyboard(
    world: World, new_page: OpenPage
) -> None:
    typist = Typist(new_page("/", width=1280))
    finds_a_tender(typist)
    signs_in(typist, world)
    asks_a_question(typist, world)
    begins_a_bid(typist, world)


def finds_a_tender(typist: Typist) -> None:
    """Over the navigation to the text, search, filter, open."""
    typist.presses("Tab")
    assert typist.at()["words"] == "跳到正文"
    typist.presses("Enter")
    assert typist.at()["id"] == "main"
    typist.tabs_to("搜索", "INPUT").types("随访").goes_by("Enter")
    assert typist.heading() == "采购项目"
    typist.tabs_to("筛选和排序", "SUMMARY").presses("Space")
    assert typist.page.locator("details.filters").get_attribute("open") is not None
    typist.tabs_to("采购方式", "SELECT").presses("Space").presses("ArrowDown").presses("Enter")
    typist.tabs_to("预算", "INPUT").types("1000")
    typist.tabs_to("查看结果", "BUTTON").goes_by("Space")
    assert "budget_from=1000&" in typist.page.url
    typist.page.go_back()
    typist.tabs_to("艾滋病随访关怀服务", "A").goes_by("Enter")
    assert typist.heading()


def signs_in(typist: Typist, world: World) -> None:
    """By the link in the header; fields tell the browser what they are for."""
    person = world.people["signatory"]
    assert person
    typist.page.goto("/")
    typist.tabs_to("登录", "A").goes_by("Enter")
    asked = typist.page.locator("main input:not([type=hidden])")
    assert [field.get_attribute("autocomplete") for field in asked.all()][:2] == [
        "email",
        "current-password",
    ]
    typist.tabs_to("邮箱").types(person.email).tabs_to("密码").types("wrong").goes_by("Enter")
    assert typist.at()["kind"] == "errors"  # it is read first
    typist.tabs_to("密码").types(people.PASSWORD).tabs_to("登录", "BUTTON").goes_by("Space")
    assert typist.heading() == "我的工作台"


def asks_a_question(typist: Typist, world: World) -> None:
    """Sent empty, the form says what is missing; the summary leads to the field."""
    typist.page.goto(reverse("cso:enquiry-ask", args=world.arguments["cso:enquiry-ask"]))
    typist.tabs_to("送出问题", "BUTTON").goes_by("Enter")
    at = typist.at()
    assert (at["kind"], float(at["bar"])) == ("errors", 8)
    typist.presses("Tab").presses("Enter")
    field = typist.page.locator(f"#{typist.at()['id']}")
    assert field.get_attribute("aria-invalid") == "true"
    described = str(field.get_attribute("aria-describedby")).split()
    said = " ".join(typist.page.locator(f"#{each}").inner_text() for each in described)
    assert "请改一下" in typist.page.locator(f"#{described[-1]}").inner_text()
    assert said
    typist.types("培训的差旅可以列支吗？").tabs_to("送出问题", "BUTTON").goes_by("Enter")
    assert "培训的差旅可以列支吗？" in typist.page.locator("main").inner_text()


def begins_a_bid(typist: Typist, world: World) -> None:
    """The first step is written and kept."""
    path = reverse("cso:bid-text", args=world.arguments["cso:bid-text"])
    typist.page.goto(path)
    typist.page.locator("main").focus()
    typist.tabs_to("", "TEXTAREA").types("同伴每月随访，当天转介。")
    typist.tabs_to("保存并继续", "BUTTON").goes_by("Enter")
    typist.page.goto(path)
    assert typist.page.locator("main textarea").first.input_value() == "同伴每月随访，当天转介。"


@pytest.mark.browser
def test_nothing_moves_for_those_who_asked_for_stillness(chromium: Browser, served: str) -> None:
    context = chromium.new_context(base_url=served, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/design/")
    assert page.evaluate("document.getAnimations().length") == 0
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].map(box => getComputedStyle(box)).filter(style =>
            style.transitionDuration !== "0s" || style.animationName !== "none"
            || style.scrollBehavior !== "auto").length"""
    )
    assert moving == 0
    context.close()
