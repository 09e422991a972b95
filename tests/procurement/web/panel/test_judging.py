"""The panel over HTTP: declare, judge one offer a page, finish for good; nobody sees another's."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.roles import Actor
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids import queries as opened_bids
from procurement.bids.models import BidFile, Offer
from procurement.evaluation import actions as judging
from procurement.evaluation.models import Capacity, PanelMember, Ranking, Score, Verdict
from procurement.evaluation.queries import judged_criteria, panel
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return build.cast(3)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    """An opened tender with its panel named; the first bid has a file."""
    found = build.published(who)
    first = people.signatory(who.csos[0])
    bids.attach(found, name="计划.pdf", content=desk.PDF, by=first, at=desk.BIDDING)
    found = build.opened(who, found)
    name_panel(found, who)
    desk.stand_still(monkeypatch, build.JUDGING)
    return found


@pytest.fixture
def judge(who: Cast) -> Client:
    return browser(who.panel[0])


def name_panel(tender: Tender, who: Cast) -> None:
    members = {by.user_id: Capacity.EXPERT for by in who.panel if by.user_id is not None}
    members[max(members)] = Capacity.BUYER
    judging.appoint(tender, members=members, by=who.approver, at=build.JUDGING)


def declare(client: Client, tender: Tender) -> None:
    send(client, "panel:seat", tender.ocid, has_interest="no", declaration="")


def full(tender: Tender) -> dict[str, object]:
    points = {f"points_{c.pk}": str(c.weight - 1) for c in judged_criteria(tender)}
    return {"is_responsive": "yes", "comment": "", **points}


def offers(tender: Tender) -> list[Offer]:
    return list(opened_bids.valid_offers(tender))


def seat(who: Cast) -> PanelMember:
    return PanelMember.objects.get(user=people.person(who.panel[0]))


def test_the_desk_says_what_to_do_next(tender: Tender, judge: Client) -> None:
    shown = text(page(judge, "panel:home"))
    assert "等您办理" in shown
    assert "请声明有没有利害关系。" in shown


def test_bidders_are_named_before_the_declaration_but_nothing_they_wrote(
    tender: Tender, judge: Client, who: Cast
) -> None:
    shown = text(page(judge, "panel:seat", tender.ocid))
    for cso in who.csos:
        assert cso.organization.name in shown
    assert "近三年在它那里工作过" in shown
    assert "每月随访一次" not in shown
    refused = page(judge, "panel:offer", tender.ocid, offers(tender)[0].pk)
    assert refused.status_code == 403
    file = BidFile.objects.get()
    assert page(judge, "agency:bid-file", tender.ocid, file.pk).status_code == 404


def test_an_interest_without_words_is_refused_and_keeps_the_choice(
    tender: Tender, judge: Client, who: Cast
) -> None:
    answer = send(judge, "panel:seat", tender.ocid, has_interest="yes", declaration="")
    assert "请写明是什么利害关系。" in text(answer)
    assert "checked" in text(answer)
    assert seat(who).declared_at is None


def test_no_choice_is_refused(tender: Tender, judge: Client, who: Cast) -> None:
    answer = send(judge, "panel:seat", tender.ocid, declaration="以前的同事")
    assert "请选“没有”或“有”。" in text(answer)
    assert "以前的同事" in text(answer)
    assert seat(who).declared_at is None


def test_a_member_with_an_interest_steps_back_and_sees_no_bid(
    tender: Tender, judge: Client, who: Cast
) -> None:
    send(judge, "panel:seat", tender.ocid, has_interest="yes", declaration="两年前在那里工作")
    assert seat(who).has_interest is True
    assert "您已经回避，不用再做什么。" in text(page(judge, "panel:seat", tender.ocid))
    assert page(judge, "panel:offer", tender.ocid, offers(tender)[0].pk).status_code == 403
    file = BidFile.objects.get()
    assert page(judge, "agency:bid-file", tender.ocid, file.pk).status_code == 404


def test_a_member_judges_each_offer_and_finishes(tender: Tender, judge: Client, who: Cast) -> None:
    declare(judge, tender)
    first, second, third = offers(tender)
    shown = text(page(judge, "panel:offer", tender.ocid, first.pk))
    for content in ("每月随访一次", "两名专职社工", "100,000 元", "计划.pdf", "价格占 15 分"):
        assert content in shown

    onward = send(judge, "panel:offer", tender.ocid, first.pk, **full(tender))
    assert onward.headers["Location"] == reverse("panel:offer", args=[tender.ocid, second.pk])
    refused = send(judge, "panel:finish", tender.ocid)
    assert refused.status_code == 409
    assert seat(who).finished_at is None
    send(judge, "panel:offer", tender.ocid, second.pk, is_responsive="no", comment="缺人员")
    done = send(judge, "panel:offer", tender.ocid, third.pk, **full(tender))
    assert done.headers["Location"] == reverse("panel:seat", args=[tender.ocid])

    assert "提交以后不能再改" in text(page(judge, "panel:finish", tender.ocid))
    for _ in range(2):  # a double click
        answer = send(judge, "panel:finish", tender.ocid)
        assert answer.headers["Location"] == reverse("panel:seat", args=[tender.ocid])
    assert seat(who).finished_at == build.JUDGING
    late = send(judge, "panel:offer", tender.ocid, first.pk, is_responsive="no", comment="改")
    assert "您已经提交评审，分数不能再改。" in text(late)
    assert Verdict.objects.get(member=seat(who), offer=first).is_responsive is True


def test_points_above_the_weight_are_refused_beside_the_criterion(
    tender: Tender, judge: Client
) -> None:
    declare(judge, tender)
    criterion = judged_criteria(tender)[0]
    data = full(tender) | {f"points_{criterion.pk}": str(criterion.weight + 1), "comment": "还好"}
    answer = send(judge, "panel:offer", tender.ocid, offers(tender)[0].pk, **data)
    assert f"请打 0 到 {criterion.weight} 分。" in text(answer)
    assert f'value="{criterion.weight + 1}"' in text(answer)
    assert "还好" in text(answer)
    assert not Verdict.objects.exists()


def test_missing_points_and_missing_reasons_are_refused(tender: Tender, judge: Client) -> None:
    declare(judge, tender)
    offer = offers(tender)[0]
    answer = send(judge, "panel:offer", tender.ocid, offer.pk, is_responsive="yes")
    assert "服务方案（0 到 60 分）：请打 0 到 60 分。" in text(answer)
    answer = send(judge, "panel:offer", tender.ocid, offer.pk, is_responsive="no")
    assert "判定不符合要求时，请写明不符合哪一条。" in text(answer)
    assert not Verdict.objects.exists()
    assert not Score.objects.exists()


def test_others_scores_are_never_shown_while_the_panel_works(
    tender: Tender, judge: Client, who: Cast
) -> None:
    declare(judge, tender)
    other = browser(who.panel[1])
    declare(other, tender)
    first = offers(tender)[0]
    criterion = judged_criteria(tender)[0]
    data = full(tender) | {"comment": "别人的意见", f"points_{criterion.pk}": "37.25"}
    send(other, "panel:offer", tender.ocid, first.pk, **data)
    pages = (
        page(judge, "panel:seat", tender.ocid),
        page(judge, "panel:offer", tender.ocid, first.pk),
        page(judge, "panel:finish", tender.ocid),
        page(browser(who.approver), "agency:opening", tender.ocid),
        page(browser(who.approver), "agency:panel", tender.ocid),
    )
    for shown in map(text, pages):
        assert "别人的意见" not in shown
        assert "37.25" not in shown


def test_the_last_member_completes_the_evaluation(tender: Tender, who: Cast) -> None:
    for by in who.panel:
        client = browser(by)
        declare(client, tender)
        for offer in offers(tender):
            send(client, "panel:offer", tender.ocid, offer.pk, **full(tender))
        send(client, "panel:finish", tender.ocid)
        send(client, "panel:finish", tender.ocid)
    tender.refresh_from_db()
    assert tender.evaluated_at == build.JUDGING
    assert Ranking.objects.get(rank=1).points == Decimal("98.00")


def test_a_file_is_a_download_for_a_member_without_interest(tender: Tender, judge: Client) -> None:
    declare(judge, tender)
    file = BidFile.objects.get()
    answer = judge.get(reverse("agency:bid-file", args=[tender.ocid, file.pk]))
    assert b"".join(answer.streaming_content) == desk.PDF  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_only_members_of_this_panel_see_it(tender: Tender, who: Cast) -> None:
    stranger = build.cast(0)
    assert page(browser(stranger.panel[0]), "panel:seat", tender.ocid).status_code == 404
    outsiders: list[Actor] = [who.drafter, who.approver, people.signatory(who.csos[0])]
    for outsider in outsiders:
        assert page(browser(outsider), "panel:seat", tender.ocid).status_code == 403
        assert page(browser(outsider), "panel:home").status_code == 403
    assert page(Client(), "panel:home").status_code == 302


def test_before_the_opening_there_is_nothing_to_declare(
    who: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tender = build.published(who)
    build.bid(tender, people.signatory(who.csos[0]))
    desk.stand_still(monkeypatch, desk.BIDDING)
    members = {by.user_id: Capacity.EXPERT for by in who.panel if by.user_id is not None}
    judging.appoint(tender, members=members, by=who.approver, at=desk.BIDDING)
    client = browser(who.panel[0])
    shown = text(page(client, "panel:seat", tender.ocid))
    assert who.csos[0].organization.name not in shown
    refused = send(client, "panel:seat", tender.ocid, has_interest="no", declaration="")
    assert refused.status_code == 409
    assert not panel(tender).filter(declared_at__isnull=False).exists()


def test_thirty_seats_cost_the_queries_of_one(
    tender: Tender, who: Cast, judge: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as counted:
        page(judge, "panel:home")
    for _ in range(10):
        name_panel(build.published(who), who)
    with django_assert_num_queries(len(counted)):
        page(judge, "panel:home")


def test_more_offers_cost_no_more_queries(
    tender: Tender, who: Cast, judge: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    declare(judge, tender)
    names = ("panel:seat", "panel:finish")
    counts = {}
    for name in names:
        with CaptureQueriesContext(connection) as counted:
            page(judge, name, tender.ocid)
        counts[name] = len(counted)
    bigger = build.cast(9)
    bigger.agency, bigger.drafter, bigger.approver, bigger.panel = (
        who.agency,
        who.drafter,
        who.approver,
        who.panel,
    )
    larger = build.published(bigger)
    for by in bigger.signatories():
        build.bid(larger, by)
    larger = gatekeeper.open_bids(larger, at=build.OPENING)
    name_panel(larger, who)
    declare(judge, larger)
    for name, count in counts.items():
        with django_assert_num_queries(count):
            page(judge, name, larger.ocid)


def test_where_the_price_decides_only_the_requirements_are_judged(
    who: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.stand_still(monkeypatch, build.JUDGING)
    tender = build.opened(who, build.published(who, "negotiation"))
    name_panel(tender, who)
    client = browser(who.panel[0])
    declare(client, tender)
    first, *_rest = offers(tender)
    shown = text(page(client, "panel:offer", tender.ocid, first.pk))
    assert "这个项目按价格排序，不打分。" in shown
    assert "points_" not in shown
    send(client, "panel:offer", tender.ocid, first.pk, is_responsive="yes", comment="")
    assert Verdict.objects.get(offer=first).is_responsive is True
