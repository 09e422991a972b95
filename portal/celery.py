"""The Celery application: what the worker and the clock run."""

import os

from celery import Celery, signals
from django.core.exceptions import ImproperlyConfigured

from portal.checks import refuse_what_is_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Seconds between two runs. Late or twice is the same: what is due was due before.
app.conf.beat_schedule = {
    "pass-deadlines": {"task": "procurement.tasks.pass_deadlines", "schedule": 15.0},
    "keep-logs": {"task": "procurement.tasks.keep_logs", "schedule": 60.0},
    "show-life": {"task": "procurement.tasks.show_life", "schedule": 15.0},
    "tell-bidders": {"task": "procurement.tasks.tell_bidders", "schedule": 10.0},
    "tell-people": {"task": "procurement.tasks.tell_people", "schedule": 30.0},
    "tell-elsewhere": {"task": "procurement.tasks.tell_elsewhere", "schedule": 30.0},
    "watch-calendar": {"task": "procurement.tasks.watch_calendar", "schedule": 3600.0},
    "recount": {"task": "procurement.tasks.recount", "schedule": 60.0},
    "record-breaches": {"task": "procurement.tasks.record_breaches", "schedule": 60.0},
    "remind": {"task": "procurement.tasks.remind", "schedule": 600.0},
}


@signals.worker_init.connect
@signals.beat_init.connect
def hold_checks(**_sent: object) -> None:
    """End worker and beat where a check of safety fails; Celery would only log an exception."""
    try:
        refuse_what_is_unsafe()
    except ImproperlyConfigured as unsafe:
        raise SystemExit(str(unsafe)) from unsafe
