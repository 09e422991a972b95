"""The self-assessment: suggests a group its type from facts, so nobody has to know the words."""

from dataclasses import dataclass
from enum import StrEnum

from organizations.csos.models import CsoType


class Decides(StrEnum):
    """Who decides in the group."""

    MEMBERS = "members"  # whoever takes part, from case to case
    COORDINATOR = "coordinator"  # one leader or a small core of the community itself
    BOARD = "board"  # an elected or appointed board, by a written charter


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the group answers. `paid_staff` counts full-time and part-time people together."""

    paid_staff: int
    has_office: bool
    has_charter: bool
    keeps_accounts: bool
    decides: Decides


def suggest_type(facts: Facts) -> CsoType:
    """Suggest the type; the group may always choose another.

    An NGO has a charter and a board, keeps accounts and pays people. A volunteer group has no
    paid staff and at most one of office, charter and accounts. What lies between is a
    community-based organisation.
    """
    structures = sum((facts.has_office, facts.has_charter, facts.keeps_accounts))
    if (
        facts.decides is Decides.BOARD
        and facts.has_charter
        and facts.keeps_accounts
        and facts.paid_staff > 0
    ):
        return CsoType.NGO
    if facts.paid_staff == 0 and structures <= 1 and facts.decides is not Decides.BOARD:
        return CsoType.VOLUNTEER_GROUP
    return CsoType.COMMUNITY_BASED
