"""A host signs and answers for its groups: they bid once it agrees, and what was bid stays."""

from datetime import timedelta

import pytest

from organizations.csos import hosting
from organizations.csos.models import LegalForm
from procurement.bids import actions as bids
from procurement.bids import queries as bidding
from procurement.bids.models import Bid
from procurement.tenders import queries as tenders
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
EVE = build.DEADLINE - timedelta(days=1)
REASON = "今年托管的小组已经满了"


def test_a_group_bids_once_its_host_agrees_and_the_host_is_the_bidder() -> None:
    who = build.cast(1)
    tender, host = build.published(who), who.csos[0]
    group = people.cso(legal_form=LegalForm.HOSTED, host=host.organization, accepted=False)
    with pytest.raises(bids.NotEligible) as refusal:
        build.bid(tender, people.signatory(group))
    unmet = [c for c in refusal.value.conditions if not c.is_met]
    assert [str(c.way_out) for c in unmet] == [
        f"“{host}”还没有答复托管请求。请联系它的签署人，登录后在工作台上答复。"
    ]
    assert not Bid.objects.exists()

    hosting.accept(people.request(group), by=people.signatory(host), at=build.TENDER_DAY)
    bid = build.bid(tender, people.signatory(group))
    assert (bid.organization, bid.tenderer) == (group.organization, host.organization)


def test_a_host_that_declines_is_not_bid_for_and_the_group_reads_why() -> None:
    who = build.cast(1)
    tender, host = build.published(who), who.csos[0]
    group = people.cso(legal_form=LegalForm.HOSTED, host=host.organization, accepted=False)
    hosting.decline(
        people.request(group), by=people.signatory(host), at=build.TENDER_DAY, reason=REASON
    )
    with pytest.raises(bids.NotEligible) as refusal:
        build.bid(tender, people.signatory(group))
    unmet = [c for c in refusal.value.conditions if not c.is_met]
    assert [str(c.way_out) for c in unmet] == [
        f"“{host}”没有同意托管（原因：{REASON}）。请商量好再请求一次，或另选一个。"
    ]
    assert not Bid.objects.exists()


def test_what_was_bid_before_the_host_ended_stays_in_force_and_is_opened() -> None:
    who = build.cast(3)
    tender, host = build.published(who), people.cso()
    group = people.cso(legal_form=LegalForm.HOSTED, host=host.organization)
    by = people.signatory(group)
    bid = build.bid(tender, by)
    hosting.end(people.request(group), by=people.signatory(host), at=EVE, reason=REASON)

    with pytest.raises(bids.NotEligible):  # neither replaced …
        build.bid(tender, by, at=EVE)
    assert bidding.in_force(tender, group.pk) == bid
    tender = build.opened(who, tender)
    offers = bidding.valid_offers(tender)
    assert [offer.bid_id for offer in offers if offer.bid.tenderer_id == host.pk] == [bid.pk]

    with pytest.raises(bids.NotEligible):  # … nor bid in what is published later
        build.bid(build.published(who), by)
    assert group not in tenders.pool(tender)
