"""`manage.py lifecycle`: the stage tables as a page to read; docs/lifecycle.md is its output."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from inspect import getsource

from django.core.management.base import BaseCommand
from django.utils import translation
from django_stubs_ext import StrOrPromise

from organizations.roles import ROLES, Permission
from procurement.lifecycle import (
    Act,
    DutyStage,
    KeyStage,
    PlanStage,
    ProposalStage,
    Stage,
    duty,
    keys,
    planning,
    proposal,
    tender,
)
from procurement.permissions import REQUIREMENTS
from procurement.web import labels

WORDS: Mapping[str, StrOrPromise] = {
    **labels.STAGES,
    **labels.PLAN_STAGES,
    **labels.DUTY_STAGES,
    **labels.PROPOSAL_STAGES,
    **labels.KEY_STAGES,
}


def _notes(stages: type[StrEnum]) -> dict[str, str]:
    """Return what is written behind each stage where it is declared."""
    return dict(re.findall(r"(\w+) = \"\w+\"  # (.+)", getsource(stages)))


def _who(permission: Permission | None) -> str:
    """Return the roles that carry a permission."""
    if permission is None:
        return "the clock"
    return ", ".join(role.value for role, card in ROLES.items() if permission in card.permissions)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _table(
    title: str, stages: type[StrEnum], allowed: Mapping[Act, AbstractSet[StrEnum]]
) -> Iterator[str]:
    notes = _notes(stages)
    yield f"## {title}\n"
    yield "| stage | 中文 | what it means |"
    yield "| --- | --- | --- |"
    for stage in stages:
        label = WORDS[stage]
        yield _row(stage.value, str(label), notes[stage.name])
    yield "\n| act | 中文 | possible at | who |"
    yield "| --- | --- | --- | --- |"
    for act, where in allowed.items():
        at = ", ".join(stage.value for stage in stages if stage in where)
        who = _who(REQUIREMENTS[act].permission)
        yield _row(f"`{act.value}`", str(labels.ACTS[act]), at, who)
    yield ""


def page() -> str:
    """Return the whole page as Markdown."""
    with translation.override("zh-hans"):
        return "\n".join(
            [
                "# The life of a procurement\n",
                "Made by `python3 manage.py lifecycle` from the tables the code runs on. A stage",
                "is never stored: it follows from dated facts and an instant.\n",
                *_table("Planning notice", PlanStage, planning.ALLOWED),
                *_table("Tender", Stage, tender.ALLOWED),
                *_table("Duty with a date", DutyStage, duty.ALLOWED),
                *_table("Proposal for the book or the calendar", ProposalStage, proposal.ALLOWED),
                *_table("Key cards for the opening", KeyStage, keys.ALLOWED),
            ]
        )


class Command(BaseCommand):
    """Print the stages, the acts and who may do them."""

    help = "Print the life of a procurement as Markdown (docs/lifecycle.md)."

    def handle(self, *_args: object, **_options: object) -> None:
        """Print the page."""
        self.stdout.write(page())
