"""What the public reads of key cards: whose they are, which were lost, how drills went."""

import json
from typing import Any

from procurement.keycards import queries
from procurement.keycards.models import CardKind, Drill, DrillRound, KeyCard, KeySet
from procurement.ocds import fragments

Statement = dict[str, Any]


def set_statement(key_set: KeySet, replaced: KeySet | None) -> Statement:
    """Return the notice of a set in use: who holds which card, and the manifest in full."""
    return {
        **_of(key_set, "published"),
        "replaces": replaced.digest if replaced else "",
        "committee": [_holder(card) for card in queries.of_kind(key_set, CardKind.COMMITTEE)],
        "recovery": [_holder(card) for card in queries.of_kind(key_set, CardKind.RECOVERY)],
        "manifest": json.loads(bytes(key_set.manifest or b"{}")),
    }


def lost_statement(card: KeyCard) -> Statement:
    """Return the notice of a lost card: one alone opens nothing, so nothing is at risk by it."""
    left = [each for each in queries.of_kind(card.key_set, CardKind(card.kind)) if each.works]
    return {
        **_of(card.key_set, "lost"),
        "card": _holder(card),
        "reason": card.lost_reason,
        "cardsLeft": len(left),
        "cardsNeeded": card.key_set.k if card.kind == CardKind.COMMITTEE else card.key_set.kr,
    }


def retired_statement(key_set: KeySet) -> Statement:
    """Return the notice of a set given up without another in its place."""
    return {**_of(key_set, "retired"), "reason": key_set.reason}


def drill_statement(drill: Drill) -> Statement:
    """Return the notice of a drill: who watched, which cards worked in which round."""
    done = queries.rounds_done(drill)
    return {
        **_of(drill.key_set, "drill"),
        "begun": drill.begun_at,
        "ended": drill.passed_at or drill.stopped_at,
        "outcome": "passed" if drill.passed_at else "stopped",
        "reason": drill.reason,
        "witnesses": drill.witnesses,
        "rounds": [
            {
                "round": each.value,
                "cards": [turn.card.member for turn in queries.turns(drill, each)],
                "opened": each in done,
            }
            for each in DrillRound
        ],
    }


def _of(key_set: KeySet, event: str) -> Statement:
    return {
        "event": event,
        "agency": fragments.reference(key_set.procuring_entity),
        "keySet": {"id": key_set.name, "label": key_set.label, "digest": key_set.digest},
    }


def _holder(card: KeyCard) -> Statement:
    return {
        "member": card.member,
        "name": card.holder,
        "affiliation": card.affiliation,
        "isOutside": card.is_outside,
    }
