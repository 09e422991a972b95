"""A procurement's page and its notices: everything published is there, and nothing else."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portal.demo import gatekeeper
from procurement.documents import actions as documents
from procurement.documents.models import Document
from procurement.enquiries import actions as enquiries
from procurement.publication.models import Entry
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.public.conftest import Open

pytestmark = pytest.mark.django_db


def story(client: Client, tender: Tender) -> str:
    """The text of a tender's page."""
    response = client.get(reverse("public:tender", args=[tender.ocid]))
    assert response.status_code == 200
    return response.content.decode()


def test_an_open_tender_says_what_to_do_by_when(client: Client, open_now: Open) -> None:
    text = story(client, open_now(days_left=12))
    for words in (
        "正在接受投标",
        "还有 <b>12</b> 天",
        "提问截止",
        "请一家社会组织为五华区的感染者做一年随访关怀。",
        "登记的社会组织可以投标；没有登记的小组可以由托管组织代为投标。",
        "支付全部成本",
        "120,000 元",
        "服务方案",
        "规则手册 cn-53",
        "采购意向",
    ):
        assert words in text
    assert "结果和理由" not in text
    assert "开标记录" not in text


def test_an_awarded_tender_tells_who_won_why_and_how_all_ranked(
    client: Client, who: Cast, awarded: Tender
) -> None:
    text = story(client, awarded)
    winner = who.csos[0].organization.name
    assert f"结果已公布：{winner} 成交，100,000 元。" in text
    for words in ("方案最符合需求，人员稳定，报价合理。", "105,000 元", "110,000 元", "评审小组"):
        assert words in text
    for group in who.csos:
        assert group.organization.name in text
    assert "质疑期已在" in text
    assert "两名专职社工" not in text


def test_each_change_is_shown_before_and_after(client: Client, who: Cast, open_now: Open) -> None:
    tender = open_now()
    assert tender.published_at is not None
    at = tender.published_at + timedelta(days=1)
    build.amended(who, tender, at)
    text = story(client, tender)
    for words in ("需求增加。", "<del>200</del>", "<ins>300</ins>", "变更前"):
        assert words in text


def test_questions_are_answered_to_everyone_and_nobody_is_named(
    client: Client, who: Cast, open_now: Open
) -> None:
    tender = open_now()
    assert tender.published_at is not None
    at = tender.published_at + timedelta(days=1)
    asker = who.csos[0].organization.name
    asked = enquiries.ask(tender, question="可以付工资吗？", by=next(who.signatories()), at=at)
    assert "可以付工资吗？" not in story(client, tender)
    enquiries.answer(asked, text="可以，社会保险也付。", by=who.drafter, at=at)
    text = story(client, tender)
    assert "可以付工资吗？" in text
    assert "可以，社会保险也付。" in text
    assert asker not in text


def test_a_sealed_bid_leaves_no_trace(client: Client, who: Cast) -> None:
    tender = build.published(who)
    bid = build.bid(tender, next(who.signatories()), yuan=111111)
    text = story(client, tender)
    for word in (who.csos[0].organization.name, "111,111", bid.receipt_number):
        assert word not in text


def test_a_cancelled_and_a_failed_tender_say_why(client: Client, who: Cast) -> None:
    tender = build.published(who)
    tenders.cancel(
        tender,
        reason="预算调整，不再采购。",
        by=who.approver,
        at=build.TENDER_DAY + timedelta(days=2),
    )
    assert "已终止。预算调整，不再采购。" in story(client, tender)

    failed = build.published(build.cast(1))
    gatekeeper.open_bids(failed, at=build.OPENING)
    assert "采购失败。" in story(client, failed)


def test_each_notice_stands_alone_with_its_number_and_fingerprint(
    client: Client, awarded: Tender
) -> None:
    for entry in Entry.objects.of(awarded.ocid):
        response = client.get(reverse("public:notice", args=[entry.release_id]))
        text = response.content.decode()
        assert response.status_code == 200
        assert bytes(entry.leaf_hash).hex() in text
        assert entry.release_id in text
        assert reverse("public:release", args=[entry.release_id]) in text


def test_a_release_is_the_bytes_of_the_log(client: Client, awarded: Tender) -> None:
    entry = Entry.objects.of(awarded.ocid)[1]
    address = reverse("public:release", args=[entry.release_id])
    response = client.get(address)
    assert response.content == bytes(entry.body)
    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "immutable" in response["Cache-Control"]
    again = client.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_package_can_be_read_to_its_end(client: Client, awarded: Tender) -> None:
    first = json.loads(client.get(reverse("public:release-package")).content)
    assert [r["id"] for r in first["releases"]] == list(
        Entry.objects.order_by("index").values_list("release_id", flat=True)
    )
    following = first["links"]["next"].split("127.0.0.1:8000")[1]
    last = json.loads(client.get(following).content)
    assert last["releases"] == []
    assert "links" not in last
    since = first["releases"][2]["date"]
    later = json.loads(client.get(reverse("public:release-package"), {"since": since}).content)
    assert [r["id"] for r in later["releases"]] == [r["id"] for r in first["releases"]][2:]
    assert "since=" in later["links"]["next"]


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"since": "2026-04-01"}, {"after": "x"}])
def test_a_package_refuses_what_it_cannot_read(client: Client, query: dict[str, str]) -> None:
    assert client.get(reverse("public:release-package"), query).status_code == 400


@pytest.fixture
def file(who: Cast) -> Document:
    """A stored file that no notice names yet."""
    return documents.store(
        title="采购文件",
        document_type="biddingDocuments",
        name="采购文件.txt",
        content="服务内容。".encode(),
        by=who.drafter,
        at=build.TENDER_DAY,
    )


def test_a_file_is_not_there_before_its_notice(client: Client, file: Document) -> None:
    address = reverse("public:document", args=[file.pk, file.name])
    assert client.get(address).status_code == 404
    documents.publish([file], at=build.TENDER_DAY)
    response = client.get(address)
    assert b"".join(response) == "服务内容。".encode()
    assert client.get(reverse("public:document", args=[file.pk, "other.txt"])).status_code == 404


def test_a_file_is_to_be_kept_not_run(client: Client, file: Document) -> None:
    documents.publish([file], at=build.TENDER_DAY)
    address = reverse("public:document", args=[file.pk, file.name])
    response = client.get(address)
    assert b"".join(response) == "服务内容。".encode()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["ETag"] == f'"{file.sha256}"'
    assert "immutable" in response["Cache-Control"]
    assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "name", ["public:tender", "public:planning", "public:notice", "public:release", "public:record"]
)
def test_what_is_not_published_is_not_there(client: Client, name: str, who: Cast) -> None:
    draft = build.draft(who, "grant")
    assert client.get(reverse(name, args=[draft.ocid])).status_code == 404
    assert client.get(reverse(name, args=["ocds-yn0000-2026-999999"])).status_code == 404
