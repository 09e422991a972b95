"""A draw in public: two digests before the end, everything after it, and a program to repeat it."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from organizations import instants
from organizations.roles import Role
from procurement.ocds import fragments
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.models import Tender
from procurement.tenders.parts import Draw
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

PROGRAM = settings.BASE_DIR / "static/verify/verify_draw.py"


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Tender:
    """A procurement by invitation, one of four invited by hand, awarded."""
    monkeypatch.setattr(instants, "now", lambda: build.DECISION)
    who = build.cast(7)
    tender = build.draft(who, "invited")
    outside = next(c.organization for c in who.csos if c.pk not in build.invited(tender))
    tenders.add_invitee(
        tender, organization=outside, reason="正在当地服务。", by=who.drafter, at=build.TENDER_DAY
    )
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    tender = tenders.publish(tender, by=who.approver, at=build.TENDER_DAY)
    who.csos = [cso for cso in who.csos if cso.pk in build.invited(tender)]
    build.awarded(who, build.evaluated(who, build.opened(who, tender)))
    return Tender.objects.get(pk=tender.pk)


def page(name: str, *arguments: object) -> str:
    """A public page, as text."""
    return Client().get(reverse(f"public:{name}", args=arguments)).content.decode()


def record(tender: Tender) -> dict[str, Any]:
    """The record of a process, as anyone can download it."""
    read: dict[str, Any] = json.loads(page("record", tender.ocid))
    return read


def verify(said: object, *, path: Path | None = None) -> tuple[int, str]:
    """What the program says of published data: from a file, or through standard input."""
    raw = json.dumps(said, ensure_ascii=False).encode()
    if path is not None:
        path.write_bytes(raw)
    command = [sys.executable, "-I", "-S", str(PROGRAM), *([str(path)] if path else [])]
    done = subprocess.run(command, input=b"" if path else raw, capture_output=True)
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_before_the_end_only_the_commitments_are_shown() -> None:
    who = build.cast(6)
    tender = build.published(who, "invited")
    draw = Draw.objects.get(tender=tender)
    shown = page("tender", tender.ocid)
    assert "抽取过程可以重做" in shown
    assert draw.pool_commitment in shown
    assert draw.seed not in shown
    assert not any(member["name"] in shown for member in draw.pool)
    notice = page("notice", draw.release_id)
    assert draw.seed_commitment in notice
    assert verify(record(tender))[0] == 2


def test_the_commitments_of_a_draft_have_a_page_without_its_title() -> None:
    who = build.cast(6)
    tender = tenders.draft(title="还没批准的名称", by=who.drafter, at=build.TENDER_DAY)
    mode = {"procurement_method": "invited", "invitation_mode": "register-draw"}
    tenders.revise(tender, changes=mode, by=who.drafter, at=build.TENDER_DAY)
    draw = build.committed(who, tender)
    shown = page("tender", tender.ocid)
    assert "已公布抽取受邀组织的承诺，采购公告还没有发布。" in shown
    assert draw.pool_commitment in page("notice", draw.release_id)
    assert "还没批准的名称" not in shown


def test_a_witness_replaced_is_told_with_the_reason_and_without_a_name() -> None:
    who, at = build.cast(6), build.TENDER_DAY
    tender = build.draft(who, procurement_method="invited", invitation_mode="register-draw")
    person, other = people.member(who.agency, Role.OPENING_OFFICER)
    tenders.replace_witness(
        build.committed(who, tender),
        witness=who.clerk.person_id,
        successor=person.pk,
        reason="长期出差。",
        by=who.drafter,
        at=at,
    )
    for by in (who.approver, other):
        tenders.witness_draw(tender.draw, word="春", by=by, at=at + timedelta(minutes=5))
    tender = Tender.objects.get(pk=tender.pk)
    tenders.submit(tender, by=who.drafter, at=at)
    tenders.publish(tender, by=who.approver, at=at)
    assert "长期出差。" not in page("tender", tender.ocid)
    tenders.cancel(tender, reason="预算调整。", by=who.approver, at=at)
    shown = page("tender", tender.ocid)
    assert "抽取前更换过 1 次见证人：" in shown
    assert "长期出差。" in shown
    assert who.clerk.name not in shown
    assert other.name not in shown
    assert verify(record(tender))[0] == 0


def test_after_the_end_everything_is_shown_with_how_often(ended: Tender) -> None:
    draw = Draw.objects.get(tender=ended)
    shown = page("tender", ended.ocid)
    award = Entry.objects.get(kind=NoticeKind.AWARD)
    for text in (shown, page("notice", award.release_id)):
        assert draw.seed in text
        assert draw.salt in text
        assert "木棉 · 石榴" in text
        assert "verify_draw" in text
        assert "正在当地服务。" in text
        assert all(member["name"] in text for member in draw.pool)
    assert shown.count("抽中 1 次，人工 0 次") == 6
    assert shown.count("抽中 0 次，人工 1 次") == 2


def test_an_organisation_shows_how_often_it_was_invited(ended: Tender) -> None:
    *_drawn, by_hand = queries.invitations(ended)
    shown = page("organization", fragments.party_id(by_hand.organization))
    assert "受邀 1 次：随机抽中 0 次，人工增加 1 次。" in shown
    invited = set(queries.invitees(ended))
    members = Draw.objects.get(tender=ended).pool
    other = next(m for m in members if m["organization"] not in {each.pk for each in invited})
    assert "没有已经公开的邀请。" in page("organization", other["id"])


def test_anyone_repeats_the_draw_from_the_record(ended: Tender, tmp_path: Path) -> None:
    status, said = verify(record(ended), path=tmp_path / "record.json")
    assert status == 0, said
    assert "结论：抽取可以重做，结果一致。" in said
    assert "Result: repeated, and the same." in said
    assert "两个承诺在抽取之前已经公布" in said
    assert verify(record(ended)) == (status, said)


def test_the_award_release_alone_says_what_it_cannot_show(ended: Tender) -> None:
    award = Entry.objects.get(kind=NoticeKind.AWARD)
    status, said = verify(json.loads(bytes(award.body)))
    assert status == 0, said
    assert "请用这个项目的合并记录" in said


def _pool(draw: dict[str, Any]) -> None:
    draw["pool"][0]["id"] = "CN-USCI-ANOTHER"


def _reason(draw: dict[str, Any]) -> None:
    del draw["additions"][0]["reason"]


def _drawn(draw: dict[str, Any]) -> None:
    draw["drawn"].reverse()


TAMPERED: dict[str, Callable[[dict[str, Any]], None]] = {
    "a member of the pool": _pool,
    "the result": _drawn,
    "the reason of an addition": _reason,
    "the salt": lambda draw: draw.update(salt="00" * 32),
    "the seed": lambda draw: draw.update(seed="00" * 32),
    "the final seed": lambda draw: draw.update(finalSeed="00" * 32),
    "a word": lambda draw: draw["words"].__setitem__(0, "海棠"),
    "how many": lambda draw: draw.update(count=2),
    "the method": lambda draw: draw.update(algorithm="portal-draw-9"),
}


def _of_the_award(said: dict[str, Any]) -> dict[str, Any]:
    releases = said["records"][0]["releases"]
    found: dict[str, Any] = next(r for r in releases if r.get("awards"))["tender"]["invitationDraw"]
    return found


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_no_longer_follows(ended: Tender, what: str) -> None:
    said = record(ended)
    TAMPERED[what](_of_the_award(said))
    status, told = verify(said)
    assert status == 1, told
    assert "不符合" in told


def test_commitments_exchanged_afterwards_are_found(ended: Tender) -> None:
    said = record(ended)
    releases = said["records"][0]["releases"]
    first = next(r for r in releases if "planningUpdate" in r["tag"])
    first["tender"]["invitationDraw"]["seedCommitment"] = "00" * 32
    assert verify(said)[0] == 1


def test_commitments_published_after_the_draw_are_found(ended: Tender) -> None:
    said = record(ended)
    releases = said["records"][0]["releases"]
    first = next(r for r in releases if "planningUpdate" in r["tag"])
    first["date"] = _of_the_award(said)["dateDrawn"]
    assert verify(said)[0] == 1


@pytest.mark.parametrize("said", [[], "text", {"releases": []}, {"tender": {}}, {"records": 7}])
def test_data_without_a_draw_are_no_error_of_the_program(said: object) -> None:
    status, told = verify(said)
    assert status == 2
    assert "Traceback" not in told
