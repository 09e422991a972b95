"""Key cards: what is printed comes back as typed, and a slip of the finger is found."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from procurement.keycards import cards
from procurement.keycards.cards import Mistyped, Slip

SECRET = "3141592653589793238462643383279502884197"
GROUPS = ("314152", "926533", "589793", "323846", "626437", "383277", "950280", "841975")
secrets = st.text("0123456789", min_size=40, max_size=40)


def slip(text: str) -> tuple[Slip, tuple[int, ...]]:
    """What parsing complains of."""
    with pytest.raises(Mistyped) as caught:
        cards.parse(text)
    assert caught.value.group == caught.value.groups[0]
    return caught.value.slip, caught.value.groups


def test_a_secret_is_forty_digits_and_never_the_same() -> None:
    made = {cards.make() for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(r"[0-9]{40}", each) for each in made)


def luhn(number: str) -> int:
    """The sum of the textbook, 0 when the number is right."""
    weighed = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in weighed) % 10


def test_a_card_is_printed_in_eight_groups_of_six() -> None:
    assert cards.printed(SECRET) == GROUPS
    assert [luhn(f"{number}{group}") for number, group in enumerate(GROUPS, 1)] == [0] * 8


@given(secrets, st.sampled_from([" ", "-", "", "\n", "—", " · ", "　", "，"]), st.booleans())
def test_what_is_printed_is_read_however_it_is_typed(
    secret: str, between: str, is_wide: bool
) -> None:
    text = between.join(cards.printed(secret))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    assert cards.parse(text.translate(wide) if is_wide else text) == secret


@given(secrets, st.integers(1, 46), st.integers(1, 46))
def test_spaces_in_odd_places_do_no_harm(secret: str, one: int, other: int) -> None:
    typed = "".join(cards.printed(secret))
    one, other = sorted((one, other))
    assert cards.parse(f"{typed[:one]} {typed[one:other]} {typed[other:]}") == secret


@pytest.mark.parametrize("between", ["", " "])
def test_every_wrong_digit_is_located_to_its_group(between: str) -> None:
    for group in range(8):
        for place in range(6):
            for digit in "0123456789":
                typed = list(GROUPS)
                if typed[group][place] == digit:
                    continue
                typed[group] = typed[group][:place] + digit + typed[group][place + 1 :]
                assert slip(between.join(typed)) == (Slip.WRONG_DIGIT, (group + 1,))


def test_two_neighbours_that_changed_places_are_located() -> None:
    """Luhn sees every such change but that of 0 and 9."""
    for first in range(10):
        for second in range(10):
            if first == second or {first, second} == {0, 9}:
                continue
            secret = f"{first}{second}".ljust(40, "7")
            groups = list(cards.printed(secret))
            groups[0] = f"{second}{first}{groups[0][2:]}"
            assert slip(" ".join(groups)) == (Slip.WRONG_DIGIT, (1,))


def test_groups_that_changed_places_are_located() -> None:
    moved = [*GROUPS[:2], GROUPS[3], GROUPS[2], *GROUPS[4:]]
    assert slip(" ".join(moved)) == (Slip.WRONG_DIGIT, (3, 4))


def test_wrong_digits_in_several_groups_are_all_named() -> None:
    typed = [f"0{GROUPS[0][1:]}", *GROUPS[1:6], f"1{GROUPS[6][1:]}", GROUPS[7]]
    assert slip(" ".join(typed)) == (Slip.WRONG_DIGIT, (1, 7))


@pytest.mark.parametrize("group", range(1, 9))
@pytest.mark.parametrize("between", ["", "-"])
def test_a_missing_group_is_named(group: int, between: str) -> None:
    typed = [each for number, each in enumerate(GROUPS, 1) if number != group]
    assert slip(between.join(typed)) == (Slip.MISSING_GROUP, (group,))


@pytest.mark.parametrize("group", range(1, 9))
@pytest.mark.parametrize("between", ["", " "])
def test_a_digit_too_few_or_too_many_is_located(group: int, between: str) -> None:
    short, long = list(GROUPS), list(GROUPS)
    short[group - 1] = short[group - 1][:-2] + short[group - 1][-1]
    long[group - 1] = "8" + long[group - 1]
    for typed, expected in ((short, Slip.TOO_SHORT), (long, Slip.TOO_LONG)):
        said, groups = slip(between.join(typed))
        assert said == expected
        assert group in groups  # without gaps chance may leave a neighbour in doubt
        assert len(groups) == 1 or (between == "" and len(groups) <= 3)


def test_a_group_typed_twice_is_noticed() -> None:
    said, groups = slip(" ".join([*GROUPS[:4], *GROUPS[3:]]))
    assert said == Slip.EXTRA_GROUP
    assert 4 in groups


def test_what_is_no_digit_is_located() -> None:
    typed = [*GROUPS[:5], f"38O{GROUPS[5][3:]}", *GROUPS[6:]]
    assert slip(" ".join(typed)) == (Slip.NOT_A_DIGIT, (6,))
    assert slip("") == (Slip.EMPTY, (1,))
    assert slip(" - ") == (Slip.EMPTY, (1,))


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_card_or_a_located_slip(text: str) -> None:
    groups: tuple[int, ...] = (1,)
    try:
        cards.parse(text)
    except Mistyped as error:
        groups = error.groups
    assert all(1 <= group <= 8 for group in groups)


def test_the_key_of_a_card_is_its_members_alone() -> None:
    one, other = cards.public_point(SECRET, "yn-1"), cards.public_point(SECRET, "yn-2")
    assert one != other
    assert cards.public_point(SECRET, "yn-1") == one
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), one)
    assert one.hex() == (  # known beforehand: a card printed today opens in ten years
        "04a45315520e3b9f2a8867c81d061bdcad99aa288b2a5c123f6c5be1e4f0455b"
        "da8d3a96dfd1f2bc3bc3fa2ad33bc9f7eace8cb3b32b3c6fda1e78f8aa0e1384a8"
    )


def test_a_scanned_card_says_whose_it_is() -> None:
    payload = cards.qr_payload(SECRET, "yn 2026 a")
    assert cards.read_qr(payload) == ("yn 2026 a", SECRET)
    assert cards.parse(payload) == SECRET
    with pytest.raises(Mistyped):
        cards.read_qr("https://example.org/")
