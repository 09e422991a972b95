"""How the portal runs: its parts, when each last showed itself, and every outage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from procurement.publication import heads, misfits
from procurement.publication.models import Entry
from procurement.publication.tree import Log
from procurement.pulse import queries as pulse
from procurement.pulse import rule
from procurement.pulse.models import Heartbeat, Outage
from procurement.web.public import words

# Each part, and how long it may be silent before something is wrong with it.
PARTS: Final[Mapping[str, tuple[StrOrPromise, timedelta]]] = {
    "web": (gettext_lazy("接收投标的网站（每 5 秒试投一次）"), timedelta(seconds=30)),
    "worker": (gettext_lazy("后台任务"), timedelta(seconds=60)),
    "sweep": (gettext_lazy("定时巡查（不依赖后台任务）"), timedelta(minutes=3)),
    "gate": (gettext_lazy("时间闸（截止前不交出钥匙）"), timedelta(seconds=60)),
    "watchdog": (gettext_lazy("看门程序"), timedelta(minutes=3)),
}
_SHOWN: Final = 50


@dataclass(frozen=True)
class PartRow:
    """One part of the portal as the page shows it."""

    name: StrOrPromise
    seen_at: datetime
    ago: str
    is_well: bool


@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Show what runs, by the database's own clock, and what did not."""
    real, ahead = instants.real(), instants.shift()
    found = {each.name: each for each in Heartbeat.objects.all()}
    rows = [_row(found[name], real, ahead) for name in PARTS if name in found]
    context = {
        "rows": rows,
        "is_well": all(row.is_well for row in rows),
        "is_watched": pulse.newest_canary() is not None,
        "last": Entry.objects.order_by("-index").defer("body").first(),
        "head": heads.latest(Log.NOTICES),
        "outages": [_outage(each) for each in Outage.objects.order_by("-ended_at")[:_SHOWN]],
        "rule": rule.TEXT,
        "rule_in_english": rule.TEXT_EN if words.in_english() else "",
        "misfits": [(wrong.label, times) for wrong, times in misfits.tally(at=real + ahead)],
        "at": real + ahead,
    }
    return render(request, "public/status.html", context)


def _row(beat: Heartbeat, real: datetime, ahead: timedelta) -> PartRow:
    name, longest = PARTS[beat.name]
    silent = max(real - beat.beat_at, timedelta(0))
    return PartRow(name, beat.beat_at + ahead, _ago(silent), silent <= longest)


def _ago(silent: timedelta) -> str:
    """Return a length of time in the largest unit that says enough."""
    seconds = round(silent.total_seconds())
    if seconds < 60:
        return ngettext("%(n)d 秒前", "%(n)d 秒前", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)d 分钟前", "%(n)d 分钟前", seconds // 60) % {"n": seconds // 60}
    return _("一小时以前")


def _outage(outage: Outage) -> dict[str, object]:
    seconds = round((outage.ended_at - outage.began_at).total_seconds())
    return {
        "began": outage.portal_began_at,
        "ended": outage.portal_ended_at,
        "length": ngettext("%(n)d 秒", "%(n)d 秒", seconds) % {"n": seconds}
        if seconds < 600
        else ngettext("%(n)d 分钟", "%(n)d 分钟", seconds // 60) % {"n": seconds // 60},
    }
