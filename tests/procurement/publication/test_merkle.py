"""The tree: published vectors, every proof of every small tree, and no mutated one."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.publication import merkle

ROOT = Path(__file__).resolve().parents[3]
LARGEST = 140

# The eight entries of the certificate-transparency test suite and their published values.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS: list[tuple[int, int, list[str]]] = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCIES: list[tuple[int, int, list[str]]] = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]

LEAVES = [merkle.leaf_hash(n.to_bytes(2, "big")) for n in range(LARGEST)]
LISTS = st.lists(st.binary(max_size=8), max_size=70)


def hashes(entries: Sequence[bytes]) -> list[bytes]:
    """The leaf hashes of entries."""
    return [merkle.leaf_hash(entry) for entry in entries]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Shorter to write in a table of mutations."""
    return merkle.verify_inclusion(leaf, index=index, size=size, path=path, root=root)


def begins(m: int, n: int, path: Sequence[bytes], first: bytes, second: bytes) -> bool:
    """Shorter to write in a table of mutations."""
    return merkle.verify_consistency(m, n, path=path, first_root=first, second_root=second)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert merkle.root(hashes(ENTRIES[:size])).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == merkle.EMPTY == merkle.Frontier().root()
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int, path: list[str]) -> None:
    leaves = hashes(ENTRIES[:size])
    made = merkle.inclusion_path(index, leaves)
    assert [each.hex() for each in made] == path
    assert includes(leaves[index], index, size, made, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCIES)
def test_consistency_proofs_are_the_published_ones(
    first: int, second: int, path: list[str]
) -> None:
    made = merkle.consistency_path(first, hashes(ENTRIES[:second]))
    assert [each.hex() for each in made] == path
    older, newer = (bytes.fromhex(ROOTS[size - 1]) for size in (first, second))
    assert begins(first, second, made, older, newer)


def _grown() -> tuple[dict[merkle.Place, bytes], list[bytes]]:
    """Every node of the largest tree, and the root of each smaller one."""
    nodes: dict[merkle.Place, bytes] = {}
    roots = [merkle.EMPTY]
    frontier = merkle.Frontier()
    for leaf in LEAVES:
        nodes.update(frontier.append(leaf))
        roots.append(frontier.root())
    return nodes, roots


def _flipped(value: bytes, bit: int) -> bytes:
    place, shift = divmod(bit % (8 * len(value)), 8)
    return value[:place] + bytes([value[place] ^ 1 << shift]) + value[place + 1 :]


def _paths(path: list[bytes], bit: int) -> Iterator[list[bytes]]:
    """A path with a hash changed, one too many, one too few, and in another order."""
    if path:
        place = bit % len(path)
        yield [*path[:place], _flipped(path[place], bit), *path[place + 1 :]]
        yield path[:-1]
    if len(path) > 1 and path[0] != path[-1]:
        yield path[::-1]
    yield [*path, bytes(32)]


def test_every_proof_holds_and_no_mutated_one_does() -> None:
    nodes, roots = _grown()
    held = refused = bit = 0
    for size in range(1, LARGEST + 1):
        for at in range(size):
            bit += 7
            path = merkle.path(merkle.inclusion_spans(at, size), nodes.__getitem__)
            assert includes(LEAVES[at], at, size, path, roots[size])
            wrong = [includes(LEAVES[at], at, size, bad, roots[size]) for bad in _paths(path, bit)]
            wrong.append(includes(_flipped(LEAVES[at], bit), at, size, path, roots[size]))
            wrong.append(includes(LEAVES[at], size + at, size, path, roots[size]))
            path = merkle.path(merkle.consistency_spans(at + 1, size), nodes.__getitem__)
            older, newer = roots[at + 1], roots[size]
            assert begins(at + 1, size, path, older, newer)
            wrong += [begins(at + 1, size, bad, older, newer) for bad in _paths(path, bit)]
            wrong.append(begins(at + 1, size, path, _flipped(older, bit), newer))
            wrong.append(begins(at + 1, size, path, older, _flipped(newer, bit)))
            wrong.append(begins(at, size, path, older, newer))
            assert not any(wrong)
            held, refused = held + 2, refused + len(wrong)
    assert held == LARGEST * (LARGEST + 1)
    assert refused > 100_000


@given(LISTS)
def test_a_frontier_knows_the_root_of_all_leaves_so_far(entries: list[bytes]) -> None:
    leaves = hashes(entries)
    frontier = merkle.Frontier()
    for size, leaf in enumerate(leaves):
        stored = merkle.Frontier(size, frontier.peaks)
        stored.extend(leaves[size:])
        assert stored.root() == merkle.root(leaves)
        completed = frontier.append(leaf)
        assert len(completed) == (size ^ (size + 1)).bit_count()


@given(LISTS.filter(bool), st.data())
def test_a_proof_of_any_list_holds_for_it_alone(entries: list[bytes], data: st.DataObject) -> None:
    leaves = hashes(entries)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.inclusion_path(index, leaves)
    assert includes(leaves[index], index, len(leaves), path, merkle.root(leaves))
    other = merkle.root([*leaves[:index], bytes(32), *leaves[index + 1 :]])
    assert not includes(leaves[index], index, len(leaves), path, other)


@given(LISTS, LISTS, LISTS)
def test_two_histories_are_never_consistent(
    shared: list[bytes], one: list[bytes], other: list[bytes]
) -> None:
    mine, theirs = hashes([*shared, b"mine", *one]), hashes([*shared, b"theirs", *other])
    first, second = sorted((mine, theirs), key=len)
    path = merkle.consistency_path(len(first), second)
    assert not begins(len(first), len(second), path, merkle.root(first), merkle.root(second))


@pytest.mark.parametrize(
    ("first", "second", "path"), [(0, 3, []), (2, 2, []), (0, 3, [bytes(32)]), (2, 2, [bytes(32)])]
)
def test_the_empty_tree_begins_every_tree_and_a_tree_itself(
    first: int, second: int, path: list[bytes]
) -> None:
    older, newer = merkle.root(LEAVES[:first]), merkle.root(LEAVES[:second])
    assert begins(first, second, path, older, newer) == (not path)
    assert not begins(first, second, path, bytes(32), newer)
    assert not begins(3, 2, path, older, newer)


def test_what_no_tree_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 3"):
        merkle.inclusion_spans(3, 3)
    with pytest.raises(ValueError, match="not the beginning"):
        merkle.consistency_spans(4, 3)
    with pytest.raises(ValueError, match="has not 1 peaks"):
        merkle.Frontier(3, [bytes(32)])


def test_the_tree_and_its_notes_need_no_django() -> None:
    """Another program checks heads with them; it has neither Django nor the rest of the portal."""
    seen = (
        "import sys; from procurement.publication import merkle, notes, keyring;"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('django', 'procurement')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = ["", ".publication", *(f".publication.{m}" for m in ("keyring", "merkle", "notes"))]
    assert found.stdout.strip() == str([f"procurement{name}" for name in names])
