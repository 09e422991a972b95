"""When the gate opens: a pure question with one refusal for each thing that is missing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

DELIVERY = timedelta(hours=24)  # after the deadline, for a file whose fingerprint was in time
GRACE = timedelta(seconds=120)  # after that, for one that arrived in time and is being taken in


class Shut(StrEnum):
    """Why the gate stays shut."""

    NO_REGISTER = "no signed head covers a closing register"
    OTHER_DEADLINE = "the register states another deadline than the notices"
    OTHER_KEY = "the notice names another key than this gate's"
    DATABASE_CLOCK = "the clock of the database is not past the deadline"
    OWN_CLOCK = "the gate's own clock is not past the deadline"
    FILES = "a promised file may still come"


@dataclass(frozen=True)
class Register:
    """What a closing register says: the deadline it states, and which envelopes count."""

    deadline: datetime
    listed: frozenset[str]


@dataclass
class Call:
    """What the log says of one tender. Later notices may only move the deadline on."""

    deadline: datetime | None = None
    notices: set[str] = field(default_factory=set)  # leaf hashes that a bid may answer
    gate_key: bytes = b""
    register: Register | None = None  # the first one; no other counts
    files_are_over: bool = False  # it says that promised files are awaited no more


@dataclass(frozen=True)
class Clocks:
    """What the two clocks show."""

    database: datetime
    own: datetime

    @property
    def slower(self) -> datetime:
        """The earlier of the two."""
        return min(self.database, self.own)


def why_shut(
    call: Call, *, own_key: bytes, missing: Collection[str], clocks: Clocks
) -> Shut | None:
    """Return why the gate stays shut for a tender; None when it opens.

    `call` is what signed heads of the log cover, `missing` the listed envelopes that are not here.
    """
    register, deadline = call.register, call.deadline
    if register is None:
        return Shut.NO_REGISTER
    if deadline is None or register.deadline != deadline:
        return Shut.OTHER_DEADLINE
    if call.gate_key != own_key:
        return Shut.OTHER_KEY
    if clocks.database <= deadline:
        return Shut.DATABASE_CLOCK
    if clocks.own <= deadline:
        return Shut.OWN_CLOCK
    if missing and not (call.files_are_over and clocks.slower > deadline + DELIVERY + GRACE):
        return Shut.FILES
    return None
