"""An agency's duties as an iCalendar feed: read by calendar programs, without signing in."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from organizations import instants
from organizations.refusals import NotFound
from procurement.obligations import queries
from procurement.obligations.models import Obligation
from procurement.publication.links import absolute
from procurement.web.agency import duty_rows
from procurement.web.agency.duty_rows import Row

MOST = 500
FRESH = 3600  # seconds


def address(agency_id: int) -> str:
    """Return the address of an agency's calendar, in the language of the reader."""
    query = {"key": queries.feed_key(agency_id), "lang": get_language() or "zh-hans"}
    return f"{absolute(reverse('agency:duty-calendar'))}?{urlencode(query)}"


@require_safe
def duty_calendar(request: HttpRequest) -> HttpResponse:
    """Every open duty as a day in the calendar; nothing personal, only what notices say."""
    agency = queries.feed_owner(request.GET.get("key", ""))
    if agency is None:
        raise NotFound(_("这个日历地址不存在，或者已经更换。请在“要办的事”页面取新地址。"))
    at = instants.now()
    own = Obligation.objects.filter(procuring_entity_id=agency).select_related("process")
    language = request.GET.get("lang", "")
    with translation.override("en" if language.startswith("en") else "zh-hans"):
        body = _calendar(duty_rows.rows(own.open()[:MOST], at), at)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="duties.ics"'
    patch_cache_control(response, private=True, max_age=FRESH)
    return response


def _calendar(rows: list[Row], at: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME_EN}//duties//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("要办的事"))
    calendar.add("refresh-interval", timedelta(seconds=FRESH), parameters={"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, at))
    return bytes(calendar.to_ical())


def _event(row: Row, at: datetime) -> Event:
    """Return one duty as an all-day event on its last day, tentative where that may change."""
    duty, event = row.duty, Event()
    is_certain = duty.due_at is not None and duty.is_certain
    last = queries.day(duty.due_at) if duty.due_at else duty.not_before
    mark = _("已逾期") if row.is_late else "" if is_certain else _("日期暂定")
    event.add("uid", f"{duty.public_id}@{settings.OCID_PREFIX}")
    event.add("dtstamp", at)
    event.add("dtstart", last)
    event.add("dtend", last + timedelta(days=1))
    event.add("summary", " · ".join(str(part) for part in (mark, row.what, duty.title) if part))
    event.add("description", "\n".join((row.text, row.counted, row.basis)))
    event.add("url", absolute(reverse("agency:duty", args=[duty.pk])))
    event.add("status", "CONFIRMED" if is_certain else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    return event
