"""The rulebook: cited rules as data, the calendar that counts days, and the pure engine."""

from procurement.rules.book import BOOKS, BookError, load, parse, read, texts_of
from procurement.rules.calendar import OFFICIAL, UnknownYear, WorkingCalendar, YearNotice
from procurement.rules.changes import BadChange, Change, Fault, amend
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
from procurement.rules.years import BadYear, YearFault, YearFile

__all__ = [
    "BOOKS",
    "OFFICIAL",
    "SHANGHAI",
    "AwardBy",
    "BadChange",
    "BadFact",
    "BadYear",
    "Book",
    "BookError",
    "ChallengeWindow",
    "Change",
    "Count",
    "Coverage",
    "Earliest",
    "Fault",
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
    "YearFault",
    "YearFile",
    "YearNotice",
    "amend",
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
    "parse",
    "read",
    "texts_of",
]
