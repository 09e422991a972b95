"""A witness who gives no word is replaced by another; one who gave a word never is."""

import json
from datetime import timedelta

import pytest

from organizations.audit import AuditRow
from organizations.refusals import Invalid, NotPermitted
from organizations.roles import Actor, Role
from procurement.lifecycle import NotNow
from procurement.publication import merge
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.models import InvitationMode, Tender
from procurement.tenders.parts import Draw
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

AT = build.TENDER_DAY
LATER = AT + timedelta(days=1)
WHY = "长期出差，不能登录。"


@pytest.fixture
def who() -> build.Cast:
    """The cast with six organisations: the least that three may be drawn from."""
    return build.cast(6)


@pytest.fixture
def draw(who: build.Cast) -> Draw:
    """A draw whose commitments are public; approver and clerk are its witnesses."""
    mode = InvitationMode.REGISTER_DRAW
    return build.committed(
        who, build.draft(who, procurement_method="invited", invitation_mode=mode)
    )


def another(who: build.Cast) -> Actor:
    """One more colleague who may watch."""
    return people.member(who.agency, Role.OPENING_OFFICER)[1]


def replace(draw: Draw, old: Actor, new: Actor, by: Actor, reason: str = WHY) -> Draw:
    """The act, a day after the commitments."""
    return tenders.replace_witness(
        draw, witness=old.person_id, successor=new.person_id, reason=reason, by=by, at=LATER
    )


def watching(draw: Draw) -> list[int | None]:
    """The witnesses in their order."""
    return list(draw.witnesses.order_by("position").values_list("user_id", flat=True))


def unchanged(who: build.Cast, draw: Draw) -> bool:
    """Whether the witnesses are those named at first, and nothing says otherwise."""
    draw.refresh_from_db()
    named = [who.approver.person_id, who.clerk.person_id]
    told = AuditRow.objects.filter(kind="tenders.replace_witness").exists()
    return watching(draw) == named and draw.replacements == [] and not told


def test_another_takes_the_place_and_the_draw_goes_on(who: build.Cast, draw: Draw) -> None:
    new = another(who)
    tenders.witness_draw(draw, word="石榴", by=who.clerk, at=AT)
    replaced = replace(draw, who.approver, new, who.drafter)
    assert watching(replaced) == [new.person_id, who.clerk.person_id]
    assert (replaced.pool_commitment, replaced.seed) == (draw.pool_commitment, draw.seed)
    with pytest.raises(NotPermitted):
        tenders.witness_draw(draw, word="木棉", by=who.approver, at=LATER)
    made = tenders.witness_draw(draw, word="山茶", by=new, at=LATER)
    assert made.drawn_at == LATER
    assert list(made.record().words) == ["山茶", "石榴"]  # the place among the words stays
    assert made.record().faults() == []
    assert queries.invitees(draw.tender).count() == 3


def test_the_audit_names_them_and_the_drafter_approves_no_more(who: build.Cast, draw: Draw) -> None:
    new = another(who)
    replace(draw, who.approver, new, who.drafter)
    row = AuditRow.objects.get(kind="tenders.replace_witness")
    assert row.reason == f"{who.approver.name} → {new.name}：{WHY}"
    assert row.user_id == who.drafter.user_id
    assert who.drafter.person_id in Tender.objects.get(pk=draw.tender_id).revised_by_ids


def test_a_word_that_is_given_keeps_its_witness(who: build.Cast, draw: Draw) -> None:
    tenders.witness_draw(draw, word="木棉", by=who.approver, at=AT)
    with pytest.raises(Invalid, match="已经给出了词"):
        replace(draw, who.approver, another(who), who.drafter)
    assert unchanged(who, draw)
    assert draw.witnesses.get(position=1).word == "木棉"


def test_the_successor_is_an_able_other(who: build.Cast, draw: Draw) -> None:
    stranger = people.member(people.agency().organization, Role.OPENING_OFFICER)[1]
    for new in (who.approver, who.clerk, who.drafter, who.panel[0], stranger):
        with pytest.raises(Invalid, match="请选本单位另一位") as refused:
            replace(draw, who.approver, new, who.drafter)
        assert refused.value.field == "successor"
    second = people.member(who.agency, Role.DRAFTER)[1]
    for new in (who.drafter, second):  # who committed, and who asks
        with pytest.raises(Invalid, match="发起抽取的和您自己"):
            replace(draw, who.approver, new, second)
    with pytest.raises(Invalid, match="已经不是见证人"):
        replace(draw, second, another(who), who.drafter)
    assert unchanged(who, draw)


@pytest.mark.parametrize(("reason", "said"), [(" ", "请写明"), ("{name}出差。", "名字")])
def test_the_reason_is_given_and_names_nobody(
    who: build.Cast, draw: Draw, reason: str, said: str
) -> None:
    words = reason.format(name=who.approver.name)
    with pytest.raises(Invalid, match=said) as refused:
        replace(draw, who.approver, another(who), who.drafter, words)
    assert refused.value.field == "reason"
    assert unchanged(who, draw)


def test_only_a_drafter_of_the_agency_while_it_is_a_draft(who: build.Cast, draw: Draw) -> None:
    new = another(who)
    foreign = people.member(people.agency().organization, Role.DRAFTER)[1]
    for by in (who.approver, who.clerk, foreign):
        with pytest.raises(NotPermitted):
            replace(draw, who.approver, new, by)
    assert unchanged(who, draw)
    published = build.published(who, "invited")
    with pytest.raises(NotNow):
        replace(Draw.objects.get(tender=published), who.approver, new, who.drafter)


def test_how_often_and_why_is_published_at_the_end_without_names(
    who: build.Cast, draw: Draw
) -> None:
    new, last = another(who), another(who)
    replace(draw, who.approver, new, who.drafter)
    replace(draw, new, last, who.drafter, "已经调离。")
    for by in (who.clerk, last):
        tenders.witness_draw(draw, word="春", by=by, at=LATER)
    tender = Tender.objects.get(pk=draw.tender_id)
    tenders.submit(tender, by=who.drafter, at=LATER)
    tenders.publish(tender, by=who.approver, at=LATER)
    before = Entry.objects.of(tender.ocid)
    assert not any(WHY in bytes(entry.body).decode() for entry in before)
    tenders.cancel(tender, reason="预算调整。", by=who.approver, at=LATER)
    entry = Entry.objects.get(kind=NoticeKind.CANCELLATION)
    release = merge.release_of(entry)
    told = release["tender"]["invitationDraw"]["witnessReplacements"]
    assert [each["reason"] for each in told] == [WHY, "已经调离。"]
    assert {frozenset(each) for each in told} == {frozenset({"id", "date", "reason"})}
    assert not any(each.name in json.dumps(told, ensure_ascii=False) for each in (new, last))
    again = merge.fold(merge.fold(None, release), release)
    assert again["tender"]["invitationDraw"]["witnessReplacements"] == told
