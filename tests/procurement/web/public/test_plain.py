"""The plain lines on top of a procurement's page: what it is, what to do by when, what follows."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override
from pytest_django import DjangoAssertNumQueries

from organizations import instants
from procurement.publication import merge
from procurement.publication.models import Entry, Listing
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from procurement.web.public import plain
from procurement.web.public.story import Story
from tests.builders.procurement import Cast
from tests.procurement.web.public.conftest import Open

pytestmark = pytest.mark.django_db


def told(tender: Tender, days: int = 0) -> Story:
    """The story of a tender, some days after its deadline (before it: negative)."""
    assert tender.tender_period_end is not None
    listing = Listing.objects.get(pk=tender.ocid)
    entries = list(Entry.objects.of(tender.ocid))
    return Story(listing, entries, tender.tender_period_end + timedelta(days=days))


def test_five_lines_say_what_for_whom_where_how_much_and_how(open_now: Open) -> None:
    story = told(open_now(), -3)
    assert [(str(fact.label), fact.text) for fact in plain.summary(story)[:4]] == [
        ("做什么", "感染者随访关怀"),
        ("为谁做", "艾滋病病毒感染者和病人"),
        ("在哪里", "五华区"),
        ("多少钱", "预算 120,000 元。支付全部成本，人员工资和日常开支也在内。"),
    ]
    how = plain.summary(story)[4].text
    assert how.startswith(
        "公开招标。登记的社会组织可以投标；没有登记的小组可以由托管组织代为投标。"
    )
    assert how.endswith("17:00 截止。")
    assert "投标已在" in plain.summary(told(Tender.objects.get(), 1))[4].text


def test_a_call_that_is_called_off_is_not_said_to_have_closed(who: Cast, open_now: Open) -> None:
    tender = open_now()
    tenders.cancel(tender, reason="经费取消。", by=who.approver, at=instants.now())
    called_off = plain.summary(told(tender, -3))
    assert [str(fact.label) for fact in called_off] == ["做什么", "为谁做", "在哪里", "多少钱"]
    assert "投标已在" in plain.summary(told(tender, 1))[4].text


def test_while_bids_are_taken_the_steps_say_what_to_do_by_when(open_now: Open) -> None:
    tender = open_now()
    early, late = plain.steps(told(tender, -10)), plain.steps(told(tender, -1))
    assert early is not None
    assert late is not None
    assert [(step.state, step.what) for step in early.moments] == [
        ("coming", "提问，到这时为止"),
        ("coming", "交投标文件，到这时为止"),
        ("coming", "开标：谁投了、报价多少，当场公开"),
        ("coming", "预计公布结果"),
    ]
    assert (late.moments[0].state, late.moments[0].what) == ("past", "提问已经截止")
    assert early.moments[1].when == tender.tender_period_end


def test_after_the_deadline_the_steps_say_what_follows(open_now: Open, awarded: Tender) -> None:
    judged = plain.steps(told(open_now(), 1))
    assert judged is not None
    assert (judged.title, [step.what for step in judged.moments]) == ("接下来", ["预计公布结果"])
    decided = plain.steps(told(awarded, 1))
    assert decided is not None
    assert {step.what for step in decided.moments} == {"质疑期结束", "服务开始", "服务结束"}
    days = [str(step.when)[:10] for step in decided.moments]
    assert days == sorted(days)
    assert plain.steps(told(awarded, 5000)) is None


def test_costs_that_are_not_paid_are_named(open_now: Open) -> None:
    story = told(open_now(), -3)
    story.listing.compiled["tender"]["costPolicy"] = {
        "fullCostCovered": False,
        "lines": [{"id": "direct", "paid": True}, {"id": "rent", "paid": False}],
    }
    assert plain.summary(story)[3].text == "预算 120,000 元。不付：场地租金。"


def test_the_page_says_once_in_english_that_the_agency_wrote_chinese(
    client: Client, open_now: Open, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("public:tender", args=[open_now().ocid])
    chinese = client.get(address).content.decode()
    assert "采购人写的内容按原文用中文显示" not in chinese
    with override("en"):
        note = gettext("采购人写的内容按原文用中文显示。")
    with override("zh-hans"), django_assert_num_queries(4):
        english = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert english.count(note) == 1
    assert re.search(r'<h1 lang="zh-Hans">', english)
    assert len(english.encode()) < 60_000


def test_plain_lines_come_from_what_was_published_alone(open_now: Open) -> None:
    tender = open_now()
    entry = Entry.objects.of(tender.ocid).filter(kind="tender").get()
    release = merge.release_of(entry)
    Tender.objects.update(value_amount=1)
    story = told(tender, -3)
    assert plain.summary(story)[3].text.startswith("预算 120,000 元")
    assert release["tender"]["value"]["amount"] == 120000
