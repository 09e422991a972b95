"""When the time gate opens, and everything that keeps it shut."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from gate import decision, key, store
from gate.decision import Clocks, LogEntry, Shut
from gate.work import Gate
from organizations.roles import SYSTEM
from portal.demo import gatekeeper
from procurement.bids import actions as bids
from procurement.bids.models import Bid
from procurement.bids.parts import GatePart
from procurement.publication import heads, merkle, notes
from procurement.publication.tree import Log
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
CLOSING = build.DEADLINE + timedelta(minutes=3)
SECOND = timedelta(seconds=1)


@pytest.fixture
def tender() -> Tender:
    """A call with three bids whose deadline has passed."""
    who = build.cast(3)
    call = build.published(who)
    for by in who.signatories():
        build.bid(call, by)
    return Tender.objects.get(pk=call.pk)


def look(
    database: datetime = CLOSING, own: datetime = CLOSING, log: notes.Key | None = None
) -> int:
    """Let the gate look once, with clocks that show these instants."""
    gate = Gate(
        key.load(gatekeeper.folder()),
        log or heads.key(Log.NOTICES),
        lambda _cursor: Clocks(database, own),
    )
    with connection.cursor() as cursor:
        return gate.round(cursor)


def shut(tender: Tender) -> bool:
    """Nothing of the keys is out."""
    return not GatePart.objects.exists() and Bid.objects.filter(opened_at=None).count() == 3


def test_the_gate_gives_a_part_for_each_bid_once(tender: Tender) -> None:
    bids.close(tender, by=SYSTEM, at=CLOSING)
    heads.sign_all(at=CLOSING)
    assert look() == 3
    assert look() == 0
    assert GatePart.objects.count() == 3


def test_shut_without_a_register(tender: Tender) -> None:
    heads.sign_all(at=CLOSING)
    assert look() == 0
    assert shut(tender)


def test_shut_until_a_signed_head_covers_the_register(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    heads.sign_all(at=build.DEADLINE)
    bids.close(tender, by=SYSTEM, at=CLOSING)
    assert look() == 0
    assert Shut.NO_HEAD in caplog.text
    assert shut(tender)
    heads.sign_all(at=CLOSING)
    assert look() == 3


@pytest.mark.parametrize(
    ("database", "own", "why"),
    [
        (build.DEADLINE, CLOSING, Shut.DATABASE_CLOCK),
        (CLOSING, build.DEADLINE, Shut.OWN_CLOCK),
        (build.DEADLINE - SECOND, build.DEADLINE - SECOND, Shut.DATABASE_CLOCK),
    ],
)
def test_shut_while_one_of_two_clocks_is_not_past_the_deadline(
    tender: Tender,
    caplog: pytest.LogCaptureFixture,
    database: datetime,
    own: datetime,
    why: Shut,
) -> None:
    bids.close(tender, by=SYSTEM, at=CLOSING)
    heads.sign_all(at=CLOSING)
    assert look(database, own) == 0
    assert why in caplog.text
    assert shut(tender)


def test_shut_when_the_database_was_told_an_earlier_deadline(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever rules the database moves the deadline there; the notices in the log still stand."""
    early = build.DEADLINE - timedelta(days=5)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE procurement_tender SET tender_period_end = %s", [early])
        cursor.execute("SET session_replication_role = origin")
    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=early + SECOND)
    heads.sign_all(at=early + SECOND)
    assert look(early + SECOND, early + SECOND) == 0
    assert look() == 0  # nor later: somebody must look
    assert Shut.OTHER_DEADLINE in caplog.text
    assert shut(tender)


def test_shut_for_a_head_signed_by_another_key(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    bids.close(tender, by=SYSTEM, at=CLOSING)
    heads.sign_all(at=CLOSING)
    trusted = heads.key(Log.NOTICES)
    other = notes.Key(trusted.name, b"\x01" * 32)
    assert look(log=other) == 0
    assert "the newest head of the log does not hold" in caplog.text
    assert shut(tender)


def test_shut_when_an_entry_is_not_what_was_signed(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever rules the database rewrites the register with its hash: the signed root differs."""
    bids.close(tender, by=SYSTEM, at=CLOSING)
    heads.sign_all(at=CLOSING)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE procurement_entry SET body = body || ' '::bytea,"
            " leaf_hash = sha256('\\x00'::bytea || body || ' '::bytea) WHERE kind = 'register'"
        )
        cursor.execute("SET session_replication_role = origin")
    assert look() == 0
    assert Shut.NOT_IN_LOG in caplog.text
    assert shut(tender)


def test_an_envelope_that_the_register_does_not_list_gets_nothing(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    bids.close(tender, by=SYSTEM, at=CLOSING)
    heads.sign_all(at=CLOSING)
    victim = Bid.objects.order_by("pk").first()
    assert victim is not None
    changed = bytes(victim.envelope or b"")[:-1] + b"\0"
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE procurement_bid SET envelope = %s, envelope_sha256 ="
            " encode(sha256(%s), 'hex') WHERE id = %s",
            [changed, changed, victim.pk],
        )
        cursor.execute("SET session_replication_role = origin")
    assert look() == 2
    assert "is not in the register" in caplog.text


def test_a_part_is_for_its_own_tender_alone(tender: Tender) -> None:
    bid = Bid.objects.first()
    assert bid is not None
    envelope, private = bytes(bid.envelope or b""), key.load(gatekeeper.folder())
    with pytest.raises(key.Unreadable, match="another tender"):
        key.part(envelope, fingerprint=bid.envelope_sha256, tender="ocds-other", key=private)
    with pytest.raises(key.Unreadable, match="not the envelope"):
        key.part(envelope, fingerprint="00" * 32, tender=tender.ocid, key=private)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first, again = key.load(tmp_path / "gate"), key.load(tmp_path / "gate")
    assert key.public_point(first) == key.public_point(again)
    kept = tmp_path / "gate" / key.FILE
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_the_latest_deadline_counts() -> None:
    def notice(end: str) -> LogEntry:
        return LogEntry(0, b'{"tender":{"tenderPeriod":{"endDate":"%s"}}}' % end.encode(), ())

    moved = [notice("2026-04-28T17:00:00+08:00"), notice("2026-05-08T17:00:00+08:00")]
    assert decision.latest_deadline(moved) == datetime.fromisoformat("2026-05-08T17:00:00+08:00")
    assert decision.latest_deadline([LogEntry(0, b"{}", ())]) is None


def test_the_gate_needs_neither_django_nor_the_rest_of_the_portal() -> None:
    """The smallest code: what the process loads is its own, and two pure modules."""
    program = (
        "import sys, gate.work, gate.__main__;"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in"
        " {'django', 'portal', 'procurement', 'organizations', 'celery'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(
        [
            "procurement",
            "procurement.publication",
            "procurement.publication.merkle",
            "procurement.publication.notes",
        ]
    )


def test_the_gates_code_is_small_enough_to_read_whole() -> None:
    lines = [
        line
        for path in sorted((settings.BASE_DIR / "gate").glob("*.py"))
        for line in path.read_text().splitlines()
    ]
    assert len(lines) < 500
    assert merkle.leaf_hash(b"") != merkle.EMPTY
    assert store.NOTICES == Log.NOTICES
