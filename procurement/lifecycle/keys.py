"""The stages of a set of key cards, and which act belongs in which."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from procurement.lifecycle.acts import Act
from procurement.lifecycle.engine import NotNow


class KeyStage(StrEnum):
    """Where a set of key cards stands."""

    PREPARING = "preparing"  # holders are named, cards made and typed back
    IN_USE = "in_use"  # published; new tenders are sealed to it
    RETIRED = "retired"  # replaced or given up; tenders sealed to it still open with its cards


class KeyFacts(Protocol):
    """The dated facts a stage follows from."""

    published_at: datetime | None
    retired_at: datetime | None


_MADE = frozenset({KeyStage.PREPARING})
_USED = frozenset({KeyStage.IN_USE})

ALLOWED: Mapping[Act, frozenset[KeyStage]] = {
    Act.NAME_HOLDER: _MADE,
    Act.MAKE_CARD: _MADE,
    Act.CONFIRM_CARD: _MADE,
    Act.PUBLISH_KEYS: _MADE,
    # a card of a replaced set still opens what was sealed to it
    Act.REPORT_LOST_CARD: frozenset({KeyStage.IN_USE, KeyStage.RETIRED}),
    Act.RETIRE_KEYS: frozenset({KeyStage.PREPARING, KeyStage.IN_USE}),
    Act.BEGIN_DRILL: _USED,
    Act.DRILL_CARD: _USED,
    Act.END_DRILL: frozenset({KeyStage.IN_USE, KeyStage.RETIRED}),
}


def stage_at(keys: KeyFacts, at: datetime) -> KeyStage:
    """Return the stage at an instant; it follows from the dated facts alone."""
    if keys.retired_at and keys.retired_at <= at:
        return KeyStage.RETIRED
    if keys.published_at and keys.published_at <= at:
        return KeyStage.IN_USE
    return KeyStage.PREPARING


def require_keys(act: Act, subject: KeyFacts, at: datetime) -> KeyStage:
    """Return the stage of a set of cards, or raise NotNow when the act does not belong in it."""
    stage = stage_at(subject, at)
    if stage not in ALLOWED[act]:
        raise NotNow(act, stage)
    return stage
