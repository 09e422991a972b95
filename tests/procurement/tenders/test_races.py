"""Two witnesses give their words at the same moment: one draw."""

import pytest

from procurement.tenders import actions as tenders
from procurement.tenders.models import InvitationMode
from procurement.tenders.parts import Draw, Invitation
from tests.builders import procurement as build
from tests.procurement.bids.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_two_words_at_the_same_instant_make_one_draw() -> None:
    who = build.cast(6)
    tender = build.draft(
        who, procurement_method="invited", invitation_mode=InvitationMode.REGISTER_DRAW
    )
    draw = build.committed(who, tender)
    at = build.OPENING

    words = at_once(
        lambda: tenders.witness_draw(draw, word="木棉", by=who.approver, at=at),
        lambda: tenders.witness_draw(draw, word="石榴", by=who.clerk, at=at),
        lambda: tenders.witness_draw(draw, word="山茶", by=who.clerk, at=at),
    )

    assert sum(isinstance(each, Draw) for each in words) == 2
    made = Draw.objects.get(pk=draw.pk)
    assert made.drawn_at == at
    assert made.record().faults() == []
    assert Invitation.objects.filter(tender=tender).count() == 3
