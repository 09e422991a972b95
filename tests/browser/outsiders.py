"""People outside the agencies, on a phone: visitors, and the members of organisations that bid."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Self

from playwright.sync_api import expect

from tests.browser.people import Person

ONWARD = "保存并继续"
PATIENCE = 150_000  # milliseconds within which the clock opens bids
PAUSE = 3_000  # milliseconds between two looks


class Visitor(Person):
    """Has no account."""

    def searches(self, words: str) -> Self:
        """Look for words among the tenders."""
        self.goes_to("/tenders/")
        self.page.get_by_role("searchbox").fill(words)
        return self.presses("搜索")

    def filters(self, choices: Mapping[str, str]) -> Self:
        """Narrow the list of tenders."""
        self.goes_to("/tenders/").unfolds("筛选和排序").picks(choices)
        return self.presses("查看结果")

    def deadline(self) -> datetime:
        """Return the deadline for bids, as the page tells machines."""
        block = self.page.locator(".deadline", has_text="投标截止")
        return datetime.fromisoformat(block.locator("time").get_attribute("datetime") or "")

    def waits_for(self, words: str) -> Self:
        """Ask for the page again and again until it says this, and look; drawing it costs more."""
        for _round in range(PATIENCE // PAUSE):
            if words in self.page.request.get(self.page.url).text():
                break
            self.page.wait_for_timeout(PAUSE)
        self.page.reload()
        return self.sees(words)


class Bidder(Person):
    """Works for an organisation that bids."""

    code = ""  # of the last receipt, written down

    def opens_the_call(self, title: str) -> Self:
        """Open a tender at the organisation's desk."""
        return self.goes_to("/account/").follows("提问和投标").follows(title)

    def asks(self, title: str, question: str) -> Self:
        """Ask the agency something about the tender."""
        self.opens_the_call(title).follows("提问", exact=True)
        return self.writes({"您的问题": question}).presses("送出问题").sees(question)

    def prepares_a_bid(self, title: str, proposal: str, amounts: Mapping[str, str]) -> Self:
        """Write price, proposal, people and quality, as far as the files."""
        self.opens_the_call(title).follows("准备投标").follows("报价")
        self.writes(amounts).presses(ONWARD)
        self.writes({"您打算怎么做": proposal}).presses(ONWARD)
        self.writes({"由哪些岗位的人来做": "专职社工两名，志愿者五名。"}).presses(ONWARD)
        self.writes({"怎样保证做得好": "每季度请服务对象匿名打分。"}).presses(ONWARD)
        return self.sees("还没有附件")

    def adds(self, *files: tuple[str, bytes]) -> Self:
        """Upload files."""
        return self.attaches("选文件", *files).presses("上传")

    def checks(self) -> Self:
        """Go on from the files to the page that shows everything once more."""
        return self.follows("附件好了，去检查").sees("检查并提交")

    def opens_the_check(self, title: str) -> Self:
        """Open the page that shows everything once more, from the desk."""
        return self.opens_the_call(title).follows("检查并提交")

    def submits(self) -> str:
        """Write down the receipt code, seal and submit; return the number of the receipt."""
        self.code = self.page.locator(".key-digits").inner_text()
        return self.presses("密封并提交投标").receipt()

    def changes_the_price(self, amounts: Mapping[str, str]) -> Self:
        """From the receipt on, bring the content back, write other amounts, go and check."""
        self.follows("更换投标").sees("仍然有效", "网站上没有草稿了").follows("用回执码取回内容")
        self.writes({"回执码": self.code}).presses("取回来修改").sees("内容取回来了").follows(
            "报价"
        )
        self.writes(amounts).presses(ONWARD).follows("回到清单")
        return self.sees("有修改还没有提交").follows("检查并提交")

    def replaces(self) -> str:
        """Submit once more in place of the earlier bid; return the number of the receipt."""
        return self.presses("提交新的投标，替换原来的").receipt()

    def receipt(self) -> str:
        """Return the number on the receipt that is shown."""
        self.sees("投标已经密封提交", "密封件指纹")
        return self.page.locator(".receipt-number").inner_text().strip()

    def cannot_submit(self) -> Self:
        """The page shows no button that submits, and says who can."""
        self.sees("请签署人来提交")
        expect(self.page.get_by_role("button", name=re.compile("提交"))).to_have_count(0)
        return self


class WithoutScripts(Bidder):
    """Has an old phone on which scripts are switched off."""

    scripts = False
