"""The people of an agency, at a desk with scripts: who drafts, who approves, who judges."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Self

from organizations.terms import CostLine
from procurement.tenders import advising
from procurement.web.agency import choosing
from tests.browser.people import DESK, Person

QUESTIONS_OF_ALL = [str(choosing.ASKED[name]) for name in advising.ASKED_OF_ALL]
ONWARD, TO_LIST = "保存并继续", "保存并回到清单"
MEDIUM = "https://medium.example.org/notice/5301001"


class Official(Person):
    """Works at the desk of the agency."""

    width = DESK

    def opens_the_desk(self) -> Self:
        """Go to the agency's desk."""
        self.goes_to("/account/").follows("办理采购")
        return self

    def opens(self, title: str) -> Self:
        """Open what waits at the desk under this title."""
        return self.opens_the_desk().follows(title)


class Drafter(Official):
    """Writes planning notices and tenders, and hands them in."""

    def writes_a_plan(self, title: str, today: date) -> Self:
        """Write a planning notice step by step, as far as the list of tasks."""
        self.opens_the_desk().follows("写一条采购意向")
        self.writes({"想买的服务叫什么": title}).presses("开始填写")
        self.sees("6 步已完成").follows("需要什么、为谁")
        self.writes({"需求概况": "辖区感染者需要有人定期随访、提醒服药，遇到困难及时转介。"})
        self.ticks("感染者随访关怀", "艾滋病病毒感染者和病人").presses(ONWARD)
        self.unfolds("昆明市").ticks("五华区").presses(ONWARD)
        self.writes(
            {
                "预算金额": "12万",
                "预算文号或预算项目编码": "艾滋病防治专项〔2026〕12号",
                "预算年度": str(today.year),
                "中期财政规划覆盖年数": "3",
            }
        ).presses(ONWARD)
        self.writes({"预计采购月份": str(today + timedelta(days=35))})
        self.ticks("竞争性磋商").presses(ONWARD)
        self.writes(
            {
                "征求意见截止日": str(today + timedelta(days=14)),
                "意见寄到哪里": "五华区人民路 1 号性病艾滋病防制科",
            }
        ).presses(ONWARD)
        self.ticks("不属于政府购买服务禁止购买的六类事项")
        self.writes({"指定媒体上的网址": MEDIUM, "指定媒体发布日期": str(today)})
        self.presses(ONWARD)
        return self.sees("6 步已完成 6 步")

    def hands_it_in(self) -> Self:
        """Check the draft and send it to the approver."""
        self.follows("检查并送审", exact=True)
        self.does_not_see("有规则还没有满足", "还不完整", "还有内容没有填")
        self.reads_well().presses("送审")
        return self.sees("已送审", "接下来")

    def begins_the_tender(self, title: str) -> Self:
        """Begin a tender from the planning notice that was published."""
        self.opens(title).follows("据此编写采购项目").presses("开始填写")
        return self.sees("采购项目草稿")

    def writes_what_and_how(self, today: date) -> Self:
        """Fill the steps before the dates."""
        self.follows("名称和简介")
        self.writes({"一段话说明": "请一家社会组织为五华区的感染者做一年随访关怀。"})
        self.presses(ONWARD)
        self.writes(
            {
                "服务要求": "每月随访一次，提醒服药，遇到困难一周内转介，记录只用编号。",
                "数量和单位": "200 人，12 个月",
            }
        ).presses(ONWARD)
        self.writes(
            {"征求到的意见": "收到两条：希望支付人员工资。", "怎样采纳": "已采纳，支付人员工资。"}
        ).presses(ONWARD)
        for question in QUESTIONS_OF_ALL:
            self.answers(question, "否")
        self.ticks("竞争性磋商")
        self.writes({"选择这种方式的理由": "属于政府购买服务项目，需要在磋商中完善服务方案。"})
        return self.presses(ONWARD).sees("采购方式的批准").presses(ONWARD)

    def writes_money_and_criteria(self, today: date, lot: str) -> Self:
        """Fill the budget, what it pays, one lot and three criteria."""
        self.writes({"预算金额": "12万", "最高限价": "12万", "预算年度": str(today.year)}).presses(
            ONWARD
        )
        self.answers("预算覆盖服务的全部成本", "是")
        for line in CostLine:
            self.page.get_by_label(str(line.label), exact=True).select_option(label="支付")
        self.presses(ONWARD)
        self.writes({"名称": lot, "预算": "12万"}).presses(ONWARD)
        self._adds_a_criterion(1, "报价", "价格", "15").presses("再加一项因素")
        self._adds_a_criterion(2, "服务方案", "质量", "55").presses("再加一项因素")
        return self._adds_a_criterion(3, "人员和质量保证", "质量", "30").presses(ONWARD)

    def _adds_a_criterion(self, number: int, name: str, kind: str, points: str) -> Self:
        row = self.group(f"因素 {number}")
        row.get_by_label("评审因素").fill(name)
        row.get_by_label("类别").select_option(label=kind)
        row.get_by_label("分值").fill(points)
        row.get_by_label("怎样打分").fill("优得满分，良得八成，一般得六成。")
        return self

    def tries_the_deadline(self, day: date) -> Self:
        """Give a deadline and come back to see what the rules say of it."""
        self.group("投标截止").get_by_label("哪一天").fill(str(day))
        return self.presses(TO_LIST).follows("时间安排")

    def adopts_the_earliest_dates(self) -> Self:
        """Take over the earliest lawful deadline, then every earliest day still empty."""
        deadline = self.page.locator(".field-with-rule", has=self.group("投标截止"))
        self.presses("采用这一天", within=deadline)
        return self.presses("空着的日期都采用最早的")

    def writes_the_service_period(self, first: date) -> Self:
        """Say when the service begins and ends."""
        last = first + timedelta(days=364)
        self.writes({"服务开始": str(first), "服务结束": str(last)})
        return self.presses(ONWARD)

    def writes_the_rest(self, today: date, document: tuple[str, bytes]) -> Self:
        """Fill the steps after the dates, with a file for bidders."""
        self.writes({"谁可以参加": "依法登记、能独立承担民事责任的社会组织。"}).presses(ONWARD)
        self.attaches("选择文件", document).presses("上传")
        self.sees("文件已上传", document[0].removesuffix(".pdf")).follows("继续", exact=True)
        self.writes(CONTACTS).presses(ONWARD)
        self.ticks(
            "没有设置歧视性条件", "不属于禁止购买的六类事项", "没有任何可识别感染者及其家人的信息"
        )
        self.writes(
            {
                "不专门面向中小企业的理由": "服务由社会组织提供。",
                "指定媒体上的网址": f"{MEDIUM}2",
                "指定媒体发布日期": str(today),
            }
        ).presses(ONWARD)
        return self.sees("采购项目草稿")


CONTACTS: Mapping[str, str] = {
    "采购文件在哪里取": "本网站",
    "怎样取": "免费下载",
    "收费": "免费",
    "开标地点": "人民路1号三楼会议室",
    "项目联系人": "性病艾滋病防制科",
    "联系电话": "0871-65000000",
    "怎样提出质疑": "书面当面提交或邮寄",
    "接收质疑的部门": "办公室",
    "接收质疑的电话": "0871-65000001",
    "接收质疑的地址": "人民路1号",
}


class Approver(Official):
    """Publishes, answers, names the panel and decides."""

    def publishes_the_plan(self, title: str) -> Self:
        """Read the planning notice and make it public."""
        self.opens(title).sees("没有规则阻止公开")
        return self.presses("公开采购意向").sees("采购意向已公开")

    def reads_the_rule_receipt(self, title: str) -> Self:
        """Open what was handed in, with every rule and its source."""
        self.opens(title).sees("没有规则阻止今天发布", "规则核对")
        return self.unfolds("逐条查看").reads_well()

    def publishes_the_tender(self) -> Self:
        """Publish what is on the screen."""
        return self.presses("发布采购公告").sees("采购公告已发布", "公开日志序号")

    def answers_a_question(self, question: str, answer: str) -> Self:
        """Answer, read it once more, make it public."""
        self.opens_the_desk().goes_to("/agency/enquiries/").follows(question)
        self.writes({"答复": answer}).presses("预览答复").sees(question, answer)
        return self.presses("公开答复").sees("已经答复的问题")

    def names_the_panel(self, title: str, members: Mapping[str, str]) -> Self:
        """Choose who judges: name and capacity."""
        self.opens(title).sees("选择成员").picks(members).presses("确定评审小组")
        return self.sees("评审小组已经组建")

    def awards(self, title: str, reasons: str) -> Self:
        """Follow the ranking, say why, read it once more, make it public."""
        self.opens(title).answers("您的决定", "按排名授予").writes({"理由": reasons})
        self.presses("预览决定").sees("公布前再看一遍", reasons)
        return self.presses("作出决定并公布").sees("采购结果已经公布", "质疑")


class PanelMember(Official):
    """Declares no interest and judges every offer."""

    def opens_the_seat(self, title: str) -> Self:
        """Open the tender at the panel's desk."""
        return self.goes_to("/account/").follows("评审").follows(title)

    def declares_no_interest(self, title: str) -> Self:
        """Say that there is no tie to any bidder."""
        self.opens_the_seat(title).ticks("没有，和每一家都没有")
        return self.presses("提交声明").sees("要评审的报价")

    def scores(self, points: Mapping[str, Mapping[str, str]]) -> Self:
        """Judge each bidder by the published criteria, then hand in for good."""
        self.follows(next(iter(points)))
        for _each in points:
            bidder = self.page.locator("h1").inner_text().strip()
            self.ticks("符合要求").writes(points[bidder]).presses("保存，看下一份")
        self.follows("检查并提交评审").presses("提交评审，不再修改")
        return self.sees("评审已经提交")
