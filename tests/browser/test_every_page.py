"""Every page of the site in a real browser, for the first of those who may see it.

The addresses and the people are those of the role matrix. Each page is made once by Django, in
Chinese and in English, and opened in Chromium 320 px wide (a screen of 1280 px at 400 %): axe finds
no violation of WCAG 2.2 AA nor of best practice, nothing needs scrolling sideways, in the version
for older readers neither, and there no text is smaller than 18 px. At 200 %, of the page or of its
letters alone, nothing is lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from playwright.sync_api import Browser, Page

from organizations import instants
from tests.browser import shelf as shelves
from tests.browser.crowding import TALL, crowded
from tests.browser.people import WCAG
from tests.browser.test_care import TOO_SMALL
from tests.roles import test_matrix as matrix
from tests.roles import world as worlds
from tests.roles.world import NOW, PEOPLE, World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]

NARROW = 320  # CSS pixels
QUICK: Any = {**WCAG, "resultTypes": ["violations"]}
UNFOLD = "document.querySelectorAll('main details').forEach(fold => fold.open = true)"
ENLARGE = "document.documentElement.className = 'care'"
SIGN_IN = ("account_login", "account_signup", "account_reset_password")
WIDE = "document.documentElement.scrollWidth"


@dataclass(frozen=True)
class Shown:
    """A page as somebody sees it."""

    name: str
    who: str
    path: str
    answer: HttpResponse


def first_viewers() -> Iterator[tuple[str, str]]:
    """Each address that a GET shows somebody, with the first person who sees it."""
    for (method, name), answers in matrix.rows().items():
        if method == "GET" and 200 in answers:
            yield name, PEOPLE[answers.index(200)]
    for name in SIGN_IN:
        yield name, "anonymous"


def pages(world: World, language: str) -> list[Shown]:
    """Every page there is in this language; files and feeds are no pages."""
    clients = matrix.browsers(world)
    found = []
    for client in clients.values():
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for name, who in first_viewers():
        path = reverse(name, args=world.arguments.get(name, []))
        answer: Any = clients[who].get(path)
        assert answer.status_code == 200, (name, who)
        if answer.headers["Content-Type"].startswith("text/html"):
            found.append(Shown(name, who, path, answer))
        else:
            matrix.close(answer)
    return found


def broken(page: Page) -> list[str]:
    """What axe finds on the page, each with its first place."""
    rules = Axe().run(page, options=QUICK).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in rules]


def narrow(page: Page) -> list[str]:
    """What does not fit a narrow screen, in standard type and in larger type."""
    wide = page.evaluate(WIDE)
    page.evaluate(ENLARGE)
    large = page.evaluate(WIDE)
    found = [f"{wide} px wide"] if wide > NARROW else []
    found += [f"{large} px wide in larger type"] if large > NARROW else []
    return found + [f"small: {place}" for place in page.evaluate(TOO_SMALL)]


def test_every_page_is_accessible_and_fits_a_narrow_screen(
    chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds.make()
    monkeypatch.setattr(instants, "now", lambda: NOW)
    monkeypatch.setattr(instants, "arrival", lambda _stamp: NOW)
    faults: dict[str, list[str]] = {}
    counted = {}
    with shelves.standing() as shelf:
        context = chromium.new_context(
            viewport={"width": NARROW, "height": TALL}, base_url=shelf.address
        )
        page = context.new_page()
        for language in ("zh-hans", "en"):
            all_pages = pages(world, language)
            counted[language] = len(all_pages)
            for shown in all_pages:
                shelf.pages[shown.path] = shown.answer
                page.goto(shown.path)
                page.evaluate(UNFOLD)
                found = broken(page) + crowded(page) if language == "zh-hans" else []
                page.set_viewport_size({"width": NARROW, "height": TALL})
                found += narrow(page)
                if found:
                    faults[f"{shown.name} for {shown.who} in {language}"] = found
        context.close()
    print(f"pages checked: {counted}; with faults: {len(faults)}")
    report = "\n".join(f"{page}: {'; '.join(found)}" for page, found in faults.items())
    assert faults == {}, report
