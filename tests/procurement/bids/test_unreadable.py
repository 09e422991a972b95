"""A bid sealed by its bidder that holds no bid: told in words, to the bidder too."""

from uuid import uuid4

import pytest

from organizations.refusals import Invalid
from organizations.register.models import Organization
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids import sealed, sealing
from procurement.bids.actions.opening import NO_BID
from procurement.bids.models import Bid, BidDraft
from procurement.keycards import cards
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db


def test_who_opens_an_own_bid_that_holds_none_is_told_so() -> None:
    who = build.cast(4)
    tender = build.published(who)
    *others, by = who.signatories()
    for other in others:
        build.bid(tender, other)
    code = cards.make()
    place = sealing.Context(**sealed.context(tender, Organization.objects.get(pk=by.member_of)))
    envelope = sealing.seal(b"%PDF-1.7", place, sealed.keys(tender), code=code, mode="C")
    bid = bids.submit_sealed(
        tender, envelope=envelope, request_key=uuid4(), by=by, at=build.DEADLINE
    )
    gatekeeper.open_bids(tender, at=build.OPENING)
    bid = Bid.objects.get(pk=bid.pk)
    assert (bid.status, bid.disqualification) == ("disqualified", "密封件无法打开，已按原样留存。")
    typed = "-".join(cards.printed(code))

    for act in (bids.read_own, bids.bring_back):
        with pytest.raises(Invalid) as refusal:
            act(bid, code=typed, by=by, at=build.OPENING)
        assert (refusal.value.field, str(refusal.value)) == ("code", str(NO_BID))
    assert bytes(BidDraft.objects.get(organization=bid.organization).content) == b""
