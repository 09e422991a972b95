"""The portal's clock: the database's, so that every server agrees; shifted only in rehearsal."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from organizations.refusals import NotNow

# What the edge writes (nginx `$msec`): seconds since 1970 with milliseconds, nothing else.
_STAMP = re.compile(r"[0-9]{9,11}\.[0-9]{3}")
# How long a request may have waited behind the edge, and how far the edge's clock may run ahead.
STAMP_AGE: Final = timedelta(seconds=120)
STAMP_AHEAD: Final = timedelta(seconds=0.5)


class RehearsalOff(NotNow):
    """The clock may be moved in a rehearsal only."""

    def __init__(self) -> None:
        super().__init__(_("演练模式没有打开，不能调整时钟。"))


class ClockShift(models.Model):
    """The one row by which a rehearsal runs ahead of real time; unread outside rehearsals."""

    THE_ROW: Final = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ROW)
    offset = models.DurationField(default=timedelta(0))

    class Meta:
        verbose_name = _("演练时钟")
        verbose_name_plural = _("演练时钟")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_clock_shift"),
            models.CheckConstraint(
                condition=models.Q(offset__gte=timedelta(0)), name="clock_shift_goes_forward"
            ),
        ]

    def __str__(self) -> str:
        return str(self.offset)


def now() -> datetime:
    """Return the portal's present instant, aware (UTC), moving on within a transaction."""
    return real() + shift()


def real() -> datetime:
    """Return the database's own present instant, which no rehearsal moves: outages are real."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant.astimezone(UTC)


def skew() -> float:
    """Return by how many seconds this machine's clock is surely ahead of the database's.

    Negative when it is behind; 0.0 where the time that the question took may explain it.
    """
    before, database, after = time.time(), real().timestamp(), time.time()
    return max(before - database, 0.0) + min(after - database, 0.0)


def arrival(stamp: str | None) -> datetime:
    """Return when a request was received whole: what the edge wrote on it, else the present.

    `stamp` is the text of the header that settings.EDGE_STAMP_HEADER names, which the proxy in
    front writes over whatever a client sent. It counts within STAMP_AGE before and STAMP_AHEAD
    after the database's clock, and never later than that clock; any other is as good as none.
    """
    present = real()
    if settings.EDGE_STAMP_HEADER and stamp and _STAMP.fullmatch(stamp):
        told = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(stamp.replace(".", "")))
        if present - STAMP_AGE <= told <= present + STAMP_AHEAD:
            present = min(told, present)
    return present + shift()


def shift() -> timedelta:
    """Return by how much a rehearsal runs ahead; zero outside rehearsals."""
    if not settings.REHEARSAL:
        return timedelta(0)
    row = ClockShift.objects.first()
    offset: timedelta = row.offset if row else timedelta(0)
    return offset


@transaction.atomic
def advance(by: timedelta) -> timedelta:
    """Move the rehearsal clock forward and return the whole shift. Raises RehearsalOff."""
    if not settings.REHEARSAL:
        raise RehearsalOff
    row, _created = ClockShift.objects.select_for_update().get_or_create(id=ClockShift.THE_ROW)
    row.offset += by
    row.save(update_fields=["offset"])
    return shift()


def reset() -> None:
    """Put the rehearsal clock back to real time. Raises RehearsalOff."""
    if not settings.REHEARSAL:
        raise RehearsalOff
    ClockShift.objects.all().delete()
