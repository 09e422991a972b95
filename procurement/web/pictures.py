"""Where the parts of a picture stand. Pure: sizes in, places in em and per cent out.

Widths are shares of the page and heights are em, so that letters keep their size on every screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TALLEST = 7.0  # em of the tallest column
LETTER = 1.5  # em of a line of letters
STEP = 3.3  # em from bar to bar


@dataclass(frozen=True)
class Row:
    """One figure of a picture: `told` stands beside its bar, `cells` in the table below."""

    label: str
    size: Decimal | int
    told: str
    cells: tuple[str, ...] = ()
    url: str = ""
    is_quiet: bool = False  # drawn as an outline: nobody said


@dataclass(frozen=True)
class Bar:
    """One bar: where its letters and its rectangle stand (em), and how long it is (per cent)."""

    row: Row
    words_y: str
    y: str
    width: str


@dataclass(frozen=True)
class Column:
    """One column, and its figure and its label in the middle of it."""

    row: Row
    x: str
    middle: str
    width: str
    y: str
    height: str
    told_y: str


@dataclass(frozen=True)
class Month:
    """One month: what was in time above the line, what was late below it."""

    up: Column
    down: Column


@dataclass(frozen=True)
class Drawn:
    """A picture with its words: `name` is unique on the page, `says` tells it to who cannot see."""

    name: str
    title: str
    says: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    height: str
    bars: tuple[Bar, ...] = ()
    columns: tuple[Column, ...] = ()
    months: tuple[Month, ...] = ()
    base: str = ""
    labels_y: str = ""


def _em(length: float) -> str:
    return f"{length:.2f}em"


def _share(share: float) -> str:
    return f"{100 * share:.2f}%"


def _of(size: Decimal | int, most: Decimal | int) -> float:
    return float(size) / float(most) if most else 0.0


def bars(
    *,
    name: str,
    title: str,
    says: str,
    heads: tuple[str, ...],
    rows: Sequence[Row],
    table: Sequence[Row] = (),
    most: Decimal | int | None = None,
) -> Drawn:
    """Lay out lying bars, one under another; `most` is as long as the page is wide, and
    `table` what the table says where that is more than the bars."""
    longest = most or max((row.size for row in rows), default=0)
    laid = tuple(
        Bar(row, _em(STEP * n + 1.1), _em(STEP * n + 1.6), _share(_of(row.size, longest)))
        for n, row in enumerate(rows)
    )
    return Drawn(name, title, says, heads, tuple(table or rows), _em(STEP * len(rows)), bars=laid)


def columns(
    *, name: str, title: str, says: str, heads: tuple[str, ...], rows: Sequence[Row]
) -> Drawn:
    """Lay out standing columns, from left to right, all on one line."""
    base = TALLEST + LETTER
    most = max((row.size for row in rows), default=0)
    laid = tuple(
        _column(row, n, len(rows), up=base, height=TALLEST * _of(row.size, most))
        for n, row in enumerate(rows)
    )
    return Drawn(
        name,
        title,
        says,
        heads,
        tuple(rows),
        _em(base + LETTER + 0.3),
        columns=laid,
        base=_em(base),
        labels_y=_em(base + 1.2),
    )


def _column(row: Row, n: int, of: int, *, up: float, height: float) -> Column:
    """Lay out a column that ends at `up` em from the top."""
    width = 1 / of
    return Column(
        row=row,
        x=_share(n * width + 0.14 * width),
        middle=_share((n + 0.5) * width),
        width=_share(0.72 * width),
        y=_em(up - height),
        height=_em(height),
        told_y=_em(up - height - 0.35),
    )


def months(
    *,
    name: str,
    title: str,
    says: str,
    heads: tuple[str, ...],
    rows: Sequence[Row],
    ups: Sequence[Row],
    downs: Sequence[Row],
) -> Drawn:
    """Lay out pairs of columns on one line of labels: `ups` above it, `downs` hanging below.

    Both are drawn to one scale. `rows` are what the table says.
    """
    most = max((row.size for row in (*ups, *downs)), default=0)
    highest = TALLEST * _of(max((row.size for row in ups), default=0), most)
    deepest = TALLEST * _of(max((row.size for row in downs), default=0), most)
    base = 2 * LETTER + highest
    under = base + LETTER + 0.2
    laid = []
    for n, (up, down) in enumerate(zip(ups, downs, strict=True)):
        above = _column(up, n, len(ups), up=base, height=TALLEST * _of(up.size, most))
        depth = TALLEST * _of(down.size, most)
        hung = _column(down, n, len(ups), up=under + depth, height=depth)
        told = Column(**{**vars(hung), "told_y": _em(under + depth + 1.15)})
        laid.append(Month(above, told))
    return Drawn(
        name,
        title,
        says,
        heads,
        tuple(rows),
        _em(under + deepest + 2 * LETTER),
        months=tuple(laid),
        base=_em(base),
        labels_y=_em(base + 1.2),
    )


@dataclass(frozen=True)
class Cell:
    """One cell of a heat table: how many projects run, and whether one is being bought."""

    n: int
    is_sought: bool

    @property
    def state(self) -> str:
        """Which shape and word it has: gap, sought, one, or overlap."""
        if self.n == 0:
            return "sought" if self.is_sought else "gap"
        return "overlap" if self.n > 1 else "one"

    @property
    def level(self) -> int:
        """How dark it is, from 0 to 3."""
        return min(self.n, 3)


@dataclass(frozen=True)
class Line:
    """One row of a heat table."""

    label: str
    cells: tuple[Cell, ...]
    url: str = ""


@dataclass(frozen=True)
class Heat:
    """A table whose cells say gap, being bought, one, or how many overlap."""

    caption: str
    corner: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Event:
    """What ends on a day: one procurement, or how many of a kind on a full day."""

    kind: str
    told: str
    title: str = ""
    url: str = ""
    is_past: bool = False


@dataclass(frozen=True)
class Day:
    """One day of the month's table."""

    day: date
    is_outside: bool
    is_today: bool
    events: tuple[Event, ...]
