"""The calendar of deadlines: what ends on which day of a month, and a link to it."""

import re
from calendar import Calendar
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations.instants import now
from procurement.publication import figures, queries
from procurement.publication.figures import CLOSING, ENQUIRY, EVERYWHERE, OPENING
from procurement.publication.models import Listing
from procurement.rules import SHANGHAI
from procurement.templatetags import display
from procurement.web import addresses
from procurement.web.pictures import Day, Event
from procurement.web.public import places

MOST = 40  # events a month that are named; of a fuller month each day says how many
YEARS = range(2000, 3000)
WORDS: Mapping[str, StrOrPromise] = {
    ENQUIRY: gettext_lazy("提问截止"),
    CLOSING: gettext_lazy("投标截止"),
    OPENING: gettext_lazy("开标"),
}


class Choice(forms.Form):
    """Which place, and which month."""

    month = forms.CharField(
        label=gettext_lazy("月份"),
        required=False,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-12"}),
    )
    region = forms.ChoiceField(
        label=gettext_lazy("州市"), required=False, choices=places.whole_or_prefectures
    )


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """One month: the end of bids and questions, and late openings, in their days."""
    at = now()
    today = at.astimezone(SHANGHAI).date()
    month = _month(request.GET.get("month", ""), today)
    asked = {"month": f"{month:%Y-%m}", "region": request.GET.get("region", "")}
    form = Choice(asked, auto_id="%s")
    region = form.cleaned_data["region"] if form.is_valid() else ""
    counted = _counted(month, region)
    total = sum(n for kinds in counted.values() for n in kinds.values())
    named = total <= MOST
    events = _named(month, region, at) if named else _numbers(counted, region)
    context = {
        "form": form,
        "month": month,
        "place": places.name(region) if region else "",
        "weekdays": display.weekdays(),
        "weeks": _weeks(month, today, events),
        "total": total,
        "named": named,
        "earlier": _beside(request, month - timedelta(days=1)),
        "later": _beside(request, month + timedelta(days=31)),
        "this_month": "" if month == today.replace(day=1) else _beside(request, today),
    }
    return render(request, "public/calendar.html", context)


def _month(typed: str, today: date) -> date:
    """Return the first day of the month in the address; of this month if there is none."""
    said = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", typed)
    if said and int(said[1]) in YEARS:
        return date(int(said[1]), int(said[2]), 1)
    return today.replace(day=1)


def _beside(request: HttpRequest, day: date) -> dict[str, object]:
    """Return a month near this one and its address; nothing beyond the years there can be."""
    if day.year not in YEARS:
        return {}
    return {"month": day, "url": addresses.with_changes(request, month=f"{day:%Y-%m}")}


def _counted(month: date, region: str) -> dict[date, dict[str, int]]:
    """Return how much of each kind ends on each day of the month, from the figures."""
    regions = [region, settings.PROVINCE_CODE] if region else [EVERYWHERE]
    found: dict[date, dict[str, int]] = {}
    for parts in figures.of_days(month.year, regions).values():
        for key, part in parts.items():
            day, what = key.split(":")
            if day.startswith(f"{month:%m}-"):
                kinds = found.setdefault(month.replace(day=int(day[3:])), {})
                kinds[what] = kinds.get(what, 0) + part.n
    return found


def _numbers(counted: Mapping[date, Mapping[str, int]], region: str) -> dict[date, list[Event]]:
    """Return each day's numbers as events; the ends of bids lead to the list of that day."""
    return {
        day: [_number(day, kind, kinds[kind], region) for kind in WORDS if kind in kinds]
        for day, kinds in counted.items()
    }


def _number(day: date, kind: str, n: int, region: str) -> Event:
    told = ngettext("%(what)s %(n)s 项", "%(what)s %(n)s 项", n) % {"what": WORDS[kind], "n": n}
    if kind != CLOSING:
        return Event(kind, told)
    asked: dict[str, str] = {
        "closes_from": str(day),
        "closes_to": str(day),
        **({"region": region} if region else {}),
    }
    return Event(kind, "", told, f"{reverse('public:tender-list')}?{urlencode(asked)}")


def _named(month: date, region: str, at: datetime) -> dict[date, list[Event]]:
    """Return what ends in the month, day by day, each with its title."""
    first = datetime.combine(month, time(0), SHANGHAI)
    last = datetime.combine((month + timedelta(days=31)).replace(day=1), time(0), SHANGHAI)
    dated = [
        Q(**{f"{name}__gte": first, f"{name}__lt": last})
        for name in ("tender_period_end", "enquiry_period_end", "opened_at")
    ]
    found = queries.tenders().filter(dated[0] | dated[1] | dated[2]).exclude(status="cancelled")
    if region:
        found = found.filter(regions__overlap=places.covering(region))
    events: dict[date, list[tuple[datetime, Event]]] = {}
    for listing in found[:MOST]:
        for when, event in _of(listing, at):
            events.setdefault(when.astimezone(SHANGHAI).date(), []).append((when, event))
    return {
        day: [event for _when, event in sorted(known, key=lambda each: (each[0], each[1].title))]
        for day, known in events.items()
    }


def _of(listing: Listing, at: datetime) -> Iterable[tuple[datetime, Event]]:
    """Yield the days of one procurement."""
    ends, opened = listing.tender_period_end, listing.opened_at
    late = (
        opened and ends and opened.astimezone(SHANGHAI).date() != ends.astimezone(SHANGHAI).date()
    )
    dated = ((ENQUIRY, listing.enquiry_period_end), (CLOSING, ends), (OPENING, late and opened))
    url = reverse("public:tender", args=[listing.ocid])
    for kind, when in dated:
        if when:
            told = f"{display.hour(when)} {WORDS[kind]}"
            if kind == CLOSING and opened and not late:
                told = _("%(told)s，已开标") % {"told": told}
            yield when, Event(kind, told, listing.title, url, is_past=when < at)


def _weeks(month: date, today: date, events: Mapping[date, list[Event]]) -> list[list[Day]]:
    return [
        [
            Day(
                day,
                is_outside=day.month != month.month,
                is_today=day == today,
                events=tuple(events.get(day, ())) if day.month == month.month else (),
            )
            for day in week
        ]
        for week in Calendar().monthdatescalendar(month.year, month.month)
    ]
