"""When the portal takes no bids near a deadline, the deadline waits, the same for all."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from organizations.audit import AuditRow
from organizations.refusals import NotPermitted
from organizations.roles import SYSTEM
from procurement import clock
from procurement.amendments import actions as amendments
from procurement.amendments.models import Amendment
from procurement.lifecycle import NotNow, Stage
from procurement.publication import merge
from procurement.publication.models import Entry, NoticeKind
from procurement.pulse.models import Canary, Outage
from procurement.pulse.rule import LONGEST_HOLD, TEXT
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
DEADLINE = build.DEADLINE  # 17:00 on a Tuesday
NEXT_MORNING = datetime(2026, 4, 29, 10, 0, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)


def _outage(began: datetime, ended: datetime) -> Outage:
    """What two trial submissions so far apart leave behind; the later one too."""
    Canary.objects.create(beat_at=ended, portal_at=ended)
    return Outage.objects.create(
        began_at=began, ended_at=ended, portal_began_at=began, portal_ended_at=ended
    )


@pytest.fixture
def who() -> build.Cast:
    return build.cast(3)


@pytest.fixture
def tender(who: build.Cast) -> Tender:
    return build.published(who)


def test_the_deadline_moves_on_for_all_and_says_why(who: build.Cast, tender: Tender) -> None:
    ended = DEADLINE + 3 * MINUTE
    _outage(DEADLINE - MINUTE, ended)

    assert clock.pass_deadlines(at=ended + MINUTE) == 0

    tender.refresh_from_db()
    assert tender.tender_period_end == NEXT_MORNING
    assert tender.stage(ended + MINUTE) is Stage.OPEN
    entry = Entry.objects.of(tender.ocid).last()
    assert entry is not None
    assert entry.kind == NoticeKind.AMENDMENT
    change = merge.release_of(entry)["tender"]["amendments"][0]
    assert change["rationale"].startswith(
        "平台在 2026-04-28 16:59:00 至 2026-04-28 17:03:00 之间有 240 秒"
    )
    assert change["rationale"].endswith(TEXT)
    assert [each["id"] for each in change["differences"]] == ["tender_period_end"]
    assert (
        build.bid(tender, next(who.signatories()), at=NEXT_MORNING - MINUTE).tender_id == tender.pk
    )


def test_run_again_nothing_moves_twice(tender: Tender) -> None:
    ended = DEADLINE - 30 * MINUTE
    _outage(ended - 2 * MINUTE, ended)
    for _run in range(3):
        clock.pass_deadlines(at=ended + MINUTE)
    tender.refresh_from_db()
    assert tender.tender_period_end == NEXT_MORNING
    assert Amendment.objects.count() == 1


def test_a_late_run_makes_good_an_outage_of_the_deadline_it_moved_itself(tender: Tender) -> None:
    _outage(DEADLINE - MINUTE, DEADLINE + 3 * MINUTE)
    restored = NEXT_MORNING + 5 * MINUTE
    _outage(NEXT_MORNING - 2 * MINUTE, restored)

    clock.pass_deadlines(at=restored + 5 * MINUTE)

    tender.refresh_from_db()
    assert tender.tender_period_end == restored + timedelta(minutes=60)
    assert tender.closed_at is None
    assert Amendment.objects.filter(tender=tender).count() == 2


def test_an_outage_at_another_time_moves_nothing(tender: Tender) -> None:
    ended = DEADLINE - 61 * MINUTE
    _outage(ended - 30 * MINUTE, ended)
    clock.pass_deadlines(at=ended + MINUTE)
    tender.refresh_from_db()
    assert tender.tender_period_end == DEADLINE


def test_while_the_portal_is_away_nothing_is_closed(tender: Tender) -> None:
    last = DEADLINE - MINUTE
    Canary.objects.create(beat_at=last, portal_at=last)
    assert clock.pass_deadlines(at=DEADLINE + timedelta(hours=5)) == 0
    tender.refresh_from_db()
    assert tender.opened_at is None


def test_it_is_closed_as_soon_as_the_portal_was_seen_after_the_deadline(tender: Tender) -> None:
    seen = DEADLINE + clock.GRACE + timedelta(seconds=1)
    Canary.objects.create(beat_at=seen, portal_at=seen)
    assert clock.pass_deadlines(at=seen + MINUTE) == 1


def test_a_watchdog_that_never_returns_holds_nothing_for_ever(tender: Tender) -> None:
    last = DEADLINE - MINUTE
    Canary.objects.create(beat_at=last, portal_at=last)
    looks = [last + timedelta(hours=hour) for hour in range(25)]
    assert [clock.pass_deadlines(at=at) for at in looks] == [0] * 25
    assert clock.pass_deadlines(at=DEADLINE + LONGEST_HOLD + clock.GRACE + MINUTE) == 1


def test_a_portal_that_was_away_for_days_is_first_seen_alive(tender: Tender) -> None:
    last = DEADLINE - 30 * MINUTE
    Canary.objects.create(beat_at=last, portal_at=last)
    clock.pass_deadlines(at=last)
    back = DEADLINE + timedelta(days=2)
    assert clock.pass_deadlines(at=back) == 0  # the first look, before the first trace
    _outage(last, back)
    Canary.objects.create(beat_at=back, portal_at=back)
    assert clock.pass_deadlines(at=back + MINUTE) == 0
    tender.refresh_from_db()
    assert tender.closed_at is None
    assert (tender.tender_period_end or DEADLINE) > back


def test_after_three_times_people_decide(tender: Tender, caplog: pytest.LogCaptureFixture) -> None:
    for _time in range(4):
        tender.refresh_from_db()
        ended = (tender.tender_period_end or DEADLINE) - MINUTE
        _outage(ended - 2 * MINUTE, ended)
        clock.extend_for_outages(at=ended)
    assert Amendment.objects.filter(tender=tender).count() == 3
    moved = tender.tender_period_end
    tender.refresh_from_db()
    assert tender.tender_period_end == moved
    clock.extend_for_outages(at=ended + MINUTE)
    rows = AuditRow.objects.filter(kind="amendments.ask_people", subject=tender.ocid)
    assert rows.count() == 1
    assert "people have to decide" in caplog.text


def test_no_person_may_move_a_deadline_by_this_rule(who: build.Cast, tender: Tender) -> None:
    outage = _outage(DEADLINE - 3 * MINUTE, DEADLINE - MINUTE)
    with pytest.raises(NotPermitted):
        amendments.extend_for_outage(tender, outage=outage, by=who.approver, at=DEADLINE)
    tender.refresh_from_db()
    assert tender.tender_period_end == DEADLINE


def test_what_is_opened_stays_so(who: build.Cast, tender: Tender) -> None:
    build.opened(who, tender)
    _outage(DEADLINE - 3 * MINUTE, DEADLINE + 2 * MINUTE)
    assert clock.extend_for_outages(at=DEADLINE + 10 * MINUTE) == set()
    outage = Outage.objects.get()
    with pytest.raises(NotNow):
        amendments.extend_for_outage(tender, outage=outage, by=SYSTEM, at=DEADLINE + 10 * MINUTE)
    tender.refresh_from_db()
    assert tender.tender_period_end == DEADLINE


def test_the_database_lets_no_published_deadline_move_back(tender: Tender) -> None:
    earlier = DEADLINE - MINUTE
    with pytest.raises(DatabaseError, match="only moves on"), transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(tender_period_end=earlier)
    Tender.objects.filter(pk=tender.pk).update(tender_period_end=DEADLINE + MINUTE)


def test_an_amendment_is_by_two_people_or_for_an_outage(tender: Tender) -> None:
    with pytest.raises(DatabaseError, match="publication_is_whole"), transaction.atomic():
        Amendment.objects.create(tender=tender, changes={}, drafted_at=DEADLINE)
    with pytest.raises(DatabaseError, match="publication_is_whole"), transaction.atomic():
        Amendment.objects.create(
            tender=tender, changes={}, drafted_at=DEADLINE, published_at=DEADLINE
        )


def test_a_run_that_began_before_the_portal_was_seen_again_closes_nothing(tender: Tender) -> None:
    back = DEADLINE + 30 * MINUTE
    _outage(DEADLINE - 30 * MINUTE, back)  # written down while the run was under way
    clock.pass_deadlines(at=back - timedelta(seconds=1))
    tender.refresh_from_db()
    assert tender.closed_at is None
    assert tender.tender_period_end == NEXT_MORNING
