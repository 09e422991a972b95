"""The page of the log, the check of a notice, and the head that every notice prints."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from organizations import instants
from procurement.publication import heads, log, merkle, nodes
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Checkpoint, Log
from tests.builders import procurement as build
from tests.procurement.publication import logs

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *arguments: object) -> str:
    """The text of a page."""
    response = client.get(reverse(name, args=arguments))
    assert response.status_code == 200
    assert len(response.content) < 60_000
    return response.content.decode()


def verify(client: Client, entry: Entry) -> str:
    """The text of the page that checks a notice."""
    return page(client, "public:notice-verify", entry.release_id)


def digits(size: int) -> list[str]:
    """The printed half of a root, in groups."""
    root = nodes.root(Log.NOTICES, size).hex()
    return [root[at : at + 4] for at in range(0, 32, 4)]


def test_the_page_of_the_log_shows_heads_keys_and_what_is_waiting(client: Client) -> None:
    logs.publish(3)
    heads.sign_all(at=instants.real())
    logs.publish(2)
    text = page(client, "public:log")
    assert "共 3 条" in text
    assert "之后又增加 2 条，最迟 10 分钟后签名。" in " ".join(text.split())
    for each in (*digits(3), heads.vkey(Log.NOTICES), heads.vkey(Log.RECEIPTS)):
        assert each in text
    assert heads.receipts_public().vkey() in text
    assert "还没有见证方为这个日志头签名。" in text
    assert "PRIVATE" not in text


def test_a_new_log_says_that_nothing_is_signed_yet(client: Client) -> None:
    assert "还没有签名的日志头。第一条公开后最迟 10 分钟签名。" in page(client, "public:log")


def test_a_notice_is_found_by_the_number_printed_on_it(client: Client) -> None:
    entry = logs.publish(3)
    for number in ("3", " 3 "):
        response = client.get("/log/", {"number": number})
        assert response.headers["Location"] == f"/notices/{entry.release_id}/verify/"
    for number in ("4", "0", "-1", "三", "9" * 30, "<b>"):
        text = client.get("/log/", {"number": number}).content.decode()
        assert "公告日志里没有这个编号。编号印在公告页的末尾，是一个数字。" in text
        assert "<b>" not in text.split("<h1>")[1].split("</form>")[0]


def test_a_notice_is_checked_as_the_page_is_asked_for(client: Client) -> None:
    entry = logs.publish(5)
    heads.sign_all(at=instants.real())
    text = verify(client, entry)
    assert "已验证：这份公告与公开时一样，列在有签名的日志头之下。" in text
    assert "它就是 5 条里的第 5 条。" in text
    assert "--notice 5" in text
    assert merkle.leaf_hash(bytes(entry.body)).hex() in text
    for address in ("entries/4", "proof/4", "heads/5"):
        assert f"/log/notices/{address}" in text


def test_a_notice_without_a_signed_head_says_when_to_come_again(client: Client) -> None:
    logs.publish(1)
    heads.sign_all(at=instants.real())
    entry = logs.publish(1)
    text = verify(client, entry)
    assert "刚刚公开，还没有列入有签名的日志头；最迟" in text
    assert "已验证" not in text


@pytest.mark.parametrize("signed_again", [False, True])
def test_a_changed_notice_is_seen(client: Client, signed_again: bool) -> None:
    entry = logs.publish(4)
    heads.sign_all(at=instants.real() - timedelta(minutes=5))
    body = bytes(entry.body).replace("随访".encode(), "外包".encode())
    with logs.superuser():
        Entry.objects.filter(pk=entry.pk).update(body=body, leaf_hash=merkle.leaf_hash(body))
        if signed_again:
            logs.regrow()
    text = verify(client, entry)
    assert "核对不一致" in text
    assert "从指纹算不出日志头的根：原文或者日志被改过。" in text
    assert "已验证" not in text


def test_a_forged_head_is_seen(client: Client) -> None:
    entry = logs.publish(4)
    [signed] = heads.sign_all(at=instants.real())
    with logs.superuser():
        wrong = signed.note.replace("\n4\n", "\n5\n")
        Checkpoint.objects.filter(pk=signed.pk).update(note=wrong)
    text = verify(client, entry)
    assert "日志头的签名不对。" in text
    assert "核对不一致" in text


def test_a_notice_that_is_not_there_is_not_checked(client: Client) -> None:
    assert client.get("/notices/ocds-yn0000-2026-000001-001-tender/verify/").status_code == 404


def test_every_notice_prints_the_head_of_the_log_and_leads_to_its_check(client: Client) -> None:
    entry = logs.publish(2)
    heads.sign_all(at=instants.real())
    logs.publish(1)
    text = page(client, "public:notice", entry.release_id)
    assert "此刻的公开日志" in text
    assert "共 2 条" in text
    assert all(each in text for each in digits(2))
    assert reverse("public:notice-verify", args=[entry.release_id]) in text
    story = page(client, "public:tender", entry.ocid)
    assert reverse("public:notice-verify", args=[entry.release_id]) in story


def test_the_log_is_a_step_away_from_every_page(client: Client) -> None:
    assert f'href="{reverse("public:log")}"' in page(client, "public:about")


def test_checks_cost_the_same_whatever_the_size(client: Client) -> None:
    counted = []
    for count in (2, 30):
        entry = logs.publish(count)
        heads.sign_all(at=instants.real())
        for name, arguments in {
            "public:notice-verify": [entry.release_id],
            "public:log": [],
        }.items():
            with CaptureQueriesContext(connection) as queries:
                page(client, name, *arguments)
            counted.append(len(queries))
    assert counted[:2] == counted[2:]


def test_a_head_that_should_have_been_signed_is_missed_in_public(client: Client) -> None:
    logs.publish(2)
    heads.sign_all(at=instants.real())
    entry = logs.publish(1)
    with logs.superuser():
        long_ago = instants.real() - timedelta(minutes=11)
        Entry.objects.filter(pk=entry.pk).update(recorded_at=long_ago)
    assert "之后又增加 1 条，超过 10 分钟还没有签名。" in page(client, "public:log")
    assert "就该签了。请稍后再来，或告诉审计机关。" in verify(client, entry)


def test_without_its_key_the_site_still_shows_what_it_can(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    entry = logs.publish(2)
    heads.sign_all(at=instants.real())
    settings.KEYS_DIR = tmp_path
    assert "本站现在拿不出公钥；请用您手上的公钥核对签名。" in verify(client, entry)
    assert "共 2 条" in page(client, "public:log")


def test_a_statement_of_the_province_is_checked_like_a_notice(client: Client) -> None:
    entry = log.state(
        {"year": 2027}, kind=NoticeKind.CALENDAR, number=1, title="2027 年放假安排", at=build.START
    )
    heads.sign_all(at=instants.real())
    text = verify(client, entry)
    assert "2027 年放假安排" in text
    assert "已验证" in text
