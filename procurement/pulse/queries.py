"""What is asked of the portal's life: how far it is known to have lived, and what was silent."""

from datetime import datetime, timedelta

from procurement.pulse.models import Canary, Heartbeat, Outage
from procurement.pulse.rule import LONGEST_HOLD


def seen_until(at: datetime, *, awake_since: datetime) -> datetime:
    """Return the last instant at which the portal was seen alive, `at` where nothing watches it.

    Deadlines after it are not closed yet: whether an outage touched them is not known. None waits
    longer than LONGEST_HOLD once the portal is back: `awake_since` is when it began to look at
    deadlines without a gap.
    """
    newest = Canary.objects.order_by("-beat_at").first()
    if newest is None:
        return at
    held = at - LONGEST_HOLD
    return min(at, max(newest.portal_at, held) if awake_since <= held else newest.portal_at)


def recent(at: datetime, *, within: timedelta = 3 * LONGEST_HOLD) -> list[Outage]:
    """Return the outages that ended not longer ago, oldest first, on the portal's clock.

    Also one that ended after `at`: what shows that the portal is back may be written while a run of
    the clock is under way, and no deadline is closed by it in spite of the outage it tells of.
    """
    ended = Outage.objects.filter(portal_ended_at__gt=at - within)
    return list(ended.order_by("portal_ended_at"))


def newest_canary() -> Canary | None:
    """Return the last trial submission that came through."""
    return Canary.objects.order_by("-beat_at").first()


def detail(name: str) -> str:
    """Return what a process last said of itself; blank when it never did."""
    found = Heartbeat.objects.filter(name=name).first()
    return found.detail if found else ""


def age(name: str, real: datetime) -> timedelta | None:
    """Return how long a process has been silent; None when it never showed itself."""
    found = Heartbeat.objects.filter(name=name).first()
    return None if found is None else real - found.beat_at
