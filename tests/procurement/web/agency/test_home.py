"""The desk: what waits for whom; and who may come to which page."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations.roles import Actor, Role
from procurement.enquiries import actions as enquiries
from procurement.tenders import actions as tenders
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

SignIn = Callable[[Actor], Client]
AssertQueries = Callable[[int], AbstractContextManager[object]]


def page(name: str, *args: object) -> str:
    """The address of a page of the desk."""
    return reverse(f"agency:{name}", args=args)


def test_an_empty_desk_says_how_to_begin(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    shown = signed_in(who.drafter).get(page("home")).content.decode()
    assert "写第一条采购意向" in shown
    assert page("plan-new") in shown


def test_each_person_sees_what_waits_for_them(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    build.draft(who)
    waiting = build.draft(who)
    tenders.submit(waiting, by=who.drafter, at=clock.at)
    drafter = signed_in(who.drafter).get(page("home")).content.decode()
    approver = signed_in(who.approver).get(page("home")).content.decode()
    assert "继续写采购项目：" in drafter
    assert "审批采购项目：" not in drafter
    assert page("tender-review", waiting.ocid) in approver
    assert "继续写采购项目：" not in approver


def test_an_enquiry_shows_its_last_day(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    tender = build.published(who)
    clock.at += timedelta(days=1)
    asker = people.signatory(who.csos[0])
    enquiries.ask(tender, question="社会保险费可以列入预算吗？", by=asker, at=clock.at)
    shown = signed_in(who.drafter).get(page("home")).content.decode()
    assert "请在 4月13日（星期一）前答复" in shown


def test_an_opening_today_stands_first(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    build.published(who)
    build.draft(who)
    clock.at = build.DEADLINE - timedelta(hours=3)
    shown = signed_in(who.drafter).get(page("home")).content.decode()
    assert shown.index("今天开标") < shown.index("继续写采购项目")
    assert "今天 17:00" in shown


def test_the_desk_has_as_many_queries_for_thirty_tenders_as_for_one(
    who: build.Cast,
    clock: Clock,
    signed_in: SignIn,
    django_assert_num_queries: AssertQueries,
) -> None:
    client = signed_in(who.drafter)
    tenders.draft(title="一", by=who.drafter, at=clock.at)
    counted = {}
    for address in (page("home"), page("tender-list")):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counted[address] = len(captured)
    for number in range(29):
        tenders.draft(title=f"第 {number} 个", by=who.drafter, at=clock.at)
    for address, once in counted.items():
        with django_assert_num_queries(once):
            client.get(address)


PAGES = ("home", "plan-list", "plan-new", "tender-list", "tender-new")


@pytest.mark.parametrize("name", PAGES)
def test_visitors_sign_in_first(db: None, clock: Clock, name: str) -> None:
    assert Client().get(page(name)).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_others_are_refused_in_plain_words(
    who: build.Cast, clock: Clock, signed_in: SignIn, name: str
) -> None:
    for actor in (people.signatory(who.csos[0]), people.overseer()):
        refused = signed_in(actor).get(page(name))
        assert refused.status_code == 403
        assert "采购人使用" in refused.content.decode()


def test_a_panel_member_sees_the_way_to_the_panel_only(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    build.draft(who)
    client = signed_in(who.panel[0])
    shown = client.get(page("home"))
    assert shown.status_code == 200
    assert "艾滋病随访关怀服务" not in shown.content.decode()
    assert client.get(page("tender-list")).status_code == 403


def test_another_agency_finds_nothing(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    tender = build.draft(who)
    other = people.agency().organization
    client = signed_in(people.member(other, Role.DRAFTER)[1])
    plan = tender.planning_notice
    assert plan is not None
    for address in (
        page("tender", tender.ocid),
        page("tender-step", tender.ocid, "summary"),
        page("tender-check", tender.ocid),
        page("tender-review", tender.ocid),
        page("tender-amend", tender.ocid),
        page("tender-cancel", tender.ocid),
        page("plan", plan.ocid),
        page("plan-check", plan.ocid),
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(page("tender-publish", tender.ocid)).status_code == 404
    sent = client.post(page("tender-step", tender.ocid, "summary"), {"title": "换掉"})
    assert sent.status_code == 404
    tender.refresh_from_db()
    assert tender.title == "艾滋病随访关怀服务"


def test_an_approver_reads_a_draft_but_does_not_write_it(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender, client = build.draft(who), signed_in(who.approver)
    assert client.get(page("tender", tender.ocid)).status_code == 200
    assert client.get(page("tender-step", tender.ocid, "summary")).status_code == 403
    assert client.get(page("tender-new")).status_code == 403
