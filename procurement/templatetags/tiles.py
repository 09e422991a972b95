"""The tile map: one square per prefecture, placed by hand; a scheme, not a map with boundaries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from django import template
from django.conf import settings

from procurement.templatetags.display import bilingual, in_english

register = template.Library()

SIDE = 64  # of one square, in the drawing's own units
DARKEST = 4


class Square(TypedDict):
    """A prefecture in a province's data file tiles_<code>.json; names on a tile break in lines."""

    code: str
    name_zh: str
    name_en: str
    tile_zh: list[str]
    tile_en: list[str]
    column: int
    row: int


@dataclass(frozen=True)
class Line:
    """A line of a tile's name and where it stands."""

    text: str
    y: int


@dataclass(frozen=True)
class Tile:
    """One prefecture: where its square is, its figure, and how dark it is (level 0 to 4)."""

    code: str
    name: str
    lines: tuple[Line, ...]
    figure: int
    level: int
    x: int
    y: int
    url: str


@cache
def _layout(province: str) -> tuple[Square, ...]:
    """The squares of a province from its data file; none when it has no layout yet."""
    path = Path(__file__).parent / f"tiles_{province}.json"
    return tuple(json.loads(path.read_text("utf-8"))) if path.exists() else ()


def short_names() -> dict[str, str]:
    """Return the prefectures' short names by code: 红河, Honghe. None without a layout."""
    return {square["code"]: bilingual(square) for square in _layout(settings.PROVINCE_CODE)}


def _level(figure: int, largest: int) -> int:
    """0 for none, then four equal steps up to the largest figure."""
    return 0 if figure <= 0 else min(DARKEST, 1 + (figure * 4 - 1) // max(largest, 4))


def _lines(square: Square) -> tuple[Line, ...]:
    words = square["tile_en"] if in_english() else square["tile_zh"]
    first = 20 if len(words) > 1 else 29
    return tuple(Line(word, first + 15 * place) for place, word in enumerate(words))


@register.inclusion_tag("components/tile_map.html")
def tile_map(
    figures: Mapping[str, int], title: str, address: str, chosen: str = ""
) -> dict[str, object]:
    """Draw the province's prefectures with a figure each, and the same figures as links.

    `figures` by six-digit division code (a missing one is 0); `title` says what is counted;
    `address` is what a tile links to, the code appended; `chosen` is the code of the prefecture
    now shown.
    """
    squares = _layout(settings.PROVINCE_CODE)
    largest = max((figures.get(square["code"], 0) for square in squares), default=0)
    tiles = [
        Tile(
            code=square["code"],
            name=bilingual(square),
            lines=_lines(square),
            figure=figures.get(square["code"], 0),
            level=_level(figures.get(square["code"], 0), largest),
            x=square["column"] * SIDE,
            y=square["row"] * SIDE,
            url=f"{address}{square['code']}",
        )
        for square in squares
    ]
    return {
        "tiles": tiles,
        "title": title,
        "chosen": chosen,
        "width": max((tile.x for tile in tiles), default=0) + SIDE,
        "height": max((tile.y for tile in tiles), default=0) + SIDE,
    }
