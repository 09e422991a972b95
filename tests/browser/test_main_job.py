"""One procurement from planning notice to award record, clicked and typed by people in browsers."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.demo import papers
from procurement.rules import OFFICIAL
from tests.browser.officials import Approver, Drafter, PanelMember
from tests.browser.outsiders import Bidder, Visitor, WithoutScripts
from tests.browser.people import Person
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORD = "暖冬"
TITLE = f"五华区{WORD}随访关怀服务"
TITLE_OF_THE_LOT = "五华区随访关怀"
QUESTION = "随访时可以只打电话、不见面吗？"
ANSWER = "可以。见面还是电话由服务对象选择，按编号做好记录即可。"
REASONS = "方案最贴近服务对象的需要，人员稳定，按评审得分排序第一。"
PROGRAM = ("预算表.exe", b"MZ\x90\x00 not a budget")
CHEAPER = {"直接服务费用": "4万", "人员工资": "60000"}
DEARER = {"直接服务费用": "50,000", "人员工资": "6万"}
GOOD = {"服务方案": "50", "人员和质量保证": "27"}
FAIR = {"服务方案": "38.5", "人员和质量保证": "20"}


class Town:
    """Everybody who takes part, on one site."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        address = site.address
        self.visitor = Visitor(browser, address)
        self.drafter = Drafter(browser, address)
        self.approver = Approver(browser, address)
        self.panel = [PanelMember(browser, address) for _seat in range(3)]
        self.member = WithoutScripts(browser, address)
        self.signatory = WithoutScripts(browser, address)
        self.rival = Bidder(browser, address)
        self.marker = f"kingfisher-{secrets.token_hex(6)}"  # typed into the bids

    def people(self) -> Iterator[Person]:
        """Return everybody."""
        yield from (self.visitor, self.drafter, self.approver, *self.panel)
        yield from (self.member, self.signatory, self.rival)


@contextmanager
def screens_kept(town: Town) -> Iterator[None]:
    """Keep what everybody sees when a step fails, and say where."""
    try:
        yield
    except BaseException as error:
        folder = Path(tempfile.mkdtemp(prefix="portal-screens-"))
        for number, person in enumerate(town.people()):
            if person.page.url != "about:blank":
                name = f"{number}-{type(person).__name__.lower()}.png"
                person.page.screenshot(path=folder / name, full_page=True)
        error.add_note(f"what everybody saw: {folder}")
        raise


def test_the_main_job(chromium: Browser) -> None:
    with Site() as site:
        town = Town(chromium, site)
        with screens_kept(town):
            an_intention_is_published(town)
            a_lawful_tender_is_published(town)
            anyone_finds_it(town)
            a_question_is_answered_in_public(town)
            two_organizations_bid_under_seal(town)
            the_deadline_passes_by_itself(town)
            the_panel_scores(town)
            the_award_is_public(town)
        heaviest, path = max(page for person in town.people() for page in person.pages())
        print(f"heaviest page: {path}, {heaviest} bytes")


def an_intention_is_published(town: Town) -> None:
    """A drafter writes it, another person publishes it; 31 days pass."""
    today = town.site.time_moves(timedelta(0)).date()
    town.drafter.signs_in("drafter")
    town.drafter.writes_a_plan(TITLE, today).hands_it_in()
    town.approver.signs_in("approver")
    town.approver.publishes_the_plan(TITLE)
    town.site.time_moves(timedelta(days=31))


def a_lawful_tender_is_published(town: Town) -> None:
    """The rules stop a deadline that is too near, and name the earliest lawful one."""
    drafter, approver = town.drafter, town.approver
    today = town.site.time_moves(timedelta(0)).date()
    drafter.begins_the_tender(TITLE)
    drafter.writes_what_and_how(today).writes_money_and_criteria(today, TITLE_OF_THE_LOT)
    drafter.tries_the_deadline(OFFICIAL.roll_forward(today + timedelta(days=4)))
    drafter.sees("不符合", "财库〔2014〕214号", "最早可以是").reads_well()
    drafter.adopts_the_earliest_dates().sees("时间安排")
    drafter.writes_the_service_period(today + timedelta(days=60))
    drafter.writes_the_rest(today, ("磋商文件.pdf", papers.pdf("磋商文件", [TITLE])))
    drafter.hands_it_in()
    drafter.opens_the_desk().follows(TITLE).does_not_see("去审批")
    approver.reads_the_rule_receipt(TITLE)
    drafter.goes_to(approver.page.url).does_not_see("发布采购公告", "规则核对")
    approver.publishes_the_tender()


def anyone_finds_it(town: Town) -> None:
    """A visitor without an account finds it by two characters and by filters, and reads it."""
    town.visitor.searches(WORD).sees(TITLE).reads_well()
    town.visitor.filters({"服务": "感染者随访关怀", "采购方式": "竞争性磋商"})
    town.visitor.follows(TITLE).sees("每月随访一次", "磋商文件", "昆明市疾病预防控制中心")
    town.visitor.reads_well()


def a_question_is_answered_in_public(town: Town) -> None:
    """An organisation asks; everybody reads the answer, nobody who asked."""
    town.member.signs_in("member")
    asker = town.member.own_organization()
    town.member.asks(TITLE, QUESTION)
    town.approver.answers_a_question(QUESTION, ANSWER)
    town.visitor.goes_to(town.visitor.page.url)
    town.visitor.sees(QUESTION, ANSWER).does_not_see(asker)


def two_organizations_bid_under_seal(town: Town) -> None:
    """Prepared by a member, submitted by the signatory, replaced once; nothing can be read."""
    site, marker = town.site, town.marker
    proposal = f"同伴每月随访，当天转介。{marker}"
    town.member.prepares_a_bid(TITLE, proposal, DEARER)
    town.member.adds(PROGRAM, ("方案.txt", proposal.encode()))
    town.member.sees("不能接收“预算表.exe”", "方案.txt").checks()
    town.member.sees(marker, "110,000 元").cannot_submit()

    town.signatory.signs_in("signatory")
    first = town.signatory.opens_the_check(TITLE).submits()
    second = town.signatory.changes_the_price(CHEAPER).replaces()
    assert first != second

    town.rival.signs_in("signatory2")
    town.rival.prepares_a_bid(TITLE, f"由本地社工随访。{marker}", DEARER)
    town.rival.reads_well().checks().reads_well()
    town.rival.ticks("提交以后，把草稿留在网站上").submits()
    town.rival.reads_well()

    assert site.files_with(QUESTION) != []  # what is public can be found where it is kept
    assert site.files_with(marker) == []


def the_deadline_passes_by_itself(town: Town) -> None:
    """One who looks at the button when the time is up is refused; the clock opens the bids."""
    town.rival.follows("更换投标").follows("检查并提交")
    town.site.time_passes(town.visitor.deadline())
    town.rival.presses("提交新的投标，替换原来的").sees("截止", "这一步没有办成")
    town.visitor.waits_for("开标记录").sees("100,000 元", "110,000 元").reads_well()
    assert town.site.files_with(town.marker) != []  # opened, and found the same way


def the_panel_scores(town: Town) -> None:
    """Three people who declare no interest judge both bids by the published criteria."""
    for number, judge in enumerate(town.panel, start=1):
        judge.signs_in(f"panel{number}")
    capacities = ("采购人代表", "评审专家", "评审专家")
    names = [judge.own_name() for judge in town.panel]
    town.approver.names_the_panel(TITLE, dict(zip(names, capacities, strict=True)))
    winner, second = town.signatory.own_organization(), town.rival.own_organization()
    for judge in town.panel:
        judge.declares_no_interest(TITLE).scores({winner: GOOD, second: FAIR})
    town.panel[0].reads_well()


def the_award_is_public(town: Town) -> None:
    """The approver decides with reasons; a visitor reads who won, for how much and why."""
    winner = town.signatory.own_organization()
    town.approver.awards(TITLE, REASONS).reads_well()
    town.visitor.goes_to(town.visitor.page.url)
    town.visitor.sees("结果和理由", winner, "100,000 元", REASONS, "质疑").reads_well()
    town.visitor.turns_to("成交结果").sees(TITLE)
    row = town.visitor.page.get_by_role("row", name=TITLE)
    assert winner in row.inner_text()
    assert "100,000 元" in row.inner_text()
