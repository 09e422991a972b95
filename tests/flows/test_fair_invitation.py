"""A fair invitation: committed, witnessed, drawn once, secret until the end, then for all."""

import json
from datetime import timedelta
from typing import Any

import pytest

from procurement.publication.models import Entry, NoticeKind
from procurement.tenders import actions as tenders
from procurement.tenders import drawing, queries
from procurement.tenders.models import InvitationMode, Tender
from procurement.tenders.parts import Invitation
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db


def published(kind: NoticeKind) -> dict[str, Any]:
    """What a notice says of the draw."""
    [entry] = Entry.objects.filter(kind=kind)
    said: dict[str, Any] = json.loads(bytes(entry.body))["tender"]["invitationDraw"]
    return said


def test_from_the_commitment_to_the_draw_that_anyone_repeats() -> None:
    who, at = build.cast(8), build.TENDER_DAY
    tender = build.draft(
        who, procurement_method="invited", invitation_mode=InvitationMode.REGISTER_DRAW
    )

    # the drafter freezes the pool, and the public gets two digests
    draw = tenders.commit_draw(
        tender,
        count=3,
        witnesses=[who.approver.person_id, who.clerk.person_id],
        secret=drawing.Secret.fresh(),
        by=who.drafter,
        at=at,
    )
    committed = published(NoticeKind.DRAW)

    # two colleagues give a word each, in accounts of their own; the second word draws
    tenders.witness_draw(draw, word="苍山", by=who.clerk, at=at + timedelta(minutes=3))
    tenders.witness_draw(draw, word="洱海", by=who.approver, at=at + timedelta(minutes=5))

    # one more by hand, for a reason
    outside = next(c.organization for c in who.csos if c.pk not in build.invited(tender))
    tenders.add_invitee(
        tender, organization=outside, reason="服务不能中断。", by=who.drafter, at=at
    )

    # all four hear of it at the same instant, and bid
    tender = Tender.objects.get(pk=tender.pk)
    tenders.submit(tender, by=who.drafter, at=at + timedelta(minutes=30))
    tender = tenders.publish(tender, by=who.approver, at=at + timedelta(hours=1))
    sent = Invitation.objects.filter(tender=tender).values_list("sent_at", flat=True)
    assert set(sent) == {tender.published_at}
    who.csos = [cso for cso in who.csos if cso.pk in build.invited(tender)]
    build.awarded(who, build.evaluated(who, build.opened(who, tender)))

    # the award notice reveals what the digests were of
    said = published(NoticeKind.AWARD)
    assert {name: said[name] for name in committed} == committed
    record = drawing.Record(
        count=said["count"],
        pool=[member["id"] for member in said["pool"]],
        secret=drawing.Secret(salt=said["salt"], seed=said["seed"]),
        words=said["words"],
        pool_commitment=said["poolCommitment"],
        seed_commitment=said["seedCommitment"],
        final_seed=said["finalSeed"],
        drawn=said["drawn"],
    )
    assert record.faults() == []
    assert said["words"] == ["洱海", "苍山"]
    assert [added["reason"] for added in said["additions"]] == ["服务不能中断。"]
    assert len(said["drawn"]) + len(said["additions"]) == queries.invitees(tender).count()
