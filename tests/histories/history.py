"""One history: a savepoint, a clock that moves, and what the model foresees."""

import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from organizations.roles import Actor
from procurement.bids.parts import Receipt
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.histories.model import DELIVERY, GRACE, Call, Sent, Silence
from tests.histories.world import BIDDERS, World

CALLS = st.integers(0, 2)
WHO = st.integers(0, BIDDERS - 1)
MICRO = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
# where the clock goes: so long after now, or to an instant near a deadline
ON = (SECOND, timedelta(minutes=10), timedelta(minutes=61), timedelta(days=1))
NEAR = (
    -timedelta(minutes=30),
    -SECOND,
    timedelta(0),
    MICRO,
    GRACE,
    GRACE + SECOND,
    timedelta(hours=1),
    DELIVERY,
    DELIVERY + MICRO,
    DELIVERY + GRACE,
    DELIVERY + GRACE + MICRO,
)
# where a history begins: before the first deadline, or after the second
STARTS = (
    *(timedelta(minutes=45), -SECOND, timedelta(minutes=45), -timedelta(minutes=30)),
    *(timedelta(minutes=45), -timedelta(days=2), timedelta(minutes=45), -timedelta(days=6)),
)
COUNTED = (
    *("entry", "receiptleaf", "checkpoint", "bid", "receipt", "gatepart", "carduse", "cardshare"),
    *("amendment", "enquiry", "bidfile"),
)
OPENED = "(SELECT count(*) FROM procurement_bid WHERE opened_at IS NOT NULL)"
COUNTS = "SELECT " + ", ".join(
    (*(f"(SELECT count(*) FROM procurement_{name})" for name in COUNTED), OPENED)
)


class Killed(BaseException):
    """The process dies here: nothing after this line runs, and nobody catches it."""


class Journal(logging.Handler):
    """What the clock and the log complain of: a run that swallows an error is caught by this."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what was said, unless people are asked to decide, as the rules want."""
        if "people have to decide" not in record.getMessage():
            self.found.append(self.format(record))


class History(RuleBasedStateMachine):
    """The world, the clock and the tools of every history; the acts are in the classes above."""

    world: ClassVar[World]
    steps: ClassVar[int] = 0
    met: ClassVar[Counter[str]]  # how often histories came so far

    def __init__(self) -> None:
        super().__init__()
        shutil.rmtree(settings.HEADS_DIR, ignore_errors=True)
        self.savepoint = transaction.savepoint()
        self.at = build.DEADLINE
        self.calls = [_copied(call) for call in self.world.calls]
        self.silences: list[Silence] = []
        self.seen_alive: datetime | None = None
        self.awake: tuple[datetime, datetime] | None = None  # since when, and the last look
        self.journal = Journal()
        for name in ("procurement.clock", "procurement.publication.heads"):
            logging.getLogger(name).addHandler(self.journal)

    def teardown(self) -> None:
        """Undo the history, whatever came of it."""
        for name in ("procurement.clock", "procurement.publication.heads"):
            logging.getLogger(name).removeHandler(self.journal)
        transaction.savepoint_rollback(self.savepoint)
        transaction.clean_savepoints()

    # --- tools

    def tender(self, call: Call) -> Tender:
        """Return the row of a call as acts take it: they read it anew themselves."""
        return Tender(pk=call.number)

    def bidder(self, who: int) -> Actor:
        """Return the signatory of an organisation."""
        return self.world.bidders[who]

    def last_receipt(self, sent: Sent) -> dict[str, Any]:
        """Return what the newest receipt of a bid says."""
        newest = (
            Receipt.objects.filter(bid_id=sent.number)
            .order_by("pk")
            .exclude(pk__in=[each["index"] for each in sent.receipts])
        )
        said: dict[str, Any] = json.loads(bytes(newest.get().body))
        return said

    def published(self) -> list[Call]:
        """Return the calls that are public."""
        return [call for call in self.calls if call.published_at]

    def counts(self) -> dict[str, int]:
        """Return how many rows the tables of record have."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTS)
            row: tuple[int, ...] = cursor.fetchone()
        return dict(zip((*COUNTED, "opened"), row, strict=True))

    @contextmanager
    def refusing(self, *kinds: type[Exception]) -> Iterator[None]:
        """Require a refusal that leaves nothing behind."""
        before = self.counts()
        with pytest.raises(kinds):
            yield
        assert self.counts() == before, "a refused act left something behind"

    # --- the clock

    @rule(by=st.sampled_from(ON))
    def time_passes(self, by: timedelta) -> None:
        """Let some time go by."""
        self.at += by

    @rule(to=st.sampled_from(NEAR), which=CALLS)
    def a_deadline_comes_near(self, to: timedelta, which: int) -> None:
        """Go to an instant around a deadline; the clock never goes back."""
        self.at = max(self.at, self.calls[which].deadline + to)


@contextmanager
def killed_at(place: ModuleType, name: str, nth: int, late: bool) -> Iterator[None]:
    """Die at the nth call of a function: before it does anything, or right after it did it all."""
    whole: Callable[..., Any] = getattr(place, name)
    seen = 0

    def dying(*args: object, **named: object) -> object:
        nonlocal seen
        seen += 1
        if seen < nth:
            return whole(*args, **named)
        if late:
            whole(*args, **named)
        raise Killed

    with mock.patch.object(place, name, dying):
        yield


def heads_folder() -> Path:
    """Return where the copies of signed heads are."""
    return Path(settings.HEADS_DIR)


def _copied(call: Call) -> Call:
    """Return a call that a history may change, its bids too."""
    made = replace(call)
    made.sent = [replace(bid, receipts=[*bid.receipts]) for bid in call.sent]
    for name in ("given", "cards", "made_good", "questions"):
        setattr(made, name, getattr(call, name).copy())
    return made
