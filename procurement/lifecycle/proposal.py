"""The stages of a proposal for the province's rules: one rule editor proposes, another decides."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from procurement.lifecycle.acts import Act
from procurement.lifecycle.engine import NotNow


class ProposalStage(StrEnum):
    """Where a proposed change of the book, or a year of the calendar, stands."""

    PROPOSED = "proposed"  # waits for a second rule editor
    APPROVED = "approved"  # published, and part of the book from its day on
    DECLINED = "declined"  # sent away with a reason; a new one may be proposed


class ProposalFacts(Protocol):
    """The dated facts a stage follows from."""

    approved_at: datetime | None
    declined_at: datetime | None


_WAITING = frozenset({ProposalStage.PROPOSED})

ALLOWED: Mapping[Act, frozenset[ProposalStage]] = {
    Act.APPROVE_CHANGE: _WAITING,
    Act.DECLINE_CHANGE: _WAITING,
    Act.CONFIRM_YEAR: _WAITING,
    Act.DECLINE_YEAR: _WAITING,
}


def stage_at(proposal: ProposalFacts, at: datetime) -> ProposalStage:
    """Return the stage at an instant; it follows from the dated facts alone."""
    if proposal.approved_at and proposal.approved_at <= at:
        return ProposalStage.APPROVED
    if proposal.declined_at and proposal.declined_at <= at:
        return ProposalStage.DECLINED
    return ProposalStage.PROPOSED


def require_proposal(act: Act, subject: ProposalFacts, at: datetime) -> ProposalStage:
    """Return the proposal's stage, or raise NotNow when the act does not belong in it."""
    stage = stage_at(subject, at)
    if stage not in ALLOWED[act]:
        raise NotNow(act, stage)
    return stage
