"""What is asked of planning notices more than once."""

from datetime import date, datetime

from organizations.roles import Actor, Permission
from procurement import rules
from procurement.planning.facts import facts
from procurement.planning.models import PlanningNotice, PlanningNoticeQuerySet
from procurement.rules import SHANGHAI

PHASES = frozenset({"planning", "publication"})

# The book's planning rules about the tender that follows are asked when that tender is published.
_LATER = frozenset({"public-need-consultation", "intention-min-30-days"})


def visible_to(actor: Actor) -> PlanningNoticeQuerySet:
    """Return the planning notices a person works on: those of the own agency."""
    if actor.may(Permission.DRAFT_NOTICES) or actor.may(Permission.APPROVE_NOTICES):
        return PlanningNotice.objects.of(actor.organization_id)
    return PlanningNotice.objects.none()


def findings(plan: PlanningNotice, *, at: datetime) -> tuple[rules.Finding, ...]:
    """Return what the rulebook says of this notice if it were published at the instant."""
    on: date = at.astimezone(SHANGHAI).date()
    method = plan.procurement_method or "open"
    known = facts(plan) | {"notice.publisher.verified": plan.procuring_entity.is_verified or None}
    found = rules.check(rules.load(), method, known, on=on, phases=PHASES)
    return tuple(finding for finding in found if finding.rule.id not in _LATER)
