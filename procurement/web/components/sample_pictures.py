"""Pictures for the component page: none, little and much of each. The same at every visit."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from procurement.templatetags import display
from procurement.web import pictures
from procurement.web.pictures import Cell, Day, Drawn, Event, Heat, Line, Row

MONTH = date(2026, 12, 1)


def everything() -> dict[str, object]:
    """Return the context of the component page's pictures."""
    return {
        "bars": [_bars("much", (1_569_700, 711_000, 227_500, 0)), _bars("little", (50_000,))],
        "columns": [
            _columns("much", (2, 5, 9, 31, 128, 14)),
            _columns("little", (0, 0, 0, 1, 0, 0)),
        ],
        "months": [
            _months("much", (12, 30, 46, 42, 8, 0, 3, 9, 21, 40, 51, 102), (0, 2, 9, 1) * 3),
            _months("little", (0,) * 11 + (1,), (0,) * 12),
        ],
        "heat": _heat(),
        "month": MONTH,
        "weekdays": display.weekdays(),
        "weeks": _weeks(),
    }


def _bars(name: str, sizes: tuple[int, ...]) -> Drawn:
    labels = (_("竞争性磋商"), _("公开招标"), _("单一来源"), _("公告没有说"))
    rows = [
        Row(label, Decimal(size), display.yuan(size), (display.yuan(size),), is_quiet=n == 3)
        for n, (label, size) in enumerate(zip(labels, sizes, strict=False))
    ]
    return pictures.bars(
        name=f"bars-{name}",
        title=_("按采购方式成交的金额"),
        says=" · ".join(f"{row.label} {row.told}" for row in rows),
        heads=(_("采购方式"), _("金额")),
        rows=rows,
    )


def _columns(name: str, sizes: tuple[int, ...]) -> Drawn:
    rows = [
        Row(f"{n}+" if n == 5 else str(n), size, str(size), (str(size),))
        for n, size in enumerate(sizes)
    ]
    return pictures.columns(
        name=f"columns-{name}",
        title=_("一个项目有几家组织投标"),
        says=" · ".join(f"{row.label}: {row.told}" for row in rows),
        heads=(_("投标的组织数"), _("项目")),
        rows=rows,
    )


def _months(name: str, kept: tuple[int, ...], late: tuple[int, ...]) -> Drawn:
    labels = [str(n) for n in range(1, 13)]
    both = list(zip(labels, kept, late, strict=True))
    return pictures.months(
        name=f"months-{name}",
        title=_("每月按时办理和逾期的事"),
        says=" · ".join(f"{label}: {up}, {down}" for label, up, down in both),
        heads=(_("月份"), _("按时"), _("逾期")),
        rows=[Row(label, 0, "", (str(up), str(down))) for label, up, down in both],
        ups=[Row(label, up, str(up)) for label, up, _down in both],
        downs=[Row(label, down, str(down)) for label, _up, down in both],
    )


def _heat() -> Heat:
    """One row of each kind of cell."""
    lines = (
        Line(
            _("昆明市"),
            (Cell(0, is_sought=False), Cell(1, is_sought=False), Cell(5, is_sought=True)),
        ),
        Line(
            _("红河州"),
            (Cell(2, is_sought=False), Cell(0, is_sought=True), Cell(0, is_sought=False)),
            "#",
        ),
    )
    heads = (_("感染者"), _("注射吸毒者"), _("一般人群"))
    return Heat(_("哪里为谁买了几个项目"), _("州市"), heads, lines)


def _weeks() -> list[list[Day]]:
    """Two weeks with nothing, one thing and much in a day."""
    title = _("个旧市感染者随访与关怀服务")
    past = Event("closing", _("17:00 投标截止"), title, "#", is_past=True)
    asked = Event("enquiry", _("17:00 提问截止"), title, "#")
    ahead = Event("closing", _("17:00 投标截止"), title, "#")
    many = Event("closing", "", _("投标截止 28 项"), "#")
    told = {1: (past,), 3: (asked, ahead, ahead), 9: (many,)}
    first = MONTH - timedelta(days=MONTH.weekday())
    days = [first + timedelta(days=n) for n in range(14)]
    made = [
        Day(
            day,
            day.month != MONTH.month,
            day.day == 2,
            told.get(day.day, ()) if day >= MONTH else (),
        )
        for day in days
    ]
    return [made[:7], made[7:]]
