"""What may be done with planning notices."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.regions.models import Region
from organizations.roles import Actor
from procurement import legality, lifecycle, permissions
from procurement.lifecycle import Act
from procurement.ocds import receipts
from procurement.planning import disclosure, queries
from procurement.planning.models import PlanningNotice
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.rulebook import actions as rulebook
from procurement.rulebook import queries as editions

# What a drafter may set; everything else is set by acts.
EDITABLE = (
    "title",
    "need_summary",
    "services",
    "populations",
    "procurement_method",
    "advice_answers",
    "expected_month",
    "budget_amount",
    "budget_reference",
    "in_catalogue",
    "catalogue_source",
    "fiscal_year",
    "midterm_years",
    "comments_until",
    "comments_contact",
    "negative_list_declared",
    "designated_media_url",
    "designated_media_date",
)


def _locked(plan: PlanningNotice) -> PlanningNotice:
    return PlanningNotice.objects.select_for_update().get(pk=plan.pk)


@transaction.atomic
def draft(*, title: str, by: Actor, at: datetime) -> PlanningNotice:
    """Begin a planning notice and return it; it gets the number it keeps for good."""
    permissions.require(Act.DRAFT_PLAN, by=by)
    return PlanningNotice.objects.create(
        process=log.open_process(at=at),
        procuring_entity_id=by.member_of,
        title=title,
        drafted_by_id=by.person_id,
        drafted_at=at,
    )


@transaction.atomic
def revise(
    plan: PlanningNotice,
    *,
    changes: Mapping[str, Any],
    regions: Iterable[Region] | None = None,
    by: Actor,
    at: datetime,
) -> PlanningNotice:
    """Change fields of a draft (names of EDITABLE) and return it."""
    plan = _locked(plan)
    permissions.require(Act.REVISE_PLAN, by=by, on=plan)
    lifecycle.require_plan(Act.REVISE_PLAN, plan, at)
    for name, new in changes.items():
        if name not in EDITABLE:
            raise Invalid(_("这一项不能在草稿里修改。"), name)
        setattr(plan, name, new)
    plan.revised_by_ids = sorted({*plan.revised_by_ids, by.person_id})
    plan.save()
    if regions is not None:
        plan.regions.set(regions)
    return plan


@transaction.atomic
def submit(plan: PlanningNotice, *, by: Actor, at: datetime) -> PlanningNotice:
    """Hand a draft to the second person and return it. Raises legality.Incomplete."""
    plan = _locked(plan)
    permissions.require(Act.SUBMIT_PLAN, by=by, on=plan)
    lifecycle.require_plan(Act.SUBMIT_PLAN, plan, at)
    legality.require_whole(queries.problems(plan))
    plan.submitted_at, plan.submitted_by_id, plan.return_reason = at, by.user_id, ""
    plan.save()
    return plan


@transaction.atomic
def send_back(plan: PlanningNotice, *, reason: str, by: Actor, at: datetime) -> PlanningNotice:
    """Return a submitted notice to its drafter with the reason."""
    plan = _locked(plan)
    permissions.require(Act.RETURN_PLAN, by=by, on=plan)
    lifecycle.require_plan(Act.RETURN_PLAN, plan, at)
    if not reason.strip():
        raise Invalid(_("请写明退回的原因，起草人才知道要改什么。"), "reason")
    plan.submitted_at, plan.submitted_by_id, plan.return_reason = None, None, reason
    plan.save()
    return plan


@transaction.atomic
def publish(plan: PlanningNotice, *, by: Actor, at: datetime) -> PlanningNotice:
    """Approve and publish a planning notice; from now on it is frozen.

    Raises legality.RulesBroken with the findings when a rule that blocks is broken.
    """
    plan = _locked(plan)
    permissions.require(Act.PUBLISH_PLAN, by=by, on=plan)
    lifecycle.require_plan(Act.PUBLISH_PLAN, plan, at)
    found = queries.findings(plan, at=at)
    legality.require(found)
    edition = rulebook.keep(editions.current(at), at=at)
    plan.published_at, plan.published_by_id = at, by.user_id
    plan.save()
    audit.record("planning.publish", by=by, at=at, subject=plan.ocid)
    log.append(
        disclosure.planning_notice(plan, receipts.receipt(found, edition=edition, at=at)),
        kind=NoticeKind.PLANNING,
        title=plan.title,
        ocid=plan.ocid,
        at=at,
    )
    return plan
