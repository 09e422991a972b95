"""A deadline as a browser sends it: a day, and an hour that is filled in beforehand."""

from datetime import datetime

import pytest
from django import forms

from procurement.rules import SHANGHAI
from procurement.web.agency.drafts import DeadlineField


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
