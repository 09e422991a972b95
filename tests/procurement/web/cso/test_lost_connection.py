"""A connection that breaks while a file is on its way: nothing that was there is lost."""

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from organizations.roles import Actor
from procurement.bids import actions as bids
from procurement.bids.models import Bid, BidDraftFile
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.procurement.web.cso import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> tuple[Tender, Actor, Bid]:
    """A tender with a bid in force, and who submitted it."""
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    desk.stand_still(monkeypatch, desk.BIDDING)
    return tender, signatory, build.bid(tender, signatory, at=desk.BIDDING)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_an_upload_cut_short_leaves_the_earlier_bid_and_the_draft_as_they_were(
    submitted: tuple[Tender, Actor, Bid], kept: float
) -> None:
    tender, signatory, bid = submitted
    before = bids.read_draft(tender, by=signatory)
    whole = encode_multipart(
        BOUNDARY, {"attachments": desk.plan(content=b"%PDF-1.4 " + b"x" * 20000), "whole": "1"}
    )
    address = reverse("cso:bid-files", args=[tender.ocid])

    answer = desk.browser(signatory).generic(
        "POST", address, whole[: int(len(whole) * kept)], content_type=MULTIPART_CONTENT
    )

    assert "文件没有收全。请重新上传" in answer.content.decode()
    assert BidDraftFile.objects.count() == 0
    assert bids.read_draft(tender, by=signatory) == before
    assert list(Bid.objects.in_force()) == [bid]
