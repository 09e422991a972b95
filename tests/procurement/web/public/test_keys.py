"""Statements about opening keys as anyone reads them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from procurement.keycards import actions, rehearsing
from procurement.publication import paging
from procurement.publication.models import Entry, NoticeKind
from tests.builders import keycards as paper
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

AT = build.TENDER_DAY


def page(path: str) -> str:
    """A public page, as text."""
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everyone_reads_who_holds_which_card() -> None:
    who = build.cast(0)
    made = paper.published(who.clerk, who.approver, AT)
    listed, shown = page("/keys/"), page("/keys/1/")

    assert "启用一套开标钥匙" in listed
    for holder, place, _outside in paper.HOLDERS:
        assert holder in shown
        assert place in shown
    assert made.key_set.digest in shown
    assert "任意 2 张可以开标" in shown


def test_everyone_reads_of_a_loss_and_of_a_drill() -> None:
    who = build.cast(0)
    made = paper.published(who.clerk, who.approver, AT)
    drill = actions.begin_drill(made.key_set, witnesses="张三、李四", by=who.clerk, at=AT)
    actions.end_drill(drill, reason="卡没有带来。", by=who.clerk, at=AT)
    actions.report_lost(made.card("C2"), reason="搬家。", by=who.clerk, at=AT + timedelta(hours=1))

    assert "演练没有做完。" in page("/keys/2/")
    assert "卡没有带来。" in page("/keys/2/")
    assert "还有 3 张可用，开标要 2 张" in page("/keys/3/")


def test_the_notice_of_a_set_leads_to_its_page() -> None:
    who = build.cast(0)
    paper.published(who.clerk, who.approver, AT)
    entry = Entry.objects.get(kind=NoticeKind.KEYSET)
    answer = Client().get(f"/notices/{entry.release_id}/")

    assert (answer.status_code, answer["Location"]) == (302, "/keys/1/")
    assert Client().get("/keys/9/").status_code == 404


def test_the_list_asks_the_same_of_one_statement_and_of_thirty() -> None:
    who = build.cast(0)
    made = paper.published(who.clerk, who.approver, AT)
    few = queries_of("/keys/")
    for minute in range(30):
        at = AT + timedelta(minutes=minute)
        with transaction.atomic():
            rehearsing.stated({"event": "drill"}, made.key_set, at=at)

    assert page("/keys/").count('class="entry-title"') == paging.SIZE
    assert queries_of("/keys/") == few


def queries_of(path: str) -> int:
    """How many queries a page asks."""
    with CaptureQueriesContext(connection) as asked:
        page(path)
    return len(asked)
