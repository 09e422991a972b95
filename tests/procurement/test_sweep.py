"""The sweep for missed duties reads by partial indexes."""

from datetime import timedelta

import pytest
from django.db import connection

from procurement.obligations.models import UNSETTLED, Obligation
from tests.builders import procurement as build

LATE = build.DECISION + timedelta(days=20)


def copies(model: Obligation, count: int) -> None:
    """More duties like one, due a minute apart, in one statement."""
    assert model.due_at is not None
    Obligation.objects.bulk_create(
        Obligation(
            process_id=model.process_id,
            procuring_entity_id=model.procuring_entity_id,
            title=model.title,
            procurement_method=model.procurement_method,
            rulebook=model.rulebook,
            rule_id=model.rule_id,
            clock_id=model.clock_id,
            event=model.event,
            subject=str(number),
            since_event=model.since_event,
            since=model.since,
            heard_at=model.heard_at,
            due_at=model.due_at + timedelta(minutes=number),
            not_before=model.not_before,
        )
        for number in range(1, count + 1)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "asked"),
    [
        ("obligation_due", lambda at: Obligation.objects.missed(at)[:500]),
        (
            "obligation_provisional",
            lambda at: Obligation.objects.filter(
                UNSETTLED, due_at__isnull=True, not_before__lte=at.date()
            ).order_by("not_before")[:500],
        ),
        (
            "obligation_to_remind",
            lambda at: Obligation.objects.to_remind(at - timedelta(hours=1), at)[:50],
        ),
    ],
)
def test_a_run_reads_only_what_is_due(index: str, asked: object) -> None:
    who = build.cast()
    build.evaluated(who, build.opened(who, build.published(who)))
    duty = Obligation.objects.get(event="award.decided")
    copies(duty, 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE procurement_obligation")
    assert callable(asked)
    assert duty.due_at is not None
    assert index in asked(duty.due_at + timedelta(minutes=5)).explain()
