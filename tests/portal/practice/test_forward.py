"""The fast clock: by buttons, bounded, once a press, and only in a rehearsal."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from organizations import instants
from organizations.accounts.models import User
from organizations.audit import AuditRow
from organizations.instants import ClockShift
from organizations.roles import SYSTEM
from portal.demo import gatekeeper, ready, returned, steps
from portal.demo.ready import Point
from portal.practice import forward
from procurement import clock
from procurement.bids import actions as bids
from procurement.obligations.models import Obligation
from procurement.planning.models import PlanningNotice
from procurement.publication.models import ContractingProcess
from procurement.tenders.models import Tender

FORWARD = "/practice/forward/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def drafter(browser: Client) -> Client:
    browser.force_login(User.objects.get(email="drafter@demo.example"))
    return browser


def said(client: Client) -> str:
    return client.get("/practice/").content.decode()


@pytest.mark.parametrize(("by", "meant"), [("hour", HOUR), ("day", DAY)])
def test_a_press_moves_the_clock_and_is_on_record(
    drafter: Client, by: str, meant: timedelta
) -> None:
    response = drafter.post(FORWARD, {"by": by, "ahead": "0"})
    assert (response.status_code, response["Location"]) == (302, "/practice/#clock")
    assert instants.shift() == meant
    row = AuditRow.objects.get(kind="practice.forward")
    assert (row.user_id, row.subject) == (
        User.objects.get(email="drafter@demo.example").pk,
        "clock",
    )
    assert "练习的时钟现在是" in said(drafter)


def test_a_second_press_on_the_same_page_moves_nothing_more(drafter: Client) -> None:
    drafter.post(FORWARD, {"by": "day", "ahead": "0"})
    drafter.post(FORWARD, {"by": "day", "ahead": "0"})
    assert instants.shift() == DAY
    assert AuditRow.objects.filter(kind="practice.forward").count() == 1
    assert "刚刚已经拨过了" in said(drafter)


def test_the_page_carries_the_shift_exactly(drafter: Client) -> None:
    instants.advance(timedelta(days=3, microseconds=7))
    page = said(drafter)
    assert 'name="ahead" value="259200000007"' in page
    drafter.post(FORWARD, {"by": "hour", "ahead": "259200000007"})
    assert instants.shift() == timedelta(days=3, hours=1, microseconds=7)


@pytest.mark.parametrize("ahead", ["", "-1", "x", "9" * 40, "٣"])
def test_a_press_that_says_nothing_of_what_it_saw_moves_nothing(
    drafter: Client, ahead: str
) -> None:
    drafter.post(FORWARD, {"by": "day", "ahead": ahead})
    assert instants.shift() == timedelta(0)


@pytest.mark.parametrize("by", ["", "year", "next", "-1"])
def test_the_clock_moves_by_its_buttons_alone(drafter: Client, by: str) -> None:
    drafter.post(FORWARD, {"by": by, "ahead": "0", "ocid": "ocds-none"})
    assert not ClockShift.objects.exists()


def test_the_clock_goes_only_so_far(drafter: Client) -> None:
    whole = instants.advance(forward.FARTHEST - HOUR)
    drafter.post(FORWARD, {"by": "day", "ahead": whole // timedelta(microseconds=1)})
    assert instants.shift() == forward.FARTHEST - HOUR
    assert "已经到头了" in said(drafter)
    assert not AuditRow.objects.filter(kind="practice.forward").exists()


def test_who_is_not_signed_in_moves_no_clock(browser: Client) -> None:
    assert browser.post(FORWARD, {"by": "day", "ahead": "0"}).status_code == 302
    assert not ClockShift.objects.exists()


def test_the_act_itself_is_refused_outside_a_rehearsal(browser: Client, settings: Settings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(instants.RehearsalOff):
        forward.forward(DAY, seen=timedelta(0), actor=SYSTEM)
    assert not ClockShift.objects.exists()


def test_a_published_intention_leads_to_the_day_of_its_call(browser: Client) -> None:
    ocid = ready.make(Point.DRAFT, at=instants.now())
    plan = PlanningNotice.objects.get(process__ocid=ocid)
    assert plan.published_at is not None
    just_published = forward.next_due(ocid, plan.published_at)
    assert just_published is not None
    assert just_published.at == plan.published_at + timedelta(days=30, seconds=10)


def test_what_is_only_begun_has_nothing_to_wait_for(drafter: Client) -> None:
    ocid = ready.make(Point.BEGINNING, at=instants.now())
    assert forward.next_due(ocid, instants.now()) is None
    drafter.post(FORWARD, {"by": "next", "ahead": "0", "ocid": ocid})
    assert not ClockShift.objects.exists()


def test_a_call_leads_to_the_end_of_questions_and_then_past_its_deadline(drafter: Client) -> None:
    ocid = ready.make(Point.OPEN, at=instants.now())
    tender = Tender.objects.get(process__ocid=ocid)
    assert tender.enquiry_period_end is not None
    assert tender.tender_period_end is not None
    Obligation.objects.filter(process__ocid=ocid).update(lapsed_at=instants.now())
    drafter.post(FORWARD, {"by": "next", "ahead": "0", "ocid": ocid})
    assert timedelta(0) < instants.now() - tender.enquiry_period_end < timedelta(minutes=1)
    ahead = instants.shift() // timedelta(microseconds=1)
    page = drafter.post(
        FORWARD, {"by": "next", "ahead": ahead, "ocid": ocid, "to": f"/practice/{ocid}/"}
    )
    past = instants.now() - tender.tender_period_end
    assert clock.GRACE < past < clock.GRACE + timedelta(minutes=1)
    assert "截标登记公布，时间闸放行，自动开标" in drafter.get(page["Location"]).content.decode()


def test_past_the_deadline_nobody_has_to_wait_for_the_bids_to_be_opened(drafter: Client) -> None:
    ocid = ready.make(Point.OPEN, at=instants.now())
    tender = Tender.objects.get(process__ocid=ocid)
    assert tender.tender_period_end is not None
    instants.advance(tender.tender_period_end - instants.now() - HOUR)
    _bid_of_a_third(tender)
    Obligation.objects.filter(process__ocid=ocid).update(lapsed_at=instants.now())
    ahead = instants.shift() // timedelta(microseconds=1)
    drafter.post(FORWARD, {"by": "next", "ahead": ahead, "ocid": ocid})
    clock.pass_deadlines(at=instants.now())
    gatekeeper.release(instants.now())
    clock.pass_deadlines(at=instants.now())
    assert Tender.objects.get(pk=tender.pk).opened_at is not None


def _bid_of_a_third(tender: Tender) -> None:
    party = returned.world().parties[0]
    case_of_two = {"proposal": "每月随访一次。", "team": "四个人。", "quality": "每季自查。"}
    lot = tender.lots.get()
    offers = [{"lot": lot.number, "lines": steps.cost_lines(200_000)}]
    at = instants.now()
    bids.prepare(tender, changes=case_of_two | {"offers": offers}, by=party.signatory, at=at)
    bids.submit(tender, request_key=uuid4(), by=party.signatory, at=at)


def test_near_a_duty_the_clock_stops_two_hours_before_and_then_passes_it(browser: Client) -> None:
    ocid = ready.make(Point.DRAFT, at=instants.now())
    due_at = instants.now() + timedelta(days=1)
    process = ContractingProcess.objects.get(ocid=ocid)
    Obligation.objects.create(
        process=process,
        procuring_entity=process.tender.procuring_entity,
        rule_id="a-rule",
        event="contract.signed",
        since=instants.now(),
        heard_at=instants.now(),
        due_at=due_at,
        not_before=due_at.date(),
    )
    soon = forward.next_due(ocid, instants.now())
    assert soon is not None
    assert soon.at == due_at - timedelta(hours=2)
    late = forward.next_due(ocid, soon.at)
    assert late is not None
    assert due_at + clock.GRACE < late.at < due_at + clock.GRACE + timedelta(minutes=1)
