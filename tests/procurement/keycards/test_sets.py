"""Sets of key cards: seven holders, each card made once and typed back, published by another."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from organizations.audit import AuditRow
from organizations.refusals import Invalid, NotPermitted
from procurement import lifecycle
from procurement.keycards import actions, cards, queries
from procurement.keycards.models import CardKind, KeyCard, KeySet
from procurement.keycards.refusals import Unreadable, WrongCard
from procurement.legality import Incomplete
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import SHANGHAI
from tests.builders import keycards as build
from tests.builders import procurement as people

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
LATER = AT + timedelta(days=1)


@pytest.fixture
def who() -> people.Cast:
    return people.cast(0)


def told() -> list[dict[str, object]]:
    """What the public log says of keys."""
    entries = Entry.objects.filter(kind=NoticeKind.KEYSET).order_by("index")
    return [json.loads(bytes(entry.body)) for entry in entries]


def test_begin_lays_out_seven_cards(who: people.Cast) -> None:
    key_set = actions.begin(label="2026 年度", by=who.clerk, at=AT)

    assert [card.member.partition("-")[2] for card in key_set.cards.all()] == [
        *("C1", "C2", "C3", "C4"),
        *("R1", "R2", "R3"),
    ]
    assert queries.current(who.agency.pk, AT) is None


def test_begin_twice_is_refused(who: people.Cast) -> None:
    actions.begin(label="一", by=who.clerk, at=AT)

    with pytest.raises(Invalid):
        actions.begin(label="二", by=who.approver, at=AT)

    assert KeySet.objects.count() == 1


def test_begin_is_not_for_drafters(who: people.Cast) -> None:
    with pytest.raises(NotPermitted):
        actions.begin(label="一", by=who.drafter, at=AT)

    assert KeySet.objects.count() == 0


def test_make_keeps_the_public_key_and_nothing_of_the_digits(who: people.Cast) -> None:
    key_set = build.named(who.clerk, AT)
    card, digits = actions.make(key_set.cards.all()[0], by=who.clerk, at=AT)

    assert bytes(card.public_key or b"") == cards.public_point(digits, card.member)
    assert not _is_in_the_database(digits)
    assert not _is_in_the_database(cards.printed(digits)[0])


def _is_in_the_database(text: str) -> bool:
    """Whether a text stands in any row of the tables an act of keys writes."""
    tables = (
        *("procurement_keycard", "procurement_keyset", "procurement_entry"),
        *("organizations_auditrow", "django_session"),
    )
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{text}%"])
            if cursor.fetchone()[0]:
                return True
    return False


def test_make_without_a_holder_is_refused(who: people.Cast) -> None:
    key_set = actions.begin(label="一", by=who.clerk, at=AT)

    with pytest.raises(Invalid):
        actions.make(key_set.cards.all()[0], by=who.clerk, at=AT)

    assert key_set.cards.filter(made_at__isnull=False).count() == 0


def test_made_again_the_first_card_is_worth_nothing(who: people.Cast) -> None:
    key_set = build.named(who.clerk, AT)
    card = key_set.cards.all()[0]
    _first, old = actions.make(card, by=who.clerk, at=AT)
    _second, new = actions.make(card, by=who.clerk, at=AT)

    with pytest.raises(WrongCard):
        actions.confirm(card, digits=build.spaced(old), by=who.clerk, at=AT)
    confirmed = actions.confirm(card, digits=build.spaced(new), by=who.clerk, at=AT)

    assert confirmed.works


def test_another_holder_needs_another_card(who: people.Cast) -> None:
    made = build.confirmed(who.clerk, AT)
    card = actions.name_holder(
        made.card("C1"),
        holder="钱多多",
        affiliation="县财政局",
        is_outside=True,
        by=who.clerk,
        at=AT,
    )

    assert (card.made_at, card.confirmed_at, card.public_key) == (None, None, None)


def test_one_person_holds_one_card(who: people.Cast) -> None:
    key_set = build.named(who.clerk, AT)
    first, second, *_rest = key_set.cards.all()

    with pytest.raises(Invalid) as refused:
        actions.name_holder(
            second,
            holder=first.holder,
            affiliation=first.affiliation,
            is_outside=False,
            by=who.clerk,
            at=AT,
        )

    assert refused.value.field == "holder"


def test_confirm_names_the_group_with_the_slip(who: people.Cast) -> None:
    card, digits = actions.make(build.named(who.clerk, AT).cards.all()[0], by=who.clerk, at=AT)
    groups = list(cards.printed(digits))
    groups[2] = f"{(int(groups[2][0]) + 1) % 10}{groups[2][1:]}"

    with pytest.raises(Unreadable) as refused:
        actions.confirm(card, digits=" ".join(groups), by=who.clerk, at=AT)

    assert refused.value.groups == (3,)
    assert str(refused.value) == "第 3 组有数字不对，或者调换了位置，请对照卡片改正。"
    assert digits not in str(refused.value)
    assert KeyCard.objects.get(pk=card.pk).confirmed_at is None


def test_confirm_says_whose_card_it_is(who: people.Cast) -> None:
    made = build.confirmed(who.clerk, AT)

    with pytest.raises(WrongCard) as refused:
        actions.confirm(made.card("C1"), digits=build.spaced(made.of("R2")), by=who.clerk, at=AT)

    assert refused.value.found == made.card("R2")
    assert "赵文斌" in str(refused.value)


def test_a_card_of_another_set_is_named_with_its_set(who: people.Cast) -> None:
    old = build.published(who.clerk, who.approver, AT, label="2025 年度开标钥匙")
    new = build.confirmed(who.clerk, AT)

    with pytest.raises(WrongCard) as refused:
        queries.digits_of(new.card("C1"), build.spaced(old.of("C3")))

    assert "2025 年度开标钥匙" in str(refused.value)
    assert "和晓兰" in str(refused.value)


def test_publish_puts_the_set_in_use_and_says_who_holds_what(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)
    key_set = made.key_set
    [said] = told()

    assert queries.current(who.agency.pk, AT) == key_set
    assert queries.of_digest(key_set.digest) == key_set
    assert queries.published_keys(key_set).digest() == key_set.digest
    assert said["event"] == "published"
    assert said["keySet"] == {
        "id": key_set.name,
        "label": "开标钥匙",
        "digest": key_set.digest,
    }
    assert said["manifest"] == json.loads(bytes(key_set.manifest or b""))
    assert [each["name"] for each in said["committee"]] == [  # type: ignore[attr-defined]
        *("杨春梅", "李建国", "和晓兰", "段志强")
    ]
    assert said["committee"][2] == {  # type: ignore[index]
        "member": f"{key_set.name}-C3",
        "name": "和晓兰",
        "affiliation": "县审计局",
        "isOutside": True,
    }


def test_publish_takes_another_person(who: people.Cast) -> None:
    made = build.confirmed(who.approver, AT)

    with pytest.raises(NotPermitted):
        actions.publish(made.key_set, gate=build.GATE, by=who.approver, at=AT)

    assert told() == []


def test_whoever_typed_a_card_back_does_not_publish(who: people.Cast) -> None:
    made = build.confirmed(who.clerk, AT)
    actions.confirm(made.card("R3"), digits=build.spaced(made.of("R3")), by=who.approver, at=AT)

    with pytest.raises(NotPermitted):
        actions.publish(made.key_set, gate=build.GATE, by=who.approver, at=AT)

    assert told() == []


def test_publish_asks_for_every_card(who: people.Cast) -> None:
    key_set = build.named(who.clerk, AT)

    with pytest.raises(Incomplete) as refused:
        actions.publish(key_set, gate=build.GATE, by=who.approver, at=AT)

    assert len(refused.value.problems) == 7
    assert told() == []


def test_publish_asks_for_somebody_from_outside(who: people.Cast) -> None:
    made = build.confirmed(who.clerk, AT)
    made.key_set.cards.filter(kind=CardKind.COMMITTEE).update(is_outside=False)

    with pytest.raises(Incomplete) as refused:
        actions.publish(made.key_set, gate=build.GATE, by=who.approver, at=AT)

    assert [problem.field for problem in refused.value.problems] == ["outside"]
    assert told() == []


def test_a_new_set_takes_the_place_of_the_old_which_old_tenders_keep(who: people.Cast) -> None:
    old = build.published(who.clerk, who.approver, AT).key_set
    new = build.published(who.clerk, who.approver, LATER).key_set

    assert queries.current(who.agency.pk, AT) == old
    assert queries.current(who.agency.pk, LATER) == new
    assert queries.of_digest(old.digest) == old
    assert KeySet.objects.get(pk=old.pk).stage(LATER) is lifecycle.KeyStage.RETIRED
    assert told()[1]["replaces"] == old.digest


def test_a_published_set_changes_no_more(who: people.Cast) -> None:
    key_set = build.published(who.clerk, who.approver, AT).key_set

    with pytest.raises(lifecycle.NotNow):
        actions.make(key_set.cards.all()[0], by=who.clerk, at=LATER)
    with pytest.raises(InternalError), transaction.atomic():
        KeySet.objects.filter(pk=key_set.pk).update(manifest=b"{}")


def test_the_database_too_asks_for_two_people(who: people.Cast) -> None:
    key_set = build.confirmed(who.clerk, AT).key_set

    with pytest.raises(IntegrityError), transaction.atomic():
        KeySet.objects.filter(pk=key_set.pk).update(
            published_by_id=who.clerk.user_id, published_at=AT, manifest=b"{}", digest="0" * 64
        )


def test_a_lost_card_is_said_in_public_with_what_is_left(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)
    actions.report_lost(made.card("C2"), reason="搬家时遗失。", by=who.clerk, at=LATER)
    said = told()[1]

    assert not made.card("C2").works
    assert said["event"] == "lost"
    assert said["card"]["member"] == made.card("C2").member  # type: ignore[index]
    assert (said["cardsLeft"], said["cardsNeeded"]) == (3, 2)
    with pytest.raises(Invalid):
        actions.report_lost(made.card("C2"), reason="再次", by=who.clerk, at=LATER)
    assert len(told()) == 2


def test_a_set_in_use_is_given_up_in_public_with_a_reason(who: people.Cast) -> None:
    made = build.published(who.clerk, who.approver, AT)

    with pytest.raises(Invalid):
        actions.retire(made.key_set, reason=" ", by=who.approver, at=LATER)
    actions.retire(made.key_set, reason="机构合并。", by=who.approver, at=LATER)

    assert queries.current(who.agency.pk, LATER) is None
    assert (told()[1]["event"], told()[1]["reason"]) == ("retired", "机构合并。")


def test_a_set_never_published_is_given_up_in_silence(who: people.Cast) -> None:
    key_set = build.named(who.clerk, AT)
    actions.retire(key_set, reason="重新确定持卡人。", by=who.approver, at=AT)

    assert told() == []
    assert actions.begin(label="另一套", by=who.clerk, at=AT).cards.count() == 7


def test_every_act_is_on_the_audit_record(who: people.Cast) -> None:
    build.published(who.clerk, who.approver, AT)
    kinds = set(AuditRow.objects.filter(kind__startswith="keycards").values_list("kind", flat=True))

    assert kinds == {
        *("keycards.begin", "keycards.name_holder", "keycards.make"),
        *("keycards.confirm", "keycards.publish"),
    }


def test_another_agency_has_no_part_in_it(who: people.Cast) -> None:
    stranger = people.cast(0)
    made = build.confirmed(who.clerk, AT)

    with pytest.raises(NotPermitted):
        actions.publish(made.key_set, gate=build.GATE, by=stranger.approver, at=AT)
    assert list(queries.visible_to(stranger.approver)) == []
    assert list(queries.visible_to(who.approver)) == [made.key_set]
