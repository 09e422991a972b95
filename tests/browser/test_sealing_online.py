"""Sealing on the portal's page: nothing in clear leaves the browser; a plain form sends it."""

import hashlib
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from organizations.roles import Actor
from portal.demo import gatekeeper
from procurement.bids import package as packages
from procurement.bids import sealing
from procurement.bids.models import Bid
from procurement.keycards import cards
from procurement.tenders.models import Tender
from tests.browser import shelf as shelves
from tests.browser.people import WCAG
from tests.browser.shelf import Shelf
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SECRET = "绝密方案乙"  # a text no server may see


@pytest.fixture
def who() -> Cast:
    return build.cast(3)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    found = build.published(who)
    desk.stand_still(monkeypatch, desk.BIDDING)
    return found


@pytest.fixture
def by(who: Cast) -> Actor:
    return people.signatory(who.csos[0])


@pytest.fixture
def client(by: Actor) -> Client:
    return desk.browser(by)


@pytest.fixture
def shelf(client: Client, tender: Tender) -> Iterator[Shelf]:
    """The pages of sealing as the portal renders them."""
    with shelves.standing() as standing:
        for name in ("cso:bid-seal", "cso:bid-kit"):
            path = reverse(name, args=[tender.ocid])
            answer = client.get(path)
            assert isinstance(answer, HttpResponse)
            standing.pages[path] = answer
        yield standing


def opened(chromium: Browser, shelf: Shelf, tender: Tender, *, scripts: bool = True) -> Page:
    """The page of sealing on a phone."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 800}, java_script_enabled=scripts, base_url=shelf.address
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(reverse("cso:bid-seal", args=[tender.ocid]))
    return page


def seal(page: Page) -> str:
    """Write a bid and seal it; return the fingerprint shown."""
    page.fill("#lot1-direct", "50,000")
    page.fill("#lot1-wages", "6万")
    page.fill("#proposal", SECRET)
    page.fill("#team", "两名社工。")
    page.get_by_role("button", name="封好").click()
    page.wait_for_selector("#fingerprint")
    return page.locator("#fingerprint").get_attribute("data-value") or ""


def sent(client: Client, posted: tuple[str, str, bytes]) -> HttpResponse:
    """What the portal answers to a form that a browser sent."""
    path, kind, body = posted
    answer = client.generic("POST", path, body, content_type=kind)
    assert isinstance(answer, HttpResponse)
    return answer


def test_what_the_page_seals_is_taken_and_opened(
    chromium: Browser, shelf: Shelf, client: Client, who: Cast, tender: Tender
) -> None:
    page = opened(chromium, shelf, tender)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    fingerprint = seal(page)
    code = cards.parse(" ".join(page.locator("#code span").all_inner_texts()))
    assert complaints == []
    page.get_by_role("button", name="上传密封件，提交投标").click()
    expect(page.locator("body")).to_have_text("taken")
    page.context.close()

    [posted] = shelf.posted
    assert SECRET.encode() not in posted[2]
    answer = sent(client, posted)
    bid = Bid.objects.get()
    assert answer.headers["Location"] == reverse("cso:receipt", args=[bid.receipt_number])
    assert bid.envelope_sha256 == fingerprint
    envelope = bytes(bid.envelope or b"")
    assert hashlib.sha256(envelope).hexdigest() == fingerprint
    assert packages.unpack(sealing.open_with_code(envelope, code)).proposal == SECRET
    for other in list(who.signatories())[1:]:
        build.bid(tender, other)
    gatekeeper.open_bids(tender, at=build.OPENING)
    bid.refresh_from_db()
    assert bid.proposal == SECRET


def test_the_page_puts_the_fingerprint_into_the_form_for_slow_lines(
    chromium: Browser, shelf: Shelf, client: Client, tender: Tender
) -> None:
    page = opened(chromium, shelf, tender)
    fingerprint = seal(page)
    page.locator("summary", has_text="先报指纹").click()
    page.get_by_role("button", name="提交指纹").click()
    expect(page.locator("body")).to_have_text("taken")
    page.context.close()

    [posted] = shelf.posted
    assert sent(client, posted).status_code == 302
    bid = Bid.objects.get()
    assert (bid.envelope_sha256, bid.envelope) == (fingerprint, None)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_page_fits_a_phone_and_reads_well(
    chromium: Browser, shelf: Shelf, tender: Tender, *, scripts: bool
) -> None:
    page = opened(chromium, shelf, tender, scripts=scripts)
    if not scripts:
        expect(page.locator("#sealer")).to_contain_text("这个浏览器没有打开脚本")
        expect(page.get_by_role("link", name="下载封标工具 sealer.html")).to_be_visible()
        page.context.close()
        return
    page.wait_for_selector("#bid")
    for is_sealed in (False, True):
        if is_sealed:
            seal(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    page.context.close()
