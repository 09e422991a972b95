"""What each passing deadline does. The clock announces what is already true."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from organizations import audit
from organizations.audit import AuditRow
from organizations.register.models import Organization
from organizations.roles import SYSTEM
from procurement.amendments import actions as amendments
from procurement.amendments import queries as amending
from procurement.bids import actions as bids
from procurement.bids import sealed, waiting
from procurement.bids.waiting import Awaited
from procurement.notifications import actions as notifications
from procurement.notifications import queries as reached
from procurement.notifications.models import Reader
from procurement.obligations import actions as obligations
from procurement.obligations import queries as duties
from procurement.obligations.models import UNSETTLED, Obligation
from procurement.publication import heads
from procurement.publication.tree import Log
from procurement.pulse import actions as life
from procurement.pulse import queries as pulse
from procurement.pulse.models import Outage
from procurement.pulse.refusals import AskPeople
from procurement.rulebook import actions as rulebook
from procurement.rulebook import queries as editions
from procurement.rulebook.models import CalendarYear
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender

logger = logging.getLogger(__name__)
ASK_PEOPLE = "amendments.ask_people"

GRACE = waiting.GRACE  # a bid that arrived in time is in the books before the register is written
BETWEEN_HEADS = timedelta(minutes=10)
MOST_IN_A_LETTER = 50


def pass_deadlines(*, at: datetime, limit: int = 100) -> int:
    """Close what is due, sign the log, open what nothing keeps shut; return how many were opened.

    Between closing and opening stands the time gate, a process of its own: what it gave out since
    the last run is opened by this one. One tender a transaction, its row claimed, so two workers
    never do one twice and a run that is killed leaves nothing half done. One that fails holds up no
    other and is tried again by the next run. Run again, it finds nothing due.
    """
    awake_since = life.stay_awake(at=at)
    seen = pulse.seen_until(
        at, awake_since=awake_since
    )  # read before the outages: what was seen alive has told of them
    undecided = extend_for_outages(at=at)
    due = Tender.objects.unclosed(seen - GRACE).exclude(pk__in=undecided)
    for number in due.values_list("pk", flat=True)[:limit]:
        _closed(number, at, seen)
    outages = pulse.recent(at)
    for number in waiting.expecting(at).values_list("pk", flat=True)[:limit]:
        _waited(number, outages, at, seen)
    shut = list(waiting.in_turn(at).values_list("pk", flat=True)[:limit])
    if shut:
        heads.sign_all(at=at)
    opened = sum(_opened(number, at) for number in shut)
    for number in reached.unstated(at).values_list("pk", flat=True)[:limit]:
        _stated(number, at)
    return opened


def next_due(*, at: datetime, within: timedelta) -> datetime | None:
    """Return when `pass_deadlines` next has a tender to look at, past or to come; one query.

    None when there is none for so long. A tender that is closed and not yet opened is due.
    """
    awaited = waiting.without_idle(Tender.objects.overdue(at + within - GRACE))
    ends = awaited.values_list("tender_period_end", flat=True).first()
    return None if ends is None else ends + GRACE


def extend_for_outages(*, at: datetime) -> set[int]:
    """Move on the deadlines that an outage of the portal touched, before any of them is closed.

    Return the numbers of those that could not be looked at; they stay open until the next run.
    """
    undecided: set[int] = set()
    for outage in pulse.recent(at):  # in their order: a later one may touch a deadline just moved
        numbers = list(amending.touched(outage).values_list("pk", flat=True))
        undecided |= {number for number in numbers if not _extended(number, outage, at)}
    return undecided


def _extended(number: int, outage: Outage, at: datetime) -> bool:
    """Make an outage good for one call; say whether that was settled, one way or the other."""
    try:
        with transaction.atomic():
            tender = Tender.objects.get(pk=number)
            amendments.extend_for_outage(tender, outage=outage, by=SYSTEM, at=at)
    except AskPeople:
        _ask_people(number, outage, at)
    except Exception:  # whatever is wrong with one call, the others are due all the same
        logger.exception("the deadline of call %s could not be moved on", number)
        return False
    return True


def asked_of_people(at: datetime, *, within: timedelta = timedelta(hours=3)) -> list[str]:
    """Return the ocids of calls that an outage touched lately and no rule moves on any more.

    Three hours: an alarm is mailed once an hour at most, and a mail server may be away for a while.
    """
    rows = AuditRow.objects.filter(kind=ASK_PEOPLE, at__gt=at - within, at__lte=at)
    return sorted(set(rows.values_list("subject", flat=True)))


@transaction.atomic
def _ask_people(number: int, outage: Outage, at: datetime) -> None:
    """Note once, for those who oversee, that a deadline was touched and not moved on again."""
    calls = Tender.objects.select_related("process")
    tender = calls.select_for_update(of=("self",), no_key=True).get(pk=number)
    subject, reason = tender.ocid, f"outage {outage.pk}"
    if not AuditRow.objects.filter(subject=subject, reason=reason).exists():
        audit.record(ASK_PEOPLE, by=SYSTEM, at=at, subject=subject, reason=reason)
        logger.error("call %s: touched by a further outage, people have to decide", tender.ocid)


def _closed(number: int, at: datetime, seen: datetime) -> bool:
    """Publish the register of one tender that is due; say whether it was this run that did."""
    try:
        with transaction.atomic():
            unclosed = Tender.objects.unclosed(seen - GRACE).select_for_update(skip_locked=True)
            tender = unclosed.filter(pk=number).first()
            if tender is not None:
                bids.close(tender, by=SYSTEM, at=at)
            return tender is not None
    except Exception:  # whatever is wrong with one call, the others are due all the same
        logger.exception("the call %s could not be closed", number)
        return False


def _waited(number: int, outages: Iterable[Outage], at: datetime, seen: datetime) -> None:
    """Move on the end of the time for promised files where an outage touched it, or end it."""
    try:
        with transaction.atomic():
            expecting = Tender.objects.unopened(at).select_for_update(skip_locked=True)
            tender = expecting.filter(pk=number).first()
            if tender is None or waiting.awaited(tender, at) is not Awaited.FILES:
                return
            for outage in outages:
                tender = _given_longer(tender, outage, at)
            if sealed.end_of_delivery(tender) < seen - GRACE:
                bids.end_delivery(tender, by=SYSTEM, at=at)
    except Exception:  # whatever is wrong with one call, the others are due all the same
        logger.exception("the files call %s waits for could not be looked at", number)


def _given_longer(tender: Tender, outage: Outage, at: datetime) -> Tender:
    try:
        return bids.extend_delivery(tender, outage=outage, by=SYSTEM, at=at)
    except AskPeople:
        _ask_people(tender.pk, outage, at)
        return tender


def _opened(number: int, at: datetime) -> bool:
    """Open one tender that nothing keeps shut; say whether it was this run that did."""
    try:
        with transaction.atomic():
            unopened = Tender.objects.unopened(at).select_for_update(skip_locked=True)
            tender = unopened.filter(pk=number).first()
            if tender is None:
                return False
            awaited = waiting.awaited(tender, at)
            if awaited is Awaited.CARDS and tender.gate_stated_at is None:
                bids.state_gate(tender, by=SYSTEM, at=at)
            if awaited is not None:
                return False
            tender = bids.open_all(tender, by=SYSTEM, at=at)
            notifications.state_reach(tender, by=SYSTEM, at=at)
            return True
    except Exception:  # whatever is wrong with one call, the others are due all the same
        logger.exception("the bids of call %s could not be opened", number)
        return False


def _stated(number: int, at: datetime) -> None:
    """State how far a call reached whose bids were opened at the table."""
    try:
        with transaction.atomic():
            unstated = reached.unstated(at).select_for_update(skip_locked=True, of=("self",))
            tender = unstated.filter(pk=number).first()
            if tender is not None:
                notifications.state_reach(tender, by=SYSTEM, at=at)
    except Exception:  # whatever is wrong with one call, the others are due all the same
        logger.exception("how far call %s reached could not be stated", number)


def keep_logs(*, at: datetime) -> int:
    """Append the receipts whose block is due, and sign heads that are due; return how many heads.

    A head every ten minutes, however often this runs.
    """
    bids.publish_receipts(at=at)
    last = heads.latest(Log.NOTICES)
    is_due = last is None or last.signed_at <= at - BETWEEN_HEADS
    return len(heads.sign_all(at=at)) if is_due else 0


def watch_calendar(*, at: datetime) -> bool:
    """Notice that the calendar of working days runs out within 90 days; say whether it does."""
    return rulebook.warn(by=SYSTEM, at=at) is not None


def recount(*, at: datetime, limit: int = 500) -> int:
    """Count duties again that a confirmed year may date or move; return how many last days changed.

    Those whose counted days touch a year are gone through once for every notice of that year, so a
    corrected one moves dates too; those without a last day are tried as soon as the years known
    reach theirs, so one begun while a year was being confirmed is caught. One a transaction: a run
    that is killed goes on where it stood, and run again it changes nothing.
    """
    confirmed = CalendarYear.objects.filter(approved_at__isnull=False).order_by("approved_at", "pk")
    moved = sum(_gone_through(year, at, limit) for year in confirmed)
    countable = Obligation.objects.filter(
        UNSETTLED, due_at__isnull=True, not_before__lte=_last_known_day(at)
    ).order_by("not_before")
    return moved + sum(_recounted(pk, at) for pk in countable.values_list("pk", flat=True)[:limit])


def _last_known_day(at: datetime) -> date:
    """Return the last day of the calendar that can be counted to; none later ends a duty."""
    calendar = editions.calendar()
    last = editions.last_year(calendar, at=at)
    return date(last if calendar.knows(last) else last - 1, 12, 31)


def _gone_through(year: CalendarYear, at: datetime, limit: int) -> int:
    """Count the next duties that touch a year again; how far it came is kept after each run.

    New duties are looked at once too: one begun while the year was being confirmed may not know it.
    """
    reader, _is_new = Reader.objects.get_or_create(name=f"calendar-year-{year.pk}")
    newest = Obligation.objects.aggregate(newest=Max("pk"))["newest"] or 0
    begins, ends = (datetime(year.year + n, 1, 1, tzinfo=SHANGHAI) for n in (0, 1))
    touched = Obligation.objects.open().filter(
        Q(due_at__isnull=True) | Q(due_at__gte=begins),
        pk__range=(reader.next_index, newest),
        since__lt=ends,
        recorded_at__isnull=True,
    )
    numbers = list(touched.order_by("pk").values_list("pk", flat=True)[:limit])
    moved = sum(_recounted(number, at, wait=True) for number in numbers)
    last = numbers[-1] if len(numbers) == limit else newest
    Reader.objects.filter(pk=reader.pk, next_index__lte=last).update(next_index=last + 1)
    return moved


def _recounted(number: int, at: datetime, *, wait: bool = False) -> bool:
    """Count one duty again; say whether its last day changed. Held by another: wait, or leave."""
    try:
        with transaction.atomic():
            open_ = Obligation.objects.open().filter(recorded_at__isnull=True)
            claimed = open_.select_for_update(skip_locked=not wait, of=("self",))
            obligation = claimed.filter(pk=number).first()
            if obligation is None:
                return False
            return obligations.recount(obligation, at=at).due_at != obligation.due_at
    except Exception:  # whatever is wrong with one duty, the others are counted all the same
        logger.exception("duty %s could not be counted again", number)
        return False


def record_breaches(*, at: datetime, limit: int = 500) -> int:
    """Put every duty that is overdue on the public record; return how many this run recorded.

    One a transaction, its row claimed: two workers record it once, a run that is killed leaves
    nothing half done, and one that is late dates the breach at the due time all the same.
    """
    missed = Obligation.objects.missed(at - GRACE).values_list("pk", flat=True)[:limit]
    return sum(_breach(number, at) for number in missed)


def _breach(number: int, at: datetime) -> bool:
    """Record one duty that is overdue; say whether it was this run that did."""
    try:
        with transaction.atomic():
            missed = Obligation.objects.missed(at - GRACE).select_for_update(
                skip_locked=True, of=("self",)
            )
            obligation = missed.filter(pk=number).first()
            if obligation is not None:
                obligations.record(obligation, by=SYSTEM, at=at)
            return obligation is not None
    except Exception:  # whatever is wrong with one duty, the others are due all the same
        logger.exception("the breach of duty %s could not be recorded", number)
        return False


def remind(*, at: datetime, limit: int = 100) -> int:
    """Write to the agencies whose duties are due within two working days; return how many.

    One agency a transaction, claimed as a whole and its duties marked with it: two workers write
    once. Where nobody could be reached the duties stay unmarked, and the next run tries again.
    """
    near = Obligation.objects.to_remind(at, duties.reminded_until(at)).order_by()
    agencies = near.values_list("procuring_entity_id", flat=True).distinct()[:limit]
    return sum(_reminded(agency, at) for agency in agencies)


def _reminded(agency: int, at: datetime) -> bool:
    """Write to the people of one agency; say whether it was this run that did."""
    try:
        with transaction.atomic():
            ours = Organization.objects.filter(pk=agency)
            if ours.select_for_update(skip_locked=True, no_key=True).first() is None:
                return False  # another run writes to them
            near = Obligation.objects.to_remind(at, duties.reminded_until(at))
            claimed = near.select_for_update(skip_locked=True, of=("self",))
            due = claimed.filter(procuring_entity_id=agency).select_related("procuring_entity")
            held = list(due[:MOST_IN_A_LETTER])
            if not held or not obligations.remind(held, at=at):
                return False
            notifications.tell_of_duties(held, at=at)
            return True
    except Exception:  # whatever is wrong with one agency, the others are due all the same
        logger.exception("agency %s could not be reminded", agency)
        return False
