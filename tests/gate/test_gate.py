"""When the time gate opens, and everything that keeps it shut."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from gate import decision, key, store
from gate.__main__ import _private
from gate.decision import Call, Clocks, Register, Shut, why_shut
from gate.following import Broken, Follower
from gate.work import Gate
from organizations.roles import SYSTEM
from portal.demo import gatekeeper
from procurement import clock
from procurement.bids import actions as bids
from procurement.bids import sealed, waiting
from procurement.bids.models import Bid
from procurement.bids.parts import GatePart
from procurement.publication import heads, merkle, notes
from procurement.publication.models import Entry
from procurement.publication.tree import Log
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
CLOSING = build.DEADLINE + timedelta(minutes=3)
SECOND = timedelta(seconds=1)
OWN, LISTED = b"\x04" + b"k" * 64, frozenset({"ab" * 32})
CALL = Call(build.DEADLINE, {"cd" * 32}, OWN, Register(build.DEADLINE, LISTED))
PAST = Clocks(CLOSING, CLOSING)


@pytest.fixture
def tender() -> Tender:
    """A call with three bids whose deadline has passed."""
    who = build.cast(3)
    call = build.published(who)
    for by in who.signatories():
        build.bid(call, by)
    return Tender.objects.get(pk=call.pk)


def closed(tender: Tender) -> Tender:
    """The call with its register, under a signed head."""
    tender = bids.close(tender, by=SYSTEM, at=CLOSING)
    heads.sign_all(at=CLOSING)
    return tender


def look(clocks: Clocks = PAST, log: notes.Key | None = None, memory: Path | None = None) -> int:
    """Let the gate look once, with clocks that show these instants."""
    follower = Follower(log or heads.key(Log.NOTICES), memory)
    gate = Gate(key.load(gatekeeper.folder()), follower, lambda _cursor: clocks)
    with connection.cursor() as cursor:
        return gate.round(cursor)


def ruled(statement: str, *values: str | int | bytes | datetime) -> None:
    """What whoever rules the database can do: no trigger stands in the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")


def shut() -> bool:
    """Nothing of the keys is out."""
    return not GatePart.objects.exists() and Bid.objects.filter(opened_at=None).count() == 3


# --- when --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "clocks", "why"),
    [
        (CALL, PAST, None),
        (replace(CALL, register=None), PAST, Shut.NO_REGISTER),
        (replace(CALL, deadline=build.DEADLINE + SECOND), PAST, Shut.OTHER_DEADLINE),
        (replace(CALL, deadline=None), PAST, Shut.OTHER_DEADLINE),
        (replace(CALL, gate_key=b"\x04" + b"x" * 64), PAST, Shut.OTHER_KEY),
        (CALL, Clocks(build.DEADLINE, CLOSING), Shut.DATABASE_CLOCK),
        (CALL, Clocks(CLOSING, build.DEADLINE), Shut.OWN_CLOCK),
    ],
)
def test_each_thing_that_is_missing_keeps_it_shut(
    call: Call, clocks: Clocks, why: Shut | None
) -> None:
    assert why_shut(call, own_key=OWN, missing=set(), clocks=clocks) is why


def test_a_promised_file_is_waited_for_a_day_and_until_the_log_says_that_it_is_over() -> None:
    end = build.DEADLINE + timedelta(hours=24, seconds=120)
    over = replace(CALL, files_are_over=True)
    for call, now, why in (
        (over, CLOSING, Shut.FILES),
        (over, end, Shut.FILES),
        (CALL, end + SECOND, Shut.FILES),  # bidders may not have reached the portal
        (over, end + SECOND, None),
    ):
        assert why_shut(call, own_key=OWN, missing=LISTED, clocks=Clocks(now, now)) is why


def test_the_gate_waits_as_long_as_the_portal() -> None:
    assert (decision.DELIVERY, decision.GRACE) == (sealed.DELIVERY, waiting.GRACE)


# --- on the real tables -------------------------------------------------------------------------


def test_the_gate_gives_a_part_for_each_bid_once(tender: Tender) -> None:
    closed(tender)
    assert look() == 3
    assert look() == 0
    assert GatePart.objects.filter(ocid=tender.ocid).count() == 3


def test_shut_without_a_register_though_the_table_says_closed(tender: Tender) -> None:
    heads.sign_all(at=CLOSING)
    ruled("UPDATE procurement_tender SET closed_at = %s", CLOSING)
    assert look() == 0
    assert shut()


def test_shut_until_a_signed_head_covers_the_register(tender: Tender) -> None:
    heads.sign_all(at=build.DEADLINE)
    bids.close(tender, by=SYSTEM, at=CLOSING)
    assert look() == 0
    assert shut()
    heads.sign_all(at=CLOSING)
    assert look() == 3


def test_shut_when_the_database_was_told_an_earlier_deadline(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    """The deadline is moved in the table; the notices in the log still stand."""
    early = build.DEADLINE - timedelta(days=5)
    ruled("UPDATE procurement_tender SET tender_period_end = %s", early)
    bids.close(Tender.objects.get(pk=tender.pk), by=SYSTEM, at=early + SECOND)
    heads.sign_all(at=early + SECOND)
    assert look(Clocks(early + SECOND, early + SECOND)) == 0
    assert look() == 0  # nor later: somebody must look
    assert Shut.OTHER_DEADLINE in caplog.text
    assert shut()


def test_shut_for_heads_signed_by_another_key(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    closed(tender)
    other = notes.Key(heads.key(Log.NOTICES).name, b"\x01" * 32)
    assert look(log=other) == 0
    assert "a head that does not hold" in caplog.text
    assert shut()


def test_shut_when_an_entry_is_not_what_was_signed(
    tender: Tender, caplog: pytest.LogCaptureFixture
) -> None:
    """The register is rewritten with its hash: the signed root differs."""
    closed(tender)
    ruled(
        "UPDATE procurement_entry SET body = body || ' '::bytea,"
        " leaf_hash = sha256('\\x00'::bytea || body || ' '::bytea) WHERE kind = 'register'"
    )
    assert look() == 0
    assert "the entries are not those that were signed" in caplog.text
    assert shut()


def test_what_a_column_says_of_an_entry_is_not_believed() -> None:
    """The register of one call, relabelled as that of a call that still runs, opens nothing."""
    who = build.cast(3)
    over, runs = build.published(who), build.published(who)
    for by in who.signatories():
        build.bid(over, by)
    wanted = build.bid(runs, next(iter(who.signatories())))
    closed(Tender.objects.get(pk=over.pk))
    ruled(
        "UPDATE procurement_entry SET ocid = CASE ocid WHEN %s THEN %s ELSE %s END"
        " WHERE ocid IN (%s, %s)",
        over.ocid, runs.ocid, over.ocid, over.ocid, runs.ocid,
    )  # fmt: skip
    ruled("UPDATE procurement_tender SET closed_at = %s WHERE id = %s", CLOSING, runs.pk)
    look()
    assert not GatePart.objects.filter(envelope_sha256=wanted.envelope_sha256).exists()


def test_the_fingerprint_of_a_running_bid_in_another_register_opens_nothing() -> None:
    """A promise smuggles the fingerprint of a rival's bid into a call that closes earlier."""
    who = build.cast(3)
    over, runs = build.published(who), build.published(who)
    first, *others = who.signatories()
    wanted = build.bid(runs, first)
    for by in others:
        build.bid(over, by)
    bids.promise(
        over,
        fingerprint=wanted.envelope_sha256,
        size=wanted.envelope_bytes,
        request_key=wanted.request_key,
        by=first,
        at=build.DEADLINE,
    )
    closed(Tender.objects.get(pk=over.pk))

    assert look() == 3

    assert bytes(GatePart.objects.get(envelope_sha256=wanted.envelope_sha256).part) == b""
    assert GatePart.objects.filter(ocid=runs.ocid).count() == 0  # its own time will come


def test_a_log_without_what_the_gate_saw_before_is_not_believed(
    tender: Tender, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With the log's key and the database, a history is invented; the gate remembers another."""
    closed(tender)
    memory = tmp_path / "last-head"
    assert look(memory=memory) == 3
    kept = memory.read_text()
    ruled("DELETE FROM procurement_gatepart")
    invented = notes.Head(heads.origin(Log.NOTICES), 900, b"\x07" * 32).text()
    memory.write_text(
        str(
            notes.Note(
                invented, (notes.sign(invented, heads.origin(Log.NOTICES), heads._private()),)
            )
        )
    )
    assert look(memory=memory) == 0
    assert "there were 900" in caplog.text
    memory.write_text(kept)
    assert look(memory=memory) == 3


def test_a_follower_stands_where_it_stood_after_a_broken_head(tender: Tender) -> None:
    closed(tender)
    newest = heads.latest(Log.NOTICES)
    assert newest is not None
    bodies = [bytes(entry.body) for entry in Entry.objects.order_by("index")]
    follower = Follower(heads.key(Log.NOTICES))
    with pytest.raises(Broken, match="not those that were signed"):
        follower.follow(newest.note, bodies[:-1])
    assert (follower.frontier.size, follower.calls) == (0, {})
    follower.follow(newest.note, bodies)
    assert follower.frontier.root() == merkle.root(merkle.leaf_hash(body) for body in bodies)
    assert follower.calls[tender.ocid].deadline == build.DEADLINE


def test_a_junk_head_does_not_hide_the_ones_that_hold(tender: Tender) -> None:
    closed(tender)
    ruled(
        "INSERT INTO procurement_checkpoint (log, size, root, note, signed_at)"
        " VALUES (1, 1000000, '', 'junk', now())"
    )
    assert look() == 3


def test_an_envelope_that_the_register_does_not_list_gets_nothing(tender: Tender) -> None:
    closed(tender)
    victim = Bid.objects.order_by("pk").first()
    assert victim is not None
    whole = bytes(victim.envelope or b"")
    changed = whole[:-1] + b"\0"
    ruled(
        "UPDATE procurement_bid SET envelope = %s, envelope_sha256 ="
        " encode(sha256(%s), 'hex') WHERE id = %s",
        changed, changed, victim.pk,
    )  # fmt: skip
    day = build.DEADLINE + timedelta(hours=25)
    assert clock.pass_deadlines(at=day) == 0
    assert look(Clocks(day, day)) == 0  # one that is listed is not here: nothing goes on without it
    assert waiting.stuck(day) == [tender]  # people are called; what was changed can be brought back
    ruled(
        "UPDATE procurement_bid SET envelope = %s, envelope_sha256 ="
        " encode(sha256(%s), 'hex') WHERE id = %s",
        whole, whole, victim.pk,
    )  # fmt: skip
    assert look(Clocks(day, day)) == 3


# --- the key --------------------------------------------------------------------------------------


def test_a_part_is_for_its_own_tender_and_a_published_notice(tender: Tender) -> None:
    bid = Bid.objects.first()
    assert bid is not None
    envelope, private = bytes(bid.envelope or b""), key.load(gatekeeper.folder())

    def part(
        fingerprint: str = bid.envelope_sha256, ocid: str = tender.ocid, notice: str = bid.notice
    ) -> bytes:
        return key.part(
            envelope, fingerprint=fingerprint, tender=ocid, notices={notice}, key=private
        )

    assert len(part()) == 32
    with pytest.raises(key.Unreadable, match="another tender"):
        part(ocid="ocds-other")
    with pytest.raises(key.Unreadable, match="another tender"):
        part(notice="00" * 32)
    with pytest.raises(key.Unreadable, match="not the envelope"):
        part(fingerprint="00" * 32)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first, again = key.load(tmp_path / "gate"), key.load(tmp_path / "gate")
    assert key.public_point(first) == key.public_point(again)
    kept = tmp_path / "gate" / key.FILE
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_a_running_call_that_names_another_key_is_told_at_once(tmp_path: Path) -> None:
    """Whoever writes its own key into a call could read every bid on arrival."""
    build.published(build.cast(3))
    heads.sign_all(at=build.TENDER_DAY + timedelta(hours=2))
    now = Clocks(build.DEADLINE - SECOND, build.DEADLINE - SECOND)
    own, other = key.load(gatekeeper.folder()), key.load(tmp_path / "gate")
    for private, trouble in ((own, False), (other, True)):
        gate = Gate(private, Follower(heads.key(Log.NOTICES)), lambda _cursor: now)
        with connection.cursor() as cursor:
            gate.round(cursor)
        assert (Shut.OTHER_KEY in gate.trouble) is trouble


def test_no_new_key_takes_the_place_of_one_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that was not mounted must not spoil the bids that wait for its key."""
    with connection.cursor() as cursor:
        first = _private(cursor, tmp_path / "gate")  # a portal that never had a gate
        with pytest.raises(SystemExit, match="bring the folder back"):
            _private(cursor, tmp_path / "empty")
        assert not key.exists(tmp_path / "empty")
        key.load(tmp_path / "other")
        with pytest.raises(SystemExit, match="not one that calls are sealed to"):
            _private(cursor, tmp_path / "other")
        assert key.public_point(_private(cursor, tmp_path / "gate")) == key.public_point(first)
        monkeypatch.setenv("GATE_NEW_KEY", "1")
        changed = _private(cursor, tmp_path / "other")
        assert store.knows(cursor, key.public_point(changed))


# --- its size -------------------------------------------------------------------------------------


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
    assert len(lines) < 650
    assert store.NOTICES == Log.NOTICES
