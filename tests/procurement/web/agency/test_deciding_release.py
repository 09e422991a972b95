"""A judge is released over HTTP: why, read through, for good; then the empty seat is filled."""

import pytest
from django.test import Client
from django.urls import reverse

from organizations.roles import Role
from procurement.evaluation import actions as judging
from procurement.evaluation.models import Capacity, PanelMember
from procurement.evaluation.queries import panel, sitting
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, text

pytestmark = pytest.mark.django_db
WHY = "一直联系不上，没有评完。"
RELEASE = "agency:panel-release"


@pytest.fixture
def who() -> Cast:
    return build.cast(3)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    """An opened tender whose first judge has not declared and whose others have finished."""
    found = build.opened(who, build.published(who))
    members = {by.person_id: Capacity.EXPERT.value for by in who.panel}
    for seat in judging.appoint(found, members=members, by=who.approver, at=build.JUDGING):
        if seat.user_id != who.panel[0].person_id:
            build.judge(seat, build.JUDGING)
    desk.stand_still(monkeypatch, build.JUDGING)
    return found


@pytest.fixture
def idle(tender: Tender, who: Cast) -> PanelMember:
    return panel(tender).get(user_id=who.panel[0].person_id)


@pytest.fixture
def approver(who: Cast) -> Client:
    return browser(who.approver)


def test_a_release_is_read_through_before_it_is_done_once(
    tender: Tender, idle: PanelMember, approver: Client
) -> None:
    address = reverse(RELEASE, args=[tender.ocid, idle.pk])
    offered = text(page(approver, "agency:panel", tender.ocid))
    assert offered.count("办理退出<span") == 1  # the others have finished
    assert address in offered
    asked = send(approver, RELEASE, tender.ocid, idle.pk, reason=" ")
    assert asked.status_code == 422
    assert "请写明退出的理由，理由会和结果一起公开。" in text(asked)
    preview = text(send(approver, RELEASE, tender.ocid, idle.pk, reason=WHY))
    assert "请核对将要公开的内容" in preview
    assert WHY in preview
    idle.refresh_from_db()
    assert idle.released_at is None

    for _ in range(2):  # a double click
        answer = send(approver, RELEASE, tender.ocid, idle.pk, reason=WHY, confirm="yes")
        assert answer.headers["Location"] == reverse("agency:panel", args=[tender.ocid])

    released = PanelMember.objects.get(pk=idle.pk)
    assert (released.released_at, released.release_reason) == (build.JUDGING, WHY)
    shown = text(page(approver, "agency:panel", tender.ocid))
    assert "已退出，分数不算" in shown
    assert "补上空缺" in shown
    assert f'"member_{idle.user_id}"' not in shown


def test_the_empty_seat_is_filled_and_the_scores_of_the_others_stay(
    tender: Tender, idle: PanelMember, who: Cast, approver: Client
) -> None:
    spares = [people.member(who.agency, Role.PANEL_MEMBER)[1] for _ in range(3)]
    send(approver, RELEASE, tender.ocid, idle.pk, reason=WHY, confirm="yes")
    many = {f"member_{by.user_id}": "expert" for by in spares}
    refused = text(send(approver, "agency:panel", tender.ocid, **many))
    assert "开标后只能补上空缺的席位，不能多选。" in refused
    assert sitting(tender).count() == 4

    one = {f"member_{spares[0].user_id}": "expert"}
    assert send(approver, "agency:panel", tender.ocid, **one).status_code == 302

    assert sitting(tender).count() == 5
    build.judge(sitting(tender).get(user_id=spares[0].person_id), build.JUDGING)
    tender.refresh_from_db()
    assert tender.evaluated_at == build.JUDGING


def test_a_whole_panel_offers_no_seat_after_the_opening(
    tender: Tender, who: Cast, approver: Client
) -> None:
    _person, spare = people.member(who.agency, Role.PANEL_MEMBER)
    shown = text(page(approver, "agency:panel", tender.ocid))
    assert "小组已经完整。开标后不能再换人或加人" in shown
    assert "<form method" not in shown.partition("<h1>")[2]
    more = {f"member_{spare.user_id}": "expert"}
    send(approver, "agency:panel", tender.ocid, **more)
    assert panel(tender).count() == 5


def test_who_has_finished_cannot_be_released(tender: Tender, who: Cast, approver: Client) -> None:
    done = panel(tender).get(user_id=who.panel[1].person_id)
    answer = send(approver, RELEASE, tender.ocid, done.pk, reason=WHY, confirm="yes")
    assert answer.headers["Location"] == reverse("agency:panel", args=[tender.ocid])
    done.refresh_from_db()
    assert done.released_at is None


def test_others_release_nobody(tender: Tender, idle: PanelMember, who: Cast) -> None:
    stranger = build.cast(0)
    for actor, status in ((who.drafter, 403), (who.panel[1], 403), (stranger.approver, 404)):
        assert page(browser(actor), RELEASE, tender.ocid, idle.pk).status_code == status
        sent = send(browser(actor), RELEASE, tender.ocid, idle.pk, reason=WHY, confirm="yes")
        assert sent.status_code == status
    other = build.opened(who, build.published(who))
    answer = page(browser(who.approver), RELEASE, other.ocid, idle.pk)
    assert answer.status_code == 404
    idle.refresh_from_db()
    assert idle.released_at is None


def test_who_was_released_is_told_so_and_reads_no_bid(
    tender: Tender, idle: PanelMember, who: Cast
) -> None:
    judging.release(idle, reason=WHY, by=who.approver, at=build.JUDGING)
    judge = browser(who.panel[0])
    shown = text(page(judge, "panel:seat", tender.ocid))
    assert "您已经退出这个评审小组，不用再做什么。" in shown
    assert "提交声明" not in shown
    assert "您已经退出" in text(page(judge, "panel:home"))
    sent = send(judge, "panel:seat", tender.ocid, has_interest="no", declaration="")
    assert "您已经退出" in text(sent)
    idle.refresh_from_db()
    assert idle.declared_at is None


def test_the_public_reads_who_left_why_and_who_came_after_the_opening(
    tender: Tender, idle: PanelMember, who: Cast
) -> None:
    judging.release(idle, reason=WHY, by=who.approver, at=build.JUDGING)
    spare, _actor = people.member(who.agency, Role.PANEL_MEMBER)
    assert spare.name not in text(page(Client(), "public:tender", tender.ocid))
    members = {seat.user_id: seat.capacity for seat in sitting(tender)}
    members |= {spare.pk: Capacity.EXPERT.value}
    judging.appoint(tender, members=members, by=who.approver, at=build.JUDGING)
    build.judge(sitting(tender).get(user=spare), build.JUDGING)
    assert idle.user.name not in text(page(Client(), "public:tender", tender.ocid))

    build.awarded(who, Tender.objects.get(pk=tender.pk), at=build.JUDGING)

    shown = text(page(Client(), "public:tender", tender.ocid))
    assert "2026年4月29日（星期三） 退出评审，已打的分数不算。理由：" in shown
    assert WHY in shown
    assert "有成员在开标以后才选定，见各人的选定日期。" in shown
    assert "开标后于 2026年4月29日（星期三） 选定" in shown
