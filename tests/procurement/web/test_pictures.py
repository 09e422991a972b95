"""Where the parts of pictures stand: exact places, whatever the figures."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from procurement.web import pictures
from procurement.web.pictures import Cell, Drawn, Row


def rows(*sizes: int) -> list[Row]:
    """A row for each size, named by its place."""
    return [Row(str(n), size, str(size), (str(size),)) for n, size in enumerate(sizes)]


def bars(*sizes: int) -> Drawn:
    """A picture of bars."""
    return pictures.bars(name="b", title="标题", says="说明", heads=("甲", "乙"), rows=rows(*sizes))


def test_bars_are_as_long_as_their_share_of_the_longest() -> None:
    assert [bar.width for bar in bars(40, 20, 0).bars] == ["100.00%", "50.00%", "0.00%"]
    assert bars(40, 20, 0).height == "9.90em"
    assert bars().bars == ()
    assert [bar.width for bar in bars(0, 0).bars] == ["0.00%", "0.00%"]


def test_bars_of_a_whole_are_shares_of_it() -> None:
    drawn = pictures.bars(name="b", title="", says="", heads=(), rows=rows(25), most=Decimal(100))
    assert drawn.bars[0].width == "25.00%"


def test_columns_stand_on_one_line_and_the_highest_is_full() -> None:
    drawn = pictures.columns(name="c", title="", says="", heads=(), rows=rows(1, 4))
    assert drawn.base == "8.50em"
    assert [(c.y, c.height, c.middle) for c in drawn.columns] == [
        ("6.75em", "1.75em", "25.00%"),
        ("1.50em", "7.00em", "75.00%"),
    ]


def test_months_are_drawn_to_one_scale_above_and_below() -> None:
    drawn = pictures.months(
        name="m", title="", says="", heads=(), rows=[], ups=rows(8, 0), downs=rows(0, 4)
    )
    assert [month.up.height for month in drawn.months] == ["7.00em", "0.00em"]
    assert [month.down.height for month in drawn.months] == ["0.00em", "3.50em"]
    assert drawn.base == "10.00em"
    assert drawn.months[1].down.y == "11.70em"


@pytest.mark.parametrize(
    ("cell", "state", "level"),
    [
        (Cell(0, is_sought=False), "gap", 0),
        (Cell(0, is_sought=True), "sought", 0),
        (Cell(1, is_sought=True), "one", 1),
        (Cell(2, is_sought=False), "overlap", 2),
        (Cell(9, is_sought=False), "overlap", 3),
    ],
)
def test_a_cell_says_gap_sought_one_or_overlap(cell: Cell, state: str, level: int) -> None:
    assert (cell.state, cell.level) == (state, level)


def test_a_picture_is_an_image_with_a_name_words_and_a_table() -> None:
    text = render_to_string("components/bars.html", {"picture": bars(40, 20)})
    assert 'role="img" aria-labelledby="b-title b-desc"' in text
    assert '<title id="b-title">标题</title><desc id="b-desc">说明</desc>' in text
    assert text.count('<th scope="row">') == 2
    assert "style=" not in text


@pytest.mark.django_db
def test_the_component_page_shows_every_picture(client: Client) -> None:
    text = client.get(reverse("components:index")).content.decode()
    for name in ("bars", "columns", "months"):
        for state in ("much", "little"):
            assert f'id="{name}-{state}-title"' in text
    assert "5 项重叠" in text
    assert 'class="month"' in text
