"""The time gate inside one process: for rehearsals told in the past, and for tests.

The same code as the process of its own, asked at the instant of the story.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from gate import key, store
from gate.decision import Clocks
from gate.following import Follower
from gate.work import Gate
from organizations.roles import SYSTEM
from procurement.bids import actions as bids
from procurement.bids import waiting
from procurement.bids.waiting import Awaited
from procurement.publication import heads
from procurement.publication.tree import Log
from procurement.tenders.models import Tender

_followers: list[Follower] = []


def folder() -> Path:
    """Return the gate's own folder."""
    return Path(settings.DATA_DIR) / "gate"


def announce() -> None:
    """Make the gate's public key known, so that calls can be published."""
    with connection.cursor() as cursor:
        store.announce(cursor, key.public_point(key.load(folder())))


def release(at: datetime) -> int:
    """Let the gate look once, both clocks showing this instant; return how many parts it gave."""
    log = _followers[-1] if _followers else Follower(heads.key(Log.NOTICES))
    gate = Gate(key.load(folder()), log, lambda _cursor: Clocks(at, at))
    with connection.cursor() as cursor:
        return gate.round(cursor)


@contextmanager
def one_reading() -> Iterator[None]:
    """Let the gate read the log once for a whole story, as a process that goes on does."""
    _followers.append(Follower(heads.key(Log.NOTICES)))
    try:
        yield
    finally:
        _followers.pop()


def close(tender: Tender, *, at: datetime) -> Tender:
    """Close a tender, sign the log and let the gate look; the bids are ready to be opened.

    Raises NotNow while files that were promised may still come.
    """
    tender = bids.close(tender, by=SYSTEM, at=at)
    if waiting.awaited(tender, at) is Awaited.FILES:
        tender = bids.end_delivery(tender, by=SYSTEM, at=at)
    heads.sign_all(at=at, durable=False)
    release(at)
    return tender


def open_bids(tender: Tender, *, at: datetime) -> Tender:
    """Close a tender and open its bids, as the clock does, all at one instant."""
    return bids.open_all(close(tender, at=at), by=SYSTEM, at=at)
