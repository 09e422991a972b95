"""The stages of a planning notice."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from procurement.lifecycle.acts import Act


class PlanStage(StrEnum):
    """Where a planning notice stands."""

    DRAFT = "draft"  # being written; only its agency sees it
    SUBMITTED = "submitted"  # waits for a second person
    PUBLISHED = "published"  # public and frozen


class PlanFacts(Protocol):
    """The dated facts a stage follows from."""

    submitted_at: datetime | None
    published_at: datetime | None


ALLOWED: Mapping[Act, frozenset[PlanStage]] = {
    Act.REVISE_PLAN: frozenset({PlanStage.DRAFT}),
    Act.SUBMIT_PLAN: frozenset({PlanStage.DRAFT}),
    Act.RETURN_PLAN: frozenset({PlanStage.SUBMITTED}),
    Act.PUBLISH_PLAN: frozenset({PlanStage.SUBMITTED}),
}


def stage_at(plan: PlanFacts, at: datetime) -> PlanStage:
    """Return the stage at an instant; it follows from the dated facts alone."""
    if plan.published_at and plan.published_at <= at:
        return PlanStage.PUBLISHED
    if plan.submitted_at and plan.submitted_at <= at:
        return PlanStage.SUBMITTED
    return PlanStage.DRAFT
