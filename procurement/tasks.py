"""Celery's door to the domain: five lines each, no data in a task, no truth in a queue."""

from celery import shared_task

from organizations import instants
from organizations.instants import now
from procurement import clock
from procurement.notifications import actions as notifications
from procurement.notifications import short
from procurement.pulse import actions as pulse
from procurement.watches import actions as watches
from procurement.watches import hooks


@shared_task(name="procurement.tasks.show_life")
def show_life() -> None:
    """Show that a task sent by beat is done here, and how far this machine's clock is off."""
    pulse.beat("worker", detail=f"{instants.skew():.3f}")


@shared_task(name="procurement.tasks.pass_deadlines")
def pass_deadlines() -> int:
    """Close and open what is due; beat calls it, and `manage.py sweep` does the same."""
    return clock.pass_deadlines(at=now())


@shared_task(name="procurement.tasks.keep_logs")
def keep_logs() -> int:
    """Append receipts and sign the heads of the logs; `manage.py sweep` does so too."""
    return clock.keep_logs(at=now())


@shared_task(name="procurement.tasks.record_breaches")
def record_breaches() -> int:
    """Put what is overdue on the record; beat calls it, and so does `manage.py sweep`."""
    return clock.record_breaches(at=now())


@shared_task(name="procurement.tasks.recount")
def recount() -> int:
    """Count duties again that a confirmed year dates or moves; `manage.py sweep` does so too."""
    return clock.recount(at=now())


@shared_task(name="procurement.tasks.remind")
def remind() -> int:
    """Write to agencies about duties near their day; `manage.py sweep` does so too."""
    return clock.remind(at=now())


@shared_task(name="procurement.tasks.watch_calendar")
def watch_calendar() -> bool:
    """Notice when the calendar of working days runs out; `manage.py sweep` does so too."""
    return clock.watch_calendar(at=now())


@shared_task(name="procurement.tasks.tell_bidders")
def tell_bidders() -> None:
    """Send the receipts of bids that came in; the web asks for it, and so does beat."""
    notifications.send_to_bidders(at=now())


@shared_task(name="procurement.tasks.tell_people")
def tell_people() -> int:
    """Note whom new notices concern, and send the letters that are due."""
    notifications.collect(at=now())
    watches.collect(at=now())
    return notifications.send(at=now()) + watches.send(at=now())


@shared_task(name="procurement.tasks.tell_elsewhere")
def tell_elsewhere() -> int:
    """Send what leaves by other ways than mail; `manage.py sweep` does so too."""
    return short.send(at=now()) + hooks.send(at=now())
