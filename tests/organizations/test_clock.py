"""The portal's clock and the audit record."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django.fixtures import Settings

from organizations import audit, instants
from organizations.accounts.models import Membership
from organizations.audit import AuditRow
from organizations.instants import ClockShift
from organizations.management.commands.rehearse import duration
from organizations.roles import SYSTEM, Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_now_is_the_databases_time_and_moves_on() -> None:
    before = instants.now()
    after = instants.now()
    assert before < after
    assert abs(after - datetime.now(UTC)) < timedelta(minutes=1)
    assert after.tzinfo is UTC


def test_advance_moves_the_clock_forward_and_adds_up(settings: Settings) -> None:
    settings.REHEARSAL = True
    start = instants.now()
    assert instants.advance(21 * DAY) == 21 * DAY
    assert instants.advance(DAY) == 22 * DAY
    assert 22 * DAY <= instants.now() - start < 22 * DAY + timedelta(minutes=1)
    instants.reset()
    assert instants.now() - start < timedelta(minutes=1)


def test_advance_is_refused_outside_a_rehearsal(settings: Settings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(instants.RehearsalOff):
        instants.advance(DAY)
    assert not ClockShift.objects.exists()


def test_a_shift_left_behind_is_not_read_outside_a_rehearsal(settings: Settings) -> None:
    ClockShift.objects.create(offset=DAY)
    settings.REHEARSAL = False
    assert instants.now() - datetime.now(UTC) < timedelta(minutes=1)


@pytest.mark.parametrize("facts", [{"id": 2}, {"id": 1, "offset": -DAY}])
def test_the_database_keeps_one_shift_that_goes_forward(facts: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockShift.objects.create(**facts)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("21d", 21 * DAY), ("1d12h", 1.5 * DAY), ("90m", timedelta(minutes=90))],
)
def test_duration_reads_days_hours_and_minutes(text: str, meant: timedelta) -> None:
    assert duration(text) == meant


@pytest.mark.parametrize("text", ["", "21", "-1d", "1w", "d"])
def test_duration_refuses_anything_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"^.?.?.?$"):
        duration(text)


def test_rehearse_moves_shows_and_resets(settings: Settings) -> None:
    settings.REHEARSAL = True
    out = StringIO()
    call_command("rehearse", "--forward", "2d", stdout=out)
    assert "2 days" in out.getvalue()
    call_command("rehearse", "--reset", stdout=out)
    assert instants.shift() == timedelta(0)
    call_command("rehearse", "--show", stdout=out)
    assert out.getvalue().count("\n") == 3


def test_rehearse_is_refused_outside_a_rehearsal(settings: Settings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(CommandError):
        call_command("rehearse", "--forward", "2d")
    assert not ClockShift.objects.exists()


def test_appoint_overseer_founds_the_office_once() -> None:
    make.region("530000")
    first, second = make.user(), make.user()
    out = StringIO()
    call_command("appoint_overseer", first.email, "--office", "省卫生健康委员会", stdout=out)
    assert Membership.objects.get(user=first).role == Role.OVERSEER
    with pytest.raises(CommandError):
        call_command("appoint_overseer", second.email, "--office", "另一个", stdout=out)
    assert not Membership.objects.filter(user=second).exists()


def test_audit_rows_are_never_changed_or_deleted() -> None:
    row = audit.record("test.act", by=SYSTEM, at=make.AT, subject="thing:1", reason="why")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditRow.objects.filter(pk=row.pk).update(reason="other")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditRow.objects.filter(pk=row.pk).delete()
    assert AuditRow.objects.get(pk=row.pk).reason == "why"
