"""The rule receipt of a notice: what it was checked against, with the days as counted. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from procurement.rules import Count, Finding, Outcome, Unit

Fragment = dict[str, Any]


def receipt(findings: Iterable[Finding], *, edition: str, at: datetime) -> Fragment:
    """Return the receipt of a check: each rule that applies, its result, its counted days.

    `edition` is the label of the book; `at` the instant of the check. Rules that do not apply are
    counted and not listed. What no rule was asked about has an empty list, and says so.
    """
    found = list(findings)
    results = Counter(finding.outcome for finding in found)
    return {
        "edition": edition,
        "date": at,
        "kept": results[Outcome.KEPT],
        "broken": results[Outcome.BROKEN],
        "unknown": results[Outcome.UNKNOWN],
        "notApplicable": results[Outcome.NOT_APPLICABLE],
        "rules": [_line(f) for f in found if f.outcome is not Outcome.NOT_APPLICABLE],
    }


def _line(finding: Finding) -> Fragment:
    rule = finding.rule
    return {
        "id": rule.id,
        "result": finding.outcome.value,
        "basis": "policy" if rule.is_policy else "statute",
        "citation": "" if rule.is_policy else rule.citation_zh,
        "reason": finding.reason if finding.outcome is Outcome.BROKEN else "",
        "missing": list(finding.missing),
        "actualDate": _iso(finding.actual),
        "earliestDate": _iso(finding.earliest),
        "latestDate": _iso(finding.latest),
        "count": _count(finding.count) if finding.count else None,
    }


def _count(counted: Count) -> Fragment:
    return {
        "startDate": _iso(counted.start),
        "number": counted.n,
        "unit": counted.unit.value,
        "endDate": _iso(counted.end),
        "notBefore": _iso(counted.not_before) if counted.provisional else "",
        "days": [day.isoformat() for day in _told(counted)],
    }


def _told(counted: Count) -> tuple[date, ...]:
    """Return the days worth telling: each working day; of calendar days those rolled over."""
    if counted.unit is Unit.WORKING_DAY:
        return counted.days
    return counted.days[counted.n :] if counted.unit is Unit.CALENDAR_DAY else ()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
