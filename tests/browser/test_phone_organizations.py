"""The people of a group that bids, each on a phone: who registers it, a member, a signatory."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from organizations.accounts.models import Membership, User
from organizations.csos.models import Cso
from organizations.roles import Role
from procurement.bids.models import Bid
from procurement.enquiries.models import Enquiry
from procurement.tenders.models import Tender
from procurement.watches.models import Watch
from tests.browser import outsiders
from tests.browser.phones import TITLE, Clock, OnPhone, Phones
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

QUESTION = "随访时可以只打电话、不见面吗？"
PROPOSAL = "同伴每月随访，当天转介。"
PRICE = {"直接服务费用": "5万", "人员工资": "60,000"}
CHEAPER = {"直接服务费用": "4万", "人员工资": "60000"}
EMAIL = "xiaohe@example.org"


class Bidder(OnPhone, outsiders.Bidder):
    """Works for a group, on a phone."""


@pytest.fixture
def who() -> Cast:
    return build.cast(2)


@pytest.fixture
def tender(who: Cast, clock: Clock) -> Tender:
    """A call that takes bids and questions."""
    clock.at = desk.BIDDING
    return build.published(who)


def test_someone_signs_up_registers_a_group_and_adds_a_member(phones: Phones, clock: Clock) -> None:
    people.region("530102")
    colleague = people.user("李同伴")
    founder = phones.give(OnPhone).goes_to("/").turns_to("登录").follows("注册账户")
    founder.writes({"您的姓名": "和小兰", "邮箱": EMAIL, "密码": people.PASSWORD})
    founder.presses("注册").sees("请到邮箱里点一下链接")
    found = re.search(r"https?://[^/]+(/account/confirm-email/\S+)", str(mail.outbox[0].body))
    assert found
    founder.goes_to(found[1]).presses("确认").sees("现在可以登录")
    founder.gives(EMAIL, people.PASSWORD).sees("还没有加入任何机构")
    founder.follows("登记组织").follows("开始登记")
    founder.writes({"组织名称": "春城暖心小组", "领工资的有几个人": "2"})
    founder.picks({"在哪个县（市、区）": "五华区"}).ticks("固定的办公地点", "一位负责人或几位骨干")
    founder.presses("保存并继续").ticks("未登记").presses("保存并继续")
    founder.ticks("昆明市", "艾滋病病毒感染者和病人", "感染者随访关怀").presses("保存并继续")
    founder.writes({"专职人数": "1", "兼职人数": "1", "志愿者人数": "5"}).presses("提交登记")
    founder.sees("登记好了", "春城暖心小组 已经登记，您是它的签署人。", "现在还不能")
    founder.follows("添加成员").writes({"对方的邮箱": colleague.email})
    founder.presses("添加").sees("李同伴")

    group = Cso.objects.get(organization__name="春城暖心小组")
    assert group.organization.registered_at == clock.at
    assert Membership.objects.get(user=colleague).role == Role.CSO_MEMBER
    assert Membership.objects.get(user=User.objects.get(email=EMAIL)).role == Role.CSO_SIGNATORY


def test_a_member_watches_a_tender_asks_and_prepares_a_bid(
    phones: Phones, clock: Clock, who: Cast, tender: Tender
) -> None:
    user, _actor = people.member(who.csos[0].organization, Role.CSO_MEMBER)
    member = phones.give(Bidder).goes_to("/tenders/").follows(TITLE).follows("关注这个项目")
    member.writes({"邮箱": user.email, "密码": people.PASSWORD}).presses("登录")
    member.sees("会告诉您：答疑、更正、开标记录、结果").presses("关注").sees("我的关注", TITLE)
    member.asks(TITLE, QUESTION).sees("前公开答复")
    member.prepares_a_bid(TITLE, PROPOSAL, PRICE).adds(("方案.pdf", desk.PDF)).sees("方案.pdf")
    member.checks().sees(PROPOSAL, "110,000 元").cannot_submit()

    assert Watch.objects.get().subject == tender.ocid
    assert Enquiry.objects.get().question == QUESTION
    assert Bid.objects.count() == 0


def test_a_signatory_seals_prints_and_checks_the_receipt_and_replaces_the_bid(
    phones: Phones, clock: Clock, who: Cast, tender: Tender
) -> None:
    by = people.signatory(who.csos[0])
    desk.prepare(tender, by, at=clock.at)
    signatory = phones.give(Bidder).comes_in(by)
    first = signatory.opens_the_check(TITLE).submits()
    assert signatory.prints() == 1
    receipt = signatory.saves("递交 ·")
    assert json.loads(receipt)["receipt"] == first
    signatory.follows("核对回执").attaches("回执文件", ("receipt.json", receipt)).presses("核对")
    signatory.sees("签名正确：这张回执是本站发的，一个字符也没有改过。", first)

    clock.at += timedelta(hours=1)
    signatory.goes_to(reverse("cso:receipt", args=[first]))
    second = signatory.changes_the_price(CHEAPER).replaces()
    bids = Bid.objects.filter(tender=tender).order_by("submitted_at")
    assert [bid.receipt_number for bid in bids] == [first, second]
    assert [bid.replaced_at for bid in bids] == [clock.at, None]
