"""Cells as past notices hold them: money, days, months, yes and no, addresses. Pure."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

CENT, WAN = Decimal("0.01"), Decimal(10_000)
LARGEST = Decimal(10) ** 14  # yuan
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_URL = 500

# What people write into a cell that has nothing to say.
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无", "暂无", "null", "none", "n/a"})
YES, NO = frozenset({"是", "y", "yes", "true", "1"}), frozenset({"否", "n", "no", "false", "0"})

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2})?)?"
)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_FIGURE = re.compile(r"(?:人民币|¥|CNY)?\s*(\d[\d,]*(?:\.\d+)?)\s*(万元|元|万)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")

T = TypeVar("T")


class Unreadable(ValueError):
    """A cell that cannot be understood; `expected` says what would be."""

    def __init__(self, expected: StrOrPromise) -> None:
        super().__init__(str(expected))
        self.expected = expected


def plain(cell: object) -> str:
    """Return a cell as text: full-width forms as half-width, no space around it."""
    if cell is None:
        return ""
    return unicodedata.normalize("NFKC", str(cell)).strip()


def is_blank(cell: object) -> bool:
    """Say whether a cell says nothing, in one of the ways people write nothing."""
    return plain(cell).casefold() in NOTHING


def optional(read: Callable[[object], T], cell: object) -> T | None:
    """Return what a cell says, or None when it says nothing. Raises what `read` raises."""
    return None if is_blank(cell) else read(cell)


def text(cell: object, longest: int) -> str:
    """Return a text as it stands, without space around it. Raises Unreadable when too long."""
    if isinstance(cell, (dict, list, bool)):
        raise Unreadable(_("一段文字"))
    found = "" if cell is None else str(cell).strip()
    if "\x00" in found or any("\ud800" <= sign <= "\udfff" for sign in found):
        raise Unreadable(_("没有损坏字符的文字"))
    if len(found) > longest:
        raise Unreadable(_("不超过 %(longest)s 个字的文字") % {"longest": longest})
    return found


def yuan(cell: object, unit: Decimal | None = None) -> Decimal:
    """Return an amount in yuan, exact to the cent.

    `unit` is what the heading says one is worth (1 or 10,000 yuan); without it the cell must say
    so itself (元, 万元). Raises Unreadable.
    """
    expected = _("大于 0 的金额，精确到分，写明元或万元，例如 15 万元或 150000 元")
    if isinstance(cell, bool):
        raise Unreadable(expected)
    found = _FIGURE.fullmatch(plain(cell))
    if found is None:
        raise Unreadable(expected)
    figure, written = found.groups()
    if "," in figure and not _GROUPED.fullmatch(figure):
        raise Unreadable(expected)
    worth = {"元": Decimal(1), "万元": WAN, "万": WAN}.get(written) if written else unit
    if worth is None:
        raise Unreadable(expected)
    return _exact(Decimal(figure.replace(",", "")), worth, expected)


def _exact(figure: Decimal, worth: Decimal, expected: StrOrPromise) -> Decimal:
    if len(figure.as_tuple().digits) > len(str(LARGEST)) + 8:
        raise Unreadable(expected)
    try:
        amount = figure * worth
        rounded = amount.quantize(CENT)
    except InvalidOperation as error:
        raise Unreadable(expected) from error
    if amount != rounded or not 0 < amount < LARGEST:
        raise Unreadable(expected)
    return rounded


def day(cell: object) -> date:
    """Return the day of a date or of a date with a time of day. Raises Unreadable."""
    expected = _("一个日期，例如 2026-05-11 或 2026年5月11日")
    found = _DAY.fullmatch(plain(cell))
    if found is None:
        raise Unreadable(expected)
    return _date(int(found[1]), int(found[2]), int(found[3]), expected)


def month(cell: object) -> date:
    """Return the first day of the month of `2026年06月`, `2026-6` or a whole date."""
    expected = _("一个月份，例如 2026年06月 或 2026-06")
    found = _MONTH.fullmatch(plain(cell))
    if found is not None:
        return _date(int(found[1]), int(found[2]), 1, expected)
    try:
        return day(cell).replace(day=1)
    except Unreadable as unreadable:
        raise Unreadable(expected) from unreadable


def _date(year: int, month_: int, day_: int, expected: StrOrPromise) -> date:
    try:
        found = date(year, month_, day_)
    except ValueError as error:
        raise Unreadable(expected) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unreadable(expected)
    return found


def answer(cell: object) -> bool:
    """Return yes or no. Raises Unreadable."""
    word = plain(cell).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Unreadable(_("是 或 否"))


def address(cell: object) -> str:
    """Return an address of the web. Raises Unreadable for anything but http and https."""
    found = plain(cell)
    expected = _("以 http:// 或 https:// 开头的网址")
    try:
        parts = urlsplit(found)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError as error:
        raise Unreadable(expected) from error
    if not valid or len(found) > LONGEST_URL or re.search(r"[\s\x00-\x1f<>\"]", found):
        raise Unreadable(expected)
    return found
