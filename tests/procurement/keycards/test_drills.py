"""Drills: a test word opened with two cards, with one lost, and with two in reserve."""

import json
from datetime import datetime, timedelta
from itertools import combinations

import pytest

from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement.keycards import actions, cards, drilling, queries
from procurement.keycards.manifest import Member
from procurement.keycards.models import Drill, DrillRound
from procurement.keycards.refusals import WrongCard
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import SHANGHAI
from tests.builders import keycards as build
from tests.builders import procurement as people

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
WITNESSES = "杨春梅、和晓兰"


def members(prefix: str, count: int) -> tuple[list[str], list[Member]]:
    """Digits and public keys of some cards."""
    digits = [f"{number:040}" for number in range(1, count + 1)]
    ids = [f"{prefix}{number}" for number in range(1, count + 1)]
    return digits, [
        Member(each, cards.public_point(forty, each))
        for each, forty in zip(ids, digits, strict=True)
    ]


def test_any_two_of_a_kind_open_the_word_and_one_alone_never() -> None:
    digits, committee = members("C", 4)
    spare, recovery = members("R", 3)
    sealed = drilling.seal(
        "山茶 0042", "ab" * 32, committee=committee, k=2, recovery=recovery, kr=2
    )
    parts = [
        drilling.part(sealed, member.id, forty)
        for member, forty in zip(committee, digits, strict=True)
    ]
    held = [
        drilling.part(sealed, member.id, forty)
        for member, forty in zip(recovery, spare, strict=True)
    ]

    for pair in (*combinations(parts, 2), *combinations(held, 2)):
        assert drilling.open_word(sealed, pair) == "山茶 0042"
    for few in ([parts[0]], [held[2]], [parts[0], held[1]]):
        with pytest.raises(drilling.Unopened):
            drilling.open_word(sealed, few)


def test_a_card_opens_only_its_own_part() -> None:
    digits, committee = members("C", 4)
    _spare, recovery = members("R", 3)
    sealed = drilling.seal(
        "山茶 0042", "ab" * 32, committee=committee, k=2, recovery=recovery, kr=2
    )

    with pytest.raises(drilling.Unopened):
        drilling.part(sealed, "C1", digits[1])
    with pytest.raises(drilling.Unopened):
        drilling.part(sealed, "C9", digits[0])


@pytest.fixture
def who(db: None) -> people.Cast:
    return people.cast(0)


def use(drill: Drill, made: build.Cards, suffix: str, by: Actor, at: datetime) -> Drill:
    """One card typed at a drill."""
    typed = build.spaced(made.of(suffix))
    return actions.drill_card(drill, card=made.card(suffix), digits=typed, by=by, at=at)


def said() -> dict[str, object]:
    """The newest statement about keys."""
    entry = Entry.objects.filter(kind=NoticeKind.KEYSET).order_by("index")[0:]
    return dict(json.loads(bytes(list(entry)[-1].body)))


def test_a_drill_opens_three_ways_and_is_published(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)
    drill = actions.begin_drill(made.key_set, witnesses=WITNESSES, by=who.clerk, at=AT)
    for suffix in ("C1", "C2", "C3", "C2", "R1", "R3"):
        drill = use(drill, made, suffix, who.clerk, AT + MINUTE)
    words = {queries.word(drill, each) for each in DrillRound}

    assert drill.passed_at == AT + MINUTE
    assert len(words) == 1
    assert words != {""}
    assert said()["event"] == "drill"
    assert said()["outcome"] == "passed"
    assert said()["witnesses"] == WITNESSES
    name = made.key_set.name
    assert said()["rounds"] == [
        {"round": "two_cards", "cards": [f"{name}-C1", f"{name}-C2"], "opened": True},
        {"round": "one_lost", "cards": [f"{name}-C3", f"{name}-C2"], "opened": True},
        {"round": "recovery", "cards": [f"{name}-R1", f"{name}-R3"], "opened": True},
    ]


def test_the_word_is_not_readable_before_two_cards(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)
    drill = actions.begin_drill(made.key_set, witnesses=WITNESSES, by=who.clerk, at=AT)
    drill = use(drill, made, "C1", who.clerk, AT)

    assert queries.word(drill, DrillRound.TWO_CARDS) == ""
    assert queries.current_round(drill) is DrillRound.TWO_CARDS


def test_the_card_played_as_lost_is_not_used(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)
    drill = actions.begin_drill(made.key_set, witnesses=WITNESSES, by=who.clerk, at=AT)
    for suffix in ("C4", "C2"):
        drill = use(drill, made, suffix, who.clerk, AT)

    assert queries.set_aside(drill) == made.card("C4")
    with pytest.raises(Invalid) as refused:
        use(drill, made, "C4", who.clerk, AT)
    assert refused.value.field == "card"
    assert drill.turns.count() == 2


def test_a_wrong_card_is_named_and_leaves_no_turn(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)
    drill = actions.begin_drill(made.key_set, witnesses=WITNESSES, by=who.clerk, at=AT)

    with pytest.raises(WrongCard):
        actions.drill_card(
            drill,
            card=made.card("C1"),
            digits=build.spaced(made.of("C2")),
            by=who.clerk,
            at=AT,
        )
    assert drill.turns.count() == 0


def test_a_drill_has_two_witnesses(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)

    with pytest.raises(Invalid) as refused:
        actions.begin_drill(made.key_set, witnesses="杨春梅", by=who.clerk, at=AT)

    assert refused.value.field == "witnesses"
    assert Drill.objects.count() == 0


def test_a_drill_that_is_stopped_says_what_did_not_work(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)
    drill = actions.begin_drill(made.key_set, witnesses=WITNESSES, by=who.clerk, at=AT)
    use(drill, made, "C1", who.clerk, AT)
    drill = actions.end_drill(drill, reason="第二位持卡人没有到场。", by=who.clerk, at=AT)

    assert (said()["outcome"], said()["reason"]) == ("stopped", "第二位持卡人没有到场。")
    with pytest.raises(Invalid):
        use(drill, made, "C2", who.clerk, AT)
    actions.begin_drill(made.key_set, witnesses=WITNESSES, by=who.clerk, at=AT)
    assert Drill.objects.count() == 2
