"""How money, dates, time left and names are written, in both languages."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from procurement.templatetags import display
from procurement.templatetags.differences import Piece, difference
from procurement.templatetags.tiles import tile_map

DUE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)  # 17:00 in Beijing


def in_language(language: str, template: str, **context: object) -> str:
    """Render a one-line template that loads our filters."""
    with override(language):
        return Template("{% load display tiles %}" + template).render(Context(context))


# --- money


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        (Decimal(48000), "48,000 元", "CNY 48,000"),
        (Decimal("48000.50"), "48,000.50 元", "CNY 48,000.50"),
        (0, "0 元", "CNY 0"),
        (None, "", ""),
        ("not an amount", "", ""),
    ],
)
def test_yuan_shows_the_full_figure(amount: object, chinese: str, english: str) -> None:
    assert in_language("zh-hans", "{{ amount|yuan }}", amount=amount) == chinese
    assert in_language("en", "{{ amount|yuan }}", amount=amount) == english


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        (9_999, "9,999 元", "CNY 9,999"),
        (48_000, "4.8 万元", "CNY 48,000"),
        (1_265_000, "126.5 万元", "CNY 1.27 million"),
        (250_000_000, "2.5 亿元", "CNY 250 million"),
    ],
)
def test_yuan_short_keeps_the_full_figure_in_the_title(
    amount: int, chinese: str, english: str
) -> None:
    expected = '<span class="nowrap" title="{}">{}</span>'
    full = f"{amount:,}"
    shown = in_language("zh-hans", "{{ amount|yuan_short }}", amount=amount)
    assert shown == expected.format(f"{full} 元", chinese)
    shown = in_language("en", "{{ amount|yuan_short }}", amount=amount)
    assert shown == expected.format(f"CNY {full}", english)


def test_percent_rounds_to_the_digits_asked_for() -> None:
    assert display.percent(Decimal("0.345")) == "35%"
    assert display.percent(Decimal("0.345"), 1) == "34.5%"
    assert display.percent(None) == ""


# --- dates


def test_moment_is_beijing_time_with_its_weekday() -> None:
    assert in_language("zh-hans", "{{ due|moment }}", due=DUE) == "12月8日（星期二）17:00"
    assert in_language("en", "{{ due|moment }}", due=DUE) == "Tue 8 December, 17:00"


def test_moment_says_the_year_when_asked() -> None:
    assert in_language("zh-hans", '{{ d|moment:"year" }}', d=DUE) == "2026年12月8日（星期二）17:00"
    assert in_language("en", '{{ d|moment:"year" }}', d=DUE) == "Tue 8 December 2026, 17:00"


def test_day_late_in_the_evening_utc_is_the_next_day_in_beijing() -> None:
    late = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert in_language("zh-hans", '{{ d|day:"year" }}', d=late) == "2027年1月1日（星期五）"


def test_day_of_a_plain_date_is_that_date() -> None:
    assert in_language("en", '{{ d|day:"year" }}', d=date(2026, 12, 8)) == "Tue 8 December 2026"
    assert in_language("en", "{{ d|day }}", d=None) == ""


def test_machine_time_carries_the_beijing_offset() -> None:
    assert display.machine_time(DUE) == "2026-12-08T17:00:00+08:00"
    assert display.machine_time(date(2026, 12, 8)) == "2026-12-08"


# --- time left


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(days=6, hours=7), "open", "还有 6 天"),
        (timedelta(days=2), "soon", "还有 2 天"),
        (timedelta(hours=7, minutes=59), "soon", "还有 7 小时"),
        (timedelta(minutes=12), "soon", "还有 12 分钟"),
        (timedelta(seconds=20), "soon", "还有 1 分钟"),
        (timedelta(0), "past", "已截止"),
        (timedelta(seconds=-1), "past", "已截止"),
    ],
)
def test_countdown_says_one_figure(left: timedelta, state: str, words: str) -> None:
    with override("zh-hans"):
        shown = display.countdown(DUE, DUE - left)
    assert shown is not None
    assert (shown.state, shown.words) == (state, words)


def test_days_left_counts_calendar_days_in_beijing() -> None:
    just_before_midnight = datetime(2026, 12, 7, 15, 59, tzinfo=UTC)
    assert display.days_left(DUE, just_before_midnight) == 1
    assert display.days_left(DUE, just_before_midnight + timedelta(minutes=1)) == 0
    assert display.days_left(DUE, DUE + timedelta(days=9)) == 0


# --- two languages


def test_bilingual_follows_the_reader_and_falls_back() -> None:
    both = {"name_zh": "昆明", "name_en": "Kunming"}
    assert in_language("zh-hans", "{{ place|bilingual }}", place=both) == "昆明"
    assert in_language("en", "{{ place|bilingual }}", place=both) == "Kunming"
    assert in_language("en", "{{ place|bilingual }}", place={"name_zh": "昆明"}) == "昆明"
    assert in_language("en", "{{ place|bilingual }}", place="昆明") == "昆明"
    assert in_language("en", "{{ place|bilingual }}", place=None) == ""


def test_bilingual_reads_another_field() -> None:
    notice = {"title_zh": "公告", "title_en": "Notice"}
    assert in_language("en", '{{ notice|bilingual:"title" }}', notice=notice) == "Notice"


def test_file_size_is_in_thousands() -> None:
    sizes = [display.file_size(size) for size in (860, 24_300, 3_140_000, None)]
    assert sizes == ["860 B", "24 kB", "3.1 MB", ""]


def test_under_tells_a_room_from_another_with_its_name_inside() -> None:
    assert display.under("/planning/3/", "/planning/") is True
    assert display.under("/agency/planning/", "/planning/") is False
    assert display.under(None, "/planning/") is False


# --- differences


def test_difference_marks_changed_words_only() -> None:
    found = difference("12月3日 17:00 截止", "12月8日 17:00 截止")
    assert found.before == (
        Piece("12月", False),
        Piece("3", True),
        Piece("日 17:00 截止", False),
    )
    assert found.after == (
        Piece("12月", False),
        Piece("8", True),
        Piece("日 17:00 截止", False),
    )


def test_difference_of_nothing_is_empty() -> None:
    found = difference(None, "新增")
    assert (found.before, found.after) == ((), (Piece("新增", True),))


# --- tile map


def test_tile_map_places_every_prefecture_once() -> None:
    with override("en"):
        drawn = tile_map({"530100": 12, "532500": 1}, "Open tenders", address="?region=")
    tiles = drawn["tiles"]
    assert isinstance(tiles, list)
    assert len({(tile.x, tile.y) for tile in tiles}) == len({tile.code for tile in tiles}) == 16
    kunming = next(tile for tile in tiles if tile.code == "530100")
    assert (kunming.name, kunming.figure, kunming.level) == ("Kunming", 12, 4)
    assert kunming.url == "?region=530100"
    levels = {tile.code: tile.level for tile in tiles if tile.level}
    assert json.dumps(levels) == '{"530100": 4, "532500": 1}'
