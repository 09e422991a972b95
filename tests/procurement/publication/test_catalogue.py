"""The catalogue is what the log says, no more and no less."""

from datetime import datetime, timedelta

import pytest

from procurement.bids.models import Bid
from procurement.ocds import fragments
from procurement.publication import catalogue, merge
from procurement.publication import queries as catalogued
from procurement.publication.models import Entry, InvitationListing, Listing
from procurement.tenders import actions as tenders
from procurement.tenders import queries
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


def test_invitations_are_listed_when_they_are_revealed_and_rebuilt_the_same() -> None:
    who = build.cast(7)
    tender = build.draft(who, "invited")
    other = next(cso.organization for cso in who.csos if cso.pk not in build.invited(tender))
    tenders.add_invitee(
        tender, organization=other, reason="正在提供服务。", by=who.drafter, at=build.TENDER_DAY
    )
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    tenders.publish(tender, by=who.approver, at=build.TENDER_DAY)
    assert not InvitationListing.objects.exists()
    tenders.cancel(tender, reason="预算调整。", by=who.approver, at=build.OPENING)
    before = _invited()
    assert sorted(row[:2] for row in before) == sorted(
        (fragments.party_id(each.organization), each.is_by_hand)
        for each in queries.invitations(tender)
    )
    assert (fragments.party_id(other), True, "正在提供服务。", build.TENDER_DAY) in before
    catalogue.rebuild()
    assert _invited() == before


def _invited() -> list[tuple[str, bool, str, datetime]]:
    names = ("organization_id", "by_hand", "reason", "invited_at")
    return list(InvitationListing.objects.order_by("organization_id").values_list(*names))


def test_how_often_counts_by_draw_and_by_hand_here_and_everywhere() -> None:
    at = build.OPENING
    for number, (agency, by_hand) in enumerate([("A", False), ("A", True), ("B", False)]):
        InvitationListing.objects.create(
            ocid=str(number),
            title="一",
            organization_id="CN-1",
            organization_name="小组",
            agency_id=agency,
            agency_name=agency,
            by_hand=by_hand,
            invited_at=at - timedelta(days=number),
        )
    year = catalogued.invitations(since=at - timedelta(days=365), until=at)
    assert catalogued.how_often(year, agency_id="A") == [
        catalogued.Invited("CN-1", "小组", drawn=2, by_hand=1, drawn_here=1, by_hand_here=1)
    ]
    lately = catalogued.invitations(since=at - timedelta(days=1), until=at)
    assert [each.total for each in catalogued.how_often(lately)] == [1]
