"""The stages of a duty with a date, and which act belongs in which."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from procurement.lifecycle.acts import Act


class DutyStage(StrEnum):
    """Where a duty stands. Derived from dated facts and an instant, never stored."""

    AWAITED = "awaited"  # there is still time, or the last day is not known yet
    MET = "met"  # done in time
    OVERDUE = "overdue"  # the due time has passed and it is not done: a breach
    CURED = "cured"  # done, after the due time
    EXCUSED = "excused"  # missed, and the overseer accepted the reason
    LAPSED = "lapsed"  # the procurement ended first


class DutyFacts(Protocol):
    """The dated facts a stage follows from. An instant in the future has not happened yet."""

    is_certain: bool
    due_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    lapsed_at: datetime | None
    excused_at: datetime | None

    @property
    def done_at(self) -> datetime | None:
        """When it was done; what only the agency sees counts from the day it states."""


BREACHED = frozenset({DutyStage.OVERDUE, DutyStage.CURED, DutyStage.EXCUSED})

ALLOWED: Mapping[Act, frozenset[DutyStage]] = {
    Act.STATE_DUTY_DONE: frozenset({DutyStage.AWAITED, DutyStage.OVERDUE, DutyStage.EXCUSED}),
    Act.TELL_EVENT: frozenset({DutyStage.MET, DutyStage.CURED, DutyStage.EXCUSED}),
    Act.RECORD_BREACH: frozenset({DutyStage.OVERDUE}),
    Act.REPLY_TO_BREACH: BREACHED,
    Act.EXCUSE_BREACH: frozenset({DutyStage.OVERDUE, DutyStage.CURED}),
}


def stage_at(duty: DutyFacts, at: datetime) -> DutyStage:
    """Return the stage at an instant.

    Done at the due time itself is in time (以内 includes the figure, MOF Order 87 Art. 86); what
    was done in time and stated late is in time too, unless its absence is on record already. A
    duty that may not apply, or whose last day nobody can know yet, is never overdue.
    """
    if duty.excused_at and duty.excused_at <= at:
        return DutyStage.EXCUSED
    due = duty.due_at if duty.is_certain else None
    if duty.met_at and duty.met_at <= at:
        late = due and duty.done_at and duty.done_at > due
        return DutyStage.CURED if late or duty.breached_at else DutyStage.MET
    if duty.lapsed_at and duty.lapsed_at <= at and not (due and due < duty.lapsed_at):
        return DutyStage.LAPSED
    return DutyStage.OVERDUE if due and due < at else DutyStage.AWAITED
