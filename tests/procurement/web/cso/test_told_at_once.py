"""Each act that gives a receipt has it sent at once; a page that is only read does not."""

from uuid import uuid4

import pytest

from procurement.bids.parts import Receipt
from procurement.keycards import cards
from procurement.web import nudge
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.cso import desk

pytestmark = pytest.mark.django_db
CODE = "-".join(cards.printed("3141592653589793238462643383279502884197"))


def test_the_worker_is_asked_for_each_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    who = build.cast(1)
    tender, by = build.published(who), people.signatory(who.csos[0])
    desk.stand_still(monkeypatch, desk.BIDDING)
    desk.prepare(tender, by)
    client = desk.browser(by)
    asked: list[int] = []
    monkeypatch.setattr(nudge, "tell_bidders", lambda: asked.append(Receipt.objects.count()))

    desk.page(client, "cso:bid-check", tender.ocid)
    assert asked == []
    desk.send(client, "cso:bid-submit", tender.ocid, request_key=uuid4(), code=CODE)
    assert asked == [1]
    desk.send(
        client,
        "cso:bid-promise",
        tender.ocid,
        fingerprint="ab" * 32,
        size="9000",
        request_key=uuid4(),
    )
    assert asked == [1, 2]
    desk.send(client, "cso:bid-withdraw", tender.ocid)
    assert asked == [1, 2, 3]
