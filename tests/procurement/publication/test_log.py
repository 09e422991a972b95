"""The log: gap-free, in the transaction of the act, and closed to every change."""

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Log, LogHead
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db


def append(at: object = build.START) -> Entry:
    """One small notice of a new process."""
    assert hasattr(at, "year")
    process = log.open_process(at=at)  # type: ignore[arg-type]
    fragment = {
        "buyer": {"id": "CN-USCI-1", "name": "疾控中心"},
        "tender": {"id": process.ocid, "title": "随访", "status": "planned"},
    }
    return log.append(
        fragment,
        kind=NoticeKind.PLANNING,
        title="随访",
        ocid=process.ocid,
        at=at,  # type: ignore[arg-type]
    )


def test_entries_are_numbered_without_a_gap_and_hashed_as_leaves() -> None:
    entries = [append() for _ in range(3)]
    assert [entry.index for entry in entries] == [0, 1, 2]
    assert LogHead.objects.get(pk=Log.NOTICES).size == 3
    for entry in entries:
        assert bytes(entry.leaf_hash) == hashlib.sha256(b"\x00" + bytes(entry.body)).digest()


def test_an_act_that_fails_after_its_notice_leaves_neither() -> None:
    def act() -> None:
        with transaction.atomic():
            append()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert (Entry.objects.count(), LogHead.objects.get(pk=Log.NOTICES).size) == (0, 0)


def test_a_second_notice_of_the_same_instant_is_dated_after_the_first() -> None:
    first = append()
    second = log.append(
        {"buyer": {"id": "CN-USCI-1", "name": "疾控中心"}},
        kind=NoticeKind.CLARIFICATION,
        title="随访",
        ocid=first.ocid,
        at=build.START,
    )
    assert second.published_at == build.START + timedelta(microseconds=1)
    assert second.release_id == f"{first.ocid}-002-tenderUpdate"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procurement_entry SET kind = 'award'",
        "UPDATE procurement_entry SET body = body || ' '::bytea",
        "DELETE FROM procurement_entry",
        "TRUNCATE procurement_entry",
    ],
)
def test_the_database_refuses_to_change_what_was_published(statement: str) -> None:
    append()
    before = bytes(Entry.objects.get().body)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert bytes(Entry.objects.get().body) == before


def test_an_entry_whose_hash_is_not_of_its_body_does_not_enter() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.create(
            index=0,
            ocid="x",
            release_id="x-001",
            kind=NoticeKind.PLANNING,
            published_at=build.START,
            body=b"{}",
            leaf_hash=bytes(32),
        )
    assert Entry.objects.count() == 0
