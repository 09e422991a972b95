"""The engine: one question, one refusal."""

from datetime import datetime
from enum import StrEnum

from procurement.lifecycle import duty, planning, tender
from procurement.lifecycle.acts import Act


class NotNow(Exception):
    """An act at the wrong stage. Carries the act and the stage; the web finds the words."""

    def __init__(self, act: Act, stage: StrEnum) -> None:
        super().__init__(f"{act} is not possible at stage {stage}")
        self.act = act
        self.stage = stage


def may(act: Act, subject: tender.TenderFacts, at: datetime) -> bool:
    """Say whether the act belongs in the stage the tender has at this instant."""
    if act is Act.ASK_ENQUIRY and not tender.enquiries_are_open(subject, at):
        return False
    return tender.stage_at(subject, at) in tender.ALLOWED[act]


def require(act: Act, subject: tender.TenderFacts, at: datetime) -> tender.Stage:
    """Return the tender's stage, or raise NotNow when the act does not belong in it."""
    stage = tender.stage_at(subject, at)
    if not may(act, subject, at):
        raise NotNow(act, stage)
    return stage


def require_plan(act: Act, subject: planning.PlanFacts, at: datetime) -> planning.PlanStage:
    """Return the planning notice's stage, or raise NotNow when the act does not belong in it."""
    stage = planning.stage_at(subject, at)
    if stage not in planning.ALLOWED[act]:
        raise NotNow(act, stage)
    return stage


def require_duty(act: Act, subject: duty.DutyFacts, at: datetime) -> duty.DutyStage:
    """Return the duty's stage, or raise NotNow when the act does not belong in it."""
    stage = duty.stage_at(subject, at)
    if stage not in duty.ALLOWED[act]:
        raise NotNow(act, stage)
    return stage
