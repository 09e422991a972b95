"""From the call to the contract by the buttons of the pages: nothing else is needed to practise."""

import re

import pytest
from pytest_django import Settings

from organizations import instants
from portal.demo import gatekeeper
from procurement import clock
from procurement.obligations.models import Obligation
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.portal.practice.visitor import Page, Visitor

DUTY = re.compile(r"/agency/duties/\d+/")
MOST_DUTIES = 20
PANEL = ("评审一", "评审二", "评审三", "评审四", "评审五")


class Learner(Visitor):
    """A visitor who goes through one practice procurement."""

    ocid = ""

    def begins(self, point: str) -> "Learner":
        """Take a part and make a procurement that has come so far."""
        self.goes_to("/practice/").presses("换成经办人").goes_to("/practice/").presses(point)
        self.ocid = self.client.session["practice_ocid"]
        return self

    def steps(self) -> "Learner":
        """Go back to the list of the ten steps."""
        self.goes_to(f"/practice/{self.ocid}/")
        return self

    def does(self, who: str) -> "Learner":
        """Press the button of the step that is next: change to a part, or open one's own page."""
        self.steps()
        self.page = Page(self.page.text.split('aria-current="step"')[1])
        if any(who in words for form in self.page.forms for words in form.buttons):
            self.presses(who)
        else:
            self.follows("打开")
        return self

    def ticks(self) -> list[bool]:
        """Which of the ten steps are done."""
        shown = self.steps().page.text.split('<ol class="practice-steps">')[1].split("</ol>")[0]
        return ["已完成" in step for step in shown.split("<li")[1:] if "<h2>" in step]

    @property
    def tender(self) -> Tender:
        """What is practised on."""
        return Tender.objects.get(process__ocid=self.ocid)


def the_clock_does_its_work() -> None:
    """What worker and gate do within a minute."""
    clock.pass_deadlines(at=instants.now())
    gatekeeper.release(instants.now())
    clock.pass_deadlines(at=instants.now())


@pytest.fixture
def learner(browser: object, settings: Settings) -> Learner:
    return Learner()


def test_a_call_is_handed_in_and_published_by_the_buttons_of_its_steps(learner: Learner) -> None:
    learner.begins("从送审开始").does("换成经办人").follows("检查并送审").presses("送审")
    learner.does("换成审批人").follows("去审批").presses("发布采购公告")
    assert learner.ticks() == [True] * 4 + [False] * 6
    assert learner.tender.published_at is not None


def test_from_the_call_to_the_contract_every_step_has_its_button(learner: Learner) -> None:
    learner.begins("从投标开始")
    asks_and_answers(learner)
    bids(learner)
    learner.steps().presses("快进到下一个期限")
    while learner.tender.closed_at is None:
        learner.steps().presses("快进到下一个期限")
        the_clock_does_its_work()
    assert learner.ticks() == [True] * 7 + [False] * 3
    judge(learner)
    decide(learner)
    perform(learner)
    assert learner.ticks() == [True] * 10
    learner.sees("全部办完了。真的采购也是这样走。")
    assert not Obligation.objects.filter(process__ocid=learner.ocid).breached().exists()


def asks_and_answers(learner: Learner) -> None:
    """Step five."""
    learner.does("提问 · 换成签署人").presses("送出问题", question="可以分包吗？")
    learner.does("答复 · 换成经办人").follows("可以分包吗？")
    learner.presses("预览答复", text="不可以，全部服务由成交人自己提供。").presses("公开答复")


def bids(learner: Learner) -> None:
    """Step six: the first bid; two others have bid already."""
    learner.does("第一家 · 换成签署人").follows("准备投标")
    learner.follows("报价").presses("保存并继续", **prices(learner))
    for _text in range(3):
        learner.presses("保存并继续", text="每月随访一次，遇到困难及时转介，每季自查。")
    learner.goes_to(f"/cso/tenders/{learner.ocid}/bid/").follows("检查并提交")
    learner.presses("密封并提交投标").sees("回执")


def prices(learner: Learner) -> dict[str, str]:
    """Something in the first field of money."""
    [names] = [form.names for form in learner.page.forms if "保存并继续" in form.buttons]
    return {min(name for name in names if name.startswith("lot1-")): "200000"}


def judge(learner: Learner) -> None:
    """Step eight: the panel is named, declares, judges and hands in."""
    learner.does("组建评审小组 · 换成审批人")
    [form] = [form for form in learner.page.forms if "确定评审小组" in form.buttons]
    seats = sorted(name for name in form.names if name.startswith("member_"))[:5]
    chosen = dict.fromkeys(seats, "expert") | {seats[0]: "buyer"}
    learner.presses("确定评审小组", **chosen)
    for member in PANEL:
        learner.does(f"评分 · 换成{member}").presses("提交声明", has_interest="no")
        while re.search("还没有评", learner.page.text):
            offer = next(href for href in learner.page.links.values() if "/offers/" in href)
            learner.goes_to(offer)
            while "保存，看下一份" in learner.page.text:
                learner.presses("保存，看下一份", is_responsive="yes", **points(learner))
        learner.goes_to(f"/panel/{learner.ocid}/").follows("检查并提交评审")
        learner.presses("提交评审，不再修改")


def points(learner: Learner) -> dict[str, str]:
    """A few points for each criterion."""
    [form] = [form for form in learner.page.forms if "保存，看下一份" in form.buttons]
    return {name: "5" for name in form.names if name.startswith("points_")}


def decide(learner: Learner) -> None:
    """Step nine."""
    number = learner.tender.lots.get().number
    typed = {f"decision_{number}": "award", f"reasons_{number}": "得分最高，报价在预算以内。"}
    learner.does("换成审批人").presses("预览决定", **typed).presses("作出决定并公布")


def perform(learner: Learner) -> None:
    """Step ten: what is owed after the award, each stated with its day and where it can be seen."""
    learner.does("换成经办人")
    today = instants.now().astimezone(SHANGHAI).date().isoformat()
    for _each in range(MOST_DUTIES):
        owed = [words for words, href in learner.page.links.items() if DUTY.fullmatch(href)]
        if not owed:
            return
        learner.follows(owed[0]).follows("说明已经办好")
        learner.presses("预览", done_on=today, evidence_url="https://www.ccgp.gov.cn/1")
        learner.presses("现在公开").goes_to("/agency/duties/")
    raise AssertionError(f"still owed: {owed}")
