"""The sheet of pictures: what it asks for, and how it is laid out."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import BrowserContext, Page

from benchmarks import screens
from benchmarks.screens import Screen


def test_screenshots_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match=r"requirements/dev\.txt.*Missing: Playwright, Chromium"):
        call_command("screenshots")


def test_screenshots_know_the_demo_accounts_alone(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such account: nobody"):
        call_command("screenshots", "--as", "anyone,nobody", "--to", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_no_page_has_no_name() -> None:
    paths = ("/", "/tenders/ocds-yn0000-1/", "/admin/", "/nowhere/", "/account/logout/")
    assert [screens.name_of(path) for path in paths] == ["public:home", "public:tender", "", "", ""]


def test_a_walk_keeps_one_example_of_each_address() -> None:
    pages = {
        "/": '<a class="x" href="/tenders/?q=1">…</a> <a href="/nowhere/">…</a>',
        "/tenders/": '<a href="/tenders/a/#top">…</a><a href="/tenders/b/">…</a>',
        "/tenders/a/": "",
    }

    def get(path: str) -> SimpleNamespace:
        there = path in pages
        return SimpleNamespace(
            status=200 if there else 404,
            headers={"content-type": "text/html; charset=utf-8"},
            url=f"http://127.0.0.1:1{path}",
            text=lambda: pages[path],
        )

    context = SimpleNamespace(request=SimpleNamespace(get=get))
    assert screens.walk(cast("BrowserContext", context)) == [
        Screen("public:home", "/"),
        Screen("public:tender-list", "/tenders/"),
        Screen("public:tender", "/tenders/a/"),
    ]


def test_each_language_is_asked_for_on_every_page(tmp_path: Path) -> None:
    cookies: list[dict[str, str]] = []
    page = SimpleNamespace(
        url="http://127.0.0.1:1/account/",
        context=SimpleNamespace(add_cookies=cookies.extend),
        set_viewport_size=lambda _size: None,
        goto=lambda _path: None,
        evaluate=lambda _script: 800,
        screenshot=lambda **_how: None,
    )
    screens.take(cast("Page", page), [Screen("public:home", "/")], tmp_path)
    assert [(each["value"], each["url"]) for each in cookies] == [
        ("zh-hans", "http://127.0.0.1:1/"),
        ("en", "http://127.0.0.1:1/"),
    ]


def test_the_sheet_shows_each_page_in_both_widths_and_languages() -> None:
    text = screens.sheet({"anyone": [Screen("public:home", "/")]})
    assert text.count('<img loading="lazy"') == 4
    assert 'src="anyone/public-home-360-zh-hans.png"' in text
    assert 'src="anyone/public-home-1280-en.png"' in text
