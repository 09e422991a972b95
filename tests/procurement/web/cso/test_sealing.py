"""Bids sealed elsewhere, over HTTP: the kit, the upload, a fingerprint first and then the file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from organizations.roles import Actor, Role
from portal.demo import gatekeeper
from procurement.bids import package as packages
from procurement.bids import sealing
from procurement.bids.models import Bid
from procurement.bids.package import LotOffer, Package
from procurement.bids.parts import RefusedEnvelope
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, text

pytestmark = pytest.mark.django_db

CODE = "3141592653589793238462643383279502884197"
BID = Package(
    proposal="每月随访，绝密方案。",
    team="两名社工。",
    offers=(LotOffer(1, {"direct": Decimal(50000), "wages": Decimal(60000)}),),
)


@pytest.fixture
def who() -> Cast:
    return build.cast(3)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    found = build.published(who)
    desk.stand_still(monkeypatch, desk.BIDDING)
    return found


@pytest.fixture
def by(who: Cast) -> Actor:
    return people.signatory(who.csos[0])


@pytest.fixture
def client(by: Actor) -> Client:
    return browser(by)


def kit(client: Client, tender: Tender) -> dict[str, object]:
    """The kit, as a device reads it."""
    read: dict[str, object] = json.loads(page(client, "cso:bid-kit", tender.ocid).content)
    return read


def sealed(
    client: Client,
    tender: Tender,
    changes: Mapping[str, str] | None = None,
    content: Package = BID,
) -> bytes:
    """An envelope made on a device from the kit alone."""
    given = kit(client, tender)
    context = given["context"]
    assert isinstance(context, dict)
    place = sealing.Context(**{**context, **(changes or {})})
    keys = sealing.KeySet.from_manifest(str(given["manifest"]).encode())
    return sealing.seal(packages.pack(content), place, keys, code=CODE, mode="C")


def upload(client: Client, tender: Tender, content: bytes, key: object = None) -> HttpResponse:
    """What the upload page answers."""
    file = SimpleUploadedFile("bid.ybid", content)
    return send(
        client, "cso:bid-upload", tender.ocid, envelope=file, request_key=key or uuid4(), whole=1
    )


def promise(client: Client, tender: Tender, content: bytes, **changes: object) -> HttpResponse:
    """What the page that takes a fingerprint answers."""
    data = {
        "fingerprint": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "request_key": uuid4(),
    }
    return send(client, "cso:bid-promise", tender.ocid, **data | changes)


def deliver(client: Client, tender: Tender, content: bytes) -> HttpResponse:
    """What the page that takes the promised file answers."""
    file = SimpleUploadedFile("bid.ybid", content)
    return send(client, "cso:bid-deliver", tender.ocid, envelope=file, whole=1)


def test_the_kit_says_where_and_to_whom_and_holds_no_secret(
    client: Client, tender: Tender, by: Actor
) -> None:
    desk.prepare(tender, by)
    read = kit(client, tender)
    place = read["context"]
    assert isinstance(place, dict)
    assert place["tender"] == tender.ocid
    assert place["keyset"] == hashlib.sha256(str(read["manifest"]).encode()).hexdigest()
    assert read["lots"] == [{"number": 1, "title": "五华区随访关怀", "budget": "120000.00"}]
    lines = read["lines"]
    assert isinstance(lines, list)
    assert {"line": "wages", "zh": "人员工资", "en": "Wages", "share": ""} in lines
    assert read["deadline"] == "2026-04-28T17:00:00+08:00"
    assert desk.PROPOSAL not in json.dumps(read, ensure_ascii=False)


def test_a_bid_sealed_from_the_kit_is_taken_and_opened(
    client: Client, who: Cast, tender: Tender
) -> None:
    envelope = sealed(client, tender)
    answer = upload(client, tender, envelope)
    bid = Bid.objects.get()
    assert answer.headers["Location"] == reverse("cso:receipt", args=[bid.receipt_number])
    assert bid.envelope_sha256 == hashlib.sha256(envelope).hexdigest()
    assert bytes(bid.envelope or b"") == envelope
    assert bid.mode == "C"
    for other in list(who.signatories())[1:]:
        build.bid(tender, other)
    gatekeeper.open_bids(tender, at=build.OPENING)
    bid.refresh_from_db()
    assert bid.proposal == BID.proposal
    assert bid.status == "valid"


def test_a_bid_sealed_unseen_keeps_to_the_budget_or_is_void(
    client: Client, who: Cast, tender: Tender
) -> None:
    dear = replace(BID, offers=(LotOffer(1, {"direct": Decimal(120001)}),))
    upload(client, tender, sealed(client, tender, content=dear))
    for other in list(who.signatories())[1:]:
        build.bid(tender, other)
    gatekeeper.open_bids(tender, at=build.OPENING)
    bid = Bid.objects.get(mode="C")
    assert bid.status == "disqualified"
    assert (
        bid.disqualification
        == "与采购公告不符，投标无效。第 1 包报价超过了预算 120,000 元，请调低。"
    )
    assert Bid.objects.filter(status="valid").count() == 2


def test_a_double_click_uploads_once(client: Client, tender: Tender) -> None:
    key, envelope = uuid4(), sealed(client, tender)
    places = {upload(client, tender, envelope, key).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Bid.objects.count() == 1


def test_a_corrected_file_sent_by_the_same_form_counts_or_is_told_at_once(
    client: Client, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    first, second, third = (sealed(client, tender) for _ in range(3))
    before = upload(client, tender, first, key)

    after = upload(client, tender, second, key)

    bid = Bid.objects.in_force().get()
    assert bid.envelope_sha256 == hashlib.sha256(second).hexdigest()
    assert after.headers["Location"] == reverse("cso:receipt", args=[bid.receipt_number])
    assert after.headers["Location"] != before.headers["Location"]
    desk.stand_still(monkeypatch, build.DEADLINE + timedelta(seconds=1))
    for late in (
        upload(client, tender, third, key),
        promise(client, tender, third, request_key=key),
    ):
        assert late.status_code == 422
        assert "截止时间已过，这次的文件没有收下" in text(late)
    assert upload(client, tender, second, key).headers["Location"] == after.headers["Location"]
    assert Bid.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tender": "ocds-yn0000-2026-999999"}, "给另一个项目的"),
        ({"notice": "ab" * 32}, "公告有了更正"),
        ({"supplier": "CN-X-1"}, "另一个组织的"),
    ],
    ids=["tender", "notice", "supplier"],
)
def test_an_envelope_of_another_place_is_refused_in_words(
    client: Client, tender: Tender, change: dict[str, str], words: str
) -> None:
    answer = upload(client, tender, sealed(client, tender, change))
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Bid.objects.exists()


def test_what_is_no_envelope_is_refused_in_words(client: Client, tender: Tender) -> None:
    whole = sealed(client, tender)
    for content, words in (
        (b"%PDF-1.7", "这不是密封件"),
        (whole[:-1], "没有收全"),
        (whole + b"\0", "长度和它自己写的不一致"),
        (b"yn-sealed-bid/9\n" + whole[16:], "版本本网站不认识"),
    ):
        answer = upload(client, tender, content)
        assert answer.status_code == 422
        assert words in text(answer)
    empty = text(upload(client, tender, b""))
    assert "这个文件是空的" in empty
    assert not Bid.objects.exists()


def test_an_envelope_cut_off_as_too_large_is_refused_beside_its_field(
    client: Client, tender: Tender, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 10_000
    answer = upload(client, tender, sealed(client, tender))
    assert answer.status_code == 422
    assert "密封件太大" in text(answer)
    assert not Bid.objects.exists()
    kept = RefusedEnvelope.objects.get()
    assert kept.reason.startswith("oversized")
    assert kept.size > 10_000


def test_a_fingerprint_in_time_and_the_file_a_day_later(
    client: Client, who: Cast, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = sealed(client, tender)
    shown = hashlib.sha256(envelope).hexdigest().upper()
    spaced = " ".join(shown[place : place + 4] for place in range(0, 64, 4))
    answer = promise(client, tender, envelope, fingerprint=spaced, size=f"{len(envelope):,}")
    bid = Bid.objects.get()
    assert answer.headers["Location"] == reverse("cso:receipt", args=[bid.receipt_number])
    assert bid.envelope is None
    receipt = text(page(client, "cso:receipt", bid.receipt_number))
    assert "指纹已经收到，还差文件" in receipt
    assert "还没有收到" in receipt
    assert "投标已经密封提交" not in receipt
    for other in list(who.signatories())[1:]:
        build.bid(tender, other)

    desk.stand_still(monkeypatch, build.DEADLINE + timedelta(hours=20))
    assert "请上传同一个 .ybid 文件" in text(page(client, "cso:bid-deliver", tender.ocid))
    wrong = deliver(client, tender, envelope + b"\0")
    assert wrong.status_code == 422
    assert "指纹" in text(wrong)
    done = deliver(client, tender, envelope)
    assert done.headers["Location"] == reverse("cso:receipt", args=[bid.receipt_number])
    receipt = text(page(client, "cso:receipt", bid.receipt_number))
    assert "投标已经密封提交" in receipt
    assert "文件在 2026年4月29日（星期三）13:00 收到，和指纹一致" in receipt
    again = page(client, "cso:bid-deliver", tender.ocid)  # delivered: nothing more to bring
    assert again.headers["Location"] == done.headers["Location"]
    gatekeeper.open_bids(tender, at=build.DEADLINE + timedelta(hours=21))
    bid.refresh_from_db()
    assert bid.proposal == BID.proposal


def test_the_receipt_says_when_a_file_is_awaited_no_more(
    client: Client, who: Cast, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise(client, tender, sealed(client, tender))
    bid = Bid.objects.get()
    for other in list(who.signatories())[1:]:
        build.bid(tender, other)
    gatekeeper.close(tender, at=build.OPENING + timedelta(days=1))
    desk.stand_still(monkeypatch, build.OPENING + timedelta(days=1, hours=1))
    receipt = text(page(client, "cso:receipt", bid.receipt_number))
    assert "文件没有按时收到" in receipt
    assert "过了就不算数" not in receipt


def test_a_fingerprint_that_is_none_is_refused_in_words(client: Client, tender: Tender) -> None:
    for changes, words in (
        ({"fingerprint": "abc"}, "这里有 3 位"),
        ({"fingerprint": ""}, "请填写封标工具显示的指纹"),
        ({"size": "many"}, "请只写数字"),
        ({"size": 10**9}, "密封件太大"),
        ({"size": 0}, "请填写封标工具显示的字节数"),
    ):
        answer = promise(client, tender, b"x", **changes)
        assert answer.status_code == 200
        assert words in text(answer)
    assert not Bid.objects.exists()


def test_nothing_is_delivered_that_was_not_promised(client: Client, tender: Tender) -> None:
    assert page(client, "cso:bid-deliver", tender.ocid).status_code == 404
    assert deliver(client, tender, b"x").status_code == 404


def test_the_page_says_what_each_way_promises_and_works_without_scripts(
    client: Client, tender: Tender
) -> None:
    said = text(page(client, "cso:bid-seal", tender.ocid))
    for words in (
        "这个浏览器没有打开脚本",
        "密封保证什么，不保证什么",
        "服务器在内存里看得见内容和回执码",
        "谁控制了服务器，就可能换掉网页",
        "sealer/sealer.html",
        reverse("cso:bid-kit", args=[tender.ocid]),
        f'action="{reverse("cso:bid-upload", args=[tender.ocid])}"',
        f'action="{reverse("cso:bid-promise", args=[tender.ocid])}"',
    ):
        assert words in said
    assert "密封保证什么，不保证什么" in text(page(client, "cso:bid-check", tender.ocid))
    for name in ("cso:bid-upload", "cso:bid-promise"):
        assert page(client, name, tender.ocid).status_code == 200


def test_a_member_seals_and_the_signatory_uploads(
    who: Cast, tender: Tender, client: Client
) -> None:
    _person, member = people.member(who.csos[0].organization, Role.CSO_MEMBER)
    helper = browser(member)
    assert "请签署人来提交" in text(page(helper, "cso:bid-seal", tender.ocid))
    envelope = sealed(helper, tender)
    assert upload(helper, tender, envelope).status_code == 403
    assert upload(client, tender, envelope).status_code == 302


def test_after_the_deadline_nothing_is_taken(
    client: Client, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = sealed(client, tender)
    desk.stand_still(monkeypatch, build.DEADLINE + timedelta(seconds=1))
    assert page(client, "cso:bid-seal", tender.ocid).status_code == 409
    assert upload(client, tender, envelope).status_code == 409
    assert promise(client, tender, envelope).status_code == 409
    assert not Bid.objects.exists()
