"""One Chromium for all browser tests; pages in the width, language and scheme asked for."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Literal

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.live_server_helper import LiveServer

from organizations import instants
from tests.browser.phones import Clock, Phones, inside
from tests.builders import procurement as build

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]

# Playwright keeps an event loop in this thread; Django then refuses its database without this.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or a skip where there is none."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("no Chromium: set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
        # Beside Playwright's loop Django opened a second connection, which keeps the database.
        connections.close_all()


@pytest.fixture
def served(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of the portal, served for one test.

    Unlike `live_server` it empties no table afterwards: the publication log refuses that. A test
    that writes brings its own cleaning. Needs the mark django_db, or there is no test database.
    """
    # Each request closes its connection, so that the test database can be dropped at the end.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        yield str(server.url)
        server.stop()


@pytest.fixture
def new_page(chromium: Browser, served: str) -> Iterator[OpenPage]:
    """Return a function that opens a page of the portal as a new visitor."""
    contexts = []

    def open_page(
        path: str = "/",
        *,
        width: int = 360,
        language: Literal["zh-hans", "en"] = "zh-hans",
        scheme: Literal["light", "dark"] = "light",
        scripts: bool = True,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=scripts,
            base_url=served,
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": served}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The portal's clock, standing at the builders' tender day until a test moves it."""
    shown = Clock(build.TENDER_DAY)
    monkeypatch.setattr(instants, "real", lambda: shown.at.astimezone(UTC))
    return shown


@pytest.fixture
def phones(
    chromium: Browser,
    db: None,
    clock: Clock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Phones]:
    """Phones, and the portal as production shows it."""
    settings.REHEARSAL = False
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    with inside(monkeypatch) as address:
        shop = Phones(chromium, address)
        yield shop
        shop.take_back()
