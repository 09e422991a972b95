"""A draw of invitees: committed to in public, made by two witnesses, made once, revealed late."""

import json
from datetime import timedelta

import pytest

from organizations.refusals import Invalid, NotPermitted
from organizations.register.models import Organization
from organizations.roles import Role
from portal.demo import gatekeeper
from procurement.lifecycle import NotNow
from procurement.ocds import fragments
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import Finding
from procurement.tenders import actions as tenders
from procurement.tenders import drawing, queries
from procurement.tenders.facts import facts
from procurement.tenders.invitees import PoolTooSmall
from procurement.tenders.models import InvitationMode, Tender
from procurement.tenders.parts import Draw, Invitation
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

AT = build.TENDER_DAY
MINUTE = timedelta(minutes=1)
RULES = ("invited-draw-min-3", "invited-pool-twice", "invited-draw-witnesses")


def undrawn(who: build.Cast) -> Tender:
    """A draft by invitation, complete but for its draw."""
    return build.draft(
        who, procurement_method="invited", invitation_mode=InvitationMode.REGISTER_DRAW
    )


def released(kind: NoticeKind) -> str:
    """The bytes of the last release of a kind, as text."""
    entry = Entry.objects.filter(kind=kind).order_by("index").last()
    assert entry is not None
    return bytes(entry.body).decode()


def test_the_commitments_are_public_and_tell_neither_who_nor_how_many() -> None:
    who = build.cast(6)
    tender = undrawn(who)
    draw = build.committed(who, tender)
    text = released(NoticeKind.DRAW)
    said = json.loads(text)
    assert said["id"] == draw.release_id
    assert said["tag"] == ["planningUpdate"]
    assert set(said["tender"]) == {"id", "status", "invitationDraw"}
    assert set(said["tender"]["invitationDraw"]) == {
        "algorithm",
        "poolCommitment",
        "seedCommitment",
        "dateCommitted",
    }
    assert not any(member["id"] in text or member["name"] in text for member in draw.pool)
    assert build.SECRET.salt not in text
    assert build.SECRET.seed not in text
    assert draw.drawn_at is None
    assert not queries.invitees(tender).exists()


def test_the_commitment_of_a_draft_without_a_plan_does_not_publish_its_title() -> None:
    who = build.cast(6)
    tender = tenders.draft(title="不能公开的名称", by=who.drafter, at=AT)
    mode = {"procurement_method": "invited", "invitation_mode": InvitationMode.REGISTER_DRAW}
    tenders.revise(tender, changes=mode, by=who.drafter, at=AT)
    build.committed(who, tender)
    assert "不能公开的名称" not in released(NoticeKind.DRAW)


def test_the_second_word_makes_the_draw() -> None:
    who = build.cast(7)
    draw = build.committed(who, undrawn(who))
    first = tenders.witness_draw(draw, word="石榴", by=who.clerk, at=AT + MINUTE)
    assert first.drawn_at is None
    assert not queries.invitees(draw.tender).exists()
    made = tenders.witness_draw(draw, word="木棉", by=who.approver, at=AT + 2 * MINUTE)
    assert made.drawn_at == AT + 2 * MINUTE
    record = made.record()
    assert record.faults() == []
    assert list(record.words) == ["木棉", "石榴"]  # as named, whoever came first
    drawn = [each.organization for each in queries.invitations(draw.tender)]
    assert [fragments.party_id(each) for each in drawn] == record.drawn
    assert len(drawn) == 3


@pytest.mark.parametrize("word", ["", "  ", "a\x00b", "字" * 61])
def test_a_word_that_is_none_is_refused(word: str) -> None:
    who = build.cast(6)
    draw = build.committed(who, undrawn(who))
    with pytest.raises(Invalid):
        tenders.witness_draw(draw, word=word, by=who.clerk, at=AT)
    assert not draw.witnesses.filter(given_at__isnull=False).exists()


def test_a_witness_gives_one_word_and_nobody_else_gives_any() -> None:
    who = build.cast(6)
    draw = build.committed(who, undrawn(who))
    tenders.witness_draw(draw, word="石榴", by=who.clerk, at=AT)
    with pytest.raises(Invalid, match="不能再改"):
        tenders.witness_draw(draw, word="木棉", by=who.clerk, at=AT)
    stranger = people.member(people.agency().organization, Role.OPENING_OFFICER)[1]
    other = people.member(who.agency, Role.OPENING_OFFICER)[1]
    for by in (who.drafter, stranger, other, who.panel[0]):
        with pytest.raises(NotPermitted):
            tenders.witness_draw(draw, word="木棉", by=by, at=AT)
    draw.refresh_from_db()
    assert draw.drawn_at is None


def test_witnesses_are_two_others_of_the_agency() -> None:
    who = build.cast(6)
    tender = undrawn(who)
    able = [who.approver.person_id, who.clerk.person_id]
    judge, other = who.panel[0].person_id, people.user().pk
    wrong: list[list[int]] = [
        [who.drafter.person_id, able[0]],
        [able[0], able[0]],
        [able[0], judge],
        [other, able[1]],
        able[:1],
    ]
    for witnesses in wrong:
        with pytest.raises(Invalid):
            tenders.commit_draw(
                tender, count=3, witnesses=witnesses, secret=build.SECRET, by=who.drafter, at=AT
            )
    assert not Draw.objects.exists()
    assert not Entry.objects.filter(kind=NoticeKind.DRAW).exists()


def test_a_pool_of_less_than_twice_the_number_is_refused() -> None:
    who = build.cast(6)
    tender = undrawn(who)
    for count in (2, 4):
        with pytest.raises(PoolTooSmall):
            build.committed(who, tender, count=count)
    assert not Draw.objects.exists()
    assert build.committed(who, tender, count=3).count == 3


def test_only_the_drafter_commits_once_in_a_draft_by_invitation() -> None:
    who = build.cast(6)
    with pytest.raises(Invalid, match="只有邀请招标"):
        build.committed(who, build.draft(who))
    tender = undrawn(who)
    with pytest.raises(NotPermitted):
        tenders.commit_draw(
            tender,
            count=3,
            witnesses=[who.drafter.person_id, who.clerk.person_id],
            secret=build.SECRET,
            by=who.approver,
            at=AT,
        )
    build.drawn(who, tender)
    with pytest.raises(Invalid, match="只能进行一次"):
        build.committed(who, tender)
    published = build.published(who, "invited")
    with pytest.raises(NotNow):
        build.committed(who, published)


def test_after_the_commitment_the_pool_and_what_made_it_stay() -> None:
    who = build.cast(6)
    tender = undrawn(who)
    before = build.committed(who, tender).pool
    people.cso()  # registered and verified later: not in it
    for changes in ({"services": ["testing"]}, {"procurement_method": "open"}):
        with pytest.raises(Invalid, match="备选名单"):
            tenders.revise(tender, changes=changes, by=who.drafter, at=AT)
    with pytest.raises(Invalid, match="备选名单"):
        tenders.revise(tender, changes={}, regions=[people.region("530103")], by=who.drafter, at=AT)
    draw = Draw.objects.get(tender=tender)
    assert draw.pool == before
    assert len(draw.pool) == 6


def test_a_draft_is_not_whole_until_it_is_drawn() -> None:
    who = build.cast(6)
    tender = undrawn(who)
    assert [each.field for each in queries.problems(tender, at=AT)] == ["draw"]
    build.committed(who, tender)
    waiting = Tender.objects.get(pk=tender.pk)
    assert [each.field for each in queries.problems(waiting, at=AT)] == ["draw"]
    assert "见证人" in str(queries.problems(waiting, at=AT)[0].message)


def _verdicts(tender: Tender) -> dict[str, str]:
    found: tuple[Finding, ...] = queries.findings(Tender.objects.get(pk=tender.pk), at=AT)
    return {each.rule.id: each.outcome for each in found if each.rule.id in RULES}


def test_the_rules_of_the_draw_are_kept_by_it_and_not_before() -> None:
    who = build.cast(6)
    tender = undrawn(who)
    build.committed(who, tender)
    assert set(_verdicts(tender).values()) != {"kept"}
    draw = Draw.objects.get(tender=tender)
    for by in (who.approver, who.clerk):
        tenders.witness_draw(draw, word="春", by=by, at=AT)
    assert _verdicts(tender) == dict.fromkeys(RULES, "kept")


def _outsider(who: build.Cast, tender: Tender) -> Organization:
    """One of the register that was not drawn."""
    drawn = set(build.invited(tender))
    return next(cso.organization for cso in who.csos if cso.pk not in drawn)


def test_an_invitee_added_by_hand_has_a_reason_and_is_marked() -> None:
    who = build.cast(7)
    tender = build.draft(who, "invited")
    other = _outsider(who, tender)
    with pytest.raises(Invalid, match="为什么"):
        tenders.add_invitee(tender, organization=other, reason=" ", by=who.drafter, at=AT)
    tenders.add_invitee(
        tender, organization=other, reason="正在当地提供同一服务。", by=who.drafter, at=AT
    )
    with pytest.raises(Invalid, match="已经在"):
        tenders.add_invitee(tender, organization=other, reason="再来", by=who.drafter, at=AT)
    assert [each.is_by_hand for each in queries.invitations(tender)] == [False] * 3 + [True]
    known = facts(tender, published=AT)
    assert known["invitation.drawn"] == build.invited(tender)[:3]
    assert known["invitation.sent"] == [*build.invited(tender)[:3], other.pk]


def test_nobody_is_added_before_the_draw_or_without_being_able_to_bid() -> None:
    who = build.cast(7)
    tender = undrawn(who)
    able = who.csos[0].organization
    with pytest.raises(Invalid, match="抽取完成以后"):
        tenders.add_invitee(tender, organization=able, reason="理由", by=who.drafter, at=AT)
    build.drawn(who, tender)
    pending = people.cso(verified=False).organization
    with pytest.raises(Invalid, match="已核验"):
        tenders.add_invitee(tender, organization=pending, reason="理由", by=who.drafter, at=AT)
    with pytest.raises(NotPermitted):
        tenders.add_invitee(
            tender, organization=_outsider(who, tender), reason="理由", by=who.approver, at=AT
        )
    assert Invitation.objects.filter(tender=tender).count() == 3


def test_all_are_invited_at_the_same_instant() -> None:
    who = build.cast(7)
    tender = build.draft(who, "invited")
    tenders.add_invitee(
        tender, organization=_outsider(who, tender), reason="理由", by=who.drafter, at=AT
    )
    later = AT + timedelta(hours=1)
    tenders.submit(tender, by=who.drafter, at=AT)
    tenders.publish(tender, by=who.approver, at=later)
    assert set(Invitation.objects.values_list("sent_at", flat=True)) == {later}


def test_nothing_of_the_draw_is_public_before_the_end() -> None:
    who = build.cast(6)
    tender = build.published(who, "invited")
    drawn = set(build.invited(tender))
    who.csos = [cso for cso in who.csos if cso.pk in drawn]
    build.evaluated(who, build.opened(who, tender))
    text = "".join(bytes(entry.body).decode() for entry in Entry.objects.of(tender.ocid))
    assert build.SECRET.seed not in text
    assert "木棉" not in text
    build.awarded(who, Tender.objects.get(pk=tender.pk))
    revealed = json.loads(released(NoticeKind.AWARD))["tender"]["invitationDraw"]
    assert revealed["seed"] == build.SECRET.seed
    assert revealed["words"] == ["木棉", "石榴"]
    assert len(revealed["pool"]) == 6
    assert revealed["algorithm"] == drawing.ALGORITHM
    assert not any(by.name in text for by in (who.clerk,))


def test_a_cancellation_and_a_failure_reveal_the_draw_too() -> None:
    who = build.cast(6)
    cancelled = build.published(who, "invited")
    tenders.cancel(cancelled, reason="预算调整。", by=who.approver, at=AT + timedelta(days=1))
    assert len(json.loads(released(NoticeKind.CANCELLATION))["tender"]["invitationDraw"]["drawn"])
    failed = build.published(who, "invited")
    gatekeeper.open_bids(failed, at=build.OPENING)
    said = json.loads(released(NoticeKind.FAILURE))
    assert len(said["tender"]["invitationDraw"]["drawn"]) == 3
