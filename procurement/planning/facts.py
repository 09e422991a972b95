"""A planning notice as the facts the rulebook asks for. Pure: model in, mapping out."""

from collections.abc import Mapping

from procurement.planning.models import PlanningNotice


def facts(plan: PlanningNotice) -> dict[str, object]:
    """Return the facts of a planning notice by the names the book uses."""
    media: Mapping[str, object] = {
        "notice.designatedMedia.url": plan.designated_media_url,
        "notice.designatedMedia.publishedDate": plan.designated_media_date,
    }
    return {
        "planning.published": plan.published_at,
        "planning.project.title": plan.title,
        "planning.needSummary": plan.need_summary,
        "planning.budget.amount": plan.budget_amount,
        "planning.expectedProcurementDate": plan.expected_month,
        "planning.budget.reference": plan.budget_reference,
        "planning.budget.fiscalYear": plan.fiscal_year,
        "planning.budget.midTermPlanYears": plan.midterm_years,
        "planning.negativeListDeclaration": plan.negative_list_declared or None,
        "mainProcurementCategory": "services",
        "service.audience": "public",
        "isGovernmentPurchaseOfServices": True,
        "value": plan.budget_amount,
        **_catalogue(plan),
        **media,
    }


def _catalogue(plan: PlanningNotice) -> dict[str, object]:
    """Return whether procurement law binds the purchase; unanswered, nobody can tell."""
    return {} if plan.in_catalogue is None else {"inCatalogue": plan.in_catalogue}
