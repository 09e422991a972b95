"""Which edition holds: now, and for a tender that was published under an earlier one."""

from datetime import datetime

from procurement import rules
from procurement.rulebook.edition import Edition


def current(at: datetime) -> Edition:
    """Return the edition in force at an instant, with the calendar years loaded so far."""
    return Edition(rules.load(), rules.OFFICIAL)


def pinned(label: str, at: datetime) -> Edition:
    """Return the edition a tender was published under; the current one where none is pinned.

    The book stays as it was. The calendar is today's: a holiday notice loaded since counts.
    """
    return current(at)
