"""One round of the gate: every tender that waits is looked at; where all holds, parts go out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from gate import decision, store
from gate import key as gate_key
from gate.decision import Clocks
from procurement.publication import notes

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gate:
    """The gate's private key, the key that signs the log's heads, and the clocks it asks."""

    key: EllipticCurvePrivateKey
    log: notes.Key
    clocks: Callable[[store.Cursor], Clocks]

    def round(self, cursor: store.Cursor) -> int:
        """Give out parts where they are due, and return how many. Run twice, it gives none twice.

        A tender for which something does not hold is refused with the reason in the log file, and
        looked at again in the next round; it holds up no other.
        """
        note = store.newest_head(cursor)
        if note is None:
            return 0
        try:
            head = _head(note, self.log)
        except notes.NoteError as error:
            logger.error("the newest head of the log does not hold: %s", error)  # noqa: TRY400
            return 0
        return sum(self._look_at(cursor, ocid, head) for ocid in store.waiting(cursor))

    def _look_at(self, cursor: store.Cursor, ocid: str, head: notes.Head) -> int:
        found = dict(store.entries(cursor, ocid, size=head.size))
        registers = found.pop("register", [])
        if not registers:
            logger.error("%s: closed, but no register is published", ocid)
            return 0
        shut = decision.why_shut(
            registers[0],
            [entry for kind in found.values() for entry in kind],
            size=head.size,
            root=head.root,
            clocks=self.clocks(cursor),
        )
        if shut is not None:
            logger.warning("%s: the gate stays shut: %s", ocid, shut)
            return 0
        return self._give(cursor, ocid, set(decision.listed(registers[0])))

    def _give(self, cursor: store.Cursor, ocid: str, listed: set[str]) -> int:
        given = 0
        for number in store.ungiven(cursor, ocid):
            fingerprint, envelope = store.envelope(cursor, number)
            if fingerprint not in listed:
                logger.error("%s: envelope %s is not in the register", ocid, fingerprint)
                continue
            try:
                part = gate_key.part(envelope, fingerprint=fingerprint, tender=ocid, key=self.key)
            except gate_key.Unreadable as error:
                logger.error("%s: envelope %s: %s", ocid, fingerprint, error)  # noqa: TRY400
                part = b""  # the opening records that this one does not open; the others do
            store.give(cursor, fingerprint, part)
            given += 1
        return given


def _head(note: str, log: notes.Key) -> notes.Head:
    """Return the head in a note signed by the log. Raises NoteError."""
    signed = notes.Note.parse(note)
    signed.verify(log)
    head = notes.Head.parse(signed.text)
    if head.origin != log.name:
        raise notes.OtherLog(f"a head of {head.origin}")
    return head
