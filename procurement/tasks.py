"""Celery's door to the domain: five lines each, no data in a task, no truth in a queue."""

from celery import shared_task

from organizations.instants import now
from procurement import clock


@shared_task(name="procurement.tasks.pass_deadlines")
def pass_deadlines() -> int:
    """Open what is due; beat calls it, and `manage.py sweep` does the same without Celery."""
    return clock.pass_deadlines(at=now())
