"""Anyone with a phone and no account: a journalist reads what was decided and checks it."""

from datetime import timedelta

import pytest

from procurement.publication import heads
from tests.browser.phones import TITLE, Clock, Phones, Reader
from tests.builders import procurement as build

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_a_journalist_finds_a_tender_reads_the_award_and_verifies_its_notice(
    phones: Phones, clock: Clock
) -> None:
    who = build.cast(3)
    build.awarded(who, build.evaluated(who, build.opened(who, build.published(who))))
    clock.at = build.DECISION + timedelta(hours=1)
    heads.sign_all(at=clock.at, durable=False)
    winner = who.csos[0].organization.name
    journalist = phones.give(Reader).searches("随访").follows(TITLE)
    journalist.sees("结果和理由", winner, "100,000 元", "方案最符合需求，人员稳定，报价合理。")
    assert "结果公告" in journalist.subscribes("订阅公告（Atom）")
    journalist.turns_to("成交结果").sees(TITLE, winner, "100,000 元")
    assert TITLE in journalist.subscribes("订阅（Atom）")
    journalist.follows(TITLE)
    journalist.follows("核对 结果公告")
    journalist.sees("已验证：这份公告与公开时一样，列在有签名的日志头之下。")
