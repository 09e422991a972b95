"""The audit: silent about a log that fits, one plain line for each thing that does not."""

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from organizations.roles import SYSTEM
from portal.demo import gatekeeper
from procurement import clock
from procurement.awards.models import Award
from procurement.bids import actions as bids
from procurement.bids import disclosure, sealed
from procurement.bids.actions import closing
from procurement.bids.models import Bid, Offer
from procurement.bids.parts import Receipt
from procurement.ocds.fragments import Fragment
from procurement.publication import heads, log, merkle, notes, proofs
from procurement.publication.models import AwardListing, Entry, Listing, RuleTally
from procurement.publication.tree import Checkpoint, Cosignature, Log, LogHead, ReceiptLeaf
from procurement.pulse.models import Canary, Outage
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot
from tests.builders import procurement as build
from tests.procurement.publication import logs

pytestmark = pytest.mark.django_db

AT = build.START
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
KEY = notes.Key.of("witness.example/audit", WITNESS, notes.COSIGNATURE)
FITS = "全部相符。"


def audit(*heads_kept: Path) -> list[str]:
    """The lines of an audit."""
    out = StringIO()
    arguments = [f"--head={path}" for path in heads_kept]
    code = 0
    try:
        call_command("audit_log", *arguments, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    lines = out.getvalue().splitlines()
    assert (lines[-1] == FITS) == (code == 0)
    return lines


def findings() -> list[str]:
    """What an audit finds."""
    return [line for line in audit()[:-1] if "个日志头。" not in line]


def signed(n: int = 1) -> Checkpoint:
    """Some notices, and a head over them."""
    logs.publish(n)
    checkpoint = heads.sign(Log.NOTICES, at=AT)
    assert checkpoint
    return checkpoint


def finished(who: build.Cast) -> Tender:
    """A procurement from its plan to its award."""
    tender = build.published(who)
    for signatory in who.signatories():
        build.bid(tender, signatory)
    tender = build.evaluated(who, build.opened(who, tender))
    build.awarded(who, tender)
    return tender


def test_a_whole_procurement_fits(settings: Settings) -> None:
    settings.WITNESSES = [KEY.vkey()]
    who = build.cast()
    finished(who)
    checkpoint = heads.sign(Log.NOTICES, at=AT)
    assert checkpoint
    text = notes.Note.parse(checkpoint.note).text
    line = notes.cosign(text, KEY.name, WITNESS, seconds=int(AT.timestamp())).line()
    proofs.accept(Log.NOTICES, line, at=AT)
    build.published(who)
    log.append_receipts([b"yn-bid-leaf/1\n" + bytes(32)] * 32)
    heads.sign_all(at=AT)
    sizes = [(row.size, 2 * Checkpoint.objects.filter(log=row.pk).count()) for row in _heads()]
    assert audit() == [
        f"公告日志：{sizes[0][0]} 条，核对了 {sizes[0][1]} 个日志头。",
        f"回执日志：{sizes[1][0]} 条，核对了 {sizes[1][1]} 个日志头。",
        FITS,
    ]


def _heads() -> list[LogHead]:
    return list(LogHead.objects.order_by("pk"))


def test_an_empty_log_fits() -> None:
    assert audit()[-1] == FITS


def test_a_rewritten_notice_is_found_in_every_head() -> None:
    signed(3)
    signed(2)
    logs.rewrite(1, b'{"changed":true}')
    found = findings()
    assert "第 1 条：正文读不懂" in found
    roots = [line for line in found if "历史被改写" in line]
    assert {line.split("：")[0] for line in roots} == {
        "数据库里的日志头 3",
        "库外副本第 1 行",
        "数据库里的日志头 5",
        "库外副本第 2 行",
    }


def test_a_body_changed_alone_is_found() -> None:
    signed(3)
    with logs.superuser(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE procurement_entry DROP CONSTRAINT entry_leaf_hash_is_of_its_body"
        )
        cursor.execute("UPDATE procurement_entry SET body = body || ' ' WHERE index = 2")
    found = findings()
    assert "第 2 条的叶子哈希不是它正文的" in found
    assert "第 2 条：不是规范的 JSON（RFC 8785）" in found


def test_columns_beside_a_notice_say_what_it_says() -> None:
    signed(2)
    with logs.superuser():
        Entry.objects.filter(index=1).update(published_at=AT + timedelta(days=1))
    assert "第 1 条：编号、类型或日期与正文不符" in findings()


def test_a_missing_notice_and_its_nodes_are_found() -> None:
    signed(4)
    with logs.superuser():
        Entry.objects.filter(index=3).delete()
    found = findings()
    assert "数据库里的日志头 4：头有 4 条，日志只有 3 条（恢复了旧的备份？）" in found
    assert "存有 7 个节点，应有 4 个" in found
    assert "记录的条数是 4，实际有 3 条" in found


def test_a_gap_is_found() -> None:
    signed(4)
    with logs.superuser():
        Entry.objects.filter(index=1).delete()
    assert "第 1 条缺失或序号不对" in findings()


def test_changed_nodes_are_found() -> None:
    signed(4)
    with logs.superuser(), connection.cursor() as cursor:
        cursor.execute("UPDATE procurement_lognode SET hash = sha256(hash) WHERE level = 2")
    assert findings() == ["节点 2/0 缺失，或与内容不符"]


def test_a_head_changed_by_hand_is_found() -> None:
    signed(2)
    with logs.superuser():
        Checkpoint.objects.update(note=Checkpoint.objects.get().note.replace("\n2\n", "\n3\n"))
    [found] = findings()
    assert found.startswith("数据库里的日志头 2：签名不对")


def test_a_wrong_word_of_a_witness_is_found(settings: Settings) -> None:
    settings.WITNESSES = [KEY.vkey()]
    checkpoint = signed()
    line = notes.cosign("another text\n", KEY.name, WITNESS, seconds=1).line()
    for size in (checkpoint.size, 7):
        Cosignature.objects.create(
            log=1, size=size, witness=KEY.name, line=line, cosigned_at=AT, received_at=AT
        )
    assert findings() == [
        "witness.example/audit 在 1 条的日志头上的签名不对",
        "witness.example/audit 签过的 7 条的日志头不在了",
    ]


@pytest.mark.parametrize("left", ["", "x\n"])
def test_a_copy_that_is_damaged_or_old_is_found(left: str) -> None:
    signed()
    heads.copy_of(Log.NOTICES).write_text(left)
    found = findings()
    assert found[-1].endswith("缺少最新的日志头（1 条）")
    assert len(found) == (2 if left else 1)


def test_a_head_that_somebody_kept_is_compared(tmp_path: Path) -> None:
    old = tmp_path / "kept.txt"
    letter = heads.letter(signed(3))
    old.write_text("".join(f"> {line}\r\n" for line in letter.split("\n")))  # quoted in an answer
    signed(2)
    assert audit()[0] == "公告日志：5 条，核对了 4 个日志头。"
    assert audit(old)[0] == "公告日志：5 条，核对了 5 个日志头。"
    logs.rewrite(0, bytes(Entry.objects.get(index=1).body))
    logs.sign_again()
    heads.copy_of(Log.NOTICES).unlink()
    assert any(line.startswith("kept.txt：3 条时签名的根") for line in audit(old))
    logs.forget(2)
    assert any(line.startswith("kept.txt：头有 3 条") for line in audit(old))


@pytest.mark.parametrize(
    "text", ["", "no head\n", "x/log/notices\n1\nAAAA\n\n— x/log/notices AAAA\n"]
)
def test_a_file_without_a_head_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kept.txt"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"kept\.txt"):
        call_command("audit_log", f"--head={path}", stdout=StringIO())


def test_a_catalogue_that_says_something_else_is_found() -> None:
    who = build.cast()
    tender = finished(who)
    Listing.objects.filter(pk=tender.ocid).update(budget=1)
    AwardListing.objects.filter(ocid=tender.ocid).delete()
    RuleTally.objects.create(rule_id="no.such.rule", kept=1)
    found = findings()
    ocid = tender.ocid
    assert f"{ocid}：项目目录：目录缺少一行“{tender.title}”" in found
    assert f"{ocid}：成交目录：目录缺少一行“{tender.title}”" in found
    assert f"{ocid}：成交结果与公告不符" in found
    assert "规则 no.such.rule 的遵守次数与公告不符" in found


def test_tables_that_say_something_else_are_found() -> None:
    who = build.cast()
    tender = finished(who)
    with logs.superuser():
        Tender.objects.filter(pk=tender.pk).update(
            title="别的项目", tender_period_end=build.DEADLINE + timedelta(days=1)
        )
        Award.objects.update(amount=1)
    found = findings()
    assert f"{tender.ocid}：标题在库中是“别的项目”，公开的是“{tender.title}”" in found
    assert any(line.startswith(f"{tender.ocid}：投标截止在库中是") for line in found)
    assert f"{tender.ocid}：成交结果与公告不符" in found
    assert len(found) == 3


def test_receipts_out_of_their_place_are_found() -> None:
    tender = finished(build.cast())
    given = Receipt.objects.filter(bid__tender=tender, action="submit")
    first, second, third, *_others = given.order_by("place")
    with logs.superuser():
        Receipt.objects.filter(pk=first.pk).update(nonce="00" * 16)
        other = b"yn-bid-leaf/1\n" + bytes(32)
        ReceiptLeaf.objects.filter(index=second.place).update(
            body=other, leaf_hash=merkle.leaf_hash(other)
        )
        body = bytes(third.body).replace(b'"submit"', b'"cancel"')
        Receipt.objects.filter(pk=third.pk).update(body=body)
    found = findings()
    assert f"第 {first.number} 号回执：与库中的投标不符" in found
    assert f"第 {second.number} 号回执：不在回执日志里它的位置上" in found
    assert f"第 {third.number} 号回执：签名不对" in found
    assert f"第 {third.number} 号回执：不在回执日志里它的位置上" in found
    assert f"{tender.ocid}：截标登记与出具的回执不符" in found


@pytest.mark.usefixtures("told_by_acts")
def test_an_opening_that_passes_over_a_registered_bid_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = disclosure.opening_record

    def without_the_first(
        tender: Tender, bids: list[Bid], offers: list[Offer], lots: list[Lot], at: datetime
    ) -> Fragment:
        kept = [offer for offer in offers if offer.bid != bids[0]]
        return whole(tender, bids[1:], kept, lots, at)

    monkeypatch.setattr(disclosure, "opening_record", without_the_first)
    tender = finished(build.cast())
    assert f"{tender.ocid}：开标记录里的投标，不是截标登记里算数的那些" in findings()


@pytest.mark.usefixtures("told_by_acts")
def test_an_opening_that_lists_nobody_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = disclosure.opening_record
    monkeypatch.setattr(
        disclosure,
        "opening_record",
        lambda tender, _b, _o, lots, at: whole(tender, [], [], lots, at),
    )
    who = build.cast()
    tender = build.published(who)
    build.bid(tender, next(who.signatories()))
    gatekeeper.open_bids(tender, at=build.OPENING)
    assert f"{tender.ocid}：开标记录里的投标，不是截标登记里算数的那些" in findings()


@pytest.mark.usefixtures("told_by_acts")
@pytest.mark.parametrize("said", ["withdrawn", "counts"])
def test_a_register_that_says_otherwise_than_the_receipts_is_found(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(closing, "_status", lambda _bid: said)
    who = build.cast()
    tender = build.published(who)
    signatory = next(who.signatories())
    build.bid(tender, signatory)
    if said == "counts":  # though it was withdrawn, with a receipt
        bids.withdraw(tender, by=signatory, at=build.DEADLINE)
    bids.close(tender, by=SYSTEM, at=build.OPENING)
    assert findings() == [f"{tender.ocid}：截标登记与出具的回执不符"]


def test_bids_replaced_withdrawn_promised_and_too_few_are_no_fault() -> None:
    who = build.cast()
    tender = build.published(who)
    first, second, third = who.signatories()
    build.bid(tender, first)
    build.bid(tender, first)
    build.bid(tender, second)
    bids.withdraw(tender, by=second, at=build.DEADLINE)
    bids.promise(
        tender, fingerprint="ab" * 32, size=4096, request_key=uuid4(), by=third, at=build.DEADLINE
    )
    gatekeeper.open_bids(tender, at=build.OPENING + timedelta(hours=25))
    assert findings() == []
    with logs.superuser():
        Tender.objects.filter(pk=tender.pk).update(delivery_ended_at=None)
    assert [line.split("在库中是")[0] for line in findings()] == [
        f"{tender.ocid}：不再等补交文件的时间"
    ]


def test_the_time_for_promised_files_is_held_to_the_log() -> None:
    who = build.cast()
    tender = build.published(who)
    *others, slow = who.signatories()
    for by in others:
        build.bid(tender, by)
    bids.promise(
        tender, fingerprint="ab" * 32, size=4096, request_key=uuid4(), by=slow, at=build.DEADLINE
    )
    clock.pass_deadlines(at=build.OPENING)
    end = sealed.end_of_delivery(Tender.objects.get(pk=tender.pk))
    ended = end - timedelta(minutes=1)
    Canary.objects.create(beat_at=ended, portal_at=ended)
    began = end - timedelta(minutes=5)
    Outage.objects.create(
        began_at=began, ended_at=ended, portal_began_at=began, portal_ended_at=ended
    )
    clock.pass_deadlines(at=ended)
    assert findings() == []
    moved = Tender.objects.get(pk=tender.pk).delivery_until
    assert moved is not None
    Tender.objects.filter(pk=tender.pk).update(delivery_until=moved + timedelta(days=9))
    [found] = findings()
    assert found.startswith(f"{tender.ocid}：延后的补交文件期限在库中是")


def test_what_was_never_published_is_found_on_both_sides() -> None:
    tender = build.published(build.cast())
    Listing.objects.filter(pk=tender.ocid).update(ocid="ocds-x-1")
    found = findings()
    assert f"{tender.ocid}：没有公开过" in found
    assert "ocds-x-1：在目录里，公开记录里没有" in found
    assert "ocds-x-1：公开过，库中没有了" in found


def test_a_thousand_alike_are_told_as_a_number() -> None:
    log.append_receipts([b"yn-bid-leaf/1\n" + n.to_bytes(32, "big") for n in range(300)])
    with logs.superuser(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procurement_lognode WHERE level = 0 AND index >= 100")
    found = findings()
    assert len(found) == 21
    assert found[-1] == "与“节点 0/100 缺失，或与内容不符”同类的还有 181 处，没有列出"
