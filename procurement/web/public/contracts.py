"""The contract and how it is carried out: with whom, for how much, and what became of its duties.

The contract itself is signed and published outside; the record has what the award says, and what
the agency stated or left undone of each duty that follows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django_stubs_ext import StrOrPromise

from procurement.rules import Phase
from procurement.web.public import breaches
from procurement.web.public.breaches import Line
from procurement.web.public.results import Award
from procurement.web.public.sections import instant

AFTERWARDS: Final = frozenset({Phase.CONTRACT, Phase.IMPLEMENTATION})


@dataclass(frozen=True)
class Contract:
    """What follows from an award, as far as it is public."""

    awards: list[Award]
    starts: datetime | None
    ends: datetime | None
    duties: list[Line]
    reported: list[tuple[StrOrPromise, datetime | None]]

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of it yet."""
        return not self.duties and not self.reported


def follows(line: Line) -> bool:
    """Say whether a duty is one of the contract or of carrying it out."""
    return line.rule is not None and line.rule.phase in AFTERWARDS


def of(
    record: Mapping[str, Any], awards: Iterable[Award], lines: Iterable[Line]
) -> Contract | None:
    """Return the contract of a record with these awards and duties; None where none is awarded."""
    made = [award for award in awards if award.is_made]
    if not made:
        return None
    period = record.get("tender", {}).get("contractPeriod", {})
    return Contract(
        awards=made,
        starts=instant(period.get("startDate")),
        ends=instant(period.get("endDate")),
        duties=[line for line in lines if follows(line)],
        reported=breaches.reported(record),
    )
