"""Proofs from the database, tiles for copies of the log, and the words of witnesses."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import DjangoAssertNumQueries, Settings

from procurement.publication import heads, log, merkle, nodes, notes, proofs
from procurement.publication.models import Entry
from procurement.publication.proofs import Tile
from procurement.publication.tree import Checkpoint, Cosignature, Log
from tests.builders import procurement as build
from tests.procurement.publication import logs

pytestmark = pytest.mark.django_db

AT = build.START
SECONDS = int(AT.timestamp())
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
NAME = "witness.example/audit"
WITNESS = notes.Key.of(NAME, PRIVATE, notes.COSIGNATURE)


def receipts(n: int) -> list[bytes]:
    """Fill the log of receipts; return its leaf hashes."""
    bodies = [b"yn-bid-leaf/1\n" + number.to_bytes(32, "big") for number in range(n)]
    log.append_receipts(bodies)
    return [merkle.leaf_hash(body) for body in bodies]


def signed(of: Log = Log.NOTICES) -> Checkpoint:
    """The head of a log that has grown."""
    checkpoint = heads.sign(of, at=AT)
    assert checkpoint
    return checkpoint


def test_proofs_of_the_database_are_those_of_the_tree(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    leaves = receipts(150)
    for size in (1, 2, 3, 64, 100, 127, 128, 150):
        assert nodes.root(Log.RECEIPTS, size) == merkle.root(leaves[:size])
        for index in {0, size // 2, size - 1}:
            with django_assert_num_queries(1 if size > 1 else 0):
                path = nodes.inclusion(Log.RECEIPTS, index, size)
            assert path == merkle.inclusion_path(index, leaves[:size])
        for first in {1, size // 2 or 1, size - 1 or 1, size}:
            path = nodes.consistency(Log.RECEIPTS, first, size)
            assert path == merkle.consistency_path(first, leaves[:size])
    assert nodes.consistency(Log.RECEIPTS, 0, 150) == []
    with pytest.raises(nodes.NodeMissing):
        nodes.root(Log.RECEIPTS, 151)


def test_a_notice_is_proved_by_one_text(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    logs.publish(5)
    assert proofs.proof(Log.NOTICES, 3) is None  # no head covers it yet
    signed()
    with django_assert_num_queries(3):
        proof = proofs.proof(Log.NOTICES, 3)
    assert proof
    again = notes.Proof.parse(str(proof))
    head = notes.open_head(str(again.head), notes.Key.parse(heads.vkey(Log.NOTICES)))
    leaf = merkle.leaf_hash(bytes(Entry.objects.get(index=3).body))
    assert merkle.verify_inclusion(
        leaf, index=again.index, size=head.size, path=again.path, root=head.root
    )
    logs.publish()
    for index in (-1, 5, 6):
        assert proofs.proof(Log.NOTICES, index) is None


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "000"),
        (Tile(1, 67, 3), "067.p/3"),
        (Tile(2, 1234067), "x001/x234/067"),
        (Tile(0, 1234, 255), "x001/234.p/255"),
    ],
)
def test_a_tile_has_one_address(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(str(tile.level), path) == tile


@pytest.mark.parametrize(
    ("level", "path"),
    [
        ("64", "000"),
        ("00", "000"),
        ("-1", "000"),
        ("0", "0"),
        ("0", "0000"),
        ("0", "000.p/0"),
        ("0", "000.p/256"),
        ("0", "000.p/01"),
        ("0", "x000/001"),
        ("0", "001/x002"),
        ("0", "000/"),
        ("0", "٠٠٠"),
    ],
)
def test_what_is_no_address_of_a_tile_is_refused(level: str, path: str) -> None:
    with pytest.raises(ValueError, match="no tile"):
        Tile.parse(level, path)


def test_the_tiles_of_a_tree_are_those_of_the_standard() -> None:
    """The example of the specification: a tree of 70,000 entries."""
    found = proofs.tiles(70_000)
    assert len(found) == 273 + 1 + 1 + 1 + 1
    assert [tile for tile in found if tile.width < 256] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert proofs.tiles(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert proofs.tiles(0) == []


def test_tiles_give_the_root_to_whoever_copies_them(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    leaves = receipts(600)
    size = signed(Log.RECEIPTS).size
    with django_assert_num_queries(1):
        first = proofs.tile(Log.RECEIPTS, Tile(0, 0), size=size)
    rest = proofs.tile(Log.RECEIPTS, Tile(0, 2, 88), size=size)
    assert first == b"".join(leaves[:256])
    assert rest == b"".join(leaves[512:])
    above = proofs.tile(Log.RECEIPTS, Tile(1, 0, 2), size=size)
    assert above == merkle.root(leaves[:256]) + merkle.root(leaves[256:512])
    for beyond in (Tile(0, 2), Tile(0, 2, 89), Tile(0, 3, 1), Tile(1, 0, 3), Tile(2, 0, 1)):
        assert proofs.tile(Log.RECEIPTS, beyond, size=size) is None
    assert {proofs.tile(Log.RECEIPTS, each, size=size) is None for each in proofs.tiles(size)} == {
        False
    }


def test_a_bundle_holds_entries_with_their_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    logs.publish(3)
    bodies = [bytes(entry.body) for entry in Entry.objects.order_by("index")]
    bundle = proofs.bundle(Log.NOTICES, Tile(0, 0, 3), size=3)
    assert bundle == b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
    assert proofs.bundle(Log.NOTICES, Tile(0, 0, 4), size=3) is None
    assert proofs.bundle(Log.NOTICES, Tile(1, 0, 1), size=3) is None
    monkeypatch.setattr(proofs, "LONGEST_ENTRY", len(bodies[0]) - 1)
    bundle = proofs.bundle(Log.NOTICES, Tile(0, 0, 1), size=3)
    assert bundle == b"\x00\x00"  # too long for the format: fetched at its own address


def cosigned(checkpoint: Checkpoint, seconds: int = SECONDS) -> str:
    """The line of a witness under a head."""
    text = notes.Note.parse(checkpoint.note).text
    return notes.cosign(text, NAME, PRIVATE, seconds=seconds).line()


def test_the_word_of_a_witness_is_kept_and_shown(settings: Settings) -> None:
    settings.WITNESSES = [WITNESS.vkey()]
    logs.publish()
    first = signed()
    logs.publish()
    second = signed()
    kept = proofs.accept(Log.NOTICES, cosigned(first), at=AT)
    assert (kept.size, kept.witness, kept.cosigned_at) == (1, NAME, AT)
    assert proofs.accept(Log.NOTICES, f"{cosigned(first)}\n", at=AT + timedelta(hours=1)) == kept
    assert heads.told(second) == second.note
    proofs.accept(Log.NOTICES, cosigned(second), at=AT)
    newer = cosigned(second, SECONDS + 60)
    proofs.accept(Log.NOTICES, newer, at=AT)
    assert heads.told(second) == f"{second.note}{newer}\n"
    proof = proofs.proof(Log.NOTICES, 0)
    assert proof
    assert len(proof.head.signatures) == 2


def test_what_no_witness_said_is_not_kept(settings: Settings) -> None:
    settings.WITNESSES = [WITNESS.vkey()]
    logs.publish()
    checkpoint = signed()
    other = Ed25519PrivateKey.generate()
    text = notes.Note.parse(checkpoint.note).text
    forged = notes.cosign(text, NAME, other, seconds=SECONDS).line()
    elsewhere = notes.cosign(text.replace("\n1\n", "\n2\n"), NAME, PRIVATE, seconds=SECONDS).line()
    for line, refusal in [
        (forged, proofs.UnknownWitness),
        (elsewhere, proofs.NoSuchHead),
        (cosigned(checkpoint, SECONDS + 301), proofs.FromTheFuture),
        (cosigned(checkpoint, 2**63 - 1), proofs.FromTheFuture),
        ("— x", notes.Malformed),
    ]:
        with pytest.raises(refusal):
            proofs.accept(Log.NOTICES, line, at=AT)
    with pytest.raises(proofs.NoSuchHead):
        proofs.accept(Log.RECEIPTS, cosigned(checkpoint), at=AT)
    settings.WITNESSES = []
    with pytest.raises(proofs.UnknownWitness):
        proofs.accept(Log.NOTICES, cosigned(checkpoint), at=AT)
    assert not Cosignature.objects.exists()
