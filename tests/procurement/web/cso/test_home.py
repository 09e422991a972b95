"""The CSO desk over HTTP: what is open to us and why not, our questions, our bids, who may come."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.accounts.models import User
from organizations.csos.models import LegalForm
from organizations.roles import Actor
from procurement.bids import actions as bids
from procurement.enquiries.models import Enquiry
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, text

pytestmark = pytest.mark.django_db

QUESTION = "志愿者的交通补贴可以列入预算吗？"


@pytest.fixture
def who() -> Cast:
    return build.cast(2)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    desk.stand_still(monkeypatch, desk.BIDDING)
    return build.published(who)


@pytest.fixture
def by(who: Cast) -> Actor:
    return people.signatory(who.csos[0])


def test_the_desk_shows_what_is_open_with_the_days_left(tender: Tender, by: Actor) -> None:
    shown = text(page(browser(by), "cso:home"))
    assert tender.title in shown
    assert "还有 <b>6</b> 天" in shown
    assert reverse("cso:tender", args=[tender.ocid]) in shown


def test_the_nearest_deadline_comes_first(tender: Tender, who: Cast, by: Actor) -> None:
    Tender.objects.filter(pk=tender.pk).update(
        title="后截止的项目", tender_period_end=build.DEADLINE + timedelta(days=1)
    )
    nearer = build.published(who)
    Tender.objects.filter(pk=nearer.pk).update(title="先截止的项目")
    shown = text(page(browser(by), "cso:home"))
    assert shown.index("先截止的项目") < shown.index("后截止的项目")


def test_what_is_closed_or_not_for_us_is_not_offered(
    tender: Tender, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(by)
    Tender.objects.filter(pk=tender.pk).update(invitation_mode="register-draw")
    assert tender.title not in text(page(client, "cso:home"))
    conditions = text(page(client, "cso:tender", tender.ocid))
    assert "这个项目只由受邀组织参加。您可以关注同类的公开项目。" in conditions
    Tender.objects.filter(pk=tender.pk).update(invitation_mode="public-notice")
    desk.stand_still(monkeypatch, build.DEADLINE + timedelta(seconds=1))
    assert tender.title not in text(page(client, "cso:home"))


def test_a_group_that_waits_for_verification_sees_what_to_do(tender: Tender) -> None:
    client = browser(people.signatory(people.cso(verified=False)))
    assert "您的组织正在等待核验" in text(page(client, "cso:home"))
    shown = text(page(client, "cso:tender", tender.ocid))
    assert "还不满足" in shown
    assert "请等待省级核验" in shown
    assert reverse("cso:bid", args=[tender.ocid]) not in shown
    led = page(client, "cso:bid", tender.ocid)
    assert led.headers["Location"] == reverse("cso:tender", args=[tender.ocid])


def test_an_unregistered_group_without_a_host_sees_the_way_out(tender: Tender) -> None:
    group = people.cso(legal_form=LegalForm.UNREGISTERED)
    client = browser(people.signatory(group))
    assert "还没有托管组织替您投标" in text(page(client, "cso:home"))
    shown = text(page(client, "cso:tender", tender.ocid))
    assert "请在组织资料里选择托管组织，请它同意" in shown
    sent = send(client, "cso:bid-text", tender.ocid, "proposal", text="x")
    assert sent.headers["Location"] == reverse("cso:tender", args=[tender.ocid])


def test_a_hosted_group_bids_through_its_host(tender: Tender, who: Cast) -> None:
    host = who.csos[1].organization
    group = people.cso(legal_form=LegalForm.HOSTED, host=host)
    member = people.signatory(group)
    client = browser(member)
    assert f"由托管组织“{host.name}”参加投标" in text(page(client, "cso:home"))
    desk.prepare(tender, member)
    answer = desk.submit(client, tender)
    receipt = text(client.get(answer.headers["Location"]))  # type: ignore[arg-type]
    assert host.name in receipt
    assert f"代表 {group.organization.name}" in receipt


def test_a_question_is_asked_in_the_window_and_once(tender: Tender, by: Actor) -> None:
    client = browser(by)
    form = text(page(client, "cso:enquiry-ask", tender.ocid))
    assert "采购人也看不到是谁问的" in form
    assert "请不要写任何人的姓名或病情" in form
    for _ in range(2):  # a double click
        send(client, "cso:enquiry-ask", tender.ocid, question=QUESTION)
    assert Enquiry.objects.count() == 1
    shown = text(page(client, "cso:tender", tender.ocid))
    assert QUESTION in shown
    assert "采购人应在 4月27日（星期一） 前公开答复。" in shown


def test_a_question_too_long_is_refused_and_kept(tender: Tender, by: Actor) -> None:
    answer = text(send(browser(by), "cso:enquiry-ask", tender.ocid, question="问" * 2001))
    assert "问题太长，请分成几个问题" in answer
    assert "问" * 2001 in answer
    assert not Enquiry.objects.exists()


def test_an_empty_question_is_refused(tender: Tender, by: Actor) -> None:
    assert "请写下您的问题。" in text(send(browser(by), "cso:enquiry-ask", tender.ocid))
    assert not Enquiry.objects.exists()


def test_after_the_window_asking_is_refused_in_words(
    tender: Tender, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tender.enquiry_period_end is not None
    desk.stand_still(monkeypatch, tender.enquiry_period_end + timedelta(seconds=1))
    client = browser(by)
    assert "提问时间已经结束" in text(page(client, "cso:enquiry-ask", tender.ocid))
    late = send(client, "cso:enquiry-ask", tender.ocid, question=QUESTION)
    assert late.status_code == 409
    assert "提问时间已经结束，不能再提问。" in text(late)
    assert not Enquiry.objects.exists()


def test_drafts_and_bids_are_on_the_desk(tender: Tender, by: Actor) -> None:
    client = browser(by)
    desk.prepare(tender, by)
    assert "还没有提交的投标" in text(page(client, "cso:home"))
    desk.submit(client, tender)
    shown = text(page(client, "cso:home"))
    assert "还没有提交的投标" not in shown
    assert "已密封，有效" in shown
    assert "已密封，有效" in text(page(client, "cso:bids"))


def test_the_desk_is_short_and_leads_to_the_whole_list(
    tender: Tender, who: Cast, by: Actor
) -> None:
    for _ in range(6):
        build.published(who)
    client = browser(by)
    desk.prepare(tender, by)
    desk.submit(client, tender)
    shown = text(page(client, "cso:home"))
    assert shown.count("还有 <b>") == 5
    assert "看全部可以参加的项目（7）" in shown
    listed = text(page(client, "cso:calls"))
    assert listed.count("还有 <b>") == 7
    assert listed.count("已投标") == 1


def test_every_question_is_on_its_list(tender: Tender, by: Actor) -> None:
    client = browser(by)
    assert "还没有提过问题" in text(page(client, "cso:enquiries"))
    send(client, "cso:enquiry-ask", tender.ocid, question=QUESTION)
    assert QUESTION in text(page(client, "cso:enquiries"))


def test_only_people_of_an_organisation_come_here(tender: Tender, who: Cast) -> None:
    names = ("cso:home", "cso:bids", "cso:calls", "cso:enquiries")
    root = Client()
    root.force_login(User.objects.create_superuser("root@example.org", people.PASSWORD))
    outsiders = [who.drafter, who.approver, who.panel[0], people.overseer()]
    for client in [*map(browser, outsiders), root]:
        assert [page(client, name).status_code for name in names] == [403] * 4
        assert page(client, "cso:tender", tender.ocid).status_code == 403
        sent = send(client, "cso:enquiry-ask", tender.ocid, question=QUESTION)
        assert sent.status_code == 403
    assert page(Client(), "cso:home").status_code == 302
    assert not Enquiry.objects.exists()


def test_a_draft_of_an_agency_is_not_there(who: Cast, by: Actor, tender: Tender) -> None:
    draft = build.draft(who)
    assert page(browser(by), "cso:tender", draft.ocid or "none").status_code == 404


def test_thirty_rows_cost_the_queries_of_one(
    tender: Tender, who: Cast, by: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(by)
    desk.prepare(tender, by)
    desk.submit(client, tender)
    send(client, "cso:enquiry-ask", tender.ocid, question=QUESTION)
    more(who, by, 1)
    counts = {}
    for name in ("cso:home", "cso:calls", "cso:bids", "cso:enquiries"):
        with CaptureQueriesContext(connection) as counted:
            page(client, name)
        counts[name] = len(counted)
    more(who, by, 14)
    for name, count in counts.items():
        with django_assert_num_queries(count):
            shown = page(client, name)
        assert len(shown.content) < 60_000


def more(who: Cast, by: Actor, number: int) -> None:
    """More rows of each kind: tenders open to us, half of them with a bid, half with a draft."""
    for _ in range(number):
        build.bid(build.published(who), by, at=desk.BIDDING)
        bids.prepare(build.published(who), changes={"team": "x"}, by=by, at=desk.BIDDING)
