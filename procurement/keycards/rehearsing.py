"""Drills, as `keycards.actions` holds them: a test word opened three ways, then said in public."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.keycards import disclosure, drilling, queries
from procurement.keycards.models import CardKind, Drill, DrillTurn, KeyCard, KeySet
from procurement.lifecycle import Act
from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Log, LogHead

WITNESSES = 2  # at least


def stated(statement: Mapping[str, Any], key_set: KeySet, *, at: datetime) -> Entry:
    """Publish a statement about a set; the log is held, so that no two have one number."""
    LogHead.objects.select_for_update().get(pk=Log.NOTICES)
    number = Entry.objects.filter(kind=NoticeKind.KEYSET).count() + 1
    title = f"{key_set.procuring_entity.name}：{key_set.label}"
    return log.state(statement, kind=NoticeKind.KEYSET, number=number, title=title, at=at)


@transaction.atomic
def begin(key_set: KeySet, *, witnesses: str, by: Actor, at: datetime) -> Drill:
    """Seal a test word to the cards of a set in use."""
    key_set = KeySet.objects.select_for_update().get(pk=key_set.pk)
    permissions.require(Act.BEGIN_DRILL, by=by, on=key_set)
    lifecycle.require_keys(Act.BEGIN_DRILL, key_set, at)
    names = [
        each
        for each in witnesses.replace("，", "、").replace(",", "、").split("、")
        if each.strip()
    ]
    if len(names) < WITNESSES:
        raise Invalid(_("请写至少两位见证人的姓名，用顿号分开，会向公众公开。"), "witnesses")
    if key_set.drills.filter(passed_at__isnull=True, stopped_at__isnull=True).exists():
        raise Invalid(_("已经有一次演练没有做完，请接着做完，或者先停止它。"), "witnesses")
    sealed = drilling.seal(
        drilling.fresh_word(),
        key_set.digest,
        committee=queries.members(key_set, CardKind.COMMITTEE),
        k=key_set.k,
        recovery=queries.members(key_set, CardKind.RECOVERY),
        kr=key_set.kr,
    )
    audit.record("keycards.begin_drill", by=by, at=at, subject=key_set.name)
    return Drill.objects.create(
        key_set=key_set,
        witnesses="、".join(" ".join(each.split()) for each in names),
        sealed=sealed,
        begun_by_id=by.person_id,
        begun_at=at,
    )


@transaction.atomic
def use(drill: Drill, *, card: KeyCard, digits: str, by: Actor, at: datetime) -> Drill:
    """Let one card contribute its part; the card itself is forgotten at once."""
    drill = _held(drill)
    permissions.require(Act.DRILL_CARD, by=by, on=drill)
    lifecycle.require_keys(Act.DRILL_CARD, drill.key_set, at)
    round_ = queries.current_round(drill)
    if drill.is_over or round_ is None:
        raise Invalid(_("这次演练已经结束。要再演练，请另外开始一次。"))
    if card not in queries.may_turn(drill, round_):
        raise Invalid(_("这张卡不能用在这一步，请从列出的持卡人里选择。"), "card")
    forty = queries.digits_of(card, digits)
    try:
        share = drilling.part(drill.sealed, card.member, forty)
    except drilling.Unopened as unopened:
        raise Invalid(_("卡没有输错，但打不开它的那一份。请停止演练，换一套钥匙。")) from unopened
    DrillTurn.objects.create(drill=drill, round=round_, card=card, share=share, at=at)
    audit.record("keycards.drill_card", by=by, at=at, subject=card.member)
    if queries.current_round(drill) is None:
        drill.passed_at = at
        _end(drill, at)
    return drill


@transaction.atomic
def stop(drill: Drill, *, reason: str, by: Actor, at: datetime) -> Drill:
    """End a drill before its end."""
    drill = _held(drill)
    permissions.require(Act.END_DRILL, by=by, on=drill)
    lifecycle.require_keys(Act.END_DRILL, drill.key_set, at)
    if drill.is_over:
        raise Invalid(_("这次演练已经结束。要再演练，请另外开始一次。"))
    if not reason.strip():
        raise Invalid(_("请写明为什么停止，例如“第二张卡打不开”。会向公众公开。"), "reason")
    drill.stopped_at, drill.stopped_by_id, drill.reason = at, by.user_id, reason.strip()
    audit.record("keycards.end_drill", by=by, at=at, subject=drill.key_set.name, reason=reason)
    _end(drill, at)
    return drill


def _end(drill: Drill, at: datetime) -> None:
    entry = stated(disclosure.drill_statement(drill), drill.key_set, at=at)
    drill.release_id = entry.release_id
    drill.save()


def _held(drill: Drill) -> Drill:
    found = Drill.objects.select_for_update(of=("self",)).select_related("key_set")
    return found.get(pk=drill.pk)
