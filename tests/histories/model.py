"""What a history must lead to: calls, bids and receipts as they should stand. Pure.

Written from the rules alone (docs/lifecycle.md), not from the code that is tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from procurement.lifecycle import Stage

GRACE = timedelta(seconds=120)  # to the register, or to an opening without a promised file
DELIVERY = timedelta(hours=24)  # from the deadline, for a file whose fingerprint was in time
LONGEST_HOLD = timedelta(hours=24)  # a register waits no longer for a sign of life …
LONGEST_GAP = timedelta(hours=1)  # … of a portal that looked at its deadlines without such a gap
REMEMBERED = timedelta(hours=72)  # outages are made good so long after they ended
BEFORE, AFTER = timedelta(minutes=60), timedelta(minutes=2)  # an outage so near touches a deadline
MOST_OUTAGES = 3
NEEDED = 3  # bidders of an open call
ENOUGH_CARDS = 2


class Wait(StrEnum):
    """What an opening waits for."""

    REGISTER = "register"
    FILES = "files"
    GATE = "gate"
    CARDS = "cards"


@dataclass
class Sent:
    """One bid as its bidder knows it: the content, the envelope where it was sealed at home."""

    number: int
    bidder: int
    key: UUID
    at: datetime
    text: str
    yuan: int
    fingerprint: str
    envelope: bytes | None  # what a bidder sealed at home still holds
    is_here: bool  # the portal has the envelope
    opens: bool = True
    fits: bool = True  # the file held at home answers the notice the promise answered
    receipts: list[dict[str, Any]] = field(default_factory=list)
    replaced: bool = False
    withdrawn_at: datetime | None = None

    @property
    def status(self) -> str:
        """What the register must say of it."""
        return "withdrawn" if self.withdrawn_at else "replaced" if self.replaced else "counts"

    def answers(self, notice: str) -> bool:
        """Say whether its envelope is here and answers this notice, so that it may be sent anew."""
        return self.is_here and self.receipts[0]["notice"] == notice


@dataclass(frozen=True)
class Silence:
    """An outage of the portal."""

    number: int
    began: datetime
    ended: datetime

    def touches(self, deadline: datetime) -> bool:
        """Say whether it fell on the hour before a deadline, or on the two minutes after."""
        return self.began < deadline + AFTER and self.ended > deadline - BEFORE


@dataclass
class Call:
    """One call for bids as it should stand."""

    number: int
    ocid: str
    by_cards: bool
    deadline: datetime
    published_at: datetime | None = None
    closed_at: datetime | None = None
    opened_at: datetime | None = None
    failed_at: datetime | None = None
    cancelled_at: datetime | None = None
    evaluated_at: datetime | None = None
    awarded_at: datetime | None = None
    sent: list[Sent] = field(default_factory=list)
    given: set[str] = field(default_factory=set)  # fingerprints the gate gave its part for
    cards: set[str] = field(default_factory=set)  # C1 to C4, R1 to R3
    made_good: set[int] = field(default_factory=set)
    delivery_until: datetime | None = None  # where an outage moved it on
    delivery_ended_at: datetime | None = None
    waited_longer: int = 0
    questions: list[int] = field(default_factory=list)
    register: bytes = b""

    def stage(self, at: datetime) -> Stage:
        """Return the stage at an instant."""
        marks = {
            Stage.CANCELLED: self.cancelled_at,
            Stage.UNSUCCESSFUL: self.failed_at,
            Stage.AWARDED: self.awarded_at,
            Stage.EVALUATED: self.evaluated_at,
            Stage.OPENED: self.opened_at,
        }
        for stage, since in marks.items():
            if since is not None and since <= at:
                return stage
        if self.published_at is None or self.published_at > at:
            return Stage.SUBMITTED
        return Stage.OPEN if at <= self.deadline else Stage.CLOSED

    def is_shut(self) -> bool:
        """Say whether nothing may be added any more, whatever the stamp says."""
        return bool(self.closed_at or self.opened_at or self.cancelled_at)

    @property
    def end_of_delivery(self) -> datetime:
        """Until when a promised file may arrive."""
        return self.delivery_until or self.deadline + DELIVERY

    def takes_bids(self, stamp: datetime) -> bool:
        """Say whether a bid that arrived at an instant is taken."""
        return self.stage(stamp) is Stage.OPEN and not self.is_shut()

    def is_overtaken(self, bidder: int, stamp: datetime) -> bool:
        """Say whether something that arrived later was dealt with, so that this changes nothing."""
        own = [bid for bid in self.sent if bid.bidder == bidder]
        return any(stamp < (bid.withdrawn_at or bid.at) for bid in own)

    def in_force(self) -> list[Sent]:
        """Return the bids that count."""
        return [bid for bid in self.sent if bid.status == "counts"]

    def of(self, bidder: int) -> Sent | None:
        """Return the bid of an organisation that counts."""
        return next((bid for bid in self.in_force() if bid.bidder == bidder), None)

    def delivered(self) -> list[Sent]:
        """Return the bids that count and whose envelope came."""
        return [bid for bid in self.in_force() if bid.is_here]

    def awaits(self) -> Wait | None:
        """Return what the opening waits for."""
        if self.closed_at is None:
            return Wait.REGISTER
        bids = self.delivered()
        if len(bids) < len(self.in_force()) and self.delivery_ended_at is None:
            return Wait.FILES
        if len(bids) < NEEDED:
            return None
        if any(bid.fingerprint not in self.given for bid in bids):
            return Wait.GATE
        if self.by_cards and not self.has_cards():
            return Wait.CARDS
        return None

    def has_cards(self) -> bool:
        """Say whether two of the committee, or two custodians, gave their parts."""
        kinds = [card[0] for card in self.cards]
        return any(kinds.count(kind) >= ENOUGH_CARDS for kind in "CR")

    def open(self, at: datetime) -> None:
        """Be opened; without enough bids that can be read the procedure fails."""
        self.opened_at = at
        bids = self.delivered()
        if len(bids) < NEEDED or sum(bid.opens for bid in bids) < NEEDED:
            self.failed_at = at

    def came_to(self) -> Iterator[str]:
        """Yield how far the call came, for those who count."""
        how = "opened by cards" if self.by_cards else "opened by clock"
        marks = {
            "register": self.closed_at,
            "failed": self.failed_at,
            how: self.opened_at and not self.failed_at,
            "cancelled": self.cancelled_at,
            "outage made good": self.made_good,
            "waited longer": self.waited_longer,
            "waited in vain": self.delivery_ended_at,
            "awarded": self.awarded_at,
        }
        yield from (name for name, is_so in marks.items() if is_so)
        for bid in self.sent:
            if bid.receipts[0]["action"] == "promise":
                yield "delivered" if bid.is_here else "promised"
            if bid.status != "counts":
                yield bid.status

    def facts(self) -> tuple[datetime | None, ...]:
        """Return what the sweep may change."""
        delivery = (self.delivery_until, self.delivery_ended_at)
        return (self.deadline, self.closed_at, *delivery, self.opened_at, self.failed_at)
