"""The rule receipt: on a notice in full, on the tender folded; days one by one, policy apart."""

import json
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from procurement.enquiries import actions as enquiries
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from procurement.web.public import receipts
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db


def entry(tender: Tender, kind: NoticeKind) -> Entry:
    found = Entry.objects.of(tender.ocid).filter(kind=kind).last()
    assert found is not None
    return found


def said(tender: Tender, kind: NoticeKind) -> dict[str, object]:
    """The receipt in the release of a notice."""
    notice = json.loads(bytes(entry(tender, kind).body))["notices"][0]
    receipt: dict[str, object] = notice["receipt"]
    return receipt


def rule(receipt: dict[str, object], rule_id: str) -> dict[str, object]:
    rules = receipt["rules"]
    assert isinstance(rules, list)
    return next(each for each in rules if each["id"] == rule_id)


def page(client: Client, tender: Tender, kind: NoticeKind) -> str:
    response = client.get(reverse("public:notice", args=[entry(tender, kind).release_id]))
    return response.content.decode()


def test_the_release_counts_working_days_one_by_one(who: Cast) -> None:
    tender = build.published(who)
    found = rule(said(tender, NoticeKind.TENDER), "open-notice-period-5wd")
    assert (found["result"], found["basis"]) == ("kept", "statute")
    assert found["count"] == {
        "startDate": "2026-04-07",
        "number": 5,
        "unit": "working-day",
        "endDate": "2026-04-14",
        "days": ["2026-04-08", "2026-04-09", "2026-04-10", "2026-04-13", "2026-04-14"],
    }
    assert found["actualDate"] == "2026-04-21"


def test_calendar_days_tell_start_end_and_what_was_rolled_over(who: Cast) -> None:
    late = build.DEADLINE.replace(month=5, day=8)
    tender = build.published(who, at=build.TENDER_DAY.replace(day=11), tender_period_end=late)
    found = rule(said(tender, NoticeKind.TENDER), "bid-period-20-days")
    assert found["count"] == {
        "startDate": "2026-04-11",
        "number": 20,
        "unit": "calendar-day",
        "endDate": "2026-05-06",
        "days": ["2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05", "2026-05-06"],
    }


def test_every_checked_notice_says_edition_day_and_how_many_rules(who: Cast) -> None:
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    for kind in (NoticeKind.PLANNING, NoticeKind.TENDER, NoticeKind.AWARD):
        receipt = said(tender, kind)
        rules = receipt["rules"]
        assert isinstance(rules, list)
        assert str(receipt["edition"]).startswith(settings.RULEBOOK)
        assert receipt["date"] == entry(tender, kind).published_at.astimezone(SHANGHAI).isoformat()
        assert receipt["broken"] == 0
        assert len(rules) == int(str(receipt["kept"])) + int(str(receipt["unknown"]))


def test_an_amendment_is_checked_with_the_days_left_after_it(who: Cast) -> None:
    tender = build.published(who)
    at = build.TENDER_DAY + timedelta(days=2)
    build.amended(who, tender, at, affects=True)
    found = rule(said(tender, NoticeKind.AMENDMENT), "tender-clarification-15-days")
    assert (found["result"], found["earliestDate"]) == ("kept", "2026-04-24")


def test_the_notice_shows_rules_in_words_with_the_days_in_a_row(client: Client, who: Cast) -> None:
    text = page(client, build.published(who), NoticeKind.TENDER)
    for words in (
        "规则核对单",
        " · 法定要求",
        "从 4月7日（星期二） 起 5 个工作日，到 4月14日（星期二）",
        "<li>4月13日</li><li>4月14日</li>",
        "符合",
    ):
        assert words in text
    assert len(text.encode()) < 60_000


def test_the_rules_are_in_the_readers_language(client: Client, who: Cast) -> None:
    tender = build.published(who)
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    text = page(client, tender, NoticeKind.TENDER)
    assert "MOF Order 87" in text
    assert "<li>13 Apr</li><li>14 Apr</li>" in text


def test_a_notice_that_no_rule_speaks_of_says_so(client: Client, who: Cast) -> None:
    tender = build.published(who)
    at = build.TENDER_DAY + timedelta(days=1)
    asked = enquiries.ask(tender, question="可以付工资吗？", by=next(who.signatories()), at=at)
    enquiries.answer(asked, text="可以。", by=who.drafter, at=at)
    assert "这份公告发布时没有规则要核对。" in page(client, tender, NoticeKind.CLARIFICATION)


def test_the_tender_page_folds_the_receipt_and_stays_light(client: Client, who: Cast) -> None:
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    text = client.get(reverse("public:tender", args=[tender.ocid])).content.decode()
    assert '<details class="fold"><summary>采购公告' in text
    assert "条不适用。" in text
    assert len(text.encode()) < 60_000


def test_a_rule_that_left_the_book_is_named_by_its_number(who: Cast) -> None:
    from_the_log = {
        "receipt": {
            "edition": "cn-53 unknown 000000000000",
            "date": "2026-04-07T09:00:00+08:00",
            **dict.fromkeys(("kept", "broken", "unknown", "notApplicable"), 0),
            "rules": [{"id": "once-was", "result": "unknown", "basis": "statute"}],
        },
        "id": "1",
    }
    found = receipts.of([from_the_log], build.TENDER_DAY)["1"]
    assert [line.text for line in found.groups["unknown"]] == ["once-was"]
    assert date(2026, 4, 7) == found.at.date()
