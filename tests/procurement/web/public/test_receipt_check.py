"""Anyone checks a bid's receipt; each wrong one is named, and nothing of it is kept."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from organizations import instants
from organizations.roles import SYSTEM, Actor
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids.actions import closing
from procurement.bids.parts import Receipt
from procurement.publication import heads, merge
from procurement.publication.misfits import Misfit
from procurement.publication.models import Entry
from procurement.publication.tree import Log, ReceiptLeaf
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.publication import logs
from tests.procurement.web.public.conftest import Open
from tests.static import logs as outside
from tests.static.logs import write

pytestmark = pytest.mark.django_db

EARLY = build.DEADLINE - timedelta(days=3)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    """A call with one bid, three days before its deadline."""
    monkeypatch.setattr(instants, "now", lambda: EARLY)
    tender = build.published(who)
    build.bid(tender, signatory(who), at=EARLY)
    return tender


def signatory(who: Cast) -> Actor:
    """Who signs for the first group."""
    return people.signatory(who.csos[0])


def given(tender: Tender) -> list[dict[str, Any]]:
    """The receipts of a tender, as they were given."""
    rows = Receipt.objects.filter(bid__tender=tender).order_by("issued_at", "place")
    return [json.loads(bytes(row.body)) for row in rows]


def receipt(tender: Tender) -> dict[str, Any]:
    """The first of them."""
    return given(tender)[0]


def check(client: Client, said: object, tender: str = "") -> str:
    """The page that answers a pasted receipt."""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, indent=1)
    response = client.post("/verify/", {"text": text, "tender": tender})
    assert response.status_code == 200
    assert len(response.content) < 60_000
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def test_anyone_may_ask(client: Client) -> None:
    text = client.get("/verify/").content.decode()
    assert "核对时不保存回执的内容，也不写进网址；与公开记录不符的，只记下指纹和哪里不符。" in text


def test_a_receipt_is_signed_before_its_place_is_public(client: Client, tender: Tender) -> None:
    text = check(client, receipt(tender), tender.ocid)
    assert "签名正确：这张回执是本站发的，一个字符也没有改过。" in text
    assert "还没有列入公开的回执日志；它的位置已经定好" in text
    assert "这个项目还没有公布截标登记。" in text
    assert "是真的；有些要等公开以后才能核对" in text
    body = b"\xef\xbb\xbf" + json.dumps(receipt(tender)).encode()
    file = SimpleUploadedFile("receipt.json", body, "application/json")
    assert "签名正确" in client.post("/verify/", {"file": file}).content.decode()


def test_in_the_log_it_says_where_and_under_which_head(client: Client, tender: Tender) -> None:
    bids.publish_receipts(at=EARLY + timedelta(hours=2))
    text = check(client, receipt(tender))
    assert "最迟 10 分钟后有签名的日志头。" in text
    heads.sign_all(at=EARLY + timedelta(hours=2))
    text = check(client, receipt(tender))
    assert f"在回执日志里：第 {receipt(tender)['index'] + 1} 号。" in text
    assert "列在有签名的日志头之下，不能再拿掉。" in text


def test_the_register_says_that_it_counts(client: Client, tender: Tender) -> None:
    gatekeeper.close(tender, at=build.OPENING)
    text = check(client, receipt(tender), tender.ocid)
    assert "截标登记里有这张回执：有效，参加开标。" in text
    assert "都符合。" in text


def test_it_says_which_receipt_replaced_or_withdrew_a_bid(
    client: Client, who: Cast, tender: Tender
) -> None:
    build.bid(tender, signatory(who), yuan=100_000, at=EARLY + timedelta(hours=1))
    bids.withdraw(tender, by=signatory(who), at=EARLY + timedelta(hours=2))
    gatekeeper.open_bids(tender, at=build.OPENING)
    first, second, withdrawn = given(tender)
    text = check(client, first)
    assert f"这份投标已被第 {second['index'] + 1} 号回执替换，不参加开标。" in text
    assert "如果不是您做的，请保留这张回执并告诉审计机关" in text
    assert "都符合。" not in text
    text = check(client, second)
    assert f"这份投标已被第 {withdrawn['index'] + 1} 号回执撤回，不参加开标。" in text
    assert "如果不是您做的，请保留这张回执并告诉审计机关" in text
    text = check(client, withdrawn)
    assert "截标登记写明：投标已按这张回执撤回，不参加开标。" in text
    assert "开标记录里没有这份投标。" in text
    assert "都符合。" in text


@pytest.mark.parametrize("ended_by", [None, 999_999])
def test_an_ended_bid_without_a_receipt_behind_it_is_named(
    client: Client, who: Cast, tender: Tender, monkeypatch: pytest.MonkeyPatch, ended_by: int | None
) -> None:
    bids.withdraw(tender, by=signatory(who), at=EARLY + timedelta(hours=1))
    told = closing._lines(tender)
    forged = [replace(each, ended_by=ended_by) for each in told]
    monkeypatch.setattr(closing, "_lines", lambda _tender: forged)
    bids.close(tender, by=SYSTEM, at=build.OPENING)
    submitted, withdrawn = given(tender)
    text = check(client, submitted)
    assert "截标登记写这份投标“已撤回”，却没有写明是哪一张回执：投标被丢掉了。" in text
    assert "您撤回了投标，截标登记却没有写明是这张回执撤回的。" in check(client, withdrawn)


def test_a_line_that_is_not_of_the_receipt_is_named(
    client: Client, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = closing._lines(tender)
    forged = [replace(each, received_at=EARLY + timedelta(days=1)) for each in told]
    monkeypatch.setattr(closing, "_lines", lambda _tender: forged)
    bids.close(tender, by=SYSTEM, at=build.OPENING)
    text = check(client, receipt(tender))
    assert "截标登记里这个位置写的密封件、供应商或收到时间与回执不同。" in text


def test_a_receipt_that_the_register_leaves_out_is_named(
    client: Client, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_lines", lambda _tender: [])
    bids.close(tender, by=SYSTEM, at=build.OPENING)
    text = check(client, receipt(tender))
    assert "截标登记里没有这张回执：您的投标被丢掉了。" in text
    assert "请保留这张回执并告诉审计机关：它有本站的签名，是您的证据。" in text


def test_the_opening_record_has_the_bid_or_the_bidder_is_told(
    client: Client, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    gatekeeper.open_bids(tender, at=build.OPENING)
    said = receipt(tender)
    assert "开标记录里有这份投标。" in check(client, said)
    whole = merge.release_of

    def emptied(entry: Entry) -> dict[str, Any]:
        release = whole(entry)
        return {name: value for name, value in release.items() if name != "bids"}

    monkeypatch.setattr(merge, "release_of", emptied)
    assert "截标登记说这份投标有效，开标记录里却没有它。" in check(client, said)


def test_the_public_program_proves_the_bid_from_what_the_portal_hands_out(
    client: Client, who: Cast, tender: Tender, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    program = outside.program("verify_notice")

    def fetch(_portal: str, path: str, absent: object = "") -> bytes:
        response = client.get(path)
        assert response.status_code == 200, path
        return response.content

    monkeypatch.setattr(program, "fetch", fetch)
    check_file = outside.runner(program)
    other = people.signatory(who.csos[1])
    build.bid(tender, other, at=EARLY)
    bids.withdraw(tender, by=other, at=EARLY + timedelta(hours=1))
    gatekeeper.open_bids(tender, at=build.OPENING)
    heads.sign_all(at=build.OPENING, durable=False)
    kept, ended, withdrawn = (
        check_file(
            "--portal", "https://portal", "--receipt", write(tmp_path, "r", json.dumps(each))
        )
        for each in given(tender)
    )
    assert (kept, ended, withdrawn) == (0, 0, 0)
    told = capsys.readouterr().out
    assert "the closing register lists the bid: it counts" in told
    assert "ok: the opening record has the bid" in told
    assert "its bid was withdrawn by receipt No." in told
    assert "Result: everything fits. The bid is withdrawn." in told


def test_a_place_that_was_taken_is_named(client: Client, tender: Tender) -> None:
    bids.publish_receipts(at=EARLY + timedelta(hours=2))
    said = receipt(tender)
    another = ReceiptLeaf.objects.exclude(pk=said["index"]).first()
    assert another is not None
    with logs.superuser():
        ReceiptLeaf.objects.filter(pk=said["index"]).update(
            body=another.body, leaf_hash=another.leaf_hash
        )
    text = check(client, said)
    assert f"回执日志第 {said['index'] + 1} 号是别的记录，不是这张回执。" in text


def test_an_altered_receipt_is_named(client: Client, tender: Tender) -> None:
    said = receipt(tender)
    altered = {
        "received_at": "2026-04-01T08:00:00+08:00",
        "envelope_sha256": "00" * 32,
        "receipt": "YN-1",
        "index": said["index"] + 1,
        "nonce": "00" * 16,
    }
    for name, other in altered.items():
        text = check(client, said | {name: other})
        assert "签名不对：内容被改过，或者不是本站发的。" in text, name
        assert "回执日志里" not in text, name


def test_a_receipt_of_another_log_or_tender_is_named_and_noted(
    client: Client, tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    said = receipt(tender)
    text = check(client, said | {"log": "elsewhere.example/log/receipts"})
    assert "这是另一份日志的回执，不是本站发的：elsewhere.example/log/receipts。" in text
    text = check(client, said, "ocds-yn0000-2026-999999")
    assert f"这是另一个项目的回执：{tender.ocid}。" in text
    check(client, said, "ocds-yn0000-2026-999999")  # once more is no news
    assert caplog.messages == [  # and nothing of what was handed in
        "what was handed in does not fit: other-log",
        *["what was handed in does not fit: other-tender"] * 2,
    ]
    noted = Misfit.objects.order_by("pk").values_list("wrong", flat=True)
    assert list(noted) == ["other-log", "other-tender"]


def test_what_fits_is_not_noted(client: Client, tender: Tender) -> None:
    check(client, receipt(tender))
    assert not Misfit.objects.exists()


def test_before_the_deadline_it_says_when_the_register_comes(
    client: Client, who: Cast, open_now: Open
) -> None:
    tender = open_now()
    build.bid(tender, signatory(who), at=instants.real())
    assert "截止以后公布截标登记，那时再来核对。" in check(client, receipt(tender))


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "{}",
        "[]",
        "null",
        '{"v": "yn-bid-receipt/2"}',
        outside.text_of({**outside.RECEIPT, "log": "x", "index": 1, "sig": "?"}),
        outside.text_of({**outside.RECEIPT, "log": "x", "index": 1.5, "sig": ""}),
        outside.text_of({**outside.RECEIPT, "log": "x", "index": -1, "sig": ""}),
        outside.text_of({**outside.RECEIPT, "log": "x", "index": 1, "sig": "", "nonce": "xyz"}),
        outside.text_of(
            {**outside.RECEIPT, "log": "x", "index": 1, "sig": "", "received_at": "2026-01-01"}
        ),
        outside.text_of({**outside.RECEIPT, "log": "x", "index": 1, "sig": "", "n": 10**400}),
        "[" * 9000,
    ],
)
def test_what_is_no_receipt_is_named_and_kept_in_its_field(client: Client, text: str) -> None:
    said = check(client, text)
    assert "这不是投标回执。请用提交投标后下载的原文件" in said
    assert escape(text.strip()) in said


def test_nothing_given_is_asked_for(client: Client) -> None:
    assert "请选择回执文件，或者粘贴回执的全文。" in check(client, "")


def test_a_file_that_is_no_text_or_too_large_is_named(client: Client) -> None:
    photo = SimpleUploadedFile("receipt.jpg", b"\xff\xd8\xff" * 100, "image/jpeg")
    assert "这个文件不是文本" in client.post("/verify/", {"file": photo}).content.decode()
    large = SimpleUploadedFile("receipt.json", b"x" * 20_000, "application/json")
    assert "这个文件太大" in client.post("/verify/", {"file": large}).content.decode()


def test_it_works_without_an_account_and_keeps_nothing(
    client: Client, tender: Tender, who: Cast
) -> None:
    guarded = Client(enforce_csrf_checks=True)
    page = guarded.get("/verify/")
    token = page.context["csrf_token"]
    said = json.dumps(receipt(tender))
    response = guarded.post("/verify/", {"text": said, "csrfmiddlewaretoken": str(token)})
    assert response.status_code == 200
    assert "sessionid" not in response.cookies
    assert heads.latest(Log.RECEIPTS) is None
