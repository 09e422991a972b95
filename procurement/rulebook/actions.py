"""The book and its calendar change by two people, and in public."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.roles import SYSTEM, Actor
from procurement import lifecycle, permissions, rules
from procurement.lifecycle import Act
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.rulebook import disclosure, queries
from procurement.rulebook.edition import Edition
from procurement.rulebook.models import BookChange, CalendarWarning, CalendarYear, KeptBook
from procurement.rulebook.refusals import ChangeRefused, YearRefused
from procurement.rules import BadChange, BadYear, Change, YearFile, YearNotice, changes, years


@transaction.atomic
def propose(
    *,
    figures: Iterable[Change],
    source_title: str,
    reason: str,
    effective_from: date,
    by: Actor,
    at: datetime,
    source_url: str = "",
) -> BookChange:
    """Propose figures for the next edition of the book; a second rule editor decides.

    Raises ChangeRefused with the rule and the field for a figure that cannot be changed so.
    """
    permissions.require(Act.PROPOSE_CHANGE, by=by)
    _require_words(source_title, reason)
    _require_day(effective_from, at)
    book = queries.latest().book
    made = tuple(figures)
    if not made:
        raise Invalid(_("请至少改一个数字。"), "figures")
    _amended(book, made)
    change = BookChange.objects.create(
        figures=[_row(book, figure) for figure in made],
        source_title=source_title.strip(),
        source_url=source_url,
        reason=reason.strip(),
        effective_from=effective_from,
        proposer_id=by.person_id,
        proposed_at=at,
    )
    audit.record("rulebook.propose", by=by, at=at, subject=f"rulebook:{change.pk}", reason=reason)
    return change


@transaction.atomic
def approve(change: BookChange, *, by: Actor, at: datetime) -> BookChange:
    """Approve a proposed change: the next edition, published with the difference.

    It holds from its day on; tenders published before keep the edition they were pinned to.
    """
    change = BookChange.objects.select_for_update().get(pk=change.pk)
    permissions.require(Act.APPROVE_CHANGE, by=by, on=change)
    lifecycle.require_proposal(Act.APPROVE_CHANGE, change, at)
    _require_day(change.effective_from, at)
    before = queries.latest()
    made = queries.figures(change)
    if [_row(before.book, figure) for figure in made] != change.figures:
        raise Invalid(_("提出之后，其中的数字已被另一版改过。请退回这一份，按现在的数字另提。"))
    number = queries.next_number()
    after = Edition(_amended(before.book, made, number), before.calendar)
    change.number, change.label, change.digest = number, after.label, after.book.digest
    change.approved_by_id, change.approved_at = by.person_id, at
    entry = log.state(
        disclosure.edition_statement(change, before, after),
        kind=NoticeKind.RULEBOOK,
        number=number,
        title=f"规则手册第 {number} 版",
        at=at,
    )
    change.release_id = entry.release_id
    change.save()
    audit.record("rulebook.approve", by=by, at=at, subject=f"rulebook:{change.pk}")
    return change


@transaction.atomic
def decline(change: BookChange, *, reason: str, by: Actor, at: datetime) -> BookChange:
    """Send a proposed change away with the reason; its proposer may take it back so too."""
    change = BookChange.objects.select_for_update().get(pk=change.pk)
    permissions.require(Act.DECLINE_CHANGE, by=by, on=change)
    lifecycle.require_proposal(Act.DECLINE_CHANGE, change, at)
    _decline(change, reason, by, at)
    audit.record("rulebook.decline", by=by, at=at, subject=f"rulebook:{change.pk}", reason=reason)
    return change


@transaction.atomic
def propose_year(*, told: YearFile, by: Actor, at: datetime) -> CalendarYear:
    """Propose one year's holidays, as the State Council published them.

    A rule editor does, or the host's command (the system); a rule editor other than the proposer
    confirms. Raises YearRefused for days that make no sense.
    """
    if by != SYSTEM:
        permissions.require(Act.PROPOSE_YEAR, by=by)
    if not told.source.strip():
        raise Invalid(_("请写明国务院通知的名称和文号。"), "source_title")
    year = CalendarYear.objects.create(
        year=told.year,
        source_title=told.source.strip(),
        source_url=told.source_url,
        holidays=sorted(told.notice.holidays),
        makeup_days=sorted(told.notice.makeup_days),
        proposer_id=by.user_id,
        proposed_at=at,
    )
    audit.record("rulebook.propose_year", by=by, at=at, subject=f"year:{told.year}")
    return year


@transaction.atomic
def confirm_year(year: CalendarYear, *, by: Actor, at: datetime) -> CalendarYear:
    """Confirm a year's holidays after reading the notice itself: days are counted with it now."""
    year = CalendarYear.objects.select_for_update().get(pk=year.pk)
    permissions.require(Act.CONFIRM_YEAR, by=by, on=year)
    lifecycle.require_proposal(Act.CONFIRM_YEAR, year, at)
    number = CalendarYear.objects.filter(approved_at__isnull=False).count() + 1
    year.approved_by_id, year.approved_at = by.person_id, at
    entry = log.state(
        disclosure.year_statement(year),
        kind=NoticeKind.CALENDAR,
        number=number,
        title=f"{year.year} 年放假安排",
        at=at,
    )
    year.release_id = entry.release_id
    year.save()
    audit.record("rulebook.confirm_year", by=by, at=at, subject=f"year:{year.year}")
    return year


@transaction.atomic
def decline_year(year: CalendarYear, *, reason: str, by: Actor, at: datetime) -> CalendarYear:
    """Send a proposed year away with the reason; its proposer may take it back so too."""
    year = CalendarYear.objects.select_for_update().get(pk=year.pk)
    permissions.require(Act.DECLINE_YEAR, by=by, on=year)
    lifecycle.require_proposal(Act.DECLINE_YEAR, year, at)
    _decline(year, reason, by, at)
    audit.record("rulebook.decline_year", by=by, at=at, subject=f"year:{year.year}", reason=reason)
    return year


@transaction.atomic
def warn(*, by: Actor, at: datetime) -> CalendarWarning | None:
    """Record, once, that the calendar runs out within 90 days; None while it does not."""
    permissions.require(Act.WARN_OF_LAST_YEAR, by=by)
    counts_with = queries.calendar()
    if queries.runs_out(counts_with, at=at) is None:
        return None
    end = queries.last_year(counts_with, at=at)
    warning, is_new = CalendarWarning.objects.get_or_create(
        last_year=end, defaults={"noticed_at": at}
    )
    if is_new:
        audit.record("rulebook.warn", by=by, at=at, subject=f"year:{end}")
    return warning


def keep(edition: Edition, *, at: datetime) -> str:
    """Keep the files an edition was made of, once, and return the label that pins it.

    Called within the act that pins: whatever the files become later, this edition stays readable.
    """
    if not KeptBook.objects.filter(pk=edition.label).exists():
        texts = queries.texts()
        _version, _plus, number = edition.book.version.partition("+")
        KeptBook.objects.get_or_create(
            label=edition.label,
            defaults={
                "name": edition.book.name,
                "statute": texts["statute.toml"],
                "methods": texts["methods.toml"],
                "edition": int(number or 0),
                "kept_at": at,
            },
        )
    return edition.label


def read_year(text: str) -> YearFile:
    """Return the year a file tells; raise YearRefused with the line and the reason."""
    try:
        return years.read(text)
    except BadYear as bad:
        raise YearRefused(bad) from bad


def judge_year(year: int, *, source: str, source_url: str, holidays: str, makeup: str) -> YearFile:
    """Return the year as typed, one day or range a line; raise YearRefused for a mistake."""
    try:
        notice: YearNotice = years.judge(
            year, years.days(holidays, "holidays"), years.days(makeup, "makeup_days")
        )
    except BadYear as bad:
        raise YearRefused(bad) from bad
    return YearFile(year, source, source_url, notice)


def _decline(proposal: BookChange | CalendarYear, reason: str, by: Actor, at: datetime) -> None:
    if not reason.strip():
        raise Invalid(_("请写明退回的原因，提出的人才知道要改什么。"), "reason")
    proposal.declined_by_id, proposal.declined_at = by.person_id, at
    proposal.decline_reason = reason.strip()
    proposal.save()


def _require_words(source_title: str, reason: str) -> None:
    if not source_title.strip():
        raise Invalid(_("请写明数字出自哪份文件（名称和文号）。"), "source_title")
    if not reason.strip():
        raise Invalid(_("请写明为什么改，理由会向公众公开。"), "reason")


def _require_day(effective_from: date, at: datetime) -> None:
    """The day has not passed, and comes no earlier than that of the edition before."""
    if effective_from < queries.day(at):
        raise Invalid(_("施行日期已经过去，请填今天或以后的日期。"), "effective_from")
    last = queries.approved().last()
    if last and effective_from < last.effective_from:
        message = _("施行日期不能早于上一版的施行日期（%(day)s），请填这一天或以后的日期。")
        raise Invalid(message % {"day": last.effective_from.isoformat()}, "effective_from")


def _amended(book: rules.Book, made: tuple[Change, ...], number: int = 0) -> rules.Book:
    try:
        return rules.amend(book, made, number=number)
    except BadChange as bad:
        raise ChangeRefused(bad) from bad


def _row(book: rules.Book, figure: Change) -> dict[str, str | None]:
    """Return a figure as it is stored: the value, and what it was before."""
    was = changes.before(book, figure)
    return {
        "target": figure.target,
        "field": figure.field,
        "level": figure.level,
        "value": f"{figure.value.normalize():f}",
        "before": None if was is None else f"{was.normalize():f}",
    }
