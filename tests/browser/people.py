"""People at a browser. They click and type; every page that arrives before them is checked."""

import re
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Response,
    expect,
)

from portal.demo.world import DOMAIN, PASSWORD

PHONE, DESK = 360, 1280  # CSS pixels
HEAVIEST = 60_000  # bytes of HTML
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
REFUSED = "Failed to load resource: the server responded with a status of 4"


class Person:
    """Somebody with a browser of their own: a width, with scripts or without."""

    width = PHONE
    height = 800
    scripts = True
    touches = False  # with a finger on glass, where a mouse would click

    def __init__(self, browser: Browser, address: str) -> None:
        context = browser.new_context(
            viewport={"width": self.width, "height": self.height},
            java_script_enabled=self.scripts,
            has_touch=self.touches,
            is_mobile=self.touches,
            base_url=address,
            locale="zh-CN",
        )
        context.set_default_timeout(10_000)
        self.page: Page = context.new_page()
        self.weights: dict[str, int] = {}  # bytes of HTML by path
        self._complaints: list[str] = []
        self._document: Response | None = None
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._complaints.append(str(error)))
        self.page.on("response", self._keep_document)

    # --- what happens in the browser -------------------------------------------------------------

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED):
            self._complaints.append(message.text)

    def _keep_document(self, response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self._document = response

    def _arrived(self) -> None:
        """Hold what every page promises: light, one h1, not too wide, nothing refused."""
        self.page.wait_for_load_state()
        assert self._document
        path = urlsplit(self.page.url).path
        weight = len(self._document.body())
        self.weights[path] = max(weight, self.weights.get(path, 0))
        assert weight < HEAVIEST, f"{path}: {weight} bytes"
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.width, f"{path} is {wide} px wide"
        assert self.page.locator("h1").count() == 1, f"{path} has not one heading of its own"
        assert self._complaints == [], path

    # --- what a person does ----------------------------------------------------------------------

    def goes_to(self, path: str) -> Self:
        """Type an address."""
        self.page.goto(path)
        self._arrived()
        return self

    def follows(self, words: str, *, exact: bool = False) -> Self:
        """Click the link with these words."""
        return self.clicks(self.page.get_by_role("link", name=words, exact=exact).first)

    def presses(self, words: str, *, within: Locator | None = None) -> Self:
        """Press the button with exactly these words."""
        place = within or self.page.locator("body")
        return self.clicks(place.get_by_role("button", name=words, exact=True).last)

    def clicks(self, thing: Locator) -> Self:
        """Click what leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.touch(thing)
        self._arrived()
        return self

    def touch(self, thing: Locator) -> None:
        """Tap it or click it, as this person's device asks for."""
        if self.touches:
            thing.tap()
        else:
            thing.click()

    def unfolds(self, words: str) -> Self:
        """Open a fold."""
        self.touch(self.page.locator("summary", has_text=words).locator("visible=true").first)
        return self

    def writes(self, answers: Mapping[str, str]) -> Self:
        """Fill fields, each found by the beginning of its label."""
        for label, text in answers.items():
            self.field(label).fill(text)
        return self

    def picks(self, choices: Mapping[str, str]) -> Self:
        """Choose in selects, each found by its label, what begins with these words."""
        for label, words in choices.items():
            select = self.field(label)
            option = select.locator("option", has_text=re.compile(rf"^\s*{re.escape(words)}"))
            select.select_option(value=option.first.get_attribute("value"))
        return self

    def ticks(self, *labels: str) -> Self:
        """Tick boxes and radio buttons by the beginning of their labels."""
        for label in labels:
            self.field(label).check()
        return self

    def field(self, label: str) -> Locator:
        """Return the field whose label begins with these words; after them only a remark."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*($|[（(：:])"))

    def group(self, name: str) -> Locator:
        """Return the group of fields with this legend."""
        return self.page.get_by_role("group", name=name)

    def answers(self, question: str, choice: str) -> Self:
        """Answer a question that has radio buttons or boxes of its own."""
        self.group(question).get_by_label(choice, exact=True).check()
        return self

    def attaches(self, label: str, *files: tuple[str, bytes]) -> Self:
        """Choose files, each a name and its content."""
        kind = "application/octet-stream"
        chosen: list[FilePayload] = [
            {"name": name, "mimeType": kind, "buffer": content} for name, content in files
        ]
        self.field(label).set_input_files(chosen)
        return self

    def turns_to(self, room: str) -> Self:
        """Choose from the navigation on top, which a phone keeps folded."""
        if self.width == PHONE:
            self.unfolds("目录")
        header = self.page.locator("header")
        return self.clicks(header.get_by_role("link", name=room).locator("visible=true"))

    def signs_in(self, who: str) -> Self:
        """Sign in with a demo account, from the front page."""
        self.goes_to("/").turns_to("登录")
        return self.gives(f"{who}@{DOMAIN}", PASSWORD)

    def gives(self, email: str, password: str) -> Self:
        """Fill the form to sign in, and arrive at the desk."""
        self.writes({"邮箱": email, "密码": password}).presses("登录")
        return self.sees("我的工作台")

    # --- what a person sees ----------------------------------------------------------------------

    def sees(self, *words: str) -> Self:
        """The page says each of these."""
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)
        return self

    def does_not_see(self, *words: str) -> Self:
        """The page says none of these."""
        for each in words:
            expect(self.page.locator("main")).not_to_contain_text(each)
        return self

    def reads_well(self) -> Self:
        """The page has no barrier that axe calls serious."""
        found = Axe().run(self.page, options=WCAG).response["violations"]
        barriers = [
            (rule["id"], rule["nodes"][0]["html"])
            for rule in found
            if rule["impact"] in {"serious", "critical"}
        ]
        assert barriers == [], self.page.url
        return self

    def words(self) -> str:
        """Return everything the page says."""
        return self.page.locator("main").inner_text()

    def pages(self) -> list[tuple[int, str]]:
        """Return the bytes of HTML and the path of every page this person has seen."""
        return [(weight, path) for path, weight in self.weights.items()]

    def own_name(self) -> str:
        """Return the name this person's account page shows."""
        self.goes_to("/account/")
        row = self.page.locator(".rows > div", has=self.page.locator("dt", has_text="姓名"))
        return row.locator("dd").first.inner_text().strip()

    def own_organization(self) -> str:
        """Return the organisation this person acts for, as the account page says."""
        found = re.search(r"您正在代表\s*(.+?)\s*办理", self.goes_to("/account/").words())
        assert found
        return found[1]
