"""The arithmetic of judging."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.evaluation.scoring import (
    Judged,
    Ranked,
    price_points,
    rank_by_price,
    rank_by_score,
)

D = Decimal


def offer(
    key: int, price: int, *points: int, verdicts: tuple[bool, ...] = (True, True, True)
) -> Judged:
    """An offer with the same points from each of three members."""
    return Judged(
        key=key,
        price=D(price),
        verdicts=verdicts,
        points={number: [D(given)] * 3 for number, given in enumerate(points)},
    )


@pytest.mark.parametrize(
    ("price", "lowest", "weight", "points"),
    [(100, 100, 15, "15.00"), (120, 100, 15, "12.50"), (300, 100, 10, "3.33")],
)
def test_the_lowest_price_has_full_points(
    price: int, lowest: int, weight: int, points: str
) -> None:
    assert price_points(D(price), D(lowest), weight) == D(points)


def test_quality_beats_a_low_price_where_it_weighs_more() -> None:
    good, cheap = offer(1, 120, 55, 20), offer(2, 100, 40, 15)
    assert rank_by_score([good, cheap], price_weight=15) == [
        Ranked(key=1, is_responsive=True, points=D("87.50"), rank=1),
        Ranked(key=2, is_responsive=True, points=D("70.00"), rank=2),
    ]


def test_equal_points_go_to_the_lower_price() -> None:
    dear, cheap = offer(1, 120, 50), offer(2, 100, 50)
    assert [place.rank for place in rank_by_score([dear, cheap], price_weight=0)] == [2, 1]


def test_an_offer_most_judges_refuse_is_not_ranked_and_sets_no_price() -> None:
    refused = offer(1, 10, 60, verdicts=(False, False, True))
    taken = offer(2, 100, 50)
    assert rank_by_score([refused, taken], price_weight=10) == [
        Ranked(key=1, is_responsive=False, points=None, rank=None),
        Ranked(key=2, is_responsive=True, points=D("60.00"), rank=1),
    ]


def test_by_price_the_cheapest_that_meets_the_requirements_is_first() -> None:
    refused = offer(1, 10, verdicts=(False, False, False))
    ranks = [place.rank for place in rank_by_price([refused, offer(2, 300), offer(3, 200)])]
    assert ranks == [None, 2, 1]


prices = st.lists(st.integers(1, 10**6), min_size=1, max_size=8)


@given(prices, st.integers(0, 100))
def test_ranks_are_one_to_n_and_a_cheaper_equal_offer_is_never_behind(
    figures: list[int], weight: int
) -> None:
    offers = [offer(key, price, 50) for key, price in enumerate(figures)]
    places = {place.key: place.rank for place in rank_by_score(offers, weight)}
    assert sorted(rank for rank in places.values() if rank) == list(range(1, len(figures) + 1))
    by_price = sorted(offers, key=lambda o: (o.price, o.key))
    assert places[by_price[0].key] == 1
