"""The version for older readers: one switch on every page, kept in the browser, a way back."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from organizations.web import care

pytestmark = pytest.mark.django_db

CSS = Path(settings.BASE_DIR) / "static" / "css" / "portal.css"
LEAST = 7.0  # contrast of text, WCAG 2.2 success criterion 1.4.6
TEXT = ("ink", "muted", "indigo", "cinnabar", "pine", "ochre")


def test_the_switch_is_in_the_header_and_the_footer_of_every_page(client: Client) -> None:
    for path in ("/", "/account/login/", "/tenders/", "/nowhere/", "/design/"):
        header, footer = re.findall(
            r"<(?:header|footer) class=\"site-.*?</(?:header|footer)>",
            client.get(path).content.decode(),
            re.DOTALL,
        )
        assert 'action="/care/"' in header, path
        assert 'action="/care/"' in footer, path


def test_switch_enlarges_every_page_until_it_is_switched_back(client: Client) -> None:
    begun = client.post("/care/", {"care": "1", "next": "/tenders/?q=1"})
    assert (begun.status_code, begun.headers["Location"]) == (303, "/tenders/?q=1")
    cookie = begun.cookies[care.COOKIE]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (care.YEAR, True, "Lax")
    for path in ("/", "/account/login/", "/nowhere/"):
        page = client.get(path).content.decode()
        assert '<html lang="zh-Hans" class="care">' in page
        assert page.count("标准版") == 2
    client.post("/care/", {"care": "0", "next": "/"})
    assert '<html lang="zh-Hans">' in client.get("/").content.decode()


def test_switch_needs_no_token_so_that_pages_can_be_the_same_for_all() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/care/", {"care": "1", "next": "/"}).status_code == 303


@pytest.mark.parametrize("place", ["https://example.org/", "//example.org/", "", "javascript:x()"])
def test_switch_leads_to_no_other_site(client: Client, place: str) -> None:
    assert client.post("/care/", {"care": "1", "next": place}).headers["Location"] == "/"


def test_switch_is_refused_by_get(client: Client) -> None:
    refused = client.get("/care/")
    assert refused.status_code == 405
    assert refused.cookies == {}


def test_every_text_colour_stands_seven_to_one() -> None:
    blocks = re.findall(r"html\.care \{([^}]*--paper: #[0-9A-F]{6}[^}]*)\}", CSS.read_text())
    light, dark = map(_tokens, blocks)
    for tokens in (light, dark):
        for ground in ("paper", "tint"):
            low = {name for name in TEXT if contrast(tokens[name], tokens[ground]) < LEAST}
            assert low == set()


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9A-F]{6})", block))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2.2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
