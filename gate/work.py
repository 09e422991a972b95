"""One round of the gate: every tender that waits is looked at; where all holds, parts go out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from gate import decision, store
from gate import key as gate_key
from gate.decision import Call, Clocks, Shut
from gate.following import Broken, Follower

logger = logging.getLogger(__name__)


@dataclass
class Gate:
    """The gate's private key, what it read of the log, and the clocks it asks."""

    key: EllipticCurvePrivateKey
    log: Follower
    clocks: Callable[[store.Cursor], Clocks]
    said: dict[str, str] = field(default_factory=dict)  # what was logged last, by tender

    def round(self, cursor: store.Cursor) -> int:
        """Give out parts where they are due, and return how many. Run twice, it gives none twice.

        A tender for which something does not hold is refused, with the reason in the log file, and
        looked at again in the next round; it holds up no other.
        """
        self._read_on(cursor)
        self._watch_keys(cursor)
        return sum(self._look_at(cursor, ocid) for ocid in store.waiting(cursor))

    @property
    def trouble(self) -> str:
        """What keeps the gate shut where it should be open by now; empty when nothing does."""
        patience = {Shut.DATABASE_CLOCK, Shut.OWN_CLOCK, Shut.FILES, Shut.NO_REGISTER}
        return "; ".join(f"{ocid}: {why}" for ocid, why in self.said.items() if why not in patience)

    def _read_on(self, cursor: store.Cursor) -> None:
        """Follow the log to the newest head that holds."""
        for note in store.heads(cursor):
            try:
                head = self.log.head(note)
                if head.size > self.log.frontier.size:
                    bodies = store.bodies(cursor, self.log.frontier.size, head.size)
                    self.log.follow(note, bodies)
            except Broken as error:
                self._say("log", str(error))
            else:
                self.said.pop("log", None)
                return

    def _watch_keys(self, cursor: store.Cursor) -> None:
        """Say at once when a call that still runs is sealed to another key than this gate's."""
        own, now = gate_key.public_point(self.key), self.clocks(cursor).slower
        for ocid, call in self.log.calls.items():
            runs = call.register is None and call.deadline is not None and call.deadline > now
            if runs and call.gate_key != own:
                self._say(ocid, Shut.OTHER_KEY)

    def _look_at(self, cursor: store.Cursor, ocid: str) -> int:
        call = self.log.calls.get(ocid, Call())
        listed = call.register.listed if call.register else frozenset()
        due = set(listed) - store.given(cursor, ocid)
        if call.register and not due:
            self.said.pop(ocid, None)
            return 0
        here = store.present(cursor, due)
        shut = decision.why_shut(
            call,
            own_key=gate_key.public_point(self.key),
            missing=due - here,
            clocks=self.clocks(cursor),
        )
        if shut is not None:
            self._say(ocid, shut)
            return 0
        self.said.pop(ocid, None)
        return sum(self._give(cursor, ocid, call, fingerprint) for fingerprint in sorted(here))

    def _give(self, cursor: store.Cursor, ocid: str, call: Call, fingerprint: str) -> bool:
        envelope = store.envelope(cursor, fingerprint)
        if envelope is None:
            return False
        try:
            part = gate_key.part(
                envelope,
                fingerprint=fingerprint,
                tender=ocid,
                notices=call.notices,
                key=self.key,
            )
        except gate_key.Unreadable as error:
            logger.error("%s: envelope %s: %s", ocid, fingerprint, error)  # noqa: TRY400
            part = b""  # the opening records that this one does not open; the others do
        store.give(cursor, ocid, fingerprint, part)
        return True

    def _say(self, subject: str, why: str) -> None:
        """Log a reason once, until another takes its place."""
        if self.said.get(subject) != why:
            logger.warning("%s: the gate stays shut: %s", subject, why)
        self.said[subject] = why
