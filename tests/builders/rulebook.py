"""Rule editors, and editions and years they put in force by the portal's own acts."""

from datetime import date, datetime
from decimal import Decimal

from organizations.roles import Actor, Role
from procurement.rulebook import actions, queries
from procurement.rulebook.models import BookChange, CalendarYear
from procurement.rules import Change, YearFile, YearNotice
from tests.builders import organizations as people

NOTICE_2027 = YearNotice(
    frozenset({date(2027, 1, 1), *(date(2027, 2, day) for day in range(5, 12)), date(2027, 10, 1)}),
    frozenset({date(2027, 1, 31), date(2027, 2, 13)}),
)
THRESHOLD = Change("thresholds.open_tender_services", "value", Decimal(4_000_000))


def editor() -> Actor:
    """A new rule editor of the provincial office."""
    return people.member(people.office(), Role.RULE_EDITOR)[1]


def proposal(
    *figures: Change, by: Actor | None = None, at: datetime, effective_from: date | None = None
) -> BookChange:
    """A proposed change, of the open-tender threshold unless told otherwise."""
    return actions.propose(
        figures=figures or (THRESHOLD,),
        source_title="云南省政府集中采购目录及标准（云财采〔2026〕1号）",
        source_url="https://example.org/catalogue",
        reason="省级目录公布了新标准。",
        effective_from=effective_from or queries.day(at),
        by=by or editor(),
        at=at,
    )


def edition(*figures: Change, at: datetime, effective_from: date | None = None) -> BookChange:
    """An approved change: the next edition."""
    change = proposal(*figures, at=at, effective_from=effective_from)
    return actions.approve(change, by=editor(), at=at)


def proposed_year(*, by: Actor | None = None, at: datetime) -> CalendarYear:
    """The holidays of 2027, proposed."""
    told = YearFile(2027, "关于2027年部分节假日安排的通知", "https://example.org/2027", NOTICE_2027)
    return actions.propose_year(told=told, by=by or editor(), at=at)


def year(*, at: datetime) -> CalendarYear:
    """The holidays of 2027, confirmed."""
    return actions.confirm_year(proposed_year(at=at), by=editor(), at=at)


def corrected_year(*more: date, at: datetime) -> CalendarYear:
    """The holidays of 2027, confirmed again with more days off."""
    notice = YearNotice(NOTICE_2027.holidays | frozenset(more), NOTICE_2027.makeup_days)
    told = YearFile(2027, "关于调整2027年部分节假日安排的通知", "https://example.org/2027b", notice)
    return actions.confirm_year(
        actions.propose_year(told=told, by=editor(), at=at), by=editor(), at=at
    )
