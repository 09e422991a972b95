"""The arithmetic of the draw: everybody can come out, nothing can be exchanged afterwards."""

from dataclasses import replace
from itertools import count as numbers
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from procurement.tenders import drawing
from procurement.tenders.drawing import Secret

ids = st.lists(st.from_regex(r"CN-[A-Z0-9-]{1,12}", fullmatch=True), min_size=6, unique=True)
words = st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=2)
secrets = st.builds(Secret, salt=st.text("0123456789abcdef", min_size=1), seed=st.text(min_size=1))


@given(ids, words, secrets, st.randoms())
def test_the_result_does_not_depend_on_the_order_of_the_list(
    ids: list[str], words: list[str], secret: Secret, chance: Random
) -> None:
    shuffled = sorted(ids, key=lambda _each: chance.random())
    assert drawing.draw(3, shuffled, secret, words) == drawing.draw(3, ids, secret, words)


@given(ids, words, secrets)
def test_a_draw_verifies_and_draws_each_member_at_most_once(
    ids: list[str], words: list[str], secret: Secret
) -> None:
    record = drawing.draw(3, ids, secret, words)
    assert record.faults() == []
    assert len(set(record.drawn)) == 3
    assert set(record.drawn) <= set(ids)


@given(
    st.lists(st.from_regex(r"CN-[0-9]{6}", fullmatch=True), min_size=6, max_size=20, unique=True)
)
def test_every_member_can_come_out(ids: list[str]) -> None:
    missing = set(ids)
    for number in numbers():
        if not missing:
            break
        assert number < 2000
        missing -= set(drawing.draw(3, ids, Secret("salt", str(number)), ["一", "二"]).drawn)


@given(ids, words, secrets, st.integers(0, 5), st.text("ABC", min_size=1))
def test_another_member_no_longer_verifies(
    ids: list[str], words: list[str], secret: Secret, place: int, more: str
) -> None:
    record = drawing.draw(3, ids, secret, words)
    changed = list(record.pool)
    changed[place] += more
    assume(sorted(changed) != record.pool)
    assert "pool_commitment" in replace(record, pool=changed).faults()


@given(ids, words, secrets, st.text(min_size=1))
def test_another_salt_seed_word_or_count_no_longer_verifies(
    ids: list[str], words: list[str], secret: Secret, more: str
) -> None:
    record = drawing.draw(3, ids, secret, words)
    salted = replace(record, secret=replace(secret, salt=secret.salt + more))
    seeded = replace(record, secret=replace(secret, seed=secret.seed + more))
    assert salted.faults() == ["pool_commitment", "seed_commitment"]
    assert {"seed_commitment", "final_seed"} <= set(seeded.faults())
    for spoken in ([words[0] + more, words[1]], [words[0], words[1] + more]):
        assert "final_seed" in replace(record, words=spoken).faults()
    assert {"pool_commitment", "drawn"} <= set(replace(record, count=4).faults())


def test_words_cannot_be_moved_from_one_witness_to_the_other() -> None:
    assert drawing.final_seed("seed", ["a:b", "c"]) != drawing.final_seed("seed", ["a", "b:c"])


def test_the_values_are_those_of_sha256_tools() -> None:
    """As `printf` and `sha256sum` give them: the procedure needs no program of ours."""
    record = drawing.draw(3, [f"CN-{n}" for n in range(6)], Secret("5a", "5e"), ["山", "水"])
    assert record.pool_commitment == (
        "7af0edbe55d2b64ea95dc1f7ebb0d7b16af9714dccd49f3a9acc7bfd78e7589d"
    )
    assert record.seed_commitment == (
        "d33d48a16fe9d5a1ee2cabb9e433cb84b8c7d06d8e4065d62a52891504456b89"
    )
    assert record.final_seed == "be4b1bbca918fe8161aebef93d5b5b15fa30bac72601be77594d6f61cfe68b13"
    assert record.drawn == ["CN-0", "CN-5", "CN-3"]
