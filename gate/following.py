"""Reading the public log from its first entry: what a database says without it is not believed."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gate.decision import Call, Register
from procurement.publication import merkle, notes

CALLS = frozenset({"tender", "amendment", "clarification"})  # what a bid may answer
REGISTER = "register"
FILES_OVER = "files-over"  # the step of an opening after which promised files are awaited no more


class Broken(Exception):
    """The log is not what was signed, or not what this gate saw before."""


@dataclass
class Follower:
    """How far the log was read, and what it says of each tender.

    `memory` is a file with the last head this gate believed: no history without it is believed.
    """

    log: notes.Key
    memory: Path | None = None
    frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    calls: dict[str, Call] = field(default_factory=dict)

    def head(self, note: str) -> notes.Head:
        """Return the head in a note signed by the log. Raises Broken."""
        try:
            signed = notes.Note.parse(note)
            signed.verify(self.log)
            head = notes.Head.parse(signed.text)
        except notes.NoteError as error:
            raise Broken(f"a head that does not hold: {error}") from error
        if head.origin != self.log.name:
            raise Broken(f"a head of {head.origin}")
        return head

    def follow(self, note: str, bodies: Iterable[bytes]) -> None:
        """Read on to a signed head, `bodies` being the entries from where we are; or not at all.

        Raises Broken, and stands where it stood.
        """
        head, before = self.head(note), self._remembered()
        frontier = merkle.Frontier(self.frontier.size, self.frontier.peaks)
        if before and head.size < before.size:
            raise Broken(f"a log of {head.size} entries; there were {before.size}")
        read = []
        for body in bodies:
            leaf = merkle.leaf_hash(body)
            frontier.append(leaf)
            read.append((leaf, body))
            if before and frontier.size == before.size and frontier.root() != before.root:
                raise Broken("the log is not the one that was seen before")
        if (frontier.size, frontier.root()) != (head.size, head.root):
            raise Broken("the entries are not those that were signed")
        for leaf, body in read:
            self._take_in(leaf, json.loads(body))
        self.frontier = frontier
        if self.memory and (before is None or head.size > before.size):
            fresh = self.memory.with_suffix(".new")
            fresh.write_text(note)
            fresh.replace(self.memory)

    def _remembered(self) -> notes.Head | None:
        if self.memory is None or not self.memory.exists():
            return None
        return self.head(self.memory.read_text())

    def _take_in(self, leaf: bytes, said: dict[str, Any]) -> None:
        """Note what an entry says of its tender, by its own words alone."""
        ocid, kinds = said.get("ocid"), [each.get("kind") for each in said.get("notices", [])]
        if not ocid or not kinds:
            return
        call, tender = self.calls.setdefault(ocid, Call()), said.get("tender", {})
        end = tender.get("tenderPeriod", {}).get("endDate")
        if end:
            stated = datetime.fromisoformat(end)
            call.deadline = max(call.deadline or stated, stated)
        if kinds[0] in CALLS:
            call.notices.add(leaf.hex())
        if kinds[0] == "tender" and "manifest" in tender.get("sealing", {}):
            call.gate_key = base64.b64decode(json.loads(tender["sealing"]["manifest"])["gate"])
        if kinds[0] == REGISTER and call.register is None:
            call.register = _register(tender["closingRegister"])
        if any(each.get("kind") == FILES_OVER for each in tender.get("openingEvents", [])):
            call.files_are_over = True


def _register(said: dict[str, Any]) -> Register:
    lines = said.get("entries", [])
    listed = frozenset(line["envelopeDigest"] for line in lines if line["status"] == "counts")
    return Register(datetime.fromisoformat(said["deadline"]), listed)
