"""The people of an agency, each on a phone: what they come for, from sign-in to what follows."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.demo import gatekeeper, papers
from procurement.bids.models import Bid
from procurement.evaluation import actions as evaluation
from procurement.evaluation.models import Capacity, PanelMember
from procurement.tenders import actions as tenders
from procurement.tenders.models import OpeningPolicy, Tender
from tests.browser import officials
from tests.browser.phones import TITLE, Clock, OnPhone, Phones, Reader
from tests.builders import keycards as paper
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

REASON = "数量写得不清楚：请写明多少人、多少个月。"
PAPER = ("采购文件.pdf", papers.pdf("采购文件", [TITLE]))
UNSET: Mapping[str, object] = dict.fromkeys(
    (
        *("notice_period_end", "documents_end", "enquiry_period_end", "tender_period_end"),
        *("publicity_period_end", "award_expected_date"),
    )
)


class Drafter(OnPhone, officials.Drafter):
    """Drafts on a phone."""


class Approver(OnPhone, officials.Approver):
    """Decides on a phone."""


class Judge(OnPhone, officials.PanelMember):
    """Judges on a phone."""


@pytest.fixture
def who() -> Cast:
    return build.cast(3)


def test_a_drafter_finishes_a_tender_by_its_list_of_tasks_and_hands_it_in(
    phones: Phones, clock: Clock, who: Cast
) -> None:
    tender = tenders.submit(build.draft(who), by=who.drafter, at=clock.at)
    tender = tenders.send_back(tender, reason=REASON, by=who.approver, at=clock.at)
    tenders.revise(tender, changes=UNSET, by=who.drafter, at=clock.at)
    drafter = phones.give(Drafter)
    drafter.comes_in(who.drafter).opens(TITLE)
    drafter.sees("审批人退回了这份草稿", REASON, "13 步已完成 11 步").follows("检查并送审")
    drafter.sees("草稿还不完整", "补齐上面列出的内容").reads_well()
    drafter.sees("不符合请填写投标（响应）截止时间：最早可以是 2026年4月27日")
    drafter.follows("回到清单").follows("时间安排")
    drafter.adopts_the_earliest_dates().presses(officials.TO_LIST)
    drafter.follows("采购文件").attaches("选择文件", PAPER).presses("上传").sees("文件已上传")
    drafter.follows("继续", exact=True).presses(officials.TO_LIST)
    drafter.sees("13 步已完成 13 步").hands_it_in()
    drafter.follows("打开这个项目").sees("已送审，等待本单位另一位审批人")

    tender.refresh_from_db()
    assert tender.submitted_at == clock.at
    assert tender.tender_period_end == build.DEADLINE.replace(day=27)


def test_an_approver_sends_a_tender_back_with_the_reason_and_publishes_the_next_one(
    phones: Phones, clock: Clock, who: Cast
) -> None:
    tender = build.draft(who)
    tenders.submit(tender, by=who.drafter, at=clock.at)
    approver = phones.give(Approver)
    approver.comes_in(who.approver).reads_the_rule_receipt(TITLE)
    approver.presses("退回给起草人").sees("请改一下")
    approver.writes({"退回的原因": REASON}).presses("退回给起草人")
    approver.sees("已退回给起草人", "起草人会在草稿最上面看到您写的原因")
    approver.follows("回到采购工作台").sees("现在没有等您办理的事")

    tender.refresh_from_db()
    assert (tender.published_at, tender.return_reason) == (None, REASON)

    tenders.submit(tender, by=who.drafter, at=clock.at)
    approver.reads_the_rule_receipt(TITLE).publishes_the_tender()
    phones.give(Reader).searches("随访").follows(TITLE).sees("投标截止", "2026年4月28日")


def test_a_clerk_opens_the_bids_with_two_key_cards(phones: Phones, clock: Clock, who: Cast) -> None:
    cards = paper.published(who.clerk, who.approver, build.START)
    tender = build.published(who, opening_policy=OpeningPolicy.CARDS)
    for number, by in enumerate(who.signatories()):
        build.bid(tender, by, yuan=100_000 + 5_000 * number)
    clock.at = build.OPENING
    gatekeeper.close(tender, at=clock.at)
    clerk = phones.give(Approver)
    clerk.comes_in(who.clerk).opens_the_desk().follows(f"用钥匙卡开标：{TITLE}")
    clerk.sees("可以开标了：要 2 张卡，已经用了 0 张。")
    clerk.writes({"在场见证人": "张三、李四", "卡上的数字": paper.spaced(cards.of("C4"))})
    clerk.ticks("杨春梅").presses("用这张卡").sees("段志强")
    clerk.writes({"卡上的数字": paper.spaced(cards.of("C1"))}).presses("用这张卡")
    clerk.sees("已经用了 1 张", "杨春梅 的卡有效", "张三、李四")
    clock.at += timedelta(minutes=1)
    clerk.writes({"卡上的数字": paper.spaced(cards.of("C3"))}).ticks("和晓兰").presses("用这张卡")
    clerk.sees("4月28日（星期二）17:04 已经开标。", "请持卡人当面销毁")
    clerk.follows("看开标记录").sees("收到 3 份投标", "100,000 元")

    assert Tender.objects.get(pk=tender.pk).opened_at == clock.at
    visitor = phones.give(Reader).goes_to(reverse("public:opening", args=[tender.ocid]))
    visitor.sees("杨春梅", "和晓兰")


def test_a_panel_member_declares_no_interest_and_scores_every_offer(
    phones: Phones, clock: Clock, who: Cast
) -> None:
    tender = build.opened(who, build.published(who))
    clock.at = build.JUDGING
    roles = {by.person_id: Capacity.EXPERT for by in who.panel}
    roles[who.panel[0].person_id] = Capacity.BUYER
    evaluation.appoint(tender, members=roles, by=who.approver, at=clock.at)
    judge = phones.give(Judge).comes_in(who.panel[1])
    judge.declares_no_interest(TITLE)
    names = [each.organization.name for each in Bid.objects.filter(tender=tender).order_by("pk")]
    judge.scores({name: {"服务方案": "50", "人员": "20"} for name in names})
    judge.sees("评审已经提交")
    seat = PanelMember.objects.get(tender=tender, user_id=who.panel[1].person_id)
    assert seat.finished_at == clock.at
