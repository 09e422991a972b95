"""The figures of a year and a place as pictures, each with the sentence that says it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.terms import CostLine
from procurement.publication import figures
from procurement.publication.figures import Part
from procurement.templatetags import display
from procurement.web import pictures
from procurement.web.pictures import Drawn, Row
from procurement.web.public import words

Parts = Mapping[str, Part]
FEW = 2  # with fewer parts a sentence says it better than a picture


@dataclass(frozen=True)
class Told:
    """One question answered: the sentence, the picture where it says more, and what is left out."""

    sentence: str
    picture: Drawn | None = None
    notes: tuple[str, ...] = ()


def _projects(n: int) -> str:
    return ngettext("%(n)s 个项目", "%(n)s 个项目", n) % {"n": display.grouped(n)}


def _joined(told: Iterable[str]) -> str:
    return ("; " if words.in_english() else "；").join(told)


def _share(part: Decimal | int, whole: Decimal | int) -> str:
    return display.percent(Decimal(part) / Decimal(whole)) if whole else ""


def bought(parts: Parts, year: int, region: str) -> Told | None:
    """How much was bought by which method, what costs most first."""
    if not parts:
        return None
    total = sum((part.yuan for part in parts.values()), Decimal(0))
    ordered = sorted(parts.items(), key=lambda each: (-each[1].yuan, each[0]))
    rows = [_method(key, part, total, year, region) for key, part in ordered]
    said = {
        "n": _projects(sum(part.n for part in parts.values())),
        "yuan": display.yuan(total),
        "method": rows[0].label,
        "share": _share(ordered[0][1].yuan, total),
    }
    sentence = _("公布了 %(n)s的成交结果，共 %(yuan)s；%(method)s最多，占 %(share)s。") % said
    picture = pictures.bars(
        name="bought",
        title=_("按采购方式成交的金额"),
        says=_joined(f"{row.label} {row.told}" for row in rows),
        heads=(_("采购方式"), _("项目"), _("金额"), _("占比")),
        rows=rows,
    )
    if len(rows) < FEW:
        return Told(sentence)
    note = _("图里只算服务地点在这个州市的项目；点采购方式看到的名单，也列出面向全省的项目。")
    return Told(sentence, picture, (note,) if region else ())


def _method(key: str, part: Part, total: Decimal, year: int, region: str) -> Row:
    chosen: dict[str, str] = {
        "method": key,
        "year": str(year),
        **({"region": region} if region else {}),
    }
    return Row(
        label=words.method(key),
        size=part.yuan,
        told=_("%(yuan)s（%(n)s 项）")
        % {"yuan": display.yuan(part.yuan), "n": display.grouped(part.n)},
        cells=(display.grouped(part.n), display.yuan(part.yuan), _share(part.yuan, total)),
        url=f"{reverse('public:award-list')}?{urlencode(chosen)}",
    )


def bidders(parts: Parts) -> Told | None:
    """How many organisations bid for one project."""
    counted = {n: parts.get(str(n), Part()).n for n in range(figures.MANY + 1)}
    total = sum(counted.values())
    direct = parts.get(figures.DIRECT, Part()).n
    if not total:
        return None
    alone = counted[0] + counted[1]
    said = {"n": _projects(total), "alone": _projects(alone), "share": _share(alone, total)}
    sentence = (
        _("开标的有 %(n)s，其中 %(alone)s只有一家或没有人投标，占 %(share)s。") % said
        if alone
        else _("开标的有 %(n)s，每个都有两家以上组织投标。") % said
    )
    rows = [
        Row(
            label=f"{n}+" if n == figures.MANY else str(n),
            size=counted[n],
            told=display.grouped(counted[n]),
            cells=(display.grouped(counted[n]), _share(counted[n], total)),
        )
        for n in counted
    ]
    picture = pictures.columns(
        name="bidders",
        title=_("一个项目有几家组织投标"),
        says=_joined(
            _("%(label)s 家：%(n)s") % {"label": row.label, "n": _projects(int(row.size))}
            for row in rows
        ),
        heads=(_("投标的组织数"), _("项目"), _("占比")),
        rows=rows,
    )
    left_out = _("另有 %(n)s是单一来源采购，只与一家商定，不算在内。") % {"n": _projects(direct)}
    return Told(sentence, picture if total >= FEW else None, (left_out,) if direct else ())


def duties(parts: Parts, year: int) -> Told | None:
    """How many duties were done in time, and how many became late, by month."""
    months = {f"{n:02d}": _month(parts, f"{n:02d}") for n in range(1, 13)}
    kept = sum(month[0] for month in months.values())
    late = sum(_late(month) for month in months.values())
    if not kept + late:
        return None
    sentence = ngettext(
        "按规则要办的事有 %(n)s 件有了结果，按时办理的占 %(share)s，逾期 %(late)s 件。",
        "按规则要办的事有 %(n)s 件有了结果，按时办理的占 %(share)s，逾期 %(late)s 件。",
        kept + late,
    ) % {
        "n": display.grouped(kept + late),
        "share": _share(kept, kept + late),
        "late": display.grouped(late),
    }
    rows = [
        Row(_name(year, name), 0, "", (*map(display.grouped, month), _share(month[0], sum(month))))
        for name, month in months.items()
        if sum(month)
    ]
    picture = pictures.months(
        name="duties",
        title=_("每月按时办理和逾期的事"),
        says=_joined(
            _duty_words(_name(year, name), month) for name, month in months.items() if sum(month)
        ),
        heads=(_("月份"), _("按时"), _("逾期"), _("逾期，已谅解"), _("按时的占")),
        rows=rows,
        ups=[_counted(name, month[0]) for name, month in months.items()],
        downs=[_counted(name, _late(month)) for name, month in months.items()],
    )
    return Told(sentence, picture if len(rows) >= FEW else None)


def _month(parts: Parts, name: str) -> tuple[int, int, int]:
    states = (figures.KEPT, figures.MISSED, figures.EXCUSED)
    kept, late, excused = (parts.get(f"{name}:{state}", Part()).n for state in states)
    return kept, late, excused


def _late(month: tuple[int, int, int]) -> int:
    _kept, late, excused = month
    return late + excused


def _counted(name: str, n: int) -> Row:
    """Return how much was done, or late, in a month; below it stands its number alone."""
    return Row(str(int(name)), n, display.grouped(n))


def _name(year: int, number: str) -> str:
    return display.month(date(year, int(number), 1))


def _duty_words(name: str, month: tuple[int, int, int]) -> str:
    told = {"month": name, "kept": display.grouped(month[0]), "late": display.grouped(_late(month))}
    return _("%(month)s：按时 %(kept)s 件，逾期 %(late)s 件") % told


def costs(parts: Parts) -> Told | None:
    """Whether the money bought pays the full cost, and which lines of cost, as the calls say."""
    answers = (
        (figures.FULL, _("支付全部成本")),
        (figures.PARTLY, _("不支付全部成本")),
        (figures.UNSAID, _("公告没有说")),
    )
    total = sum((parts.get(key, Part()).yuan for key, _label in answers), Decimal(0))
    if not total:
        return None
    full = parts.get(figures.FULL, Part())
    sentence = _("成交的 %(yuan)s里，公告说明支付全部成本的占 %(share)s。") % {
        "yuan": display.yuan(total),
        "share": _share(full.yuan, total),
    }
    answered = [
        _cost(label, parts.get(key, Part()), total, is_quiet=key == figures.UNSAID)
        for key, label in answers
        if parts.get(key)
    ]
    lines = [
        _cost(str(line.label), parts.get(f"{figures.LINE}{line.value}", Part()), total)
        for line in CostLine
    ]
    told = [*answered, *sorted(lines, key=lambda row: -row.size)]
    rows = [row for row in told if row.size != total]  # what all the money may pay is a sentence
    notes = (*_paid([row for row in lines if row.size == total]), *_unknown(parts, total))
    if len(rows) < FEW:
        return Told(sentence, notes=notes)
    picture = pictures.bars(
        name="costs",
        title=_("成交的钱按公告可以用来付什么"),
        says=_joined(f"{row.label} {row.told}" for row in rows),
        heads=(_("公告怎么说"), _("项目"), _("金额"), _("占成交金额")),
        rows=rows,
        table=told,
        most=total,
    )
    return Told(sentence, picture, notes)


def _paid(lines: Sequence[Row]) -> Iterator[str]:
    """Yield which lines of cost all the money may pay: nothing to compare there."""
    paid = words.listed(line.label for line in lines)
    if paid:
        yield _("公告都说明可以付的：%(lines)s。") % {"lines": paid}


def _cost(label: str, part: Part, total: Decimal, *, is_quiet: bool = False) -> Row:
    share = _share(part.yuan, total)
    cells = (display.grouped(part.n), display.yuan(part.yuan), share)
    return Row(label, part.yuan, share, cells, is_quiet=is_quiet)


def _unknown(parts: Parts, total: Decimal) -> Iterator[str]:
    """Yield what the notices say of indirect cost, and what nobody knows from them."""
    capped, cap = parts.get(figures.CAPPED, Part()), parts.get(figures.CAP, Part())
    if capped.n:
        yield _("其中 %(yuan)s的公告定了间接成本的上限，最多可以有 %(cap)s（%(share)s）。") % {
            "yuan": display.yuan(capped.yuan),
            "cap": display.yuan(cap.yuan),
            "share": _share(cap.yuan, capped.yuan),
        }
    if capped.yuan < total:
        yield _("%(yuan)s的公告没有定上限。") % {"yuan": display.yuan(total - capped.yuan)}
    yield _(
        "这些是公告允许付的，不是实际付了的：投标预算的明细不公开，实际付了多少，从公告里不知道。"
    )


def busiest(parts: Parts, services: Sequence[str]) -> str:
    """Return the service most projects are about; of equals, the first."""
    return max(services, key=lambda service: parts.get(f"{service}:", Part()).n)
