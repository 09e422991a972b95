"""When an act may happen: tables of stages and a small engine. Pure: no Django."""

from procurement.lifecycle.acts import Act
from procurement.lifecycle.duty import BREACHED, DutyStage
from procurement.lifecycle.duty import stage_at as duty_stage_at
from procurement.lifecycle.engine import NotNow, may, require, require_duty, require_plan
from procurement.lifecycle.keys import KeyStage, require_keys
from procurement.lifecycle.keys import stage_at as key_stage_at
from procurement.lifecycle.planning import PlanStage
from procurement.lifecycle.planning import stage_at as plan_stage_at
from procurement.lifecycle.proposal import ProposalStage, require_proposal
from procurement.lifecycle.proposal import stage_at as proposal_stage_at
from procurement.lifecycle.tender import ENDED, Stage, enquiries_are_open, stage_at

__all__ = [
    "BREACHED",
    "ENDED",
    "Act",
    "DutyStage",
    "KeyStage",
    "NotNow",
    "PlanStage",
    "ProposalStage",
    "Stage",
    "duty_stage_at",
    "enquiries_are_open",
    "key_stage_at",
    "may",
    "plan_stage_at",
    "proposal_stage_at",
    "require",
    "require_duty",
    "require_keys",
    "require_plan",
    "require_proposal",
    "stage_at",
]
