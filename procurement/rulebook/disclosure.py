"""What the public reads of a new edition and of a year: the difference, the source, the day."""

from decimal import Decimal
from typing import Any

from procurement import rules
from procurement.rulebook.edition import Edition
from procurement.rulebook.models import BookChange, CalendarYear
from procurement.rules import Change

Statement = dict[str, Any]


def edition_statement(change: BookChange, before: Edition, after: Edition) -> Statement:
    """Return the notice of a new edition: every figure before and after, and whose rule it is."""
    return {
        "edition": {
            "number": change.number,
            "label": after.label,
            "version": after.book.version,
            "digest": after.book.digest,
            "replaces": before.label,
            "effectiveFrom": change.effective_from.isoformat(),
        },
        "reason": change.reason,
        "source": {"title": change.source_title, "url": change.source_url},
        "changes": [_difference(row, before.book) for row in change.figures],
    }


def _difference(row: dict[str, Any], book: rules.Book) -> Statement:
    figure = Change(row["target"], row["field"], Decimal(row["value"]), row.get("level", ""))
    told: Statement = {
        "target": figure.target,
        "field": figure.field,
        "level": figure.level,
        "before": row["before"] if row["before"] is not None else "unset",
        "after": row["value"],
    }
    if figure.threshold:
        return told | {"unit": "CNY"}
    rule = book.rule(figure.target)
    return told | {
        "unit": rule.unit or "",
        "legalForce": rule.legal_force,
        "citation": rule.citation_zh,
        "text": rule.text_zh,
    }


def year_statement(year: CalendarYear) -> Statement:
    """Return the notice of a loaded year: the days off and the weekend days worked."""
    return {
        "year": year.year,
        "source": {"title": year.source_title, "url": year.source_url},
        "holidays": [day.isoformat() for day in sorted(year.holidays)],
        "makeUpDays": [day.isoformat() for day in sorted(year.makeup_days)],
    }
