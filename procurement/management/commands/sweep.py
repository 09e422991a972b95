"""`manage.py sweep`: do what is due, without Celery (cron, systemd timer)."""

from django.core.management.base import BaseCommand

from organizations.instants import now
from procurement import clock
from procurement.notifications import actions as notifications
from procurement.notifications import short
from procurement.pulse import actions as pulse
from procurement.watches import actions as watches
from procurement.watches import hooks


class Command(BaseCommand):
    """Close and open what is due, sign the log, record every duty missed, tell people."""

    help = "Pass the deadlines that are due. Safe to run twice, late, or beside the worker."

    def handle(self, *_args: object, **_options: object) -> None:
        """Do it once and say how many were due."""
        opened = clock.pass_deadlines(at=now())
        clock.keep_logs(at=now())
        clock.watch_calendar(at=now())
        clock.recount(at=now())
        missed = clock.record_breaches(at=now())
        clock.remind(at=now())
        notifications.collect(at=now())
        watches.collect(at=now())
        told = notifications.send(at=now()) + watches.send(at=now())
        told += short.send(at=now())
        told += hooks.send(at=now(), limit=3)  # half a minute at worst: deadlines come first
        pulse.beat("sweep")
        self.stdout.write(
            f"{opened} deadline(s) passed, {missed} breach(es) recorded, {told} letter(s) sent"
        )
