"""Calendars of tenders: stable events, moved by amendments, struck out when called off."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from organizations import instants
from procurement.amendments import actions as amendments
from procurement.publication.models import Listing
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders.procurement import Cast
from tests.procurement.publication import listings
from tests.procurement.web.public.conftest import Open, open_dates

pytestmark = pytest.mark.django_db

ALL = reverse("public:tender-calendar")


def events(client: Client, address: str) -> dict[str, Any]:
    """The events of a calendar by the last part of their UID, and what RFC 5545 requires."""
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "text/calendar; charset=utf-8",
    )
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = Calendar.from_ical(answer.content)
    assert isinstance(calendar, Calendar)
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    [zone] = calendar.walk("VTIMEZONE")
    found: list[Any] = calendar.walk("VEVENT")
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"} <= set(event)
        assert event["DTSTART"].params["TZID"] == zone["TZID"] == "Asia/Shanghai"
    names = [str(event["UID"]) for event in found]
    assert len(set(names)) == len(names)
    return {name.rsplit("@")[0]: event for name, event in zip(names, found, strict=True)}


def own(tender: Tender) -> str:
    return reverse("public:calendar", args=[tender.ocid])


def test_a_tender_has_its_days_with_an_alarm_a_day_before(client: Client, open_now: Open) -> None:
    tender = open_now()
    told = events(client, own(tender))
    deadline = told[f"{tender.ocid}-deadline"]
    assert deadline.start == tender.tender_period_end
    assert deadline["DTSTART"].dt.utcoffset() == timedelta(hours=8)
    assert deadline["SUMMARY"] == f"投标截止 · {tender.title}"
    assert deadline["STATUS"] == "CONFIRMED"
    [alarm] = deadline.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(days=-1))
    assert told[f"{tender.ocid}-enquiries"].start == tender.enquiry_period_end
    assert told[f"{tender.ocid}-opening"].start >= tender.tender_period_end


def test_an_amendment_moves_the_same_event(client: Client, who: Cast, open_now: Open) -> None:
    tender = open_now()
    before = events(client, own(tender))[f"{tender.ocid}-deadline"]
    assert tender.tender_period_end is not None
    moved = tender.tender_period_end + timedelta(days=7)
    at = open_dates()["at"] + timedelta(days=1)
    change = amendments.propose(
        tender,
        changes={"tender_period_end": moved},
        rationale="给大家更多时间。",
        affects_preparation=False,
        by=who.drafter,
        at=at,
    )
    amendments.publish(change, by=who.approver, at=at)
    after = events(client, own(tender))[f"{tender.ocid}-deadline"]
    assert (after["UID"], after.start) == (before["UID"], moved)
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt


def test_what_is_called_off_is_struck_out(client: Client, who: Cast, open_now: Open) -> None:
    tender = open_now()
    before = events(client, own(tender))
    tenders.cancel(tender, reason="经费取消。", by=who.approver, at=instants.now())
    for address in (own(tender), ALL):
        after = events(client, address)
        assert set(after) == set(before)
        assert {str(each["STATUS"]) for each in after.values()} == {"CANCELLED"}
        assert all(after[name]["SEQUENCE"] > before[name]["SEQUENCE"] for name in before)
        assert [alarm for each in after.values() for alarm in each.walk("VALARM")] == []


def test_a_search_and_its_calendar_agree(client: Client, open_now: Open) -> None:
    tender = open_now()
    assert f"{tender.ocid}-deadline" in events(client, f"{ALL}?region=530102&service=follow_up")
    assert events(client, f"{ALL}?region=530103") == {}
    assert events(client, f"{ALL}?agency=教育局") == {}


def test_what_is_long_past_leaves_the_calendar_of_a_search(client: Client, awarded: Tender) -> None:
    assert events(client, ALL) == {}
    assert len(events(client, own(awarded))) == 3


def test_an_unknown_tender_has_no_calendar(client: Client) -> None:
    assert client.get(reverse("public:calendar", args=["ocds-0"])).status_code == 404


def test_english_readers_get_english_words(client: Client, open_now: Open) -> None:
    tender = open_now()
    told = events(client, f"{own(tender)}?lang=en")
    assert told[f"{tender.ocid}-deadline"]["SUMMARY"] == f"Bid deadline · {tender.title}"
    assert told[f"{tender.ocid}-deadline"].start.tzinfo is not None
    assert told[f"{tender.ocid}-deadline"].start.astimezone(SHANGHAI).hour == 17


def test_an_open_tender_offers_its_calendar(client: Client, open_now: Open) -> None:
    tender = open_now()
    page = client.get(reverse("public:tender", args=[tender.ocid])).content.decode()
    assert f'<a href="{own(tender)}">加入日历</a>' in page


def test_thirty_tenders_cost_the_queries_of_one(
    client: Client, open_now: Open, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tender = open_now()
    with CaptureQueriesContext(connection) as one:
        client.get(ALL)
    assert len(one) <= 4
    listings.copies(Listing.objects.get(pk=tender.ocid), 29)
    with django_assert_num_queries(len(one)):
        assert len(events(client, ALL)) == 90
