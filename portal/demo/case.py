"""One procurement of the rehearsal, before anything happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from portal.demo.briefs import Brief
from portal.demo.days import Timetable
from portal.demo.world import Office, Party
from procurement.tenders.keys import clock_alone_up_to


@dataclass(frozen=True)
class Case:
    """One procurement: who buys what, where, how, for how much, and who wants to do it."""

    office: Office
    brief: Brief
    method: str
    places: tuple[str, ...]
    yuan: int
    times: Timetable
    bidders: tuple[Party, ...] = ()
    full_cost: bool = True
    suppliers_wanted: int = 1
    fixed_price: bool = False  # every amount is as asked: only quality is judged
    lots: tuple[tuple[str, str, int], ...] = ()  # title, content and area, yuan
    questions: int = 2
    answered: int = 2
    prices: tuple[Mapping[int, int], ...] = ()  # of each bidder: yuan by lot; else by chance
    seed: int = 0
    chance: Random = field(init=False)

    def __post_init__(self) -> None:
        """Give the case a chance of its own, so that its story does not depend on others."""
        object.__setattr__(self, "chance", Random(self.seed))  # noqa: S311 -- a story

    @property
    def is_large(self) -> bool:
        """Whether key cards open it: the gate alone may not."""
        return self.yuan > clock_alone_up_to()

    @property
    def place(self) -> str:
        """Where, as the title says it."""
        return self.office.region.name_zh

    def words(self, text: str) -> str:
        """Return a text of the brief about this place."""
        return text.format(place=self.place)
