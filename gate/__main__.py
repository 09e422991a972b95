"""`python -m gate`: announce the public key, then look every few seconds, until stopped.

Environment: GATE_DIR (the folder of its key), GATE_DATABASE_URL (its own account of the
database), LOG_VKEY (the public key of the log of notices; else the file `log.vkey` in GATE_DIR),
REHEARSAL=1 to follow the rehearsal clock, GATE_SECONDS between two looks (default 3).
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
    private = key.load(folder)
    while True:
        try:
            # closing: `with connection` would begin one transaction that lasts as long as we do
            with closing(psycopg2.connect(os.environ["GATE_DATABASE_URL"])) as connection:
                connection.autocommit = True
                _watch(connection, private, folder, seconds)
        except psycopg2.Error as error:
            logger.warning("the database does not answer: %s", type(error).__name__)
        time.sleep(seconds)


def _watch(
    connection: "psycopg2.extensions.connection",
    private: EllipticCurvePrivateKey,
    folder: Path,
    seconds: float,
) -> None:
    with connection.cursor() as cursor:
        store.announce(cursor, key.public_point(private))
        while True:
            store.show_life(cursor)
            trusted = log_key(folder)
            if trusted is None:
                logger.warning("no LOG_VKEY: nothing is given out")
            elif given := Gate(private, trusted, clocks).round(cursor):
                logger.info("gave out %s part(s)", given)
            time.sleep(seconds)


if __name__ == "__main__":
    main()
