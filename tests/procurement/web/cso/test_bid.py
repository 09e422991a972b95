"""A bid over HTTP: five steps, saved as you go; submitted once; replaced, withdrawn, late."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.urls import reverse
from pytest_django import Settings

from organizations import instants
from organizations.accounts.models import User
from organizations.roles import Actor, Role
from procurement.bids import actions as bids
from procurement.bids.models import Bid, BidDraft, BidDraftFile, BidFile
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, submit, text

pytestmark = pytest.mark.django_db


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


def test_a_bid_goes_through_five_steps_to_its_receipt(tender: Tender, by: Actor) -> None:
    client = browser(by)
    ocid = tender.ocid
    assert page(client, "cso:bid", ocid).status_code == 200
    answers = [
        send(client, "cso:bid-price", ocid, **desk.OFFER),
        send(client, "cso:bid-text", ocid, "proposal", text=desk.PROPOSAL),
        send(client, "cso:bid-text", ocid, "people", text="两名社工。"),
        send(client, "cso:bid-text", ocid, "quality", text="每季度回访。"),
        send(client, "cso:bid-files", ocid, attachments=[desk.plan(), desk.plan("b.pdf")], whole=1),
    ]
    assert [answer.headers["Location"] for answer in answers] == [
        reverse("cso:bid-text", args=[ocid, "proposal"]),
        reverse("cso:bid-text", args=[ocid, "people"]),
        reverse("cso:bid-text", args=[ocid, "quality"]),
        reverse("cso:bid-files", args=[ocid]),
        reverse("cso:bid-files", args=[ocid]),
    ]
    check = text(page(client, "cso:bid-check", ocid))
    for shown in (desk.PROPOSAL, "两名社工。", "每季度回访。", "110,000 元", "plan.pdf", "b.pdf"):
        assert shown in check

    sent = submit(client, tender)

    bid = Bid.objects.get()
    assert sent.headers["Location"] == reverse("cso:receipt", args=[bid.receipt_number])
    receipt = text(page(client, "cso:receipt", bid.receipt_number))
    digest = bid.envelope_sha256
    assert bid.receipt_number in receipt
    assert [f">{digest[at : at + 4]}<" in receipt for at in range(0, 64, 4)] == [True] * 16
    assert "2026年4月22日（星期三） 17:00:00" in receipt
    assert desk.PROPOSAL not in receipt


def test_the_sum_is_shown_after_saving(tender: Tender, by: Actor) -> None:
    client = browser(by)
    answer = send(client, "cso:bid-price", tender.ocid, **desk.OFFER, stay="1")
    assert answer.headers["Location"] == reverse("cso:bid-price", args=[tender.ocid])
    shown = text(page(client, "cso:bid-price", tender.ocid))
    assert "已保存的合计：110,000 元" in shown
    assert "预算 120,000 元" in shown


def test_a_price_over_the_budget_is_saved_and_named(tender: Tender, by: Actor) -> None:
    client = browser(by)
    send(client, "cso:bid-price", tender.ocid, **{"lot1-direct": "130000"})
    assert "第 1 包报价超过了预算 120,000 元，请调低。" in text(
        page(client, "cso:bid", tender.ocid)
    )
    assert bids.read_draft(tender, by=by).offers[0].amount == 130000


def test_only_cost_lines_the_tender_pays_are_asked(tender: Tender, by: Actor) -> None:
    tender.cost_policy.filter(line="rent").update(is_paid=False)
    client = browser(by)
    assert "场地租金" not in text(page(client, "cso:bid-price", tender.ocid))
    send(client, "cso:bid-price", tender.ocid, **desk.OFFER, **{"lot1-rent": "900"})
    assert dict(bids.read_draft(tender, by=by).offers[0].lines) == {
        "direct": 50000,
        "wages": 60000,
    }


def test_an_amount_that_is_no_number_keeps_what_was_typed(tender: Tender, by: Actor) -> None:
    client = browser(by)
    answer = send(
        client, "cso:bid-price", tender.ocid, **{"lot1-direct": "五万", "lot1-wages": "9"}
    )
    assert "请写成数字，例如 48000 或 4.8万。" in text(answer)
    assert 'value="五万"' in text(answer)
    assert 'value="9"' in text(answer)
    assert not BidDraft.objects.exists()


def test_a_bad_file_is_refused_in_words_and_the_good_one_stays(tender: Tender, by: Actor) -> None:
    client = browser(by)
    send(client, "cso:bid-text", tender.ocid, "proposal", text=desk.PROPOSAL)
    files = [desk.plan(), desk.plan("virus.exe", b"MZ"), desk.plan("photo.png", b"no picture")]

    answer = send(client, "cso:bid-files", tender.ocid, attachments=files, whole=1)

    shown = text(answer)
    assert "不能接收“virus.exe”这种格式" in shown
    assert "文件“photo.png”的内容和它的扩展名不一致" in shown
    assert [each.name for each in bids.draft_files(tender, by=by).values()] == ["plan.pdf"]
    assert bids.read_draft(tender, by=by).proposal == desk.PROPOSAL


def test_a_file_over_the_limit_is_refused_in_words(tender: Tender, by: Actor) -> None:
    client = browser(by)
    large = desk.plan("large.pdf", desk.PDF + b"x" * 10 * 1024 * 1024)
    assert "文件“large.pdf”太大" in text(
        send(client, "cso:bid-files", tender.ocid, attachments=large, whole=1)
    )
    assert not BidDraftFile.objects.exists()


def test_the_same_file_twice_is_kept_once_and_can_be_removed(tender: Tender, by: Actor) -> None:
    client = browser(by)
    for _ in range(2):
        send(client, "cso:bid-files", tender.ocid, attachments=desk.plan(), whole=1)
    [number] = bids.draft_files(tender, by=by)
    page_with_it = text(page(client, "cso:bid-files", tender.ocid))
    assert "plan.pdf" in page_with_it
    answer = send(client, "cso:bid-file-remove", tender.ocid, number)
    assert answer.headers["Location"] == reverse("cso:bid-files", args=[tender.ocid])
    assert bids.draft_files(tender, by=by) == {}


def test_no_file_chosen_says_so(tender: Tender, by: Actor) -> None:
    assert "请先选一个文件，再点上传。" in text(
        send(browser(by), "cso:bid-files", tender.ocid, whole=1)
    )


def test_an_unfinished_bid_is_refused_with_what_is_missing(tender: Tender, by: Actor) -> None:
    client = browser(by)
    send(client, "cso:bid-price", tender.ocid, **desk.OFFER)
    answer = submit(client, tender)
    assert "请写服务方案：做什么、怎么做、在哪里做。" in text(answer)
    assert reverse("cso:bid-text", args=[tender.ocid, "proposal"]) in text(answer)
    assert not Bid.objects.exists()


def test_a_double_click_submits_once(tender: Tender, by: Actor) -> None:
    desk.prepare(tender, by)
    client, key = browser(by), uuid4()
    answers = [submit(client, tender, key) for _ in range(2)]
    bid = Bid.objects.get()
    receipt = reverse("cso:receipt", args=[bid.receipt_number])
    assert [answer.headers["Location"] for answer in answers] == [receipt, receipt]


def test_a_submission_without_its_key_is_not_taken(tender: Tender, by: Actor) -> None:
    desk.prepare(tender, by)
    client = browser(by)
    assert submit(client, tender, "no key").status_code == 200
    assert not Bid.objects.exists()


def test_a_member_prepares_and_is_told_to_ask_the_signatory(tender: Tender, who: Cast) -> None:
    _person, member = people.member(who.csos[0].organization, Role.CSO_MEMBER)
    client = browser(member)
    desk.prepare(tender, member)
    assert "请签署人来提交" in text(page(client, "cso:bid-check", tender.ocid))
    assert submit(client, tender).status_code == 403
    assert page(client, "cso:bid-withdraw", tender.ocid).status_code == 403
    assert not Bid.objects.exists()


def test_a_second_submission_replaces_the_first(tender: Tender, by: Actor) -> None:
    desk.prepare(tender, by)
    client = browser(by)
    submit(client, tender)
    first = Bid.objects.get()
    desk.prepare(tender, by, at=desk.BIDDING + timedelta(minutes=1), yuan=100000)
    overview = text(page(client, "cso:bid", tender.ocid))
    assert "有修改还没有提交" in overview
    assert f"（回执号 {first.receipt_number}）仍然有效" in overview

    submit(client, tender)

    first.refresh_from_db()
    assert first.replaced_at == desk.BIDDING
    assert Bid.objects.in_force().count() == 1
    assert "已被后来的投标替换" in text(page(client, "cso:receipt", first.receipt_number))


def test_a_bid_is_withdrawn_after_a_confirmation(tender: Tender, by: Actor) -> None:
    desk.prepare(tender, by)
    client = browser(by)
    submit(client, tender)
    assert "确定撤回投标吗" in text(page(client, "cso:bid-withdraw", tender.ocid))
    assert Bid.objects.in_force().count() == 1
    send(client, "cso:bid-withdraw", tender.ocid)
    assert Bid.objects.in_force().count() == 0
    again = send(client, "cso:bid-withdraw", tender.ocid)
    assert "没有可以撤回的投标" in text(page(client, "cso:tender", tender.ocid))
    assert again.status_code == 302
    assert bids.read_draft(tender, by=by).proposal == desk.PROPOSAL


def test_a_withdrawal_that_arrived_in_time_is_done_though_it_waited(
    tender: Tender, by: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.prepare(tender, by)
    client = browser(by)
    submit(client, tender)
    bid = Bid.objects.get()
    monkeypatch.undo()
    settings.EDGE_STAMP_HEADER = "HTTP_X_RECEIVED_AT"
    monkeypatch.setattr(instants, "real", lambda: build.DEADLINE + timedelta(seconds=100))
    address = reverse("cso:bid-withdraw", args=[tender.ocid])

    def withdraw(arrived: datetime) -> int:
        stamp = f"{arrived.timestamp():.3f}"
        return client.post(address, headers={"x-received-at": stamp}).status_code

    assert withdraw(build.DEADLINE + timedelta(seconds=1)) == 409
    bid.refresh_from_db()
    assert bid.withdrawn_at is None
    assert withdraw(build.DEADLINE) == 302
    bid.refresh_from_db()
    assert bid.withdrawn_at == build.DEADLINE


def test_one_second_after_the_deadline_everything_is_refused(
    tender: Tender, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.prepare(tender, by)
    client, key = browser(by), uuid4()
    submit(client, tender, key)
    desk.stand_still(monkeypatch, build.DEADLINE + timedelta(seconds=1))

    late = submit(client, tender)
    saved = send(client, "cso:bid-text", tender.ocid, "proposal", text="太晚了")
    withdrawn = send(client, "cso:bid-withdraw", tender.ocid)
    attached = send(client, "cso:bid-files", tender.ocid, attachments=desk.plan(), whole=1)

    assert [late.status_code, saved.status_code, withdrawn.status_code] == [409, 409, 409]
    assert attached.status_code == 409
    assert "投标时间已经截止，不能再提交投标。" in text(late)
    bid = Bid.objects.get()
    assert (bid.replaced_at, bid.withdrawn_at, bid.opened_at) == (None, None, None)
    assert not BidDraftFile.objects.exists()
    again = submit(client, tender, key)  # a retry of what arrived in time
    assert again.headers["Location"] == reverse("cso:receipt", args=[bid.receipt_number])


def test_at_the_last_instant_a_bid_is_taken(
    tender: Tender, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.prepare(tender, by)
    desk.stand_still(monkeypatch, build.DEADLINE)
    submit(browser(by), tender)
    assert Bid.objects.get().submitted_at == build.DEADLINE


def test_content_is_cipher_text_until_the_opening(tender: Tender, by: Actor) -> None:
    desk.prepare(tender, by)
    bids.attach(tender, name="秘密.pdf", content=desk.PDF, by=by, at=desk.BIDDING)
    client = browser(by)
    answer = submit(client, tender)
    draft, kept, bid = BidDraft.objects.get(), BidDraftFile.objects.get(), Bid.objects.get()
    for stored in (draft.content, kept.content, bid.envelope or b""):
        assert "秘密".encode() not in bytes(stored)
        assert desk.PDF not in bytes(stored)
    assert bid.proposal == ""
    assert not BidFile.objects.exists()
    assert "秘密" not in answer.headers["Location"]
    assert all("秘密" not in str(value) for value in client.session.values())


def test_nobody_else_reaches_a_bid_before_the_opening(tender: Tender, by: Actor, who: Cast) -> None:
    desk.prepare(tender, by)
    submit(browser(by), tender)
    number = Bid.objects.get().receipt_number
    rival = browser(people.signatory(who.csos[1]))
    assert page(rival, "cso:receipt", number).status_code == 404
    assert page(rival, "cso:bid-result", number).status_code == 404
    assert desk.PROPOSAL not in text(page(rival, "cso:bid-check", tender.ocid))
    for outsider in (who.approver, who.drafter, who.panel[0]):
        assert page(browser(outsider), "cso:receipt", number).status_code == 403
    root = User.objects.create_superuser("root@example.org", people.PASSWORD)
    client = browser(by)
    client.force_login(root)
    assert page(client, "cso:receipt", number).status_code == 403
    assert page(client, "cso:bid-check", tender.ocid).status_code == 403
    shown = {model._meta.model_name for model in admin.site._registry}
    assert shown.isdisjoint({"bid", "biddraft", "biddraftfile", "offer", "bidfile"})
    own = page(browser(by), "cso:bid-result", number)
    assert own.status_code == 404  # sealed for its author too


def test_after_the_opening_our_own_content_and_result_are_readable(
    tender: Tender, who: Cast, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bids.prepare(tender, changes={}, by=by, at=desk.BIDDING)
    bids.attach(tender, name="计划.pdf", content=desk.PDF, by=by, at=desk.BIDDING)
    opened = build.opened(who, tender)
    number = Bid.objects.get(organization=who.csos[0].organization).receipt_number
    client = browser(by)
    desk.stand_still(monkeypatch, build.JUDGING)
    assert "结果还没有公布" in text(page(client, "cso:bid-result", number))

    build.awarded(who, build.evaluated(who, opened))
    desk.stand_still(monkeypatch, build.DECISION)

    shown = text(page(client, "cso:bid-result", number))
    assert "我们成交了。" in shown
    assert "每月随访一次，遇到困难及时转介。" in shown
    loser = Bid.objects.exclude(organization=who.csos[0].organization).first()
    assert loser is not None
    assert page(client, "cso:bid-result", loser.receipt_number).status_code == 404
    stored = BidFile.objects.get()
    download = client.get(reverse("cso:bid-file", args=[number, stored.pk]))
    assert b"".join(download.streaming_content) == desk.PDF  # type: ignore[attr-defined]
    assert download.headers["Content-Disposition"].startswith("attachment;")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert download.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    other = client.get(reverse("cso:bid-file", args=[loser.receipt_number, stored.pk]))
    assert other.status_code == 404
