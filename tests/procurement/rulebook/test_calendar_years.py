"""The calendar: a year is proposed, confirmed by another, and dates past it stop being guesses."""

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from organizations import instants
from organizations.audit import AuditRow
from organizations.refusals import NotPermitted
from organizations.roles import SYSTEM
from procurement import clock
from procurement.publication.models import Entry, NoticeKind
from procurement.rulebook import actions, queries
from procurement.rulebook.models import CalendarWarning, CalendarYear
from procurement.rulebook.refusals import YearRefused
from procurement.rules import SHANGHAI, YearFile, YearNotice
from tests.builders import organizations as people
from tests.builders import rulebook as build
from tests.procurement.rules.test_years import GOOD

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
LATE = date(2026, 12, 25)


def test_a_date_past_the_last_official_year_waits_for_the_year() -> None:
    assert queries.current(AT).calendar.add_working_days(LATE, 30).provisional

    build.year(at=AT)
    counted = queries.current(AT).calendar.add_working_days(LATE, 30)

    assert (counted.provisional, counted.end) == (False, date(2027, 2, 12))


def test_a_year_that_waits_for_the_second_person_does_not_count() -> None:
    build.proposed_year(at=AT)

    assert not queries.current(AT).calendar.knows(2027)


def test_a_confirmed_year_is_published() -> None:
    year = build.year(at=AT)
    entry = Entry.objects.get()

    assert (entry.kind, entry.release_id) == (NoticeKind.CALENDAR, year.release_id)


def test_confirm_by_the_same_person_is_refused() -> None:
    editor = build.editor()
    year = build.proposed_year(by=editor, at=AT)

    with pytest.raises(NotPermitted):
        actions.confirm_year(year, by=editor, at=AT)

    assert not queries.current(AT).calendar.knows(2027)


def test_others_may_not_propose_a_year() -> None:
    with pytest.raises(NotPermitted):
        build.proposed_year(by=people.overseer(), at=AT)

    assert CalendarYear.objects.count() == 0


def test_of_two_notices_for_a_year_the_one_confirmed_later_counts() -> None:
    build.year(at=AT)
    corrected = YearFile(
        2027, "更正", "", YearNotice(frozenset({date(2027, 1, 4)}), frozenset({date(2027, 1, 2)}))
    )
    later = actions.propose_year(told=corrected, by=build.editor(), at=AT)
    actions.confirm_year(later, by=build.editor(), at=AT + timedelta(hours=1))

    assert not queries.calendar().is_working_day(date(2027, 1, 4))
    assert queries.calendar().is_working_day(date(2027, 1, 1))


def test_a_broken_year_leaves_the_old_one_in_force() -> None:
    build.year(at=AT)

    with pytest.raises(YearRefused) as refused:
        actions.read_year(GOOD.replace("2027-01-01", "2028-01-01", 1))

    assert str(refused.value).startswith("第 6 行：2028-01-01 不在这一年")
    assert not queries.calendar().is_working_day(date(2027, 2, 5))
    assert CalendarYear.objects.count() == 1


@pytest.mark.parametrize(("day", "warned"), [(date(2026, 10, 1), False), (date(2026, 10, 2), True)])
def test_the_clock_warns_ninety_days_before_the_calendar_runs_out(day: date, warned: bool) -> None:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)

    assert clock.watch_calendar(at=at) is warned
    assert clock.watch_calendar(at=at) is warned
    assert CalendarWarning.objects.count() == warned
    assert AuditRow.objects.filter(kind="rulebook.warn").count() == warned


def test_the_warning_ends_when_the_year_is_loaded() -> None:
    clock.watch_calendar(at=AT)
    assert queries.warning(queries.calendar(), at=AT)

    build.year(at=AT)

    assert queries.warning(queries.calendar(), at=AT) is None


def test_only_the_clock_warns() -> None:
    with pytest.raises(NotPermitted):
        actions.warn(by=build.editor(), at=AT)


def _file(folder: Path, text: str = GOOD) -> str:
    path = folder / "2027.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_load_year_proposes_and_a_rule_editor_confirms(tmp_path: Path) -> None:
    out = StringIO()

    call_command("load_year", _file(tmp_path), stdout=out)
    year = CalendarYear.objects.get()
    actions.confirm_year(year, by=build.editor(), at=instants.now())

    assert "2027 is proposed" in out.getvalue()
    assert queries.calendar().knows(2027)


def test_load_year_with_a_second_person_counts_at_once(tmp_path: Path) -> None:
    editor, out = people.person(build.editor()), StringIO()

    call_command("load_year", _file(tmp_path), "--confirmed-by", editor.email, stdout=out)

    assert "2027 counts now" in out.getvalue()
    assert queries.calendar().knows(2027)


@pytest.mark.parametrize("second", ["the same", "nobody@example.org"])
def test_load_year_asks_for_two_rule_editors(tmp_path: Path, second: str) -> None:
    first = people.person(build.editor()).email
    second = first if second == "the same" else second

    with pytest.raises(CommandError):
        call_command("load_year", _file(tmp_path), "--by", first, "--confirmed-by", second)

    assert CalendarYear.objects.count() == 0


def test_load_year_names_the_line_and_loads_nothing(tmp_path: Path) -> None:
    broken = _file(tmp_path, GOOD.replace("2027-02-13", "2027-02-15"))

    with pytest.raises(CommandError, match="第 9 行：2027-02-15 不是周六或周日"):
        call_command("load_year", broken)

    assert CalendarYear.objects.count() == 0


def test_only_the_system_proposes_without_a_person() -> None:
    year = actions.propose_year(told=actions.read_year(GOOD), by=SYSTEM, at=AT)

    assert year.author_ids() == {None}
