"""What the operator may do with letters: look what is due, and try again what was given up."""

from datetime import datetime

from django.db import transaction

from organizations import audit
from organizations.roles import Actor
from procurement.notifications import ledger
from procurement.notifications.ledger import Due, Kind
from procurement.notifications.models import Silence
from procurement.tenders.models import InvitationMode


@transaction.atomic
def look(*, by: Actor, at: datetime) -> Due:
    """Return what would go out at an instant, and record that somebody looked; sends nothing."""
    audit.record("letters.look", by=by, at=at, subject="letters")
    return ledger.due(at)


@transaction.atomic
def resume(kind: Kind, *, by: Actor, at: datetime) -> int:
    """Let the letters of a kind that were given up be tried anew, and return how many.

    What its reader stopped, or what nobody wants any more, stays as it is; whether a letter is
    still of use, its kind asks again before it goes out. Run twice, the second run finds nothing.
    Those about bids that are not opened yet are resumed too, and not counted.
    """
    found = ledger.given_up(kind)
    if kind is Kind.CALL:
        found = found.exclude(
            person__in=Silence.objects.values("person"),
            tender__invitation_mode=InvitationMode.PUBLIC_NOTICE,
        )
    numbers = list(found.select_for_update(of=("self",)).values_list("pk", flat=True))
    told = ledger.tellable(kind).filter(pk__in=numbers).count()
    again = ledger.MODELS[kind]._default_manager.filter(pk__in=numbers)
    again.update(failed_at=None, sent_at=None, attempts=0, send_after=at, error="")
    audit.record("letters.resume", by=by, at=at, subject=f"letters:{kind.value}")
    return told
