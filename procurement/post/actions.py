"""What the operator may do with what leaves: look what is due, try again what was given up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from organizations import audit
from organizations.refusals import NotPermitted
from organizations.roles import Actor
from procurement.post import queries
from procurement.post.kinds import ROWS, Kind

# Who sits at the server: no account and no role of the site may do either.
OPERATOR: Final = Actor(user_id=None, organization_id=None, name="manage.py letters")


@dataclass(frozen=True)
class Resumed:
    """What became of letters that were given up, as far as they may be told."""

    again: int
    kept: int  # stopped by their reader, or their address is off until its owner switches it on


@transaction.atomic
def look(*, by: Actor, at: datetime) -> queries.Due:
    """Return what would go out at an instant, and record that somebody looked; sends nothing.

    Raises NotPermitted unless it is the operator who asks.
    """
    _require_operator(by)
    audit.record("letters.look", by=by, at=at, subject="letters")
    return queries.due(at)


@transaction.atomic
def resume(kind: Kind, *, by: Actor, at: datetime) -> Resumed:
    """Let the letters of a kind that were given up be tried anew, and return how many.

    What its reader stopped, or what nobody wants any more, stays as it is; whether a letter is
    still of use, its kind asks again before it goes out. Run twice, the second run finds nothing.
    Those about bids that are not opened yet are resumed too, and not counted. Raises NotPermitted
    unless it is the operator who asks.
    """
    _require_operator(by)
    row, given_up = ROWS[kind], queries.given_up(kind)
    wanted = row.all().filter(given_up & row.wanted)
    numbers = list(wanted.select_for_update(of=("self",)).values_list("pk", flat=True))
    told = queries.tellable(kind)
    found = Resumed(
        again=told.filter(pk__in=numbers).count(),
        kept=told.filter(given_up).exclude(pk__in=numbers).count(),
    )
    again = row.model._default_manager.filter(pk__in=numbers)
    again.update(failed_at=None, sent_at=None, attempts=0, send_after=row.begins(at), error="")
    audit.record("letters.resume", by=by, at=at, subject=f"letters:{kind.value}")
    return found


def _require_operator(by: Actor) -> None:
    if by != OPERATOR:
        raise NotPermitted
