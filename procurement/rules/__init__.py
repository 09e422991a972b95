"""The rulebook: cited rules as data, the calendar that counts days, and the pure engine."""

from procurement.rules.book import BookError, load
from procurement.rules.calendar import OFFICIAL, UnknownYear, WorkingCalendar, YearNotice
from procurement.rules.coverage import Coverage, coverage
from procurement.rules.engine import check
from procurement.rules.facts import SHANGHAI, BadFact
from procurement.rules.timetable import (
    ChallengeWindow,
    Earliest,
    Limit,
    challenge_window,
    deadline_after_change,
    earliest,
    limits,
    minimum_tenderers,
)
from procurement.rules.types import Book, Count, Finding, Method, Rule, UnknownMethod
from procurement.rules.vocabulary import (
    AwardBy,
    Instrument,
    Kind,
    LegalForce,
    OcdsMethod,
    Outcome,
    Override,
    Phase,
    Severity,
    Source,
    Unit,
    Verification,
)
from procurement.rules.words import basis, describe

__all__ = [
    "OFFICIAL",
    "SHANGHAI",
    "AwardBy",
    "BadFact",
    "Book",
    "BookError",
    "ChallengeWindow",
    "Count",
    "Coverage",
    "Earliest",
    "Finding",
    "Instrument",
    "Kind",
    "LegalForce",
    "Limit",
    "Method",
    "OcdsMethod",
    "Outcome",
    "Override",
    "Phase",
    "Rule",
    "Severity",
    "Source",
    "Unit",
    "UnknownMethod",
    "UnknownYear",
    "Verification",
    "WorkingCalendar",
    "YearNotice",
    "basis",
    "challenge_window",
    "check",
    "coverage",
    "deadline_after_change",
    "describe",
    "earliest",
    "limits",
    "load",
    "minimum_tenderers",
]
