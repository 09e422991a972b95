"""Sets of key cards: prepared by some, published by another; a card reported lost; a set retired.

Forty digits exist in the answer of `make` and in what a holder types; they are stored nowhere.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement import legality, lifecycle, permissions
from procurement.keycards import cards, disclosure, queries, rehearsing
from procurement.keycards.models import CardKind, Drill, KeyCard, KeySet
from procurement.lifecycle import Act
from procurement.publication.models import Entry

LETTERS = {CardKind.COMMITTEE: "C", CardKind.RECOVERY: "R"}
REPLACED = "由新的一套代替"  # part of the record, and so in Chinese whoever reads it


@transaction.atomic
def begin(*, label: str, by: Actor, at: datetime) -> KeySet:
    """Begin a set of seven cards, four of the committee and three in reserve, and return it."""
    permissions.require(Act.BEGIN_KEYS, by=by)
    if not label.strip():
        raise Invalid(_("请给这套钥匙起个名字，例如“2027 年度开标钥匙”。"), "label")
    waiting = KeySet.objects.filter(
        procuring_entity_id=by.member_of, published_at__isnull=True, retired_at__isnull=True
    )
    if waiting.exists():
        raise Invalid(_("本单位已经有一套正在制作，请接着做完，或者先停用那一套。"), "label")
    made = KeySet.objects.create(
        procuring_entity_id=by.member_of,
        label=label.strip(),
        begun_by_id=by.person_id,
        begun_at=at,
    )
    counts = {CardKind.COMMITTEE: queries.COMMITTEE, CardKind.RECOVERY: queries.RECOVERY}
    KeyCard.objects.bulk_create(
        KeyCard(key_set=made, kind=kind, place=place, member=f"{made.name}-{LETTERS[kind]}{place}")
        for kind, count in counts.items()
        for place in range(1, count + 1)
    )
    audit.record("keycards.begin", by=by, at=at, subject=made.name)
    return made


@transaction.atomic
def name_holder(
    card: KeyCard, *, holder: str, affiliation: str, is_outside: bool, by: Actor, at: datetime
) -> KeyCard:
    """Say who holds a card and where that person works; another holder needs another card."""
    card, key_set = _held(card)
    permissions.require(Act.NAME_HOLDER, by=by, on=key_set)
    lifecycle.require_keys(Act.NAME_HOLDER, key_set, at)
    name, place = " ".join(holder.split()), " ".join(affiliation.split())
    if not name:
        raise Invalid(_("请写持卡人的姓名，会向公众公开。"), "holder")
    if not place:
        raise Invalid(_("请写持卡人所在的单位，例如“县审计局”。"), "affiliation")
    others = key_set.cards.exclude(pk=card.pk)
    if others.filter(holder=name, affiliation=place).exists():
        raise Invalid(_("这个人已经有一张卡。一个人只能有一张，请换一位。"), "holder")
    if card.made_at and (card.holder, card.affiliation) != (name, place):
        _unmake(card)  # whoever held it has seen it
    card.holder, card.affiliation, card.is_outside = name, place, is_outside
    card.save()
    _signed(key_set, by)
    audit.record("keycards.name_holder", by=by, at=at, subject=card.member)
    return card


@transaction.atomic
def make(
    card: KeyCard, *, by: Actor, at: datetime, drawn: Callable[[], str] = cards.make
) -> tuple[KeyCard, str]:
    """Make a card and return it with its forty digits: now or never, they are not kept.

    Made again, what was made before is worth nothing; possible until the set is published. Only
    a rehearsal, whose digits everybody may know, gives another way in which they are `drawn`.
    """
    card, key_set = _held(card)
    permissions.require(Act.MAKE_CARD, by=by, on=key_set)
    lifecycle.require_keys(Act.MAKE_CARD, key_set, at)
    if not card.holder:
        raise Invalid(_("请先写明这张卡由谁持有。"), "holder")
    digits = drawn()
    _unmake(card)
    card.public_key = cards.public_point(digits, card.member)
    card.made_at, card.made_by_id = at, by.person_id
    card.save()
    _signed(key_set, by)
    audit.record("keycards.make", by=by, at=at, subject=card.member)
    return card, digits


@transaction.atomic
def confirm(card: KeyCard, *, digits: str, by: Actor, at: datetime) -> KeyCard:
    """Note that the holder typed the card back right, so the paper is whole.

    Raises Unreadable with the groups to look at, or WrongCard that says whose it is.
    """
    card, key_set = _held(card)
    permissions.require(Act.CONFIRM_CARD, by=by, on=key_set)
    lifecycle.require_keys(Act.CONFIRM_CARD, key_set, at)
    if card.made_at is None:
        raise Invalid(_("这张卡还没有制作，请先制作。"))
    queries.digits_of(card, digits)
    card.confirmed_at, card.confirmed_by_id = at, by.person_id
    card.save()
    _signed(key_set, by)
    audit.record("keycards.confirm", by=by, at=at, subject=card.member)
    return card


@transaction.atomic
def publish(key_set: KeySet, *, gate: bytes, by: Actor, at: datetime) -> KeySet:
    """Publish a whole set: from now on the agency's tenders are sealed to it.

    `gate` is the public key of the time gate (SEC1, 65 bytes). The set in use before is retired:
    tenders sealed to it keep it. Raises legality.Incomplete with what is lacking.
    """
    key_set = _locked(key_set)
    permissions.require(Act.PUBLISH_KEYS, by=by, on=key_set)
    lifecycle.require_keys(Act.PUBLISH_KEYS, key_set, at)
    legality.require_whole(queries.problems(key_set))
    in_use = KeySet.objects.select_for_update().filter(
        procuring_entity_id=key_set.procuring_entity_id,
        published_at__isnull=False,
        retired_at__isnull=True,
    )
    before = in_use.first()
    if before is not None:
        before.retired_at, before.retired_by_id, before.reason = at, by.user_id, REPLACED
        before.save()
    keys = queries.keys(key_set, gate)
    key_set.gate, key_set.manifest, key_set.digest = gate, keys.manifest(), keys.digest()
    key_set.published_at, key_set.published_by_id = at, by.user_id
    entry = rehearsing.stated(disclosure.set_statement(key_set, before), key_set, at=at)
    key_set.release_id = entry.release_id
    key_set.save()
    audit.record("keycards.publish", by=by, at=at, subject=key_set.name)
    return key_set


@transaction.atomic
def report_lost(card: KeyCard, *, reason: str, by: Actor, at: datetime) -> Entry:
    """Put on the public record that a card is lost, stolen or was seen by others."""
    card, key_set = _held(card)
    permissions.require(Act.REPORT_LOST_CARD, by=by, on=key_set)
    lifecycle.require_keys(Act.REPORT_LOST_CARD, key_set, at)
    if card.lost_at is not None:
        raise Invalid(_("这张卡已经登记遗失。"))
    if not reason.strip():
        raise Invalid(_("请写明怎样遗失，会向公众公开，请不要写私人情况。"), "reason")
    card.lost_at, card.lost_by_id, card.lost_reason = at, by.person_id, reason.strip()
    card.save()
    audit.record("keycards.report_lost", by=by, at=at, subject=card.member, reason=reason)
    return rehearsing.stated(disclosure.lost_statement(card), key_set, at=at)


@transaction.atomic
def retire(key_set: KeySet, *, reason: str, by: Actor, at: datetime) -> KeySet:
    """Give a set up, with the reason; one in use says so in public. Its old tenders keep it."""
    key_set = _locked(key_set)
    permissions.require(Act.RETIRE_KEYS, by=by, on=key_set)
    lifecycle.require_keys(Act.RETIRE_KEYS, key_set, at)
    if not reason.strip():
        raise Invalid(_("请写明为什么停用这套钥匙。"), "reason")
    key_set.retired_at, key_set.retired_by_id = at, by.user_id
    key_set.reason = reason.strip()
    key_set.save()
    audit.record("keycards.retire", by=by, at=at, subject=key_set.name, reason=reason)
    if key_set.published_at is not None:
        rehearsing.stated(disclosure.retired_statement(key_set), key_set, at=at)
    return key_set


def begin_drill(key_set: KeySet, *, witnesses: str, by: Actor, at: datetime) -> Drill:
    """Begin a rehearsal: a test word is sealed to the cards, and nobody knows it. Return it."""
    return rehearsing.begin(key_set, witnesses=witnesses, by=by, at=at)


def drill_card(drill: Drill, *, card: KeyCard, digits: str, by: Actor, at: datetime) -> Drill:
    """Use one card in a rehearsal; the last one needed ends it, and the result is published."""
    return rehearsing.use(drill, card=card, digits=digits, by=by, at=at)


def end_drill(drill: Drill, *, reason: str, by: Actor, at: datetime) -> Drill:
    """Stop a rehearsal that cannot be finished; what did not work is published with the reason."""
    return rehearsing.stop(drill, reason=reason, by=by, at=at)


def _locked(key_set: KeySet) -> KeySet:
    return KeySet.objects.select_for_update().get(pk=key_set.pk)


def _held(card: KeyCard) -> tuple[KeyCard, KeySet]:
    """Return a card and its set as they are, the row of the set locked: acts come one by one."""
    key_set = _locked(card.key_set)
    held = KeyCard.objects.get(pk=card.pk)
    held.key_set = key_set
    return held, key_set


def _unmake(card: KeyCard) -> None:
    card.public_key = card.made_at = card.made_by_id = None
    card.confirmed_at = card.confirmed_by_id = None


def _signed(key_set: KeySet, by: Actor) -> None:
    """Note whose hand is in the set: that person does not publish it."""
    key_set.hands = sorted({*key_set.hands, by.person_id})
    key_set.save(update_fields=["hands"])
