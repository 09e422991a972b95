"""What is refused when organisations ask and bid, and what the opening does with it.

A refused act leaves nothing behind.
"""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from organizations.csos.models import LegalForm
from organizations.refusals import Invalid, NotPermitted
from organizations.roles import SYSTEM, Role
from organizations.terms import CostLine
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids import queries as bidding
from procurement.bids.models import Bid, Offer
from procurement.enquiries import actions as enquiries
from procurement.enquiries.models import Enquiry
from procurement.lifecycle import Act, NotNow, Stage
from procurement.publication import merge
from procurement.publication.models import Entry
from procurement.tenders import actions as tenders
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
DEADLINE_EVE = build.DEADLINE - timedelta(days=1)
SECOND = timedelta(seconds=1)


def test_a_bid_one_second_late_is_refused_though_no_worker_ran() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)

    with pytest.raises(NotNow) as refusal:
        build.bid(tender, signatory, at=build.DEADLINE + SECOND)

    assert refusal.value.act is Act.PREPARE_BID
    with pytest.raises(NotNow):
        bids.submit(tender, request_key=uuid4(), by=signatory, at=build.DEADLINE + SECOND)
    assert Bid.objects.count() == 0
    tender.refresh_from_db()
    assert tender.opened_at is None


def test_a_bid_at_the_last_instant_is_taken() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    assert build.bid(build.published(who), signatory, at=build.DEADLINE).status == "pending"


def test_a_retry_after_the_deadline_of_an_accepted_bid_gets_its_receipt_again() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    first = build.bid(tender, signatory, at=build.DEADLINE)
    again = bids.submit(
        tender, request_key=first.request_key, by=signatory, at=build.DEADLINE + SECOND
    )
    assert again == first


def test_a_member_prepares_but_only_the_signatory_submits() -> None:
    who = build.cast(1)
    tender = build.published(who)
    group = who.csos[0].organization
    member = people.member(group, Role.CSO_MEMBER)[1]
    with pytest.raises(NotPermitted):
        build.bid(tender, member)
    assert bids.read_draft(tender, by=member).proposal != ""
    assert Bid.objects.count() == 0


def test_an_uninvited_organisation_is_told_why_it_cannot_bid() -> None:
    who = build.cast(7)
    tender = build.published(who, "invited")
    invited = set(build.invited(tender))
    outsider = next(cso for cso in who.csos if cso.pk not in invited)
    with pytest.raises(bids.NotEligible) as refusal:
        build.bid(tender, people.signatory(outsider))
    assert [c.is_met for c in refusal.value.conditions] == [True, True, False]
    assert Bid.objects.count() == 0


def test_an_unregistered_group_bids_through_its_host_and_not_without() -> None:
    who = build.cast(1)
    tender = build.published(who)
    alone = people.cso(legal_form=LegalForm.UNREGISTERED)
    hosted = people.cso(legal_form=LegalForm.HOSTED, host=who.csos[0].organization)
    assert not bidding.is_eligible(tender, alone.organization)
    bid = build.bid(tender, people.signatory(hosted))
    assert bid.organization == hosted.organization
    assert bid.tenderer == who.csos[0].organization


def test_too_few_bidders_end_the_procedure_with_the_rule_named() -> None:
    who = build.cast(2)
    tender = build.opened(who, build.published(who, "open"))
    assert tender.stage(build.OPENING) is Stage.UNSUCCESSFUL
    assert tender.end_reason.startswith("参加的组织不足 3 家，采购失败（")
    kinds = list(Entry.objects.of(tender.ocid).values_list("kind", flat=True))
    assert kinds[-2:] == ["opening", "failure"]


def test_bids_that_are_too_few_are_named_and_stay_sealed() -> None:
    who = build.cast(2)
    tender = build.opened(who, build.published(who, "open"))

    assert set(Bid.objects.values_list("status", "opened_at", "proposal")) == {
        ("pending", None, "")
    }
    assert not Offer.objects.exists()
    assert not bidding.opened(tender, build.JUDGING).exists()
    record = merge.release_of(Entry.objects.of(tender.ocid).get(kind="opening"))
    details = record["bids"]["details"]
    assert [set(each) & {"value", "relatedLots"} for each in details] == [set(), set()]
    assert {each["statusDetails"] for each in details} == {"参加的组织不足，没有开封，按原样留存。"}


def test_two_bidders_are_enough_for_consultation_on_purchased_services() -> None:
    who = build.cast(2)
    tender = build.opened(who, build.published(who, "consultation"))
    assert tender.stage(build.OPENING) is Stage.OPENED


def test_only_the_clock_opens_bids_and_not_before_the_deadline() -> None:
    who = build.cast()
    tender = build.published(who)
    with pytest.raises(NotPermitted):
        bids.open_all(tender, by=who.approver, at=build.OPENING)
    with pytest.raises(NotNow):
        bids.open_all(tender, by=SYSTEM, at=build.DEADLINE)


def test_a_damaged_envelope_is_recorded_and_harms_no_other_bid() -> None:
    who = build.cast(4)
    tender = build.published(who)
    sent = [build.bid(tender, by) for by in who.signatories()]
    moved = sent[0]
    Bid.objects.filter(pk=moved.pk).update(replaced_at=build.DEADLINE)
    forged = Bid.objects.create(
        tender=tender,
        organization=moved.organization,
        tenderer=moved.tenderer,
        submitted_at=build.DEADLINE,
        submitted_by_id=moved.submitted_by_id,
        receipt_number="FORGED",
        request_key=uuid4(),
        mode=moved.mode,
        notice=moved.notice,
        envelope=sent[1].envelope,
        envelope_sha256=sent[1].envelope_sha256,
        envelope_bytes=sent[1].envelope_bytes,
        delivered_at=build.DEADLINE,
    )

    gatekeeper.open_bids(tender, at=build.OPENING)

    forged.refresh_from_db()
    assert (forged.status, forged.proposal) == ("disqualified", "")
    assert sorted(Bid.objects.in_force().values_list("status", flat=True)) == [
        "disqualified",
        "valid",
        "valid",
        "valid",
    ]


def test_the_asker_is_named_to_nobody_and_the_answer_goes_to_all() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    at = build.TENDER_DAY + timedelta(days=1)
    enquiry = enquiries.ask(tender, question="工资可以列支吗？", by=signatory, at=at)
    assert enquiries.ask(tender, question="工资可以列支吗？", by=signatory, at=at) == enquiry
    enquiries.answer(enquiry, text="可以。", by=who.drafter, at=at)
    body = bytes(Entry.objects.of(tender.ocid).last().body).decode()  # type: ignore[union-attr]
    assert "工资可以列支吗？" in body
    assert who.csos[0].organization.name not in body
    with pytest.raises(Invalid, match="已经答复"):
        enquiries.answer(enquiry, text="不可以。", by=who.drafter, at=at)


def test_asking_is_refused_after_the_window() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    late = build.DEADLINE - timedelta(days=5) + SECOND
    with pytest.raises(NotNow):
        enquiries.ask(tender, question="还可以问吗？", by=signatory, at=late)
    assert Enquiry.objects.count() == 0


def test_a_single_source_tender_is_bid_by_its_one_supplier_alone() -> None:
    who = build.cast(2)
    tender = build.published(who, "single-source")
    chosen, other = who.signatories()
    build.bid(tender, chosen)
    with pytest.raises(bids.NotEligible):
        build.bid(tender, other)


def test_an_offer_above_the_budget_is_refused_with_the_figure() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    tender = build.published(who)
    with pytest.raises(bids.Unfinished) as refusal:
        build.bid(tender, signatory, yuan=130000)
    [problem] = refusal.value.problems
    assert (problem.field, str(problem.message)) == (
        "price",
        "第 1 包报价超过了预算 120,000 元，请调低。",
    )
    assert Bid.objects.count() == 0


def test_the_published_cost_policy_binds_the_price_line_by_line() -> None:
    who = build.cast(1)
    [signatory] = who.signatories()
    draft = build.draft(who)
    lines = [
        {"line": CostLine.DIRECT, "is_paid": True},
        {"line": CostLine.WAGES, "is_paid": True, "maximum_share": Decimal(50)},
        {"line": CostLine.RENT, "is_paid": False},
        {"line": CostLine.ADMINISTRATION, "is_paid": True},
        {"line": CostLine.TAX, "is_paid": True},
    ]
    at = build.TENDER_DAY
    tenders.revise(draft, changes={}, parts={"cost_policy": lines}, by=who.drafter, at=at)
    tenders.submit(draft, by=who.drafter, at=at)
    tender = tenders.publish(draft, by=who.approver, at=at)
    offer = {"lot": 1, "lines": {"direct": "30000", "wages": "60000", "rent": "1000"}}
    changes = {"proposal": "随访。", "team": "社工。", "offers": [offer]}
    bids.prepare(tender, changes=changes, by=signatory, at=at)

    with pytest.raises(bids.Unfinished) as refusal:
        bids.submit(tender, request_key=uuid4(), by=signatory, at=at)

    assert [str(problem.message) for problem in refusal.value.problems] == [
        "第 1 包的“人员工资”最多占报价的 50%，请调低。",
        "第 1 包填了“场地租金”，这个项目不支付这项费用，请去掉。",
    ]
    assert Bid.objects.count() == 0


def test_a_host_and_its_group_are_one_bidder_and_the_first_bid_counts() -> None:
    who = build.cast(3)
    tender = build.published(who)
    host = who.csos[0].organization
    hosted = people.cso(legal_form=LegalForm.HOSTED, host=host)
    first = build.bid(tender, people.signatory(hosted))
    later = DEADLINE_EVE
    for by in who.signatories():
        build.bid(tender, by, at=later)

    gatekeeper.open_bids(tender, at=build.OPENING)

    statuses = dict(Bid.objects.filter(tenderer=host).values_list("organization_id", "status"))
    assert statuses == {hosted.pk: "valid", host.pk: "disqualified"}
    assert Bid.objects.get(organization=host).proposal == ""
    offers = bidding.valid_offers(tender)
    assert [offer.bid_id for offer in offers if offer.bid.tenderer_id == host.pk] == [first.pk]
    assert len(offers) == 3
