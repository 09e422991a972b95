"""The opening as anyone follows it: the register, each step with its time, what is awaited."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organizations import instants
from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.public.conftest import Open

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
SHUT = build.DEADLINE + 2 * MINUTE

REGISTER = {
    "deadline": build.DEADLINE,
    "receiptsLogSize": 64,
    "receiptsLogRoot": "ab" * 32,
    "count": 3,
    "entries": [
        {
            "id": "41",
            "index": 41,
            "envelopeDigest": "41" * 32,
            "receivedAt": build.DEADLINE - timedelta(days=1),
            "action": "submit",
            "status": "replaced",
            "supplierCommitment": "c1" * 32,
        },
        {
            "id": "7",
            "index": 7,
            "envelopeDigest": "07" * 32,
            "receivedAt": build.DEADLINE - MINUTE,
            "action": "replace",
            "status": "counts",
            "supplierCommitment": "c1" * 32,
        },
        {
            "id": "12",
            "index": 12,
            "envelopeDigest": "12" * 32,
            "receivedAt": build.DEADLINE - timedelta(hours=3),
            "action": "submit",
            "status": "counts",
            "supplierCommitment": "c2" * 32,
        },
    ],
}


@pytest.fixture
def tender() -> Tender:
    return build.published(build.cast(3))


def say(tender: Tender, section: dict[str, Any], kind: NoticeKind, at: datetime) -> None:
    """A notice of the opening, as the room of bids writes it."""
    with transaction.atomic():
        log.append({"tender": section}, kind=kind, title=str(kind.label), ocid=tender.ocid, at=at)


def page(tender: Tender, at: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page at an instant."""
    monkeypatch.setattr(instants, "now", lambda: at)
    monkeypatch.setattr("procurement.web.public.opening.now", lambda: at)
    answer = Client().get(reverse("public:opening", args=[tender.ocid]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_before_the_deadline_nothing_is_counted(
    tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = page(tender, build.DEADLINE, monkeypatch)

    assert "还在接受投标" in shown
    assert "份回执" not in shown


def test_a_call_that_is_called_off_takes_no_bids(who: Cast, open_now: Open) -> None:
    tender = open_now()
    tenders.cancel(tender, reason="经费取消。", by=who.approver, at=instants.now())
    text = Client().get(reverse("public:opening", args=[tender.ocid])).content.decode()
    assert "这个项目已经终止。" in text
    assert "还在接受投标" not in text
    assert "投标截止" not in text
    assert "截标登记</h2>" not in text


def test_after_the_deadline_the_register_is_awaited(
    tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = page(tender, build.DEADLINE + MINUTE, monkeypatch)

    assert "正在写截标登记" in shown


def test_the_register_is_a_table_in_the_order_of_arrival(
    tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(tender, {"closingRegister": REGISTER}, NoticeKind.REGISTER, SHUT)
    shown = page(tender, SHUT + MINUTE, monkeypatch)

    assert "收到 3 份回执，其中 2 份投标算数" in shown
    # places as people count them, from 1
    assert re.findall(r'scope="row" class="code">(\d+)<', shown) == ["42", "13", "8"]
    assert "已被后来的一份代替" in shown
    assert "正在等时间闸打开" in shown


def test_each_card_is_an_event_with_its_holder(
    tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(tender, {"closingRegister": REGISTER}, NoticeKind.REGISTER, SHUT)
    for number, (kind, holder) in enumerate(
        (("gate", ""), ("card", "和晓兰（县审计局）")), start=1
    ):
        at = SHUT + number * MINUTE
        event = {"id": str(number), "kind": kind, "date": at, "holder": holder, "text": ""}
        say(tender, {"openingEvents": [event]}, NoticeKind.CEREMONY, at)
    shown = page(tender, SHUT + 5 * MINUTE, monkeypatch).partition("一步一步")[2]

    assert shown.index("截标登记公布") < shown.index("时间闸打开") < shown.index("开标卡有效")
    assert "和晓兰（县审计局）" in shown


def test_with_too_few_bidders_the_page_does_not_say_that_bids_were_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = build.cast(2)
    tender = build.opened(who, build.published(who))
    shown = page(tender, build.OPENING + MINUTE, monkeypatch)

    assert "采购失败。" in shown
    assert "已经开标" not in shown


def test_the_tender_leads_to_its_opening(tender: Tender) -> None:
    shown = Client().get(reverse("public:tender", args=[tender.ocid])).content.decode()

    assert reverse("public:opening", args=[tender.ocid]) in shown


def test_what_never_opens_has_no_such_page() -> None:
    assert Client().get("/tenders/ocds-yn0000-2026-999999/opening/").status_code == 404


def test_the_notice_of_a_step_says_it_and_leads_to_the_whole(tender: Tender) -> None:
    event = {"id": "1", "kind": "card", "date": SHUT, "holder": "和晓兰", "text": "给出了一份。"}
    say(tender, {"openingEvents": [event]}, NoticeKind.CEREMONY, SHUT)
    entry = Entry.objects.get(kind=NoticeKind.CEREMONY)
    shown = Client().get(reverse("public:notice", args=[entry.release_id])).content.decode()

    assert "开标卡有效" in shown
    assert "和晓兰" in shown
    assert "给出了一份。" in shown
    assert reverse("public:opening", args=[tender.ocid]) in shown
