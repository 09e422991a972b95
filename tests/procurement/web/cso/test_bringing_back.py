"""After the submission the portal forgets the draft; the receipt code brings the content back."""

import re
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from organizations.roles import Actor
from procurement.bids import actions as bids
from procurement.bids.models import Bid, BidDraft, BidDraftFile
from procurement.keycards import cards
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, text

pytestmark = pytest.mark.django_db

CODE = "-".join(cards.printed("3141592653589793238462643383279502884197"))


@pytest.fixture
def who() -> Cast:
    return build.cast(2)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    found = build.published(who)
    desk.stand_still(monkeypatch, desk.BIDDING)
    return found


@pytest.fixture
def by(who: Cast) -> Actor:
    return people.signatory(who.csos[0])


@pytest.fixture
def client(by: Actor, tender: Tender) -> Client:
    desk.prepare(tender, by)
    bids.attach(tender, name="计划.pdf", content=desk.PDF, by=by, at=desk.BIDDING)
    return browser(by)


def submit(client: Client, tender: Tender, **data: object) -> Bid:
    """Press the button of the check page; return the bid in force."""
    send(client, "cso:bid-submit", tender.ocid, request_key=uuid4(), code=CODE, **data)
    return Bid.objects.in_force().get()


def bring_back(client: Client, bid: Bid, code: str = CODE) -> HttpResponse:
    """Ask for the content of a bid to work on it."""
    return send(client, "cso:bid-open", bid.receipt_number, code=code, back=1)


def test_a_device_shows_one_receipt_code_until_it_submits(
    client: Client, tender: Tender, by: Actor
) -> None:
    def shown(device: Client) -> str:
        check = text(page(device, "cso:bid-check", tender.ocid))
        return "-".join(re.findall(r'class="nowrap">(\d{6})<', check))

    first, other = shown(client), shown(browser(by))
    assert len(first) == 55
    assert shown(client) == first  # as a phone that loads the page again by itself
    assert other != first
    held = next(cookie for name, cookie in client.cookies.items() if "receipt-code" in name)
    assert held["path"] == reverse("cso:bid", args=[tender.ocid])
    assert held["httponly"]
    key = held.value.split()[0]
    before = client.cookies.output()
    send(client, "cso:bid-submit", tender.ocid, request_key=key, code=first, keeps_draft="on")
    assert shown(client) != first  # a code opens one bid
    client.cookies.load(before.replace("Set-Cookie: ", ""))  # the answer never came
    assert shown(client) != first


def test_the_portal_forgets_the_draft_and_the_code_brings_it_back(
    client: Client, tender: Tender, by: Actor
) -> None:
    written = bids.read_draft(tender, by=by)
    bid = submit(client, tender)
    assert bytes(BidDraft.objects.get().content) == b""
    assert not BidDraftFile.objects.exists()
    overview = text(page(client, "cso:bid", tender.ocid))
    assert "网站上没有草稿了" in overview
    assert desk.PROPOSAL not in text(page(client, "cso:bid-check", tender.ocid))

    answer = bring_back(client, bid)

    assert answer.status_code == 302
    assert bids.read_draft(tender, by=by) == written
    assert "网站上没有草稿了" not in text(page(client, "cso:bid", tender.ocid))
    bid.refresh_from_db()
    assert bid.replaced_at is None  # it stays in force until another is submitted


def test_who_wants_to_keeps_the_draft(client: Client, tender: Tender, by: Actor) -> None:
    written = bids.read_draft(tender, by=by)
    submit(client, tender, keeps_draft="on")
    assert bids.read_draft(tender, by=by) == written


def test_a_draft_is_never_forgotten_without_a_code(
    client: Client, tender: Tender, by: Actor
) -> None:
    written = bids.read_draft(tender, by=by)
    bids.submit(tender, request_key=uuid4(), keeps_draft=False, by=by, at=desk.BIDDING)
    assert bids.read_draft(tender, by=by) == written


def test_a_wrong_code_brings_nothing_back(client: Client, tender: Tender, by: Actor) -> None:
    bid = submit(client, tender)
    answer = bring_back(client, bid, "-".join(cards.printed("0" * 40)))
    assert answer.status_code == 200
    assert "打不开这份投标" in text(answer)
    assert bids.read_draft(tender, by=by).proposal == ""


def test_another_organisation_brings_nothing_back(
    client: Client, tender: Tender, who: Cast
) -> None:
    bid = submit(client, tender)
    rival = people.signatory(who.csos[1])
    assert bring_back(browser(rival), bid).status_code == 404
    assert bids.read_draft(tender, by=rival).proposal == ""


def test_a_withdrawn_bid_is_brought_back_too(client: Client, tender: Tender, by: Actor) -> None:
    bid = submit(client, tender)
    assert "用回执码把内容取回来" in text(page(client, "cso:bid-withdraw", tender.ocid))
    send(client, "cso:bid-withdraw", tender.ocid)
    assert bring_back(client, bid).status_code == 302
    assert bids.read_draft(tender, by=by).proposal == desk.PROPOSAL


def test_after_the_deadline_it_can_be_looked_at_and_no_longer_changed(
    client: Client, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid = submit(client, tender)
    desk.stand_still(monkeypatch, build.OPENING)
    assert "取回来修改" not in text(page(client, "cso:bid-open", bid.receipt_number))
    assert bring_back(client, bid).status_code == 409
    assert not BidDraftFile.objects.exists()
    looked = send(client, "cso:bid-open", bid.receipt_number, code=CODE)
    assert desk.PROPOSAL in text(looked)
