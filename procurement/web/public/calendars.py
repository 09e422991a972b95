"""iCalendar feeds (RFC 5545): the days of the tenders in a search, and of one tender."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Func, IntegerField, QuerySet
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise
from icalendar import Alarm, Calendar, Event, Timezone, TimezoneStandard

from organizations.instants import now
from procurement.publication import queries
from procurement.publication.links import absolute
from procurement.publication.models import Listing
from procurement.publication.queries import State, state_of
from procurement.rules import SHANGHAI
from procurement.templatetags.display import yuan
from procurement.web.public import cards, lists, places, words
from procurement.web.public.answers import answer
from procurement.web.public.feeds import FRESH, asked_language, searched
from procurement.web.public.filters import TenderFilter

MOST = 100  # tenders of each status
KEPT = timedelta(days=30)  # how long after its deadline a tender stays in a calendar of a search
WARNED = timedelta(days=-1)  # when the alarm goes, from the instant
KIND = "text/calendar; charset=utf-8"
# What is still to come, and what was called off: a calendar program is told to strike it out.
SHOWN = ("active", "cancelled")


@dataclass(frozen=True)
class Day:
    """One instant of a tender: `name` stays the same whatever happens to the date."""

    name: str
    what: StrOrPromise
    when: datetime
    place: str = ""


@require_safe
def tenders(request: HttpRequest) -> HttpResponse:
    """What ends and opens when, of the tenders that the list shows for the same query."""
    at = now()
    narrowed = TenderFilter(request.GET, at)
    found = _with_days(narrowed.rows()).filter(tender_period_end__gte=at - KEPT)
    rows = [
        listing
        for status in SHOWN
        for listing in found.filter(status=status).order_by("tender_period_end", "ocid")[:MOST]
    ]
    with translation.override(asked_language(request)):
        chips = lists.chips(request, TenderFilter({}, at).form, narrowed.chosen())
        return _calendar(request, searched(_("采购项目"), chips), rows, at)


@require_safe
def tender(request: HttpRequest, ocid: str) -> HttpResponse:
    """What ends and opens when, of one tender."""
    listing = _with_days(queries.tenders().filter(pk=ocid)).first()
    if listing is None:
        raise Http404
    with translation.override(asked_language(request)):
        return _calendar(request, listing.title, [listing], now())


def _with_days(found: QuerySet[Listing]) -> QuerySet[Listing]:
    """Take out of the record, in the database, when and where bids are opened.

    The number of notices says how often anything was changed: it never falls.
    """
    length = {"function": "jsonb_array_length", "output_field": IntegerField()}
    return found.annotate(
        opening=KT("compiled__tender__bidOpening__date"),
        place=KT("compiled__tender__bidOpening__address__streetAddress"),
        told=Func(F("compiled__notices"), **length),
    )


def _calendar(
    request: HttpRequest, title: str, rows: Iterable[Listing], at: datetime
) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME_EN}//tenders//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add_component(_beijing())
    for listing in rows:
        for day in _days(listing):
            calendar.add_component(_event(day, listing, at))
    body = bytes(calendar.to_ical())
    return answer(request, body, kind=KIND, name="tenders.ics", **FRESH)


def _beijing() -> Timezone:
    """Return the time of all dates: eight hours ahead, summer and winter, since 1991."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", SHANGHAI.key)
    standard.add("dtstart", datetime(1991, 9, 15, 1))  # noqa: DTZ001 - local by definition
    standard.add("tzoffsetfrom", timedelta(hours=9))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _days(listing: Listing) -> Iterator[Day]:
    row: Any = listing  # with what `_with_days` took out of the record
    if listing.enquiry_period_end:
        yield Day("enquiries", gettext_lazy("提问截止"), listing.enquiry_period_end)
    if listing.tender_period_end:
        yield Day("deadline", gettext_lazy("投标截止"), listing.tender_period_end)
    opening = datetime.fromisoformat(row.opening) if row.opening else None
    if opening:
        yield Day("opening", gettext_lazy("开标"), opening, row.place or "")


def _event(day: Day, listing: Listing, at: datetime) -> Event:
    """Return one instant as an event, with an alarm a day before."""
    row: Any = listing
    is_off = listing.status == State.CANCELLED
    url = absolute(cards.address(listing, state_of(listing, at)))
    event = Event()
    event.add("uid", f"{listing.ocid}-{day.name}@{settings.OCID_PREFIX}")
    event.add("sequence", row.told)
    event.add("dtstamp", listing.updated_at)
    event.add("last-modified", listing.updated_at)
    event.add("dtstart", day.when.astimezone(SHANGHAI))
    called_off = str(words.STATES[State.CANCELLED]) if is_off else ""
    event.add("summary", " · ".join(filter(None, (called_off, str(day.what), listing.title))))
    told = (listing.agency_name, places.names(listing.regions[:3]), yuan(listing.budget), url)
    event.add("description", "\n".join(filter(None, told)))
    event.add("url", url)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if day.place:
        event.add("location", day.place)
    if not is_off:
        event.add_component(_alarm(day, listing))
    return event


def _alarm(day: Day, listing: Listing) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{day.what} · {listing.title}")
    alarm.add("trigger", WARNED)
    return alarm
