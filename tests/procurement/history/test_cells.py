"""Cells of past notices: what is understood, and what is refused rather than guessed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.history import cells

WAN = cells.WAN
amounts = st.decimals("0.01", "99999999999.99", places=2)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("cell", "unit", "yuan"),
    [
        (Decimal("7.166"), WAN, "71660.00"),
        (15, WAN, "150000.00"),
        ("1,341.0", WAN, "13410000.00"),
        ("366.225", WAN, "3662250.00"),
        (" ６８８０００.５ ", Decimal(1), "688000.50"),
        ("15万元", None, "150000.00"),
        ("15 万", None, "150000.00"),
        ("¥688,000.00元", None, "688000.00"),
        ("200元", WAN, "200.00"),  # what the cell says itself goes before the heading
    ],
)
def test_yuan_is_exact(cell: object, unit: Decimal | None, yuan: str) -> None:
    assert cells.yuan(cell, unit) == Decimal(yuan)


@pytest.mark.parametrize(
    "cell",
    ["约15", "待定", "-3", "0", "0.0000001", "1,2", "15.5.5", "NaN", "Infinity", "1e5", "十五",
     True, [15], "9" * 40, "15万美元", "10-20"],
)  # fmt: skip
def test_yuan_refuses_what_it_would_have_to_guess(cell: object) -> None:
    with pytest.raises(cells.Unreadable):
        cells.yuan(cell, WAN)


def test_yuan_without_any_unit_is_refused() -> None:
    with pytest.raises(cells.Unreadable, match="万元"):
        cells.yuan("150000")


@given(amounts)
def test_yuan_reads_back_every_amount(amount: Decimal) -> None:
    assert cells.yuan(str(amount), Decimal(1)) == amount
    assert cells.yuan(f"{amount:,}元") == amount
    assert cells.yuan(str(amount.scaleb(-4)), WAN) == amount


@given(st.text(max_size=40))
def test_yuan_of_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = cells.yuan(text, WAN)
    except cells.Unreadable:
        return
    assert 0 < amount < cells.LARGEST
    assert amount == amount.quantize(Decimal("0.01"))


@given(days)
def test_day_reads_every_way_of_writing_it(day: date) -> None:
    for cell in (
        day.isoformat(),
        f"{day.isoformat()} 09:15:30",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month:02}.{day.day:02}",
    ):
        assert cells.day(cell) == day
        assert cells.month(cell) == day.replace(day=1)


@given(days)
def test_month_reads_every_way_of_writing_it(day: date) -> None:
    first = day.replace(day=1)
    for cell in (f"{day.year}年{day.month:02}月", f"{day.year}-{day.month}", f"{day:%Y/%m}"):
        assert cells.month(cell) == first


@given(st.text(max_size=30))
def test_a_date_of_any_text_is_a_date_or_refused(text: str) -> None:
    for read in (cells.day, cells.month):
        try:
            found = read(text)
        except cells.Unreadable:
            continue
        assert date(1990, 1, 1) - timedelta(1) < found < date(2101, 1, 1)


@pytest.mark.parametrize("cell", ["2026-13-40", "2026-02-30", "1026-01-01", "明年春天", "5月", ""])
def test_day_refuses_what_is_no_date(cell: str) -> None:
    with pytest.raises(cells.Unreadable):
        cells.day(cell)


@pytest.mark.parametrize(
    ("cell", "said"), [("是", True), ("否", False), (" Ｙ ", True), (False, False), ("no", False)]
)
def test_answer_is_yes_or_no(cell: object, said: bool) -> None:
    assert cells.answer(cell) is said


def test_answer_refuses_maybe() -> None:
    with pytest.raises(cells.Unreadable):
        cells.answer("也许")


@pytest.mark.parametrize("cell", [None, "", "　", "-", "—", "/", "无", "暂无", "NULL", "n/a"])
def test_people_write_nothing_in_many_ways(cell: object) -> None:
    assert cells.is_blank(cell)


@pytest.mark.parametrize(
    "cell",
    ["javascript:alert(1)", "ftp://a.example/x", "http://", "www.example.org", "https://a b.cn",
     'https://a.example/"x', "https://a.example/" + "x" * 600, "http://[bad"],
)  # fmt: skip
def test_address_takes_nothing_but_the_web(cell: str) -> None:
    with pytest.raises(cells.Unreadable):
        cells.address(cell)


@pytest.mark.parametrize("cell", ["a\x00b", "\ud800", ["list"], "x" * 11])
def test_text_refuses_what_cannot_be_kept(cell: object) -> None:
    with pytest.raises(cells.Unreadable):
        cells.text(cell, 10)
