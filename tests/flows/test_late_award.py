"""A late award as the public reads it at each step: on its page, its agency's, in the register."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from organizations import instants
from procurement import clock
from procurement.obligations import actions as duties
from procurement.obligations.models import Obligation
from procurement.ocds import fragments
from procurement.publication import catalogue
from procurement.publication.models import DutyListing, RuleTally
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

DUE = datetime(2026, 5, 9, 23, 59, 59, tzinfo=SHANGHAI)  # five working days after the judging
NEXT_DAY = DUE + timedelta(hours=9)
DONE = datetime(2026, 5, 12, 10, 0, tzinfo=SHANGHAI)
REPLY = "专家临时出差，已另约时间。"
EXCUSE = "节假日前后专家确实难以到场。"


class Reader:
    """Anyone, reading at an instant."""

    def __init__(self, tender: Tender, patch: pytest.MonkeyPatch) -> None:
        self.tender, self.patch, self.client = tender, patch, Client()

    def pages(self, at: datetime) -> list[str]:
        """What the tender's page, the agency's page and the register say of the decision."""
        self.patch.setattr(instants, "now", lambda: at)
        for room in ("tenders", "organizations", "breaches"):
            self.patch.setattr(f"procurement.web.public.{room}.now", lambda: at)
        party = fragments.party_id(self.tender.procuring_entity)
        addresses = (
            reverse("public:tender", args=[self.tender.ocid]),
            reverse("public:organization", args=[party]),
            reverse("public:breach-list"),
        )
        return [self._entry(self.client.get(address).content.decode()) for address in addresses]

    def _entry(self, html: str) -> str:
        number = Obligation.objects.get(
            process=self.tender.process, event="award.decided"
        ).public_id
        found = re.search(rf'<li class="entry" id="{number}">.*?</li>', html, re.DOTALL)
        return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


def test_a_late_award_in_public_at_each_step(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.REHEARSAL = False
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    decision = Obligation.objects.get(process=tender.process, event="award.decided")
    reader = Reader(tender, monkeypatch)

    # in time: nothing is said
    clock.record_breaches(at=DUE)
    assert reader.pages(DUE) == ["", "", ""]

    # the day after: late, since the due time, with what was asked
    clock.record_breaches(at=NEXT_DAY)
    for page in reader.pages(NEXT_DAY):
        assert "决定采购结果" in page
        assert "已逾期" in page
        assert "逾期 1 天" in page
        assert "5个工作日内" in page
        assert "法定要求" in page
        assert "2026年5月9日（星期六）" in page
        assert "还没有办理" in page
        assert "采购人还没有作说明" in page

    # the agency's words beside it
    duties.reply(decision, text=REPLY, by=who.approver, at=NEXT_DAY)
    for page in reader.pages(NEXT_DAY):
        assert REPLY in page
        assert "采购人还没有作说明" not in page

    # made good: when, and how late
    build.awarded(who, tender, at=DONE)
    for page in reader.pages(DONE + timedelta(days=30)):
        assert "逾期后完成" in page
        assert "逾期 3 天" in page
        assert "2026年5月12日（星期二）10:00 补办" in page
        assert REPLY in page

    # excused, and still there
    duties.excuse(decision, reason=EXCUSE, by=people.overseer(), at=DONE)
    for page in reader.pages(DONE):
        assert "逾期，已谅解" in page
        assert EXCUSE in page
        assert REPLY in page
        assert "违法" not in page


def test_the_register_is_what_the_log_says() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    clock.record_breaches(at=NEXT_DAY)
    build.awarded(who, tender, at=DONE)
    before = list(DutyListing.objects.order_by("pk").values())
    tallies = list(RuleTally.objects.order_by("pk").values())
    assert [row["state"] for row in before] == ["cured", "met", "met"]
    catalogue.rebuild()
    assert list(DutyListing.objects.order_by("pk").values()) == before
    assert list(RuleTally.objects.order_by("pk").values()) == tallies
