"""When an act may happen: tables of stages and a small engine. Pure: no Django."""

from procurement.lifecycle.acts import Act
from procurement.lifecycle.engine import NotNow, may, require, require_plan
from procurement.lifecycle.planning import PlanStage
from procurement.lifecycle.planning import stage_at as plan_stage_at
from procurement.lifecycle.tender import ENDED, Stage, enquiries_are_open, stage_at

__all__ = [
    "ENDED",
    "Act",
    "NotNow",
    "PlanStage",
    "Stage",
    "enquiries_are_open",
    "may",
    "plan_stage_at",
    "require",
    "require_plan",
    "stage_at",
]
