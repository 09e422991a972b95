"""The opening at the table: two cards typed by their holders, every step on the public record."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from organizations.roles import Actor
from portal.demo import gatekeeper
from procurement.bids.models import Bid
from procurement.bids.parts import CardUse
from procurement.keycards import actions as keycards
from procurement.publication.models import Listing
from procurement.tenders.models import OpeningPolicy, Tender
from tests.builders import keycards as paper
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

SignIn = Callable[[Actor], Client]
SHUT = build.DEADLINE + timedelta(minutes=3)
WITNESSES = "张三、李四"


@pytest.fixture
def made(who: build.Cast) -> paper.Cards:
    """The keys of the agency, in use."""
    return paper.published(who.clerk, who.approver, build.START)


@pytest.fixture
def tender(who: build.Cast, made: paper.Cards, clock: Clock) -> Tender:
    """A call with three bids, closed, the gate's parts given: it waits for cards."""
    tender = build.published(who, opening_policy=OpeningPolicy.CARDS)
    for number, by in enumerate(who.signatories()):
        build.bid(tender, by, yuan=100000 + 5000 * number)
    clock.at = SHUT
    return gatekeeper.close(tender, at=SHUT)


def typed(made: paper.Cards, suffix: str, digits: str = "") -> dict[str, str]:
    """What is typed for one card."""
    return {
        "witnesses": WITNESSES,
        "card": made.card(suffix).member,
        "digits": digits or paper.spaced(made.of(suffix)),
    }


def at(tender: Tender) -> str:
    """The address of the ceremony."""
    return reverse("agency:ceremony", args=[tender.ocid])


def said(tender: Tender) -> list[tuple[str, str]]:
    """Kind and holder of each event on the public record."""
    events = Listing.objects.get(pk=tender.ocid).compiled["tender"].get("openingEvents", [])
    return [(each["kind"], each.get("holder", "")) for each in events]


def test_two_cards_open_the_bids(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn, clock: Clock
) -> None:
    clerk = signed_in(who.clerk)
    assert "要 2 张卡，已经用了 0 张" in clerk.get(at(tender)).content.decode()
    first = clerk.post(at(tender), typed(made, "C1"))
    clock.at += timedelta(minutes=1)
    waiting = clerk.get(at(tender)).content.decode()

    assert (first.status_code, first["Location"]) == (302, at(tender))
    assert "已经用了 1 张" in waiting
    assert "用过的卡都是本单位的人持有的" in waiting
    assert WITNESSES in waiting
    assert clerk.post(at(tender), typed(made, "C3")).status_code == 302
    assert "已经开标" in clerk.get(at(tender)).content.decode()
    assert Tender.objects.get(pk=tender.pk).opened_at == clock.at
    assert Bid.objects.filter(tender=tender, opened_at__isnull=False).count() == 3
    assert said(tender)[-2:] == [("card", "杨春梅"), ("card", "和晓兰")]


def test_cards_of_the_agency_alone_open_and_are_said_to(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn, clock: Clock
) -> None:
    clerk = signed_in(who.clerk)
    for suffix in ("C1", "C2"):
        clock.at += timedelta(minutes=1)
        clerk.post(at(tender), typed(made, suffix))

    assert Tender.objects.get(pk=tender.pk).opened_at is not None
    assert said(tender)[-1] == ("inside-only", "")


def test_a_slip_is_shown_at_its_group_and_recorded_nowhere(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn
) -> None:
    groups = paper.spaced(made.of("C1")).split()
    groups[6] = f"{(int(groups[6][0]) + 1) % 10}{groups[6][1:]}"
    before = said(tender)
    answer = signed_in(who.clerk).post(at(tender), typed(made, "C1", " ".join(groups)))

    assert answer.status_code == 422
    assert "第 7 组有数字不对" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert said(tender) == before
    assert CardUse.objects.count() == 0


def test_a_wrong_card_is_named_and_recorded(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn
) -> None:
    wrong = typed(made, "C1", paper.spaced(made.of("C4")))
    answer = signed_in(who.clerk).post(at(tender), wrong)

    assert answer.status_code == 422
    assert "段志强" in answer.content.decode()
    assert said(tender)[-1] == ("wrong-card", "杨春梅")
    assert CardUse.objects.count() == 0


def test_a_card_of_another_committee_is_named(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn
) -> None:
    other = build.cast(0)
    theirs = paper.published(other.clerk, other.approver, build.START, label="邻县开标钥匙")
    wrong = typed(made, "C1", paper.spaced(theirs.of("C1")))
    answer = signed_in(who.clerk).post(at(tender), wrong)

    assert answer.status_code == 422
    assert "邻县开标钥匙" in answer.content.decode()


def test_two_lost_cards_the_reserve_opens(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn, clock: Clock
) -> None:
    for suffix in ("C1", "C2", "C3"):
        keycards.report_lost(made.card(suffix), reason="遗失。", by=who.clerk, at=SHUT)
    clerk = signed_in(who.clerk)
    assert "可用的开标卡不够了" in clerk.get(at(tender)).content.decode()
    for suffix in ("R1", "R3"):
        clock.at += timedelta(minutes=1)
        assert clerk.post(f"{at(tender)}?recovery", typed(made, suffix)).status_code == 302

    assert Tender.objects.get(pk=tender.pk).opened_at is not None
    assert [kind for kind, _holder in said(tender)][-2:] == ["recovery", "recovery"]


def test_two_witnesses_are_named(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn
) -> None:
    alone = typed(made, "C1") | {"witnesses": "张三"}
    answer = signed_in(who.clerk).post(at(tender), alone)

    assert answer.status_code == 422
    assert "至少两位见证人" in answer.content.decode()
    assert CardUse.objects.count() == 0


def test_before_the_deadline_it_waits_and_tells_no_number(
    who: build.Cast, made: paper.Cards, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.published(who, opening_policy=OpeningPolicy.CARDS)
    build.bid(tender, next(who.signatories()))
    clock.at = build.DEADLINE - timedelta(days=1)
    page = signed_in(who.clerk).get(at(tender)).content.decode()

    assert "还没有到投标截止时间" in page
    assert 'name="digits"' not in page
    assert signed_in(who.clerk).post(at(tender), typed(made, "C1")).status_code == 200
    assert CardUse.objects.count() == 0


def test_others_watch_or_stay_away(
    who: build.Cast, tender: Tender, made: paper.Cards, signed_in: SignIn
) -> None:
    stranger = build.cast(0)

    for watcher in (who.approver, who.drafter, people.overseer()):
        page = signed_in(watcher).get(at(tender))
        assert page.status_code == 200
        assert 'name="digits"' not in page.content.decode()
        assert signed_in(watcher).post(at(tender), typed(made, "C1")).status_code == 403
    assert signed_in(stranger.clerk).get(at(tender)).status_code == 404
    assert CardUse.objects.count() == 0


def test_a_call_that_the_clock_opens_has_no_ceremony(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.published(who)

    assert signed_in(who.clerk).get(at(tender)).status_code == 404


def test_the_desk_of_the_clerk_leads_to_the_ceremony(
    who: build.Cast, tender: Tender, signed_in: SignIn
) -> None:
    desk = signed_in(who.clerk).get(reverse("agency:home")).content.decode()

    assert "用钥匙卡开标：" in desk
    assert at(tender) in desk
