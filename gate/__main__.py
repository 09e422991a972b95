"""`python -m gate`: announce the public key, then look every few seconds, until stopped.

Environment: GATE_DIR (the folder of its key), GATE_DATABASE_URL (its own account of the
database), LOG_VKEY (the public key of the log of notices; else the file `log.vkey` in GATE_DIR),
REHEARSAL=1 to follow the rehearsal clock, GATE_SECONDS between two looks (default 3),
GATE_NEW_KEY=1 once, to change the key on purpose.
"""

import logging
import os
import signal
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import psycopg2
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from gate import key, store
from gate.decision import Clocks
from gate.following import Follower
from gate.work import Gate
from procurement.publication import notes

logger = logging.getLogger("gate")


def clocks(cursor: store.Cursor) -> Clocks:
    """Return what both clocks show; in a rehearsal both run ahead alike."""
    shown = Clocks(database=store.clock(cursor), own=datetime.now(UTC))
    if os.environ.get("REHEARSAL") != "1":
        return shown
    ahead = store.rehearsal_shift(cursor)
    return Clocks(shown.database + ahead, shown.own + ahead)


def log_key(folder: Path) -> notes.Key | None:
    """Return the public key of the log, as the operator gave it; None when nobody did yet."""
    given = os.environ.get("LOG_VKEY", "")
    kept = folder / "log.vkey"
    if not given and kept.exists():
        given = kept.read_text()
    return notes.Key.parse(given) if given else None


def stop(_signal: int, _frame: FrameType | None) -> None:
    """End at once: nothing is ever half done."""
    sys.exit(0)


def main() -> None:
    """Go on until stopped; a database that is away is waited for."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    signal.signal(signal.SIGTERM, stop)
    folder, seconds = Path(os.environ["GATE_DIR"]), float(os.environ.get("GATE_SECONDS", "3"))
    while True:
        try:
            # closing: `with connection` would begin one transaction that lasts as long as we do
            with closing(psycopg2.connect(os.environ["GATE_DATABASE_URL"])) as connection:
                connection.autocommit = True
                _watch(connection, folder, seconds)
        except psycopg2.Error as error:
            logger.warning("the database does not answer: %s", type(error).__name__)
        time.sleep(seconds)


def _private(cursor: store.Cursor, folder: Path) -> EllipticCurvePrivateKey:
    """Return the key; a new one is made only for a portal that never had a gate.

    With another key than the calls are sealed to, nothing could be opened any more: the gate ends
    instead, and says which folder to bring back. A key is changed on purpose with GATE_NEW_KEY=1.
    """
    is_new = os.environ.get("GATE_NEW_KEY") == "1" or store.knows(cursor, b"") is None
    if not is_new and not key.exists(folder):
        sys.exit(f"{folder} holds no key, but calls are sealed to one: bring the folder back")
    private = key.load(folder)
    point = key.public_point(private)
    if not is_new and not store.knows(cursor, point):
        sys.exit(f"the key in {folder} is not one that calls are sealed to")
    store.announce(cursor, point)
    (folder / "gate.pub").write_text(f"{point.hex()}\n")
    logger.info("the fingerprint of the gate's public key is %s", key.fingerprint(private))
    return private


def _watch(connection: "psycopg2.extensions.connection", folder: Path, seconds: float) -> None:
    with connection.cursor() as cursor:
        private, gate = _private(cursor, folder), None
        while True:
            trusted = log_key(folder)
            if trusted is None:
                store.show_life(cursor, "no LOG_VKEY")
            else:
                gate = gate or Gate(private, Follower(trusted, folder / "last-head"), clocks)
                if given := gate.round(cursor):
                    logger.info("gave out %s part(s)", given)
                store.show_life(cursor, gate.trouble)
            time.sleep(seconds)


if __name__ == "__main__":
    main()
