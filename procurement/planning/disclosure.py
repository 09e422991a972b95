"""What the public sees of a planning notice: an allow-list, as an OCDS fragment."""

from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment
from procurement.planning.models import PlanningNotice


def planning_notice(plan: PlanningNotice, receipt: Fragment) -> Fragment:
    """Return the sections of the planning release, with the receipt of its check."""
    buyer = plan.procuring_entity
    return {
        "title": plan.title,
        "buyer": fragments.reference(buyer),
        "parties": [fragments.party(buyer, "buyer", "procuringEntity", "payer")],
        "planning": {
            "rationale": plan.need_summary,
            "budget": {
                "id": plan.budget_reference,
                "amount": fragments.value(plan.budget_amount),
            },
            "milestones": _milestones(plan),
        },
        "tender": _intended(plan),
        "notice": fragments.designated_medium(plan.designated_media_url, plan.designated_media_date)
        | {"receipt": receipt},
    }


def _milestones(plan: PlanningNotice) -> list[Fragment]:
    return [
        {
            "id": "expected-procurement",
            "title": "预计采购时间",
            "type": "preProcurement",
            "dueDate": fragments.end_of_day(plan.expected_month),
            "status": "scheduled",
        },
        {
            "id": "public-comment",
            "title": "征求意见截止",
            "description": plan.comments_contact,
            "type": "engagement",
            "dueDate": fragments.end_of_day(plan.comments_until),
            "status": "scheduled",
        },
    ]


def _intended(plan: PlanningNotice) -> Fragment:
    return {
        "id": plan.ocid,
        "title": plan.title,
        "status": "planned",
        "procedure": plan.procurement_method,
        "procuringEntity": fragments.reference(plan.procuring_entity),
        "value": fragments.value(plan.budget_amount),
        "mainProcurementCategory": "services",
        "items": [
            fragments.item(
                description=plan.title,
                services=plan.services,
                populations=plan.populations,
                regions=plan.regions.all(),
            )
        ],
    }
