"""Opening, panel and award over HTTP: sealed until the deadline, decided in two steps, for good."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from organizations.accounts.models import User
from organizations.roles import Actor, Role
from procurement.awards.models import Award
from procurement.bids import actions as bids
from procurement.bids.models import Bid, BidFile
from procurement.evaluation import actions as judging
from procurement.evaluation.models import PanelMember
from procurement.evaluation.queries import panel
from procurement.publication.models import Entry
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
def published(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    """A tender with bids in, one with a file, before its deadline."""
    tender = build.published(who)
    first = people.signatory(who.csos[0])
    bids.attach(tender, name="秘密.pdf", content=desk.PDF, by=first, at=desk.BIDDING)
    desk.stand_still(monkeypatch, build.DEADLINE - timedelta(days=1))
    return tender


@pytest.fixture
def opened(published: Tender, who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    desk.stand_still(monkeypatch, build.JUDGING)
    return build.opened(who, published)


@pytest.fixture
def evaluated(opened: Tender, who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    desk.stand_still(monkeypatch, build.DECISION)
    return build.evaluated(who, opened)


@pytest.fixture
def approver(who: Cast) -> Client:
    return browser(who.approver)


def root() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", people.PASSWORD))
    return client


def chosen(who: Cast, experts: int, buyers: int) -> dict[str, str]:
    capacities = ["expert"] * experts + ["buyer"] * buyers
    return {f"member_{by.user_id}": c for by, c in zip(who.panel, capacities, strict=False)}


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=1, seconds=1)])
def test_before_the_opening_nobody_sees_bids_or_their_number(
    published: Tender, who: Cast, monkeypatch: pytest.MonkeyPatch, later: timedelta
) -> None:
    for by in who.signatories():
        build.bid(published, by)
    desk.stand_still(monkeypatch, build.DEADLINE - timedelta(days=1) + later)
    number = Bid.objects.all()[0].receipt_number
    for official in (who.approver, who.drafter):
        shown = text(page(browser(official), "agency:opening", published.ocid))
        assert "还没有开标" in shown
        assert "份投标" not in shown
        for cso in who.csos:
            assert cso.organization.name not in shown
    assert page(browser(who.approver), "agency:bid", published.ocid, number).status_code == 404
    for client in (root(), browser(who.panel[0])):
        assert page(client, "agency:opening", published.ocid).status_code == 403
        assert page(client, "agency:bid", published.ocid, number).status_code == 403
        assert page(client, "agency:bid-file", published.ocid, 1).status_code == 404


def test_after_the_opening_the_record_names_bidders_prices_and_receipts(
    opened: Tender, who: Cast
) -> None:
    _person, officer = people.member(who.agency, Role.OPENING_OFFICER)
    for official in (who.approver, who.drafter, officer):
        shown = text(page(browser(official), "agency:opening", opened.ocid))
        assert "收到 3 份投标" in shown
        for bid in Bid.objects.select_related("tenderer"):
            assert bid.tenderer.name in shown
            assert bid.receipt_number in shown
        assert "100,000 元" in shown
        assert "每月随访一次" not in shown


def test_only_the_own_approver_reads_an_opened_bid(opened: Tender, who: Cast) -> None:
    number = Bid.objects.get(organization=who.csos[0].organization).receipt_number
    shown = text(page(browser(who.approver), "agency:bid", opened.ocid, number))
    assert "每月随访一次，遇到困难及时转介。" in shown
    assert "秘密.pdf" in shown
    stranger = build.cast(0)
    cases: list[tuple[Actor, int]] = [
        (who.drafter, 403),
        (who.panel[0], 403),
        (stranger.approver, 404),
        (people.signatory(who.csos[1]), 403),
        (people.overseer(), 403),
    ]
    file = BidFile.objects.get()
    for actor, status in cases:
        client = browser(actor)
        assert page(client, "agency:bid", opened.ocid, number).status_code == status
        assert page(client, "agency:bid-file", opened.ocid, file.pk).status_code == 404
    assert page(root(), "agency:bid", opened.ocid, number).status_code == 403
    assert page(Client(), "agency:bid-file", opened.ocid, file.pk).status_code == 302


def test_a_file_leaves_as_a_download(opened: Tender, approver: Client) -> None:
    file = BidFile.objects.get()
    answer = approver.get(reverse("agency:bid-file", args=[opened.ocid, file.pk]))
    assert b"".join(answer.streaming_content) == desk.PDF  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_panel_is_named(opened: Tender, who: Cast, approver: Client) -> None:
    shown = text(page(approver, "agency:panel", opened.ocid))
    assert "评标委员会5人以上单数" in shown
    assert send(approver, "agency:panel", opened.ocid, **chosen(who, 4, 1)).status_code == 302
    assert panel(opened).count() == 5
    assert "还没有声明" in text(page(approver, "agency:panel", opened.ocid))


def test_a_panel_against_the_rules_is_refused_with_the_rule(
    opened: Tender, who: Cast, approver: Client
) -> None:
    answer = send(approver, "agency:panel", opened.ocid, **chosen(who, 2, 2))
    shown = text(answer)
    assert "评审小组的组成还不符合规则" in shown
    assert "不符合</span>评标委员会5人以上单数" in shown
    assert shown.count("selected") >= 4
    assert not panel(opened).exists()


def test_who_drafted_or_approved_cannot_be_chosen(
    opened: Tender, who: Cast, approver: Client
) -> None:
    shown = text(page(approver, "agency:panel", opened.ocid))
    for by in (who.drafter, who.approver):
        assert f'"member_{by.user_id}"' not in shown
    data = chosen(who, 4, 0) | {f"member_{who.drafter.user_id}": "buyer"}
    send(approver, "agency:panel", opened.ocid, **data)
    assert not panel(opened).exists()


def test_a_member_who_stepped_back_is_replaced(opened: Tender, who: Cast, approver: Client) -> None:
    _person, spare = people.member(who.agency, Role.PANEL_MEMBER)
    send(approver, "agency:panel", opened.ocid, **chosen(who, 4, 1))
    seats = {seat.user_id: seat for seat in panel(opened)}
    for place, by in enumerate(who.panel[:2]):
        judging.declare(
            seats[by.user_id or 0],
            has_interest=place == 0,
            declaration="旧同事" if place == 0 else "",
            by=by,
            at=build.JUDGING,
        )
    shown = text(page(approver, "agency:panel", opened.ocid))
    assert "有利害关系，已回避" in shown
    assert f'"member_{who.panel[0].user_id}"' not in shown
    rest = {f"member_{by.user_id}": "expert" for by in (*who.panel[2:4], spare)}
    data = rest | {f"member_{who.panel[4].user_id}": "buyer"}
    assert send(approver, "agency:panel", opened.ocid, **data).status_code == 302
    assert PanelMember.objects.filter(tender=opened).count() == 6
    assert PanelMember.objects.get(user=people.person(who.panel[1])).has_interest is False


def test_a_judge_of_another_agency_may_be_chosen(
    opened: Tender, who: Cast, approver: Client
) -> None:
    guest = build.cast(0).panel[0]
    shown = text(page(approver, "agency:panel", opened.ocid))
    assert shown.index("其他单位的评审成员") < shown.index(f'"member_{guest.user_id}"')
    data = chosen(who, 4, 0) | {f"member_{guest.user_id}": "expert"}
    assert send(approver, "agency:panel", opened.ocid, **data).status_code == 302
    assert panel(opened).filter(user=people.person(guest)).exists()
    assert page(browser(guest), "panel:seat", opened.ocid).status_code == 200


def test_others_cannot_name_the_panel_or_decide(evaluated: Tender, who: Cast) -> None:
    stranger = build.cast(0)
    for actor, status in ((who.drafter, 403), (stranger.approver, 404), (who.panel[0], 403)):
        for name in ("agency:panel", "agency:award"):
            assert page(browser(actor), name, evaluated.ocid).status_code == status
            assert send(browser(actor), name, evaluated.ocid).status_code == status
    assert not Award.objects.exists()


DECISION = {"decision_1": "award", "reasons_1": "方案最符合需求，人员稳定。"}


def test_an_award_is_read_through_and_then_decided_once(
    evaluated: Tender, approver: Client
) -> None:
    shown = text(page(approver, "agency:award", evaluated.ocid))
    assert "按排名应授予：" in shown
    assert "98.00" in shown or "分" in shown
    preview = text(send(approver, "agency:award", evaluated.ocid, **DECISION))
    assert "公布前再看一遍" in preview
    assert DECISION["reasons_1"] in preview
    assert not Award.objects.exists()

    for _ in range(2):  # a double click
        answer = send(approver, "agency:award", evaluated.ocid, **DECISION, decide="1")
        assert answer.headers["Location"] == reverse("agency:award", args=[evaluated.ocid])

    assert Award.objects.count() == 1
    assert Entry.objects.of(evaluated.ocid).filter(kind="award").count() == 1
    done = text(page(approver, "agency:award", evaluated.ocid))
    assert "采购结果已经公布" in done
    assert "前提出质疑" in done


def test_a_decision_without_reasons_is_refused_and_keeps_the_choice(
    evaluated: Tender, approver: Client
) -> None:
    data = {"decision_1": "nobody", "reasons_1": "", "decide": "1"}
    shown = text(send(approver, "agency:award", evaluated.ocid, **data))
    assert "请写明决定的理由，理由会公开。" in shown
    assert "checked" in shown
    assert not Award.objects.exists()


def test_changing_ones_mind_keeps_what_was_written(evaluated: Tender, approver: Client) -> None:
    shown = text(send(approver, "agency:award", evaluated.ocid, **DECISION, edit="1"))
    assert "公布前再看一遍" not in shown
    assert DECISION["reasons_1"] in shown
    assert not Award.objects.exists()


def test_awarding_nobody_is_public_with_its_reason(evaluated: Tender, approver: Client) -> None:
    data = {"decision_1": "nobody", "reasons_1": "全部报价高于市场。", "decide": "1"}
    send(approver, "agency:award", evaluated.ocid, **data)
    evaluated.refresh_from_db()
    assert evaluated.unsuccessful_at == build.DECISION
    assert "全部报价高于市场。" in text(page(approver, "agency:award", evaluated.ocid))


def test_broken_rules_are_shown_and_nothing_is_decided(
    evaluated: Tender, who: Cast, approver: Client
) -> None:
    who.csos[0].organization.__class__.objects.update(address="")
    shown = text(send(approver, "agency:award", evaluated.ocid, **DECISION, decide="1"))
    assert "有规则没有满足" in shown
    assert DECISION["reasons_1"] in shown
    assert not Award.objects.exists()


def test_before_the_ranking_there_is_nothing_to_decide(opened: Tender, approver: Client) -> None:
    answer = send(approver, "agency:award", opened.ocid, **DECISION, decide="1")
    assert answer.status_code == 409
    assert not Award.objects.exists()
