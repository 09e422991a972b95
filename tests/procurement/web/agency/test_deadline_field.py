"""A deadline as a browser sends it: a day, and an hour that is filled in beforehand."""

from datetime import datetime

import pytest
from django import forms

from procurement.rules import SHANGHAI
from procurement.web.agency.drafts import DeadlineField

pytestmark = pytest.mark.django_db  # the calendar years that are loaded


@pytest.mark.parametrize("day", ["", "2026-12-08"])
def test_an_hour_alone_is_no_deadline(day: str) -> None:
    field = DeadlineField("提问截止")
    field.required = False
    expected = datetime(2026, 12, 8, 17, 0, tzinfo=SHANGHAI) if day else None
    assert field.clean([day, "17:00"]) == expected


def test_a_demanded_deadline_needs_its_day() -> None:
    with pytest.raises(forms.ValidationError):
        DeadlineField("投标截止").clean(["", "17:00"])


def test_a_slip_in_the_day_is_named() -> None:
    with pytest.raises(forms.ValidationError, match="请填写日期"):
        DeadlineField("投标截止").clean(["8 日", "17:00"])


def test_a_day_off_is_no_deadline_and_the_next_working_day_is_named() -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        DeadlineField("投标截止").clean(["2026-10-03", "17:00"])
    assert refusal.value.messages == [
        "2026年10月3日（星期六） 放假，不能作截止日。最近的工作日是 2026年10月8日（星期四）。"
    ]


def test_a_weekend_day_that_is_worked_is_a_deadline() -> None:
    worked = datetime(2026, 10, 10, 17, 0, tzinfo=SHANGHAI)  # a make-up Saturday
    assert DeadlineField("投标截止").clean(["2026-10-10", "17:00"]) == worked


def test_a_day_of_a_year_without_a_calendar_is_not_refused() -> None:
    assert DeadlineField("投标截止").clean(["2031-01-01", "17:00"]) is not None
