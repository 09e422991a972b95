"""What is refused when a panel is named and judges.

A refused act leaves nothing behind.
"""

import pytest

from organizations.refusals import NotPermitted
from organizations.roles import Role
from procurement import legality
from procurement.bids import queries as bidding
from procurement.evaluation import actions as evaluation
from procurement.evaluation.models import Capacity, PanelMember, Verdict
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db


def test_a_panel_too_small_is_refused_with_its_rule() -> None:
    who = build.cast()
    tender = build.opened(who, build.published(who))
    members = {by.person_id: Capacity.EXPERT for by in who.panel[:3]}
    with pytest.raises(legality.RulesBroken) as refusal:
        evaluation.appoint(tender, members=members, by=who.approver, at=build.JUDGING)
    assert [f.rule.id for f in refusal.value.findings] == ["panel-tender-5"]
    assert PanelMember.objects.count() == 0


def test_nobody_judges_without_declaring_and_nobody_with_an_interest() -> None:
    who = build.cast()
    tender = build.opened(who, build.published(who))
    roles = {by.person_id: Capacity.EXPERT for by in who.panel}
    seats = evaluation.appoint(tender, members=roles, by=who.approver, at=build.JUDGING)
    by = who.panel[0]
    seat = next(s for s in seats if s.user_id == by.user_id)
    offer = bidding.valid_offers(tender)[0]
    with pytest.raises(NotPermitted, match="请先声明"):
        evaluation.score(
            seat, offer=offer, is_responsive=True, comment="", points={}, by=by, at=build.JUDGING
        )
    evaluation.declare(
        seat, has_interest=True, declaration="我曾在该组织任职。", by=by, at=build.JUDGING
    )
    with pytest.raises(NotPermitted, match="请先声明"):
        evaluation.finish(seat, by=by, at=build.JUDGING)
    assert Verdict.objects.count() == 0


def test_a_panel_that_lost_a_member_waits_for_another_before_it_ranks() -> None:
    who = build.cast()
    tender = build.opened(who, build.published(who))
    roles = {by.person_id: Capacity.EXPERT for by in who.panel}
    seats = evaluation.appoint(tender, members=roles, by=who.approver, at=build.JUDGING)
    first, *others = seats
    actor = next(by for by in who.panel if by.user_id == first.user_id)
    evaluation.declare(
        first, has_interest=True, declaration="亲属任职。", by=actor, at=build.JUDGING
    )
    for seat in others:
        build.judge(seat, build.JUDGING)
    tender.refresh_from_db()
    assert tender.evaluated_at is None

    _person, substitute = people.member(who.agency, Role.PANEL_MEMBER)
    roles = {seat.user_id: Capacity.EXPERT for seat in others} | {
        substitute.person_id: Capacity.EXPERT
    }
    seats = evaluation.appoint(tender, members=roles, by=who.approver, at=build.JUDGING)
    build.judge(next(s for s in seats if s.user_id == substitute.user_id), build.JUDGING)
    tender.refresh_from_db()
    assert tender.evaluated_at == build.JUDGING
