"""A change of a call is read in the reader's language: names of parts, dates in Beijing time."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from procurement.tenders.editable import AMENDABLE
from procurement.tenders.models import Tender
from procurement.web import changed
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

UTC, BEIJING = "2026-11-26T09:00:00+00:00", "2026-11-30T17:00:00+08:00"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh-hans", ("投标截止", "2026年11月26日（星期四）17:00", "2026年11月30日（星期一）17:00")),
        ("en", ("Bid deadline", "Thu 26 November 2026, 17:00", "Mon 30 November 2026, 17:00")),
    ],
)
def test_a_deadline_is_read_in_beijing_time_whatever_the_notice_kept(
    language: str, expected: tuple[str, str, str]
) -> None:
    with translation.override(language):
        found = changed.read("tender_period_end", "投标截止", UTC, BEIJING)
        assert (found.label, found.before, found.after) == expected
    assert found.is_date


def test_every_part_that_may_be_amended_has_the_name_and_kind_of_its_field() -> None:
    known = {**changed.TEXTS, **changed.INSTANTS, **changed.DAYS}
    assert set(known) == set(AMENDABLE)
    fields: dict[str, Any] = {name: Tender._meta.get_field(name) for name in AMENDABLE}
    assert {name: str(each) for name, each in known.items()} == {
        name: str(field.verbose_name) for name, field in fields.items()
    }
    dated = {name for name, field in fields.items() if isinstance(field, models.DateField)}
    assert dated == {*changed.INSTANTS, *changed.DAYS}


def test_what_was_empty_stays_empty_and_a_text_stays_as_it_is() -> None:
    assert changed.read("contract_end", "合同到期", "", "2027-01-31").before == ""
    assert changed.read("quantity", "数量", "200 人", "300 人").after == "300 人"


def test_a_part_that_is_known_no_more_keeps_the_name_it_was_published_under() -> None:
    found = changed.read("colour", "颜色", "红", "蓝")
    assert (found.label, found.before, found.after, found.is_date) == ("颜色", "红", "蓝", False)


def test_the_public_page_of_an_amended_call_shows_no_machine_time(client: Client) -> None:
    who = build.cast(1)
    tender = build.published(who)
    build.amended(who, tender, build.DEADLINE - timedelta(days=3), affects=True)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("public:tender", args=[tender.ocid])).content.decode()
    section = page.partition('id="amendments"')[2].partition("<h2")[0]
    assert "<h4>Quantity and unit</h4>" in section
    assert '<p lang="zh-Hans">' in section
    assert "<h4>Bid deadline</h4>" in section
    assert "+08:00" not in section.replace('datetime="', "")
    assert "T17:00" not in section
