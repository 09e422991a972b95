"""Heads are signed when they continue what was signed, and by nobody when they do not."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from pytest_django import Settings

from procurement.publication import heads, log, merkle, nodes, notes, outside
from procurement.publication.heads import Reason, WillNotSign
from procurement.publication.models import Entry
from procurement.publication.tree import Checkpoint, Cosignature, Log
from tests.builders import procurement as build
from tests.procurement.publication import logs

pytestmark = pytest.mark.django_db

AT = build.START
LATER = AT + timedelta(minutes=10)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS_KEY = notes.Key.of("witness.example/audit", WITNESS, notes.COSIGNATURE)


def signed(n: int = 1) -> notes.Head:
    """Publish some notices and sign; return the head as anybody may have kept it."""
    logs.publish(n)
    checkpoint = heads.sign(Log.NOTICES, at=AT)
    assert checkpoint
    return notes.open_head(checkpoint.note, heads.key(Log.NOTICES))


def refuses(reason: Reason) -> None:
    """Require that no head is signed, for this reason, and nothing is written."""
    before = list(Checkpoint.objects.values_list("log", "size", "note"))
    kept = list(outside.copied(heads.copy_of(Log.NOTICES))) if reason != Reason.COPY else []
    with pytest.raises(WillNotSign) as refused:
        heads.sign(Log.NOTICES, at=LATER)
    assert refused.value.reason == reason
    assert list(Checkpoint.objects.values_list("log", "size", "note")) == before
    if reason != Reason.COPY:
        assert list(outside.copied(heads.copy_of(Log.NOTICES))) == kept


def continues(old: notes.Head) -> bool:
    """What somebody finds who kept an old head and asks for the proof from it to the log now."""
    size = Entry.objects.count()
    if size < old.size:
        return False
    path = nodes.consistency(Log.NOTICES, old.size, size)
    root = nodes.root(Log.NOTICES, size)
    return merkle.verify_consistency(
        old.size, size, path=path, first_root=old.root, second_root=root
    )


def witness(checkpoint: Checkpoint) -> None:
    """A witness signs a head, and the portal keeps its word."""
    text = notes.Note.parse(checkpoint.note).text
    line = notes.cosign(text, WITNESS_KEY.name, WITNESS, seconds=int(AT.timestamp())).line()
    Cosignature.objects.create(
        log=checkpoint.log,
        size=checkpoint.size,
        witness=WITNESS_KEY.name,
        line=line,
        cosigned_at=AT,
        received_at=AT,
    )


def test_a_head_is_signed_kept_outside_and_read_by_anyone() -> None:
    logs.publish(5)
    checkpoint = heads.sign(Log.NOTICES, at=AT)
    assert checkpoint
    leaves = [merkle.leaf_hash(bytes(e.body)) for e in Entry.objects.order_by("index")]
    key = notes.Key.parse(heads.vkey(Log.NOTICES))
    head = notes.open_head(checkpoint.note, key)
    assert head == notes.Head("127.0.0.1:8000/log/notices", 5, merkle.root(leaves))
    assert (checkpoint.size, bytes(checkpoint.root)) == (5, head.root)
    assert list(outside.copied(heads.copy_of(Log.NOTICES))) == [(checkpoint.note, AT)]
    assert heads.latest(Log.NOTICES) == checkpoint
    assert heads.latest(Log.RECEIPTS) is None


def test_nothing_new_is_no_new_head() -> None:
    assert heads.sign(Log.NOTICES, at=AT) is None
    signed()
    assert heads.sign(Log.NOTICES, at=LATER) is None
    assert Checkpoint.objects.count() == 1


def test_each_head_continues_the_one_before() -> None:
    first = signed(3)
    assert signed(4).size == 7
    assert signed(1).size == 8
    assert continues(first)


def test_both_logs_are_signed_under_names_of_their_own() -> None:
    logs.publish(2)
    log.append_receipts([b"yn-bid-leaf/1\n" + bytes(32)] * 32)
    made = heads.sign_all(at=AT)
    assert [(row.log, row.size) for row in made] == [(1, 2), (2, 32)]
    assert heads.sign_all(at=LATER) == []
    with pytest.raises(notes.Unsigned):
        notes.open_head(made[1].note, heads.key(Log.NOTICES))
    assert notes.open_head(made[1].note, heads.key(Log.RECEIPTS)).size == 32


def test_what_is_not_committed_is_not_signed() -> None:
    logs.publish()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        heads.sign(Log.NOTICES, at=AT)
    assert not Checkpoint.objects.exists()


def test_a_log_that_is_refused_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    signed(2)
    logs.forget(1)
    log.append_receipts([b"yn-bid-leaf/1\n" + bytes(32)])
    with caplog.at_level(logging.CRITICAL):
        assert [row.log for row in heads.sign_all(at=LATER)] == [Log.RECEIPTS]
    assert "the head of log NOTICES was not signed" in caplog.text


def test_a_portal_that_moves_keeps_its_history(settings: Settings) -> None:
    signed()
    settings.SITE_URL = "https://portal.example"
    assert signed().origin == "portal.example/log/notices"


def test_a_letter_carries_the_head_as_it_was_signed() -> None:
    signed()
    [checkpoint] = Checkpoint.objects.all()
    witness(checkpoint)
    text = heads.letter(checkpoint)
    assert "2026-03-02 09:00" in text
    assert text.endswith(heads.told(checkpoint))
    note = notes.Note.parse(heads.told(checkpoint))
    note.verify(heads.key(Log.NOTICES))
    assert notes.cosigned_at(note.text, note.signatures[1], WITNESS_KEY) == AT.timestamp()


# --- What happens by accident -----------------------------------------------------------------


def test_a_run_killed_between_the_copy_and_the_database_goes_on() -> None:
    signed(2)
    with logs.superuser():
        Checkpoint.objects.all().delete()
    assert heads.sign(Log.NOTICES, at=LATER)
    assert signed(1).size == 3


def test_a_line_cut_off_was_never_published() -> None:
    signed(2)
    path = heads.copy_of(Log.NOTICES)
    with path.open("a") as file:
        file.write('{"signed_at": "2026-')
    assert signed(1).size == 3
    assert [notes.Head.parse(each.note.split("\n\n")[0] + "\n").size for each in _kept()] == [2, 3]


def _kept() -> Iterator[outside.Copied]:
    return outside.copied(heads.copy_of(Log.NOTICES))


def test_a_copy_that_is_gone_is_begun_anew_by_a_person() -> None:
    signed()
    heads.copy_of(Log.NOTICES).unlink()
    refuses(Reason.COPY)
    heads.copy_of(Log.NOTICES).touch()
    assert signed().size == 2


@pytest.mark.parametrize("line", ["{}", "x", '{"note": "x", "signed_at": "y"}', "[]"])
def test_a_damaged_copy_is_looked_at_first(line: str) -> None:
    signed()
    heads.copy_of(Log.NOTICES).write_text(f"{line}\n")
    refuses(Reason.COPY)


@pytest.mark.parametrize("other", [True, False])
def test_another_key_signs_nothing(settings: Settings, tmp_path: Path, *, other: bool) -> None:
    signed()
    settings.KEYS_DIR = tmp_path
    if other:
        (tmp_path / heads.LOG_KEY).write_bytes(_another_key())
    logs.publish()
    refuses(Reason.KEY)
    assert (tmp_path / heads.LOG_KEY).exists() == other


def test_who_has_the_public_key_alone_reads_and_does_not_sign(
    settings: Settings, tmp_path: Path
) -> None:
    head = signed()
    public = (settings.KEYS_DIR / heads.LOG_KEY).with_suffix(".pub")
    settings.KEYS_DIR = tmp_path
    (tmp_path / public.name).write_bytes(public.read_bytes())
    assert heads.opened(Checkpoint.objects.get().note) == head
    logs.publish()
    refuses(Reason.KEY)
    assert [path.name for path in tmp_path.iterdir()] == [public.name]


def _another_key() -> bytes:
    form = "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    return f"-----BEGIN PRIVATE KEY-----\n{form}\n-----END PRIVATE KEY-----\n".encode()


# --- What somebody could try who owns the database and the key of the log ----------------------


def test_a_rewritten_notice_is_not_signed_over() -> None:
    old = signed(6)
    logs.rewrite(2, b'{"changed":true}')
    refuses(Reason.REWRITTEN)
    assert not continues(old)


def test_a_notice_rewritten_since_the_last_head_is_noticed_while_nodes_are_not() -> None:
    signed(2)
    logs.publish(3)
    body = b'{"changed":true}'
    with logs.superuser():
        Entry.objects.filter(index=3).update(body=body, leaf_hash=merkle.leaf_hash(body))
    refuses(Reason.REWRITTEN)


def test_a_changed_node_is_noticed() -> None:
    signed(4)
    with logs.superuser(), connection.cursor() as cursor:
        cursor.execute("UPDATE procurement_lognode SET hash = sha256(hash) WHERE level = 2")
    refuses(Reason.REWRITTEN)


@pytest.mark.parametrize("table", ["entry", "lognode"])
def test_what_is_missing_is_noticed(table: str) -> None:
    signed(1)
    logs.publish(2)
    with logs.superuser(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM procurement_{table} WHERE index = 1")
    refuses(Reason.REWRITTEN)


def test_a_rewritten_history_with_heads_signed_again_contradicts_the_copy() -> None:
    old = signed(6)
    logs.rewrite(2, b'{"changed":true}')
    logs.sign_again()
    logs.publish()
    refuses(Reason.FORKED)
    assert not continues(old)


def test_two_histories_are_two_signatures_of_one_size() -> None:
    """Both heads verify with the key of the log: together they prove the fraud to anyone."""
    one = signed(6)
    logs.rewrite(5, b'{"changed":true}')
    logs.sign_again()
    other = notes.open_head(Checkpoint.objects.get().note, heads.key(Log.NOTICES))
    assert (one.origin, one.size) == (other.origin, other.size)
    assert one.root != other.root
    refuses(Reason.FORKED)


def test_a_restored_backup_is_older_than_the_copy() -> None:
    signed(3)
    old = signed(3)
    logs.forget(3)
    refuses(Reason.RESTORED)
    assert not continues(old)


def test_a_restored_backup_that_grew_again_is_another_history() -> None:
    signed(3)
    old = signed(3)
    logs.forget(3)
    logs.publish(4, at=LATER)
    refuses(Reason.FORKED)
    assert not continues(old)


def test_a_back_dated_notice_stands_behind_the_heads_of_its_day() -> None:
    """Its index is not in any head signed before it was made, whatever date it bears."""
    old = signed(4)
    late = logs.publish(at=AT - timedelta(days=30))
    assert late.index >= old.size
    with pytest.raises(ValueError, match="no leaf"):
        nodes.inclusion(Log.NOTICES, late.index, old.size)
    path = nodes.inclusion(Log.NOTICES, late.index, old.size + 1)
    assert not merkle.verify_inclusion(
        bytes(late.leaf_hash), index=late.index, size=old.size, path=path, root=old.root
    )
    assert signed().size == 6


def test_a_back_dated_notice_put_in_its_place_is_noticed() -> None:
    old = signed(4)
    late = bytes(logs.publish(at=AT - timedelta(days=30)).body)
    logs.rewrite(1, late)
    refuses(Reason.REWRITTEN)
    assert not continues(old)


def test_the_word_of_a_witness_outlasts_database_and_copy(settings: Settings) -> None:
    settings.WITNESSES = [WITNESS_KEY.vkey()]
    signed(4)
    witness(Checkpoint.objects.get())
    assert signed(1).size == 5  # a head that a witness saw is no hindrance
    logs.rewrite(2, b'{"changed":true}')
    logs.sign_again()
    heads.copy_of(Log.NOTICES).write_text("")
    logs.publish()
    refuses(Reason.FORKED)


def test_a_head_a_witness_signed_cannot_disappear(settings: Settings) -> None:
    settings.WITNESSES = [WITNESS_KEY.vkey()]
    signed(4)
    witness(Checkpoint.objects.get())
    with logs.superuser():
        Checkpoint.objects.all().delete()
    refuses(Reason.REWRITTEN)


def test_a_head_put_into_the_database_by_hand_is_not_believed() -> None:
    signed(2)
    with logs.superuser():
        Checkpoint.objects.update(root=bytes(32))
    refuses(Reason.REWRITTEN)


def test_a_head_of_the_other_log_is_no_head_of_this_one() -> None:
    signed(2)
    log.append_receipts([b"yn-bid-leaf/1\n" + bytes(32)] * 2)
    other = heads.sign(Log.RECEIPTS, at=AT)
    assert other
    with logs.superuser():
        Checkpoint.objects.filter(log=Log.NOTICES).update(note=other.note, root=other.root)
    refuses(Reason.KEY)


def test_witnesses_that_are_no_keys_are_said_so(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    logs.publish()
    settings.WITNESSES = ["no key"]
    refuses(Reason.KEY)
    assert heads.sign_all(at=AT) == []
    assert "WITNESSES: not a verifier key: 'no key'" in caplog.text


def test_a_disk_that_is_full_stops_the_head_and_nothing_else(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings.HEADS_DIR = tmp_path / "file"  # no folder can be here
    logs.publish()
    assert heads.sign_all(at=AT) == []
    assert "the head of log NOTICES was not signed" in caplog.text
    assert not Checkpoint.objects.exists()


def test_only_the_end_of_a_long_copy_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "TAIL", 600)
    for size in range(1, 9):
        assert signed(1).size == size
    newest = outside.last(heads.copy_of(Log.NOTICES))
    assert newest
    assert heads.opened(newest.note).size == 8
    assert len(list(_kept())) == 8


def test_the_copy_holds_the_note_as_it_was_signed() -> None:
    signed()
    [line] = heads.copy_of(Log.NOTICES).read_text().splitlines()
    assert json.loads(line)["note"] == Checkpoint.objects.get().note
