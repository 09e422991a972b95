"""The arithmetic of judging. Pure: figures in, ranking out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Judged:
    """An offer as the panel judged it: its price in yuan, the verdicts, and points by criterion.

    `points` maps a criterion to what each member gave; `key` is whatever the caller knows it by.
    """

    key: int
    price: Decimal
    verdicts: Sequence[bool]
    points: Mapping[int, Sequence[Decimal]]

    @property
    def is_responsive(self) -> bool:
        """Meets the requirements in the eyes of more than half of the panel."""
        return sum(self.verdicts) * 2 > len(self.verdicts)


@dataclass(frozen=True)
class Ranked:
    """One offer's place; without points where the price alone decides."""

    key: int
    is_responsive: bool
    points: Decimal | None
    rank: int | None


def mean(points: Sequence[Decimal]) -> Decimal:
    """Return the average of the members' points, to the cent."""
    return (sum(points, Decimal(0)) / len(points)).quantize(CENT, ROUND_HALF_UP)


def price_points(price: Decimal, lowest: Decimal, weight: int) -> Decimal:
    """Return the points of a price: lowest price over this price, times the weight.

    The lowest-price-is-best formula of MOF Order 87 Art. 55 (低价优先法).
    """
    return (lowest / price * weight).quantize(CENT, ROUND_HALF_UP)


def rank_by_score(offers: Sequence[Judged], price_weight: int) -> list[Ranked]:
    """Rank responsive offers by points; equal points go to the lower price (Order 87 Art. 57)."""
    in_race = [offer for offer in offers if offer.is_responsive]
    lowest = min((offer.price for offer in in_race), default=Decimal(0))
    totals = {
        offer.key: sum((mean(given) for given in offer.points.values()), Decimal(0))
        + (price_points(offer.price, lowest, price_weight) if price_weight else Decimal(0))
        for offer in in_race
    }
    order = sorted(in_race, key=lambda offer: (-totals[offer.key], offer.price, offer.key))
    return _placed(offers, order, totals)


def rank_by_price(offers: Sequence[Judged]) -> list[Ranked]:
    """Rank responsive offers by price alone (MOF Order 74 Art. 36)."""
    order = sorted(
        (offer for offer in offers if offer.is_responsive), key=lambda o: (o.price, o.key)
    )
    return _placed(offers, order, {})


def _placed(
    offers: Sequence[Judged], order: Sequence[Judged], totals: Mapping[int, Decimal]
) -> list[Ranked]:
    places = {offer.key: place for place, offer in enumerate(order, start=1)}
    return [
        Ranked(
            key=offer.key,
            is_responsive=offer.is_responsive,
            points=totals.get(offer.key),
            rank=places.get(offer.key),
        )
        for offer in offers
    ]
