"""How the portal writes money, dates, time left, shares and two-language names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

BEIJING = ZoneInfo("Asia/Shanghai")
SOON = timedelta(days=3)
WAN = Decimal(10_000)
YI = Decimal(100_000_000)
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def in_english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


# --- money ------------------------------------------------------------------------------------


def _decimal(amount: object) -> Decimal | None:
    try:
        return None if amount is None or amount == "" else Decimal(str(amount))
    except InvalidOperation:
        return None


def _grouped(amount: Decimal) -> str:
    """Thousands with commas; cents only where there are any."""
    exact = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"


@register.filter
def yuan(amount: object) -> str:
    """The full figure: 48,000 元 or CNY 48,000. `amount` in yuan; empty for none."""
    value = _decimal(amount)
    if value is None:
        return ""
    return f"CNY {_grouped(value)}" if in_english() else f"{_grouped(value)} 元"


def _shortened(value: Decimal) -> str:
    """At most two decimals of the largest fitting unit: 4.8 万元, CNY 1.25 million."""
    if in_english():
        million = Decimal(1_000_000)
        short = abs(value) >= million
        return f"CNY {_trimmed(value / million)} million" if short else f"CNY {_grouped(value)}"
    if abs(value) >= YI:
        return f"{_trimmed(value / YI)} 亿元"
    if abs(value) >= WAN:
        return f"{_trimmed(value / WAN)} 万元"
    return f"{_grouped(value)} 元"


def _trimmed(value: Decimal) -> str:
    figure = f"{value.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,.2f}"
    return figure.rstrip("0").rstrip(".")


@register.filter
def yuan_short(amount: object) -> str | SafeString:
    """4.8 万元 (CNY 1.25 million) where space is short, the full figure in the title."""
    value = _decimal(amount)
    if value is None:
        return ""
    return format_html('<span class="nowrap" title="{}">{}</span>', yuan(value), _shortened(value))


@register.filter
def grouped(figure: int | None) -> str:
    """A count with thousands: 1284 -> 1,284 in both languages."""
    return "" if figure is None else f"{figure:,}"


@register.filter
def percent(share: object, digits: int = 0) -> str:
    """A share between 0 and 1 as per cent, with `digits` decimals: 0.345 -> 35% (34.5% with 1)."""
    value = _decimal(share)
    if value is None:
        return ""
    rounded = (value * 100).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{rounded:f}%"


# --- dates ------------------------------------------------------------------------------------


def _beijing(when: datetime) -> datetime:
    return when.astimezone(BEIJING)


@register.filter
def day(when: date | None, form: str = "") -> str:
    """12月8日（星期二） or Tue 8 December; with the form "year" the year too.

    A datetime is taken at Beijing time; a date as it is.
    """
    if not when:
        return ""
    local = _beijing(when) if isinstance(when, datetime) else when
    if in_english():
        year = f" {local.year}" if form == "year" else ""
        return f"{WEEKDAYS_EN[local.weekday()]} {local.day} {MONTHS_EN[local.month - 1]}{year}"
    year = f"{local.year}年" if form == "year" else ""
    return f"{year}{local.month}月{local.day}日（星期{WEEKDAYS_ZH[local.weekday()]}）"


@register.filter
def short_day(when: date | None) -> str:
    """4月8日 or 8 Apr: one of many days in a row."""
    if not when:
        return ""
    if in_english():
        return f"{when.day} {MONTHS_EN[when.month - 1][:3]}"
    return f"{when.month}月{when.day}日"


@register.filter
def month(when: date | None) -> str:
    """2026年12月 or December 2026."""
    if not when:
        return ""
    if in_english():
        return f"{MONTHS_EN[when.month - 1]} {when.year}"
    return f"{when.year}年{when.month}月"


def weekdays() -> tuple[str, ...]:
    """星期一 to 星期日, or Mon to Sun."""
    return WEEKDAYS_EN if in_english() else tuple(f"星期{name}" for name in WEEKDAYS_ZH)


@register.filter
def hour(when: datetime | None) -> str:
    """17:00, Beijing time."""
    return f"{_beijing(when):%H:%M}" if when else ""


@register.filter
def moment(when: datetime | None, form: str = "") -> str:
    """12月8日（星期二）17:00 or Tue 8 December, 17:00; form "year" as in `day`."""
    if not when:
        return ""
    return f"{day(when, form)}{', ' if in_english() else ''}{hour(when)}"


@register.filter
def machine_time(when: date | None) -> str:
    """The value of a <time datetime> attribute: ISO 8601, Beijing offset."""
    if not when:
        return ""
    return _beijing(when).isoformat("T", "seconds") if isinstance(when, datetime) else str(when)


# --- time left --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Countdown:
    """What a deadline block shows: `state` is open, soon (3 days or less) or past."""

    state: str
    figure: int
    unit: str
    words: str


@register.filter
def days_left(due: datetime | None, at: datetime | None) -> int:
    """Calendar days in Beijing from `at` to `due`: 0 on the day itself, never negative."""
    if not due or not at:
        return 0
    return max(0, (_beijing(due).date() - _beijing(at).date()).days)


@register.filter
def countdown(due: datetime | None, at: datetime | None) -> Countdown | None:
    """The time from `at` to `due` in one figure: days, on the last day hours, at last minutes."""
    if not due or not at:
        return None
    left = due - at
    if left <= timedelta(0):
        return Countdown("past", 0, "", _("已截止"))
    state = "soon" if left <= SOON else "open"
    if days_left(due, at) and left >= timedelta(days=1):
        figure = days_left(due, at)
        unit = ngettext("天", "天", figure)
        return Countdown(state, figure, unit, _left_in_words(figure, unit))
    seconds = int(left.total_seconds())
    if seconds >= 3600:
        figure, unit = seconds // 3600, ngettext("小时", "小时", seconds // 3600)
    else:
        figure = max(1, seconds // 60)
        unit = ngettext("分钟", "分钟", figure)
    return Countdown(state, figure, unit, _left_in_words(figure, unit))


def _left_in_words(figure: int, unit: str) -> str:
    return _("还有 %(figure)s %(unit)s") % {"figure": figure, "unit": unit}


# --- two languages ----------------------------------------------------------------------------


@register.filter
def bilingual(thing: object, field: str = "name") -> str:
    """`field`_zh or `field`_en of an object or mapping, by the reader's language.

    Falls back to the other language when one is empty, and to str(thing) when it has neither.
    """
    if not thing or isinstance(thing, str):
        return str(thing or "")
    order = ("en", "zh") if in_english() else ("zh", "en")
    for language in order:
        name = f"{field}_{language}"
        value = thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, "")
        if value:
            return str(value)
    return str(thing)


@register.filter
def under(path: str | None, room: str | None) -> bool:
    """Whether an address lies in a room of the site: /tenders/x/ is under /tenders/."""
    return bool(path and room and path.startswith(room))


@register.filter
def file_size(size: int | None) -> str:
    """Bytes as a person reads them: 860 B, 24 kB, 3.1 MB (thousands, not 1,024s)."""
    if size is None:
        return ""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
