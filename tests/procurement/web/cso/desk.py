"""What the tests of the CSO desk share: a clock that stands still, browsers of people."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from organizations import instants
from organizations.roles import Actor
from procurement.bids import actions as bids
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

BIDDING = build.DEADLINE - timedelta(days=6)  # bids are taken, and questions too
PDF = b"%PDF-1.4 a plan of work"
OFFER = {"lot1-direct": "5万", "lot1-wages": "60,000"}
PROPOSAL = "每月随访一次，遇到困难及时转介，秘密方案甲。"


def stand_still(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Let every page see this instant; no worker runs."""
    monkeypatch.setattr(instants, "now", lambda: at)
    monkeypatch.setattr(instants, "arrival", lambda _stamp: at)


def browser(actor: Actor) -> Client:
    """The browser of a signed-in person."""
    client = Client()
    client.force_login(people.person(actor))
    return client


def page(client: Client, name: str, *args: object) -> HttpResponse:
    """What a page answers."""
    response = client.get(reverse(name, args=args))
    assert isinstance(response, HttpResponse)
    return response


def send(client: Client, name: str, *args: object, **data: object) -> HttpResponse:
    """What a form answers."""
    response = client.post(reverse(name, args=args), data)
    assert isinstance(response, HttpResponse)
    return response


def text(response: HttpResponse) -> str:
    """The page as text."""
    return response.content.decode()


def plan(name: str = "plan.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file to upload."""
    return SimpleUploadedFile(name, content, "application/pdf")


def prepare(tender: Tender, by: Actor, at: datetime = BIDDING, yuan: int = 110000) -> None:
    """A complete bid in preparation."""
    offer = {"lot": 1, "lines": {"direct": str(yuan - 60000), "wages": "60000"}}
    changes = {"proposal": PROPOSAL, "team": "两名社工。", "quality": "", "offers": [offer]}
    bids.prepare(tender, changes=changes, by=by, at=at)


def submit(client: Client, tender: Tender, key: object = None) -> HttpResponse:
    """What the button of the check page answers."""
    return send(client, "cso:bid-submit", tender.ocid, request_key=key or uuid4())
