"""What each passing deadline does. The clock announces what is already true."""

from datetime import datetime, timedelta

from django.db import transaction

from organizations.roles import SYSTEM
from procurement.bids import actions as bids
from procurement.tenders.models import Tender

# Longer than a request may last: a bid that arrived in time is in the books before the opening.
GRACE = timedelta(seconds=30)


def pass_deadlines(*, at: datetime, limit: int = 100) -> int:
    """Open the bids of every tender whose deadline has passed; return how many.

    One tender a transaction, its row claimed, so two workers never do one twice and a run that is
    killed leaves nothing half done. Run again, it finds nothing due.
    """
    done = 0
    while done < limit and _open_next(at):
        done += 1
    return done


@transaction.atomic
def _open_next(at: datetime) -> bool:
    tender = Tender.objects.overdue(at - GRACE).select_for_update(skip_locked=True).first()
    if tender is None:
        return False
    bids.open_all(tender, by=SYSTEM, at=at)
    return True
