"""Which edition holds: now, and for a tender that was published under an earlier one."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.conf import settings
from django.db.models import Max, QuerySet

from procurement import rules
from procurement.rulebook.edition import Edition, label
from procurement.rulebook.models import BookChange, CalendarWarning, CalendarYear, KeptBook
from procurement.rules import SHANGHAI, Change, YearNotice

logger = logging.getLogger(__name__)

# The State Council publishes a year's holidays in November of the year before.
WARNED_BEFORE = timedelta(days=90)


def current(at: datetime) -> Edition:
    """Return the edition in force at an instant, with the calendar years loaded so far.

    Two queries: ask once for a whole act or page.
    """
    in_force = approved().filter(effective_from__lte=day(at))
    return Edition(_with(files(), in_force), calendar())


def pinned(pin: str, at: datetime) -> Edition:
    """Return the edition a tender was published under; the current one where none is pinned.

    The book stays as it was. The calendar is today's: a holiday notice loaded since counts.
    """
    book = files()
    if pin == label(book):
        return Edition(book, calendar())
    kept = KeptBook.objects.filter(pk=pin).only("label", "edition").first() if pin else None
    if kept is None:
        return current(at)
    changes = approved().filter(number__lte=kept.edition)
    return Edition(_with(_kept_files(kept.label), changes), calendar())


class Shelf:
    """The editions of many tenders on one page: each is fetched once."""

    def __init__(self, at: datetime) -> None:
        """Begin empty, at an instant."""
        self._at = at
        self._known: dict[str, Edition] = {}

    def pinned(self, pin: str) -> Edition:
        """Return the edition a tender was published under, as `pinned` does."""
        if pin not in self._known:
            self._known[pin] = pinned(pin, self._at)
        return self._known[pin]


def latest() -> Edition:
    """Return the edition approved last, whether or not its day has come: the next builds on it."""
    return Edition(_with(files(), approved()), calendar())


def files() -> rules.Book:
    """Return the book of the files, without the province's changes.

    When the files have a mistake the book kept last stays in force; without one, raises BookError.
    """
    try:
        return rules.load(settings.RULEBOOK)
    except rules.BookError:
        logger.exception("the rulebook's files have a mistake; the book kept last stays in force")
        kept = _kept_last()
        if kept is None:
            raise
        return _kept_files(kept.label)


def texts() -> dict[str, str]:
    """Return the text of the book that `files` reads: of the files, or of the book kept last."""
    try:
        rules.load(settings.RULEBOOK)
    except rules.BookError:
        kept = _kept_last()
        if kept is None:
            raise
        return {"statute.toml": kept.statute, "methods.toml": kept.methods}
    found = rules.texts_of(rules.BOOKS / settings.RULEBOOK)
    return {name: text.decode() for name, text in found.items()}


def _kept_last() -> KeptBook | None:
    return KeptBook.objects.order_by("kept_at", "label").last()


def calendar() -> rules.WorkingCalendar:
    """Return the working days with every confirmed year; of two for one year the later counts."""
    confirmed = CalendarYear.objects.filter(approved_at__isnull=False).order_by("approved_at", "pk")
    return rules.WorkingCalendar(
        {
            year: YearNotice(frozenset(holidays), frozenset(makeup))
            for year, holidays, makeup in confirmed.values_list("year", "holidays", "makeup_days")
        }
    )


def last_year(counts_with: rules.WorkingCalendar, *, at: datetime) -> int:
    """Return the last year, this one or a later, up to which every year's holidays are known."""
    year = day(at).year
    while counts_with.knows(year + 1):
        year += 1
    return year


def runs_out(counts_with: rules.WorkingCalendar, *, at: datetime) -> date | None:
    """Return the last day that can be counted when it is near (90 days), else None."""
    end = date(last_year(counts_with, at=at), 12, 31)
    return end if end - day(at) <= WARNED_BEFORE else None


def warning(counts_with: rules.WorkingCalendar, *, at: datetime) -> CalendarWarning | None:
    """Return what the clock noticed about the calendar's end, while it is still so."""
    end = last_year(counts_with, at=at)
    return CalendarWarning.objects.filter(last_year=end).first()


def approved() -> QuerySet[BookChange]:
    """Return the editions in the order they were approved."""
    return BookChange.objects.filter(number__isnull=False).order_by("number")


def next_number() -> int:
    """Return the number of the edition that would be approved now."""
    return (BookChange.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def figures(change: BookChange) -> tuple[Change, ...]:
    """Return the figures of a proposal as the rules know them."""
    return tuple(
        Change(row["target"], row["field"], Decimal(row["value"]), row.get("level", ""))
        for row in change.figures
    )


def day(at: datetime) -> date:
    """Return the day of an instant in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()


def _with(book: rules.Book, changes: Iterable[BookChange]) -> rules.Book:
    """Return the book with approved editions made on it.

    A later release of the files may have taken up a figure, or dropped its rule: that figure is
    left out and told in the log, the others hold.
    """
    for change in changes:
        number = change.number or 0
        try:
            book = rules.amend(book, figures(change), number=number)
        except rules.BadChange:
            logger.exception("edition %s does not fit the rulebook's files", number)
            book = rules.amend(book, _fitting(book, change), number=number)
    return book


def _fitting(book: rules.Book, change: BookChange) -> tuple[Change, ...]:
    fitting: tuple[Change, ...] = ()
    for figure in figures(change):
        try:
            rules.amend(book, (*fitting, figure), number=change.number or 0)
        except rules.BadChange:
            continue
        fitting = (*fitting, figure)
    return fitting


@lru_cache(maxsize=16)
def _kept_files(kept: str) -> rules.Book:
    """Return a kept book without changes; its label holds its fingerprint, so it never differs."""
    row = KeptBook.objects.get(pk=kept)
    texts = {"statute.toml": row.statute.encode(), "methods.toml": row.methods.encode()}
    return rules.parse(row.name, texts)
