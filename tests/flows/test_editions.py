"""A call keeps the edition it was published under; a loaded year dates what waited for it."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from procurement import clock
from procurement.enquiries import actions as enquiries
from procurement.enquiries import queries as answers
from procurement.obligations import actions as duties
from procurement.obligations.models import Obligation
from procurement.rules import SHANGHAI, Change
from procurement.tenders import queries as tenders
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders import rulebook as book

pytestmark = pytest.mark.django_db

ASKED = datetime(2026, 4, 8, 10, 0, tzinfo=SHANGHAI)  # a Wednesday
NEW_YEAR = datetime(2026, 12, 30, 10, 0, tzinfo=SHANGHAI)


def test_a_published_call_keeps_its_edition_and_the_next_call_has_the_new_one() -> None:
    who = build.cast()
    before = build.published(who)
    book.edition(Change("enquiry-answer-3wd", "amount", Decimal(2)), at=build.TENDER_DAY)
    after = build.published(who)
    asker = people.signatory(who.csos[0])
    first, second = (
        enquiries.ask(tender, question="工资可以列支吗？", by=asker, at=ASKED)
        for tender in (before, after)
    )

    assert before.rulebook != after.rulebook
    assert tenders.edition(before, at=ASKED).label == before.rulebook
    assert answers.answer_due(first) == date(2026, 4, 13)
    assert answers.answer_due(second) == date(2026, 4, 10)


def test_a_loaded_year_dates_the_duties_that_waited_for_it() -> None:
    who = build.cast()
    tender = build.published(who)
    duties.happened("enquiry.received", to=tender, subject="enquiry-0", at=NEW_YEAR)
    waiting = Obligation.objects.get(process=tender.process, subject="enquiry-0")
    assert waiting.due_at is None
    assert clock.recount(at=NEW_YEAR) == 0

    book.year(at=NEW_YEAR)

    assert clock.recount(at=NEW_YEAR) == 1
    assert clock.recount(at=NEW_YEAR) == 0
    waiting.refresh_from_db()
    assert waiting.due_at == datetime(2027, 1, 5, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_corrected_year_moves_the_dates_counted_with_it_and_no_breach_on_record() -> None:
    tender = build.published(build.cast())
    book.year(at=NEW_YEAR)
    for subject in ("waits", "missed", "elsewhere"):
        since = ASKED if subject == "elsewhere" else NEW_YEAR
        duties.happened("enquiry.received", to=tender, subject=subject, at=since)
    mine = Obligation.objects.filter(process=tender.process, event="enquiry.answered")
    missed = mine.get(subject="missed")
    mine.filter(pk=missed.pk).update(breached_at=missed.due_at, recorded_at=missed.due_at)
    before = dict(mine.values_list("subject", "due_at"))
    assert clock.recount(at=NEW_YEAR) == 0

    book.corrected_year(date(2027, 1, 4), at=NEW_YEAR)

    assert clock.recount(at=NEW_YEAR) == 1
    assert clock.recount(at=NEW_YEAR) == 0
    after = dict(mine.values_list("subject", "due_at"))
    moved = datetime(2027, 1, 6, 23, 59, 59, tzinfo=SHANGHAI)
    assert after == before | {"waits": moved}


def test_a_duty_begun_while_a_year_was_confirmed_is_dated_by_the_next_run() -> None:
    tender = build.published(build.cast())
    duties.happened("enquiry.received", to=tender, subject="enquiry-0", at=NEW_YEAR)
    book.year(at=NEW_YEAR)
    assert clock.recount(at=NEW_YEAR) == 1
    late = Obligation.objects.filter(process=tender.process, subject="enquiry-0")
    late.update(due_at=None, not_before=date(2027, 1, 2))  # as counted before the year was known

    assert clock.recount(at=NEW_YEAR, limit=1) == 1

    assert late.get().due_at == datetime(2027, 1, 5, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_run_goes_on_where_the_one_before_ended() -> None:
    tender = build.published(build.cast())
    for number in range(3):
        duties.happened("enquiry.received", to=tender, subject=str(number), at=NEW_YEAR)
    book.year(at=NEW_YEAR)
    book.corrected_year(date(2027, 1, 4), at=NEW_YEAR)

    while clock.recount(at=NEW_YEAR, limit=1):
        pass

    dated = Obligation.objects.filter(process=tender.process, event="enquiry.answered")
    moved = datetime(2027, 1, 6, 23, 59, 59, tzinfo=SHANGHAI)
    assert set(dated.values_list("due_at", flat=True)) == {moved}
