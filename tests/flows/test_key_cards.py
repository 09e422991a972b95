"""A set of key cards through its life: sealed to, replaced, and still opening what it sealed."""

from datetime import timedelta

import pytest

from portal.demo import gatekeeper
from procurement import lifecycle
from procurement.bids import actions as bids
from procurement.keycards import actions as keycards
from procurement.keycards import queries
from procurement.keycards.refusals import WrongCard
from procurement.tenders.models import OpeningPolicy, Tender
from tests.builders import keycards as paper
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SHUT = build.DEADLINE + timedelta(minutes=3)


def give(tender: Tender, cards: paper.Cards, suffix: str, who: build.Cast) -> Tender:
    """One card at the table."""
    return bids.contribute(
        tender,
        member=cards.card(suffix).member,
        digits=paper.spaced(cards.of(suffix)),
        witnesses="张三、李四",
        by=who.clerk,
        at=SHUT,
    )


def test_a_call_keeps_the_set_it_was_published_with() -> None:
    who = build.cast(3)
    first = paper.published(who.clerk, who.approver, build.START, label="旧的一套")
    old_call = build.published(who, opening_policy=OpeningPolicy.CARDS)
    second = paper.published(who.clerk, who.approver, build.TENDER_DAY + DAY, label="新的一套")
    for number, by in enumerate(who.signatories()):
        build.bid(old_call, by, yuan=100000 + 5000 * number)
    gatekeeper.close(old_call, at=SHUT)

    assert queries.current(who.agency.pk, SHUT) == second.key_set
    assert first.key_set.pk != second.key_set.pk
    with pytest.raises(WrongCard) as refused:
        bids.contribute(
            old_call,
            member=first.card("C1").member,
            digits=paper.spaced(second.of("C1")),
            witnesses="张三、李四",
            by=who.clerk,
            at=SHUT,
        )
    assert "新的一套" in str(refused.value)
    give(old_call, first, "C1", who)
    assert give(old_call, first, "C4", who).opened_at == SHUT


def test_two_lost_cards_of_four_delay_nothing() -> None:
    who = build.cast(3)
    made = paper.published(who.clerk, who.approver, build.START)
    call = build.published(who, opening_policy=OpeningPolicy.CARDS)
    for by in who.signatories():
        build.bid(call, by)
    for suffix in ("C1", "C3"):
        keycards.report_lost(made.card(suffix), reason="遗失。", by=who.clerk, at=build.DEADLINE)
    gatekeeper.close(call, at=SHUT)
    give(call, made, "C2", who)

    assert give(call, made, "C4", who).opened_at == SHUT


def test_a_card_of_each_kind_opens_nothing() -> None:
    who = build.cast(3)
    made = paper.published(who.clerk, who.approver, build.START)
    call = build.published(who, opening_policy=OpeningPolicy.CARDS)
    for by in who.signatories():
        build.bid(call, by)
    gatekeeper.close(call, at=SHUT)
    give(call, made, "C2", who)

    assert give(call, made, "R1", who).opened_at is None
    assert give(call, made, "R3", who).opened_at == SHUT


def test_no_card_is_taken_before_the_gate_gave_its_part() -> None:
    who = build.cast(3)
    made = paper.published(who.clerk, who.approver, build.START)
    call = build.published(who, opening_policy=OpeningPolicy.CARDS)
    for by in who.signatories():
        build.bid(call, by)

    with pytest.raises(lifecycle.NotNow):
        give(call, made, "C1", who)
    assert Tender.objects.get(pk=call.pk).opened_at is None
