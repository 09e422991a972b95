"""The trees in the database: grown with every leaf, gap-free, closed to every hand."""

import importlib

import pytest
from django.db import DatabaseError, connection, transaction

from procurement.publication import log, merkle
from procurement.publication.models import Entry
from procurement.publication.tree import (
    Checkpoint,
    Cosignature,
    Log,
    LogHead,
    LogNode,
    ReceiptLeaf,
)
from tests.builders import procurement as build
from tests.procurement.publication import logs

pytestmark = pytest.mark.django_db


def bodies(n: int, start: int = 0) -> list[bytes]:
    """Leaves of the log of receipts."""
    return [b"yn-bid-leaf/1\n" + number.to_bytes(32, "big") for number in range(start, start + n)]


def nodes(of: Log) -> dict[merkle.Place, bytes]:
    """Every stored node of a log."""
    rows = LogNode.objects.filter(log=of)
    return {merkle.Place(row.level, row.index): bytes(row.hash) for row in rows}


def grown(leaves: list[bytes]) -> dict[merkle.Place, bytes]:
    """Every node that leaves of these bodies complete."""
    frontier = merkle.Frontier()
    found: dict[merkle.Place, bytes] = {}
    for body in leaves:
        found.update(frontier.append(merkle.leaf_hash(body)))
    return found


def test_every_entry_grows_the_tree() -> None:
    for _ in range(9):
        logs.publish()
    assert nodes(Log.NOTICES) == grown([bytes(e.body) for e in Entry.objects.order_by("index")])
    assert LogHead.objects.get(pk=Log.NOTICES).size == 9


def test_receipts_are_appended_in_blocks() -> None:
    assert log.append_receipts(bodies(32)) == 0
    assert log.append_receipts(bodies(3, 32)) == 32
    assert log.append_receipts([]) == 35
    assert nodes(Log.RECEIPTS) == grown(bodies(35))
    assert LogHead.objects.get(pk=Log.RECEIPTS).size == 35
    assert LogHead.objects.get(pk=Log.NOTICES).size == 0


def test_receipts_of_an_act_that_fails_leave_nothing() -> None:
    def act() -> None:
        with transaction.atomic():
            log.append_receipts(bodies(32))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not ReceiptLeaf.objects.exists()
    assert not LogNode.objects.exists()
    assert LogHead.objects.get(pk=Log.RECEIPTS).size == 0


def test_leaves_of_receipts_are_all_alike() -> None:
    for body in (bodies(1)[0] + b"x", b"", b"yn-bid-leaf/1\n"):
        with pytest.raises(DatabaseError), transaction.atomic():
            log.append_receipts([body])
    assert not ReceiptLeaf.objects.exists()


@pytest.mark.parametrize("index", [0, 1, 3, 4, -1])
def test_a_leaf_out_of_its_turn_does_not_enter(index: int) -> None:
    log.append_receipts(bodies(2))
    body = bodies(1, 7)[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        ReceiptLeaf.objects.create(index=index, body=body, leaf_hash=merkle.leaf_hash(body))
    assert ReceiptLeaf.objects.count() == 2


@pytest.fixture
def _filled() -> None:
    """A row in every table that only grows."""
    logs.publish()
    log.append_receipts(bodies(2))
    Checkpoint.objects.create(log=1, size=1, root=bytes(32), note="x", signed_at=build.START)
    Cosignature.objects.create(
        log=1, size=1, witness="w", line="x", cosigned_at=build.START, received_at=build.START
    )


@pytest.mark.parametrize(
    "table", ["entry", "receiptleaf", "lognode", "checkpoint", "cosignature", "loghead"]
)
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.usefixtures("_filled")
def test_the_database_refuses_to_change_a_log(table: str, change: str) -> None:
    column = {"entry": "index", "receiptleaf": "index", "lognode": "level"}.get(table, "size")
    refused(change.format(f"procurement_{table}", column, f"{column} + 1"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procurement_loghead SET size = size + 1 WHERE id = 1",
        "UPDATE procurement_loghead SET size = size - 1 WHERE id = 2",
        "UPDATE procurement_loghead SET size = 0 WHERE id = 2",
        "UPDATE procurement_loghead SET id = 3 WHERE id = 2",
        "INSERT INTO procurement_loghead (id, size) VALUES (3, 0)",
        "INSERT INTO procurement_lognode VALUES (1, 0, 1, ''::bytea)",
    ],
)
@pytest.mark.usefixtures("_filled")
def test_heads_and_nodes_follow_leaves_alone(statement: str) -> None:
    refused(statement)


def refused(statement: str) -> None:
    """Require that the database refuses a statement, and that nothing has changed."""
    before = [
        nodes(Log.NOTICES),
        nodes(Log.RECEIPTS),
        list(LogHead.objects.order_by("pk").values()),
    ]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    after = [nodes(Log.NOTICES), nodes(Log.RECEIPTS), list(LogHead.objects.order_by("pk").values())]
    assert after == before


def test_what_was_on_the_log_before_there_were_trees_got_its_nodes() -> None:
    for _ in range(13):
        logs.publish()
    before = nodes(Log.NOTICES)
    with logs.superuser(), connection.cursor() as cursor:
        LogNode.objects.all().delete()
        cursor.execute(importlib.import_module("procurement.migrations.0016_log_trees").NODES)
    assert nodes(Log.NOTICES) == before
