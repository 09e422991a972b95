"""A member's own judgement as the pages read it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from procurement.evaluation.models import Verdict
from procurement.evaluation.queries import Judgement
from procurement.tenders.parts import Criterion, Lot


@dataclass(frozen=True)
class Shown:
    """One judgement: whose offer, the verdict, and rows of criterion, weight and points."""

    judgement: Judgement
    rows: list[tuple[str, int, Decimal]]

    @property
    def lot(self) -> Lot:
        """The lot the offer is for."""
        return self.judgement.offer.lot

    @property
    def verdict(self) -> Verdict | None:
        """Whether the offer meets the requirements, if that is judged already."""
        return self.judgement.verdict


def shown(judgement: Judgement, criteria: Iterable[Criterion]) -> Shown:
    """Return a judgement with its criteria by name."""
    given = judgement.points
    rows = [(c.name, c.weight, given[c.pk]) for c in criteria if c.pk in given]
    return Shown(judgement, rows)
