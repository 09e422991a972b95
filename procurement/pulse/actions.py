"""What is written of the portal's life: heartbeats, trial submissions, outages."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from procurement.publication import held
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import LogHead
from procurement.pulse.models import Canary, DatabaseClock, Heartbeat, Outage
from procurement.pulse.rule import LONGEST_GAP, LONGEST_SILENCE

AWAKE: Final = "deadlines"  # the heartbeat of those who pass deadlines
KEPT: Final = timedelta(days=3)
_BLOCK: Final = 4096  # bytes, sealed as a bid is


def beat(name: str, *, detail: str = "") -> None:
    """Write down that a process works, dated by the database."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"beat_at": DatabaseClock(), "detail": detail[:200]}
    )


def stay_awake(*, at: datetime) -> datetime:
    """Note that deadlines are looked at, at an instant of the portal's clock.

    Return since when they have been, without a gap longer than LONGEST_GAP either way.
    """
    row = Heartbeat.objects.filter(name=AWAKE).first()
    since, last = map(datetime.fromisoformat, row.detail.split()) if row else (at, at)
    if abs(at - last) > LONGEST_GAP:
        since = at
    beat(AWAKE, detail=f"{since.isoformat()} {at.isoformat()}")
    return since


@transaction.atomic
def try_submission(*, secret: Path, ahead: timedelta) -> Canary:
    """Do what a submission does, short of a bid, and return the trace it leaves.

    It holds the newest call to a signed head, for nothing is sealed by the word of a call that is
    not there; holds the row that orders the receipts, reads a key and seals a block, and writes;
    the commit waits for the disk. After a silence of LONGEST_SILENCE or more an outage is written
    down. `ahead` is by how much a rehearsal's clock runs ahead. Raises held.Altered
    or held.Unprovable.
    """
    call = Entry.objects.filter(kind=NoticeKind.TENDER).order_by("-index").first()
    if call is not None:
        held.require(call)
    list(LogHead.objects.select_for_update().order_by("-pk")[:1])
    AESGCM(secret.read_bytes()[:32]).encrypt(os.urandom(12), bytes(_BLOCK), None)
    before = Canary.objects.order_by("-beat_at").first()
    canary = Canary.objects.create(portal_at=DatabaseClock())
    canary.refresh_from_db()
    canary.portal_at = canary.beat_at + ahead
    canary.save(update_fields=["portal_at"])
    if before is not None and canary.beat_at - before.beat_at >= LONGEST_SILENCE:
        _note_outage(before.beat_at, canary)
    Canary.objects.filter(beat_at__lt=canary.beat_at - KEPT).delete()
    return canary


def _note_outage(began: datetime, canary: Canary) -> None:
    """Write down a silence; its length is real, whatever a rehearsal did to its clock meanwhile."""
    Outage.objects.create(
        began_at=began,
        ended_at=canary.beat_at,
        portal_began_at=canary.portal_at - (canary.beat_at - began),
        portal_ended_at=canary.portal_at,
    )
