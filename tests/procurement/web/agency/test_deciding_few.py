"""A lot with too few acceptable bidders is awarded to nobody, and the page says so beforehand."""

from decimal import Decimal

import pytest
from django.test import Client

from procurement.awards.models import Award, AwardStatus
from procurement.evaluation import actions as judging
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import Capacity
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, text

pytestmark = pytest.mark.django_db


def judged(who: Cast, *, refused: int) -> Tender:
    """An open tender of three bidders, so many of them found not to meet the requirements."""
    opened = build.opened(who, build.published(who))
    members = {by.person_id: Capacity.EXPERT.value for by in who.panel}
    at = build.JUDGING
    for seat in judging.appoint(opened, members=members, by=who.approver, at=at):
        by = next(member for member in who.panel if member.user_id == seat.user_id)
        judging.declare(seat, has_interest=False, declaration="", by=by, at=at)
        for place, offer in enumerate(evaluation.missing_judgements(seat)):
            judging.score(
                seat,
                offer=offer,
                is_responsive=place >= refused,
                comment="没有写转介安排。",
                points={c.pk: Decimal(c.weight) for c in evaluation.judged_criteria(opened)},
                by=by,
                at=at,
            )
        judging.finish(seat, by=by, at=at)
    return Tender.objects.get(pk=opened.pk)


@pytest.fixture
def who(monkeypatch: pytest.MonkeyPatch) -> Cast:
    desk.stand_still(monkeypatch, build.DECISION)
    return build.cast(3)


@pytest.fixture
def approver(who: Cast) -> Client:
    return browser(who.approver)


def test_too_few_acceptable_bidders_leave_one_choice_and_say_why(
    who: Cast, approver: Client
) -> None:
    tender = judged(who, refused=1)
    shown = text(page(approver, "agency:award", tender.ocid))
    assert "符合要求的组织只有 2 家，规则要求至少 3 家，这一包只能决定不授予。" in shown
    assert "依据：政府采购货物和服务招标投标管理办法（财政部令第87号）第41条" in shown
    assert "按排名应授予" not in shown
    assert 'value="award"' not in shown

    data = {"decision_1": "award", "reasons_1": "方案最好。", "decide": "1"}
    refused = text(send(approver, "agency:award", tender.ocid, **data))
    assert "请从列出的决定里选一个" in refused
    assert "方案最好。" in refused
    assert not Award.objects.exists()

    send(approver, "agency:award", tender.ocid, **data | {"decision_1": "nobody"})
    assert Award.objects.get().status == AwardStatus.UNSUCCESSFUL


def test_nobody_acceptable_leaves_one_choice(who: Cast, approver: Client) -> None:
    tender = judged(who, refused=3)
    shown = text(page(approver, "agency:award", tender.ocid))
    assert "没有符合要求的报价，只能决定不授予。" in shown
    assert 'value="award"' not in shown


def test_enough_acceptable_bidders_leave_both_choices(who: Cast, approver: Client) -> None:
    tender = judged(who, refused=0)
    shown = text(page(approver, "agency:award", tender.ocid))
    assert "只能决定不授予" not in shown
    assert 'value="award"' in shown
