"""What is asked of planning notices more than once."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from organizations.roles import Actor, Permission
from procurement import rules
from procurement.legality import Problem
from procurement.planning.facts import facts
from procurement.planning.models import PlanningNotice, PlanningNoticeQuerySet
from procurement.rulebook import queries as rulebook
from procurement.rules import SHANGHAI

PHASES = frozenset({"planning", "publication"})

# The book's planning rules about the tender that follows are asked when that tender is published.
_LATER = frozenset({"public-need-consultation", "intention-min-30-days"})


def visible_to(actor: Actor) -> PlanningNoticeQuerySet:
    """Return the planning notices a person works on: those of the own agency."""
    if actor.may(Permission.DRAFT_NOTICES) or actor.may(Permission.APPROVE_NOTICES):
        return PlanningNotice.objects.of(actor.organization_id)
    return PlanningNotice.objects.none()


def problems(plan: PlanningNotice) -> list[Problem]:
    """Return what the notice lacks to tell the public anything, whatever the law asks of it."""
    return [
        Problem(field, message)
        for field, is_missing, message in (
            ("need_summary", not plan.need_summary.strip(), _("请写明需要什么、为什么。")),
            ("services", not plan.services, _("请至少选一项服务内容。")),
            ("populations", not plan.populations, _("请至少选一类服务人群。")),
            ("regions", not plan.regions.exists(), _("请至少选一个服务地区。")),
            ("budget_amount", plan.budget_amount is None, _("请填写预算金额。")),
            ("expected_month", plan.expected_month is None, _("请选择预计采购月份。")),
        )
        if is_missing
    ]


def findings(plan: PlanningNotice, *, at: datetime) -> tuple[rules.Finding, ...]:
    """Return what the rulebook says of this notice if it were published at the instant."""
    on: date = at.astimezone(SHANGHAI).date()
    method = plan.procurement_method or "open"
    known = facts(plan) | {"notice.publisher.verified": plan.procuring_entity.is_verified or None}
    found = rulebook.current(at).check(method, known, on=on, phases=PHASES)
    return tuple(finding for finding in found if finding.rule.id not in _LATER)
