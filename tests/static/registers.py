"""A tender that is closed, and perhaps opened, as a portal shows it to whoever holds a receipt."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from procurement.publication import notes
from tests.static import logs
from tests.static.logs import Log, Portal, write

SEAL = Ed25519PrivateKey.generate()
KEY = notes.Key.of(f"{logs.HOST}/receipts", SEAL).vkey()
OCID = logs.RECEIPT["tender"]
NUMBER = logs.RECEIPT["receipt"]
DIGEST = logs.RECEIPT["envelope_sha256"]


def receipt(folder: Path, said: dict[str, Any], **changes: object) -> Path:
    """A receipt in a file, perhaps altered after it was signed."""
    given = {**logs.signed(said, SEAL), **changes}
    return write(folder, "receipt.json", logs.text_of(given))


def line(said: dict[str, Any], **changes: object) -> dict[str, Any]:
    """The line of the closing register for a receipt."""
    told = bytes.fromhex(said["nonce"]) + said["supplier"].encode()
    return {
        "index": said["index"],
        "envelopeDigest": said["envelope_sha256"],
        "receivedAt": said["received_at"],
        "status": "counts",
        "supplierCommitment": hashlib.sha256(told).hexdigest(),
        **changes,
    }


def offer(**changes: object) -> dict[str, Any]:
    """The bid in the opening record."""
    return {"receipt": NUMBER, "envelopeDigest": DIGEST, "status": "valid", **changes}


@dataclass
class Closed:
    """The two logs of a portal, and the notices of one tender."""

    receipts: Log = field(
        default_factory=lambda: Log("receipts", [bytes([number]) * 46 for number in range(5)])
    )
    notices: Log = field(default_factory=lambda: Log("notices"))
    releases: list[dict[str, Any]] = field(default_factory=list)
    is_hidden: bool = False  # whether the notices stay out of the log

    def __post_init__(self) -> None:
        """Publish the call."""
        self.publish("tender", tender={"sealing": {"keyset": logs.RECEIPT["keyset"]}})

    def give(self, **changes: object) -> dict[str, Any]:
        """What a new receipt says; its leaf is in the log."""
        core = logs.core(self.receipts, **changes)
        self.receipts.entries.append(logs.leaf_body(core))
        return core

    def publish(self, kind: str, ocid: str = OCID, **sections: object) -> None:
        """Publish one notice of the tender."""
        said = {
            "ocid": ocid,
            "id": f"{OCID}-{len(self.releases) + 1:03d}",
            "date": "2026-11-22T17:02:00+08:00",
            "notices": [{"id": "1", "kind": kind, "title": "随访"}],
            **sections,
        }
        self.releases.append(said)
        if not self.is_hidden:
            self.notices.entries.append(json.dumps(said).encode())

    def close(self, *lines: dict[str, Any], **changes: object) -> None:
        """Publish the closing register."""
        head = notes.Head.parse(notes.Note.parse(self.receipts.head()).text)
        told = {"receiptsLogSize": head.size, "receiptsLogRoot": head.root.hex()}
        register = {**told, "entries": list(lines), **changes}
        self.publish("register", tender={"id": OCID, "closingRegister": register})

    def open(self, *bids: dict[str, Any]) -> None:
        """Publish the opening record."""
        self.publish("opening", bids={"details": list(bids)})

    @contextmanager
    def served(self, *old: int) -> Iterator[str]:
        """The address of a portal that shows all this, and how the receipts grew from sizes."""
        shown = Portal()
        shown.show(self.receipts, *old)
        shown.show(self.notices)
        keys = (self.receipts.vkey, self.notices.vkey, KEY)
        shown.pages["/log/keys"] = "\n".join(keys).encode()
        record = {"records": [{"ocid": OCID, "releases": self.releases}]}
        shown.pages[f"/records/{OCID}.json"] = json.dumps(record).encode()
        for said in self.releases:
            shown.pages[f"/releases/{said['id']}.json"] = json.dumps(said).encode()
        with shown.served() as address:
            yield address
