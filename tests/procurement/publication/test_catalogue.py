"""The catalogue is what the log says, no more and no less."""

import pytest

from procurement.bids.models import Bid
from procurement.publication import merge
from procurement.publication.models import Entry, Listing
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db


def test_the_record_merged_from_the_log_is_the_listing() -> None:
    who = build.cast(3)
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    compiled = None
    for entry in Entry.objects.of(tender.ocid):
        compiled = merge.fold(compiled, merge.release_of(entry))
    assert compiled == Listing.objects.get(pk=tender.ocid).compiled


def test_no_word_of_a_sealed_bid_is_in_the_log_before_the_opening() -> None:
    who = build.cast(3)
    tender = build.published(who)
    by = next(who.signatories())
    build.bid(tender, by, yuan=111111)
    published = b"".join(bytes(e.body) for e in Entry.objects.of(tender.ocid)).decode()
    listing = Listing.objects.get(pk=tender.ocid)
    group = who.csos[0].organization.name
    bid = Bid.objects.get(tender=tender)
    for word in (group, "111111", "两名专职社工", bid.receipt_number, bid.envelope_sha256):
        assert word
        assert word not in published
        assert word not in str(listing.compiled)


def test_no_proposal_is_in_the_log_after_the_award() -> None:
    who = build.cast(3)
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    published = b"".join(bytes(e.body) for e in Entry.objects.of(tender.ocid)).decode()
    for word in ("两名专职社工", "随访率不低于百分之九十", "遇到困难及时转介"):
        assert word not in published
