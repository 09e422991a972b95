"""Races on PostgreSQL: many publish, append and sign at the same moment."""

import threading

import pytest
from django.db import transaction

from procurement.publication import heads, log, merkle, nodes, notes, outside
from procurement.publication.models import Entry
from procurement.publication.tree import Checkpoint, Log, LogHead, LogNode, ReceiptLeaf
from tests.builders import procurement as build
from tests.procurement.bids.test_races import at_once, until_somebody_waits
from tests.procurement.publication import logs

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_many_publish_at_once_and_no_index_is_left_out() -> None:
    def publish() -> int:
        made = []
        for number in range(12):
            with transaction.atomic():
                index = logs.publish().index
                if number % 3 == 0:
                    transaction.set_rollback(True)  # an act that fails gives its number back
                else:
                    made.append(index)
        return len(made)

    assert at_once(*[publish] * 6) == [8] * 6
    entries = Entry.objects.order_by("index")
    assert [entry.index for entry in entries] == list(range(48))
    assert LogHead.objects.get(pk=Log.NOTICES).size == 48
    assert LogNode.objects.filter(log=Log.NOTICES).count() == 2 * 48 - (48).bit_count()
    leaves = [merkle.leaf_hash(bytes(entry.body)) for entry in entries]
    assert nodes.root(Log.NOTICES, 48) == merkle.root(leaves)


def test_blocks_of_receipts_never_mix() -> None:
    def block(mark: int) -> int:
        with transaction.atomic():
            return log.append_receipts([b"yn-bid-leaf/1\n" + bytes([mark]) * 32] * 32)

    firsts = at_once(*[lambda mark=mark: block(mark) for mark in range(5)])
    assert sorted(map(str, firsts)) == sorted(str(32 * place) for place in range(5))
    marks = [bytes(leaf.body)[-1] for leaf in ReceiptLeaf.objects.order_by("index")]
    for mark, first in enumerate(firsts):
        assert isinstance(first, int)
        assert marks[first : first + 32] == [mark] * 32


def test_heads_signed_while_others_publish_are_one_history() -> None:
    def publish() -> None:
        for _ in range(8):
            with transaction.atomic():
                logs.publish()

    def sign() -> None:
        for _ in range(8):
            heads.sign(Log.NOTICES, at=build.START)

    assert at_once(publish, publish, sign, sign) == [None] * 4
    heads.sign(Log.NOTICES, at=build.START)
    sizes = list(Checkpoint.objects.order_by("pk").values_list("size", flat=True))
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 16
    copied = [heads.opened(each.note) for each in outside.copied(heads.copy_of(Log.NOTICES))]
    assert [head.size for head in copied] == sizes
    last = copied[-1]
    for head in copied:
        path = nodes.consistency(Log.NOTICES, head.size, last.size)
        assert merkle.verify_consistency(
            head.size, last.size, path=path, first_root=head.root, second_root=last.root
        )


def test_two_who_sign_at_once_sign_the_same() -> None:
    with transaction.atomic():
        logs.publish(3)
    made = at_once(*[lambda: heads.sign(Log.NOTICES, at=build.START)] * 3)
    assert [isinstance(each, Checkpoint) for each in made].count(True) == 1
    assert made.count(None) == 2
    notes.open_head(Checkpoint.objects.get().note, heads.key(Log.NOTICES))


def an_act_and_who_signs(*, fails: bool) -> list[object]:
    """What an act in flight ends with, and what who signs meanwhile gets: they do meet."""
    entered = threading.Event()

    def act() -> None:
        with transaction.atomic():
            logs.publish()
            entered.set()
            until_somebody_waits()
            if fails:
                raise RuntimeError

    def sign() -> Checkpoint | None:
        assert entered.wait(30)
        return heads.sign(Log.NOTICES, at=build.START)

    return at_once(act, sign)


def test_a_head_never_covers_an_act_that_is_not_committed() -> None:
    """Who signs waits for the act in flight: it holds the head of the log."""
    with transaction.atomic():
        logs.publish()
    failed, signed = an_act_and_who_signs(fails=True)
    assert isinstance(failed, RuntimeError)
    assert isinstance(signed, Checkpoint)
    assert signed.size == Entry.objects.count() == 1


def test_a_head_covers_the_act_that_who_signs_waited_for() -> None:
    done, signed = an_act_and_who_signs(fails=False)
    assert done is None
    assert isinstance(signed, Checkpoint)
    assert signed.size == Entry.objects.count() == 1
