"""Ready-made procurements, and the ten steps that are ticked by what has happened."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from organizations import instants
from organizations.accounts.models import User
from organizations.audit import AuditRow
from organizations.roles import ANONYMOUS, Actor, Role
from portal.demo import gatekeeper, ready, returned
from portal.demo.ready import MARK, Point
from portal.practice import journey
from procurement import clock
from procurement.bids.models import Bid
from procurement.lifecycle import Stage
from procurement.obligations.models import Obligation
from procurement.publication.models import ContractingProcess, Entry
from procurement.pulse.models import Outage
from procurement.tenders.models import Tender


@pytest.fixture(scope="module")
def made(_told: None) -> dict[Point, str]:
    """One procurement of each kind, made within the rehearsal of this file."""
    return {point: ready.make(point, at=instants.now()) for point in Point}


@pytest.fixture
def drafter(browser: Client) -> Client:
    browser.force_login(User.objects.get(email="drafter@demo.example"))
    return browser


def ticks(ocid: str, actor: Actor = ANONYMOUS) -> list[bool]:
    facts = journey.find(ocid)
    assert facts is not None
    return [step.is_done for step in journey.of(facts, actor, instants.now()).steps]


@pytest.mark.parametrize(
    ("point", "done"),
    [(Point.BEGINNING, 0), (Point.DRAFT, 2), (Point.OPEN, 4), (Point.CLOSED, 6)],
)
def test_what_is_made_stands_where_it_was_wanted(
    browser: Client, made: dict[Point, str], point: Point, done: int
) -> None:
    assert ticks(made[point]) == [True] * done + [False] * (10 - done)


def test_every_practice_procurement_says_so_in_its_title(
    browser: Client, made: dict[Point, str]
) -> None:
    assert {facts.title[: len(MARK)] for facts in journey.latest()} == {MARK}
    assert [facts.ocid for facts in journey.latest()] == list(reversed(made.values()))


def test_nothing_that_was_made_lies_ahead_or_is_late(
    browser: Client, made: dict[Point, str]
) -> None:
    at = instants.now()
    ours = list(made.values())
    assert not Entry.objects.filter(ocid__in=ours, published_at__gt=at).exists()
    assert not Obligation.objects.filter(process__ocid__in=ours).missed(at).exists()


def test_a_bidder_sees_its_own_tick_and_nobody_elses_before_the_register(
    browser: Client, made: dict[Point, str]
) -> None:
    ocid = made[Point.OPEN]
    bidder = Bid.objects.filter(tender__process__ocid=ocid).earliest("pk").organization_id
    own = Actor(1, bidder, frozenset({Role.CSO_SIGNATORY}), "")
    other = Actor(1, returned.world().parties[0].cso.pk, own.roles, "")
    assert [ticks(ocid, own)[5], ticks(ocid, other)[5], ticks(ocid)[5]] == [True, False, False]


def test_the_clock_opens_what_was_closed_and_the_audit_finds_nothing(
    browser: Client, made: dict[Point, str]
) -> None:
    at = instants.now()
    clock.pass_deadlines(at=at)
    gatekeeper.release(at)
    clock.pass_deadlines(at=at)
    tender = Tender.objects.get(process__ocid=made[Point.CLOSED])
    assert tender.stage(at) is Stage.OPENED
    assert ticks(tender.ocid) == [True] * 7 + [False] * 3
    out = StringIO()
    call_command("audit_log", stdout=out)
    assert out.getvalue().splitlines()[-1] == "全部相符。"


def test_a_question_that_nobody_asked_is_left_behind(
    browser: Client, made: dict[Point, str]
) -> None:
    facts = journey.find(made[Point.OPEN])
    assert facts is not None
    assert facts.tender is not None
    assert facts.tender.tender_period_end is not None
    over = facts.tender.tender_period_end + timedelta(minutes=1)
    told = journey.of(facts, ANONYMOUS, over)
    assert not told.steps[4].is_done
    assert told.now == told.steps[6]


def test_an_outage_of_just_now_does_not_move_what_is_ready_to_be_judged(browser: Client) -> None:
    at = instants.now()
    began, ended = at - timedelta(minutes=40), at - timedelta(minutes=30)
    Outage.objects.create(
        began_at=began, ended_at=ended, portal_began_at=began, portal_ended_at=ended
    )
    ocid = ready.make(Point.CLOSED, at=at)
    clock.pass_deadlines(at=at)
    tender = Tender.objects.get(process__ocid=ocid)
    assert tender.closed_at == at
    assert not tender.amendments.exists()


@pytest.mark.parametrize("point", list(Point))
def test_a_press_makes_one_and_leads_to_its_steps(drafter: Client, point: Point) -> None:
    response = drafter.post("/practice/begin/", {"point": point.value})
    ocid = drafter.session["practice_ocid"]
    assert (response.status_code, response["Location"]) == (302, f"/practice/{ocid}/")
    page = drafter.get(response["Location"]).content.decode()
    assert page.count('aria-current="step"') == 1
    assert "继续我的练习项目" in drafter.get("/practice/").content.decode()
    row = AuditRow.objects.get(kind="practice.begin")
    assert (row.subject, row.reason) == (ocid, point.value)


@pytest.mark.parametrize("point", ["", "awarded", "CLOSED"])
def test_nothing_else_can_be_made(drafter: Client, point: str) -> None:
    before = ContractingProcess.objects.count()
    assert drafter.post("/practice/begin/", {"point": point}).status_code == 404
    assert ContractingProcess.objects.count() == before


def test_who_is_not_signed_in_makes_nothing(browser: Client) -> None:
    before = ContractingProcess.objects.count()
    assert browser.post("/practice/begin/", {"point": "open"}).status_code == 302
    assert ContractingProcess.objects.count() == before


def test_every_link_of_the_steps_is_there_for_who_is_to_follow_it(
    drafter: Client, made: dict[Point, str]
) -> None:
    for ocid in made.values():
        facts = journey.find(ocid)
        assert facts is not None
        hands = [
            hand
            for step in journey.of(facts, ANONYMOUS, instants.now()).steps
            for hand in step.hands
        ]
        for hand in hands:
            if hand.part.address == "host":  # works in a larger rehearsal
                continue
            client = Client()
            client.force_login(User.objects.get(email=hand.part.email))
            assert (hand.url, client.get(hand.url).status_code) == (hand.url, 200)


def test_the_steps_of_somebody_elses_procurement_are_not_shown(browser: Client) -> None:
    assert browser.get("/practice/ocds-yn0000-2013-000001/").status_code == 404


def test_open_data_of_a_rehearsal_name_practice_as_their_publisher(
    browser: Client, made: dict[Point, str], settings: Settings
) -> None:
    package = browser.get(f"/records/{made[Point.OPEN]}.json").json()
    assert package["publisher"]["name"] == settings.SITE_NAME_ZH
    assert settings.SITE_NAME_ZH.startswith(MARK)
