"""The sheet for the wall says what is bought, by when, whom to ask and how to check it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from organizations import instants
from procurement.publication.models import Entry, NoticeKind
from procurement.templatetags.display import moment
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from procurement.web.public.wall import cut
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.public.conftest import Open

pytestmark = pytest.mark.django_db


def sheet(client: Client, tender: Tender) -> str:
    answer = client.get(reverse("public:wall", args=[tender.ocid]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_sheet_tells_what_a_village_needs_to_know(
    client: Client, open_now: Open, settings: Settings
) -> None:
    settings.SITE_URL = "https://caigou.example.org"
    tender = open_now()
    text = sheet(client, tender)
    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)
    digest = bytes(entry.leaf_hash).hex()
    for words in (
        tender.title,
        tender.summary,
        moment(tender.tender_period_end, "year"),
        f"第 {entry.number} 号公开记录",
        f"{digest[:8]} {digest[8:16]}",
        "0871-65000000",
        "人民路1号",
        f"https://caigou.example.org/tenders/{tender.ocid}/",
        f"https://caigou.example.org/notices/{entry.release_id}/verify/",
        'role="img" aria-label="本项目网页的二维码"',
        "扫码在网页上提问",
        "扫码看全文、下载文件、提问、投标",
    ):
        assert words in text
    assert text.count("<h1") == 1


def test_after_the_deadline_the_sheet_says_where_it_stands(client: Client, awarded: Tender) -> None:
    text = sheet(client, awarded)
    assert "投标截止</span>" not in text
    assert "结果已公布" in text
    assert "提问已经截止" in text
    assert "扫码看全文。不收费。" in text


def test_what_is_called_off_says_so(client: Client, who: Cast, open_now: Open) -> None:
    tender = open_now()
    tenders.cancel(tender, reason="经费取消。", by=who.approver, at=instants.now())
    text = sheet(client, tender)
    assert "已终止。经费取消。" in text
    assert "怎样提问" not in text
    assert "扫码看全文。不收费。" in text
    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.CANCELLATION)
    assert f"第 {entry.number} 号公开记录" in text


def test_what_is_only_planned_has_no_sheet(client: Client, who: Cast) -> None:
    plan = build.planning_notice(who)
    assert client.get(reverse("public:wall", args=[plan.ocid])).status_code == 404
    assert client.get(reverse("public:wall", args=["ocds-0"])).status_code == 404


def test_a_tender_offers_its_sheet(client: Client, open_now: Open) -> None:
    tender = open_now()
    page = client.get(reverse("public:tender", args=[tender.ocid])).content.decode()
    assert f'<a href="{reverse("public:wall", args=[tender.ocid])}">打印张贴</a>' in page


def test_the_sheet_costs_few_queries(client: Client, open_now: Open) -> None:
    tender = open_now()
    sheet(client, tender)
    with CaptureQueriesContext(connection) as asked:
        sheet(client, tender)
    assert len(asked) <= 4


def test_what_does_not_fit_is_cut() -> None:
    assert cut("甲\n 乙", 10) == "甲 乙"
    assert cut("甲" * 11, 10) == "甲" * 8 + "……"
