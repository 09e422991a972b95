"""What each passing deadline does. The clock announces what is already true."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from organizations.roles import SYSTEM
from procurement.bids import actions as bids
from procurement.notifications import actions as notifications
from procurement.obligations import actions as obligations
from procurement.obligations import queries as duties
from procurement.obligations.models import Obligation
from procurement.rulebook import actions as rulebook
from procurement.tenders.models import Tender

logger = logging.getLogger(__name__)

# Longer than a request may last: a bid that arrived in time is in the books before the opening.
GRACE = timedelta(seconds=30)
MOST_IN_A_LETTER = 50


def pass_deadlines(*, at: datetime, limit: int = 100) -> int:
    """Open the bids of every tender whose deadline has passed; return how many.

    One tender a transaction, its row claimed, so two workers never do one twice and a run that is
    killed leaves nothing half done. One that fails stays sealed, holds up no other, and is tried
    again by the next run. Run again, it finds nothing due.
    """
    due = Tender.objects.overdue(at - GRACE).values_list("pk", flat=True)[:limit]
    return sum(_opened(number, at) for number in due)


def _opened(number: int, at: datetime) -> bool:
    """Open one tender that is due; say whether it was this run that did."""
    try:
        with transaction.atomic():
            unopened = Tender.objects.overdue(at - GRACE).select_for_update(skip_locked=True)
            tender = unopened.filter(pk=number).first()
            if tender is not None:
                bids.open_all(tender, by=SYSTEM, at=at)
                notifications.state_reach(tender, by=SYSTEM, at=at)
            return tender is not None
    except Exception:  # whatever is wrong with one call, the others are due all the same
        logger.exception("the bids of call %s could not be opened", number)
        return False


def watch_calendar(*, at: datetime) -> bool:
    """Notice that the calendar of working days runs out within 90 days; say whether it does."""
    return rulebook.warn(by=SYSTEM, at=at) is not None


def recount(*, at: datetime) -> int:
    """Count the duties without a last day again, once a year is loaded; return how many got one."""
    waiting = Obligation.objects.filter(
        due_at__isnull=True, met_at__isnull=True, lapsed_at__isnull=True
    )
    recounted = (obligations.recount(obligation, at=at) for obligation in waiting)
    return sum(obligation.due_at is not None for obligation in recounted)


def record_breaches(*, at: datetime, limit: int = 500) -> int:
    """Put every duty that is overdue on the public record; return how many this run recorded.

    One a transaction, its row claimed: two workers record it once, a run that is killed leaves
    nothing half done, and one that is late dates the breach at the due time all the same.
    """
    missed = Obligation.objects.missed(at - GRACE).values_list("pk", flat=True)[:limit]
    return sum(_breach(number, at) for number in missed)


def _breach(number: int, at: datetime) -> bool:
    """Record one duty that is overdue; say whether it was this run that did."""
    try:
        with transaction.atomic():
            missed = Obligation.objects.missed(at - GRACE).select_for_update(
                skip_locked=True, of=("self",)
            )
            obligation = missed.filter(pk=number).first()
            if obligation is not None:
                obligations.record(obligation, by=SYSTEM, at=at)
            return obligation is not None
    except Exception:  # whatever is wrong with one duty, the others are due all the same
        logger.exception("the breach of duty %s could not be recorded", number)
        return False


def remind(*, at: datetime, limit: int = 100) -> int:
    """Write to the agencies whose duties are due within two working days; return how many.

    One agency a transaction, its rows claimed and marked with it: two workers write once. Where
    nobody could be reached the duties stay unmarked, and the next run tries again.
    """
    near = Obligation.objects.to_remind(at, duties.reminded_until(at)).order_by()
    agencies = near.values_list("procuring_entity_id", flat=True).distinct()[:limit]
    return sum(_reminded(agency, at) for agency in agencies)


def _reminded(agency: int, at: datetime) -> bool:
    """Write to the people of one agency; say whether it was this run that did."""
    try:
        with transaction.atomic():
            near = Obligation.objects.to_remind(at, duties.reminded_until(at))
            claimed = near.select_for_update(skip_locked=True, of=("self",))
            due = claimed.filter(procuring_entity_id=agency).select_related("procuring_entity")
            held = list(due[:MOST_IN_A_LETTER])
            return bool(held) and obligations.remind(held, at=at) > 0
    except Exception:  # whatever is wrong with one agency, the others are due all the same
        logger.exception("agency %s could not be reminded", agency)
        return False
