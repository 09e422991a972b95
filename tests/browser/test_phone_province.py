"""The people of the province, each on a phone: overseer, verifier, rule editors, auditor."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.urls import reverse

from organizations.roles import Role
from procurement import clock as clocks
from procurement.obligations import actions as duties
from procurement.obligations.models import Obligation
from procurement.publication import heads
from procurement.publication.models import Entry
from procurement.rulebook import queries
from tests.browser.phones import TITLE, Clock, OnPhone, Phones, Reader
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders import rulebook as book

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LATE = build.DECISION + timedelta(days=12)
REPLY = "评审专家连续生病，已经补选。"
EXCUSE = "确有困难，且没有影响投标人。"
SOURCE = "云南省政府集中采购目录及标准（云财采〔2026〕1号）"
WHY = "省级目录公布了新标准。"


def test_an_overseer_reads_a_breach_and_excuses_it(phones: Phones, clock: Clock) -> None:
    who = build.cast(3)
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    clock.at = LATE
    clocks.record_breaches(at=LATE)
    late = Obligation.objects.get(event="award.decided")
    duties.reply(late, text=REPLY, by=who.approver, at=LATE)

    overseer = phones.give(OnPhone).comes_in(people.overseer()).follows("全省逾期记录")
    overseer.sees("逾期 3 天", "采购人已作说明", who.agency.name).follows(TITLE)
    overseer.sees(REPLY).presses("预览").sees("请写明为什么可以谅解")
    overseer.writes({"谅解的理由": EXCUSE}).presses("预览").sees("公开前再看一遍", EXCUSE)
    overseer.presses("公开谅解").sees("谅解已经公开，和逾期记录并列。")
    overseer.goes_to(reverse("breaches:home")).sees("没有逾期的事")

    late.refresh_from_db()
    assert (late.excuse, late.excused_at) == (EXCUSE, LATE)
    reader = phones.give(Reader).goes_to(reverse("public:tender", args=[tender.ocid]))
    reader.sees(REPLY, EXCUSE)


def test_a_verifier_approves_one_organization_and_tells_another_what_is_lacking(
    phones: Phones, clock: Clock
) -> None:
    verifier = people.member(people.office(), Role.VERIFIER)[1]
    first, second = (people.cso(verified=False) for _ in range(2))
    desk = phones.give(OnPhone).comes_in(verifier).follows("核验机构")
    desk.sees("有 2 个机构等待核验").follows(first.organization.name)
    desk.sees(str(first.organization.uscc)).presses("核验通过").sees("请填写这一项")
    desk.writes({"核验依据": "看了登记证书原件。"}).presses("核验通过")
    desk.sees("已办理，对方会收到邮件。", "看了登记证书原件。")
    desk.goes_to(reverse("oversight:organization-list")).sees("有 1 个机构等待核验")
    desk.follows(second.organization.name)
    desk.writes({"原因": "请补上登记证书的照片。"}).presses("暂不通过").sees(
        "请补上登记证书的照片。"
    )

    first.organization.refresh_from_db()
    second.organization.refresh_from_db()
    assert first.organization.verified_at == clock.at
    assert second.organization.verified_at is None
    assert [letter.to for letter in mail.outbox] == [
        [people.person(people.signatory(group)).email] for group in (first, second)
    ]


def test_one_rule_editor_proposes_and_another_publishes(phones: Phones, clock: Clock) -> None:
    one, two = book.editor(), book.editor()
    year = book.proposed_year(by=one, at=clock.at)
    proposer = phones.give(OnPhone).comes_in(one).follows("规则和日历").follows("提出变更")
    proposer.writes({"依据文件的名称和文号": SOURCE, "为什么改": WHY})
    first = proposer.group("第 1 个数字")
    first.get_by_label("改哪一条").fill("服务项目公开招标数额标准")
    proposer.presses("提出，交另一位规则编辑").sees("请填写新的数字。")
    first.get_by_label("新的数字").fill("4,000,000")
    proposer.presses("提出，交另一位规则编辑").sees("已提出，等另一位规则编辑决定。")
    proposer.sees("这是您提出的，要由另一位规则编辑批准。").does_not_see("批准并公布")

    second = phones.give(OnPhone).comes_in(two).follows("规则和日历").follows(SOURCE)
    second.sees("还没有填写", "4,000,000", WHY).presses("批准并公布").sees("已批准并公布")
    second.follows("看公开的公告").sees(SOURCE, WHY)
    second.goes_to(reverse("book:year", args=[year.pk])).sees(
        "2月5日", "请打开国务院的通知逐日核对"
    )
    second.presses("确认并公布").sees("已批准并公布")

    assert queries.current(clock.at).book.threshold("open_tender_services") == Decimal(4_000_000)
    assert queries.last_year(queries.current(clock.at).calendar, at=clock.at) == 2027


def test_an_auditor_reads_the_records_takes_copies_and_checks_a_notice(
    phones: Phones, clock: Clock
) -> None:
    who = build.cast(3)
    build.published(who)
    entry = Entry.objects.latest("index")
    clock.at = build.TENDER_DAY + timedelta(hours=2)
    heads.sign_all(at=clock.at, durable=False)
    auditor = people.member(people.office(), Role.AUDITOR)[1]
    reader = phones.give(OnPhone).comes_in(auditor).follows("操作记录")
    reader.sees("发布采购公告", "授予角色", "采购审批人", who.agency.name)
    reader.goes_to("/account/").follows("信件记录").sees("每封信、每条短信、每次推送：发出没有")
    reader.goes_to("/account/").follows("规则和日历").does_not_see("提出变更")
    reader.goes_to(reverse("public:log"))
    head = reader.saves("签名的日志头")
    reader.page.get_by_label("公开记录编号").fill("2")
    reader.presses("核对公告").sees("已验证：这份公告与公开时一样，列在有签名的日志头之下。")
    notice = reader.saves(f"{entry.release_id}.json")

    assert head.splitlines()[1] == b"2"
    assert json.loads(notice)["id"] == entry.release_id
