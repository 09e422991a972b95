"""Figures of the book in words: what was changed, from what to what, and whose rule it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement import rules
from procurement.rules import Change, changes
from procurement.rules.words import amount_in_words
from procurement.templatetags import display

THRESHOLDS: Mapping[str, StrOrPromise] = {
    "open_tender_services": _("服务项目公开招标数额标准"),
    "procurement_limit": _("采购限额标准"),
}
LEVELS: Mapping[str, StrOrPromise] = {
    "": _("各级通用"),
    "province": _("省级"),
    "prefecture": _("州、市级"),
    "county": _("县级"),
}
# What tells the figures of one rule apart; blank where it has only one.
FIELDS: Mapping[str, StrOrPromise] = {
    "amount": "",
    "amount_min": _("下限"),
    "amount_max": _("上限"),
    "value": _("金额"),
}


@dataclass(frozen=True)
class Figure:
    """One figure before and after. `rule_id` is blank for a threshold."""

    name: str
    rule_id: str
    field: StrOrPromise
    before: str
    after: str
    is_policy: bool = False
    citation: str = ""


@dataclass(frozen=True)
class Threshold:
    """A figure the province sets; `figure` is blank while it is not filled in."""

    target: str
    name: str
    figure: str


def told(rows: Iterable[Mapping[str, Any]], book: rules.Book) -> list[Figure]:
    """Return the figures of a proposal, as it or its notice stores them, in words."""
    return [_told(row, book) for row in rows]


def _told(row: Mapping[str, Any], book: rules.Book) -> Figure:
    value = Decimal(str(row.get("value", row.get("after", "0"))))
    before = row.get("before")
    was = None if before in (None, "unset") else Decimal(str(before))
    figure = Change(row["target"], row["field"], value, row.get("level", ""))
    if figure.threshold:
        name = f"{threshold(figure.target)}（{LEVELS.get(figure.level, figure.level)}）"
        unset = str(_("还没有填写"))
        after = display.yuan(value)
        return Figure(name, "", "", display.yuan(was) if was else unset, after)
    english = display.in_english()
    try:
        rule = book.rule(figure.target)
    except KeyError:
        return Figure(figure.target, figure.target, "", str(before), str(value))
    tongue = "en" if english else "zh"
    return Figure(
        (rule.text_en if english else rule.text_zh),
        rule.id,
        FIELDS.get(figure.field, figure.field),
        amount_in_words(rule, was, tongue) if was is not None else "",
        amount_in_words(rule, value, tongue),
        rule.is_policy,
        rule.citation_en if english else rule.citation_zh,
    )


def threshold(target: str) -> str:
    """Return what a threshold is called."""
    name = target.removeprefix(changes.THRESHOLDS)
    return str(THRESHOLDS.get(name, name))


def thresholds(book: rules.Book) -> list[Threshold]:
    """Return the province's thresholds, those of single levels beside the general one."""
    found = []
    for name, figure in book.thresholds.items():
        general, _at, level = name.partition("@")
        words = threshold(general) + (f"（{LEVELS[level]}）" if level else "")
        told_figure = display.yuan(figure) if figure is not None else ""
        found.append(Threshold(f"{changes.THRESHOLDS}{general}", words, told_figure))
    return found


def targets(book: rules.Book) -> Mapping[str, str]:
    """Return what can be changed, as its words by its code: thresholds, then rules."""
    named = {each: threshold(each) for each in _general(book)}
    tongue = "text_en" if display.in_english() else "text_zh"
    changeable = (rule for rule in book.rules if changes.changeable(rule))
    return named | {rule.id: getattr(rule, tongue) for rule in changeable}


def target(typed: str, book: rules.Book) -> str:
    """Return the code of what was typed: its words in either language, or the code itself."""
    sought = typed.strip()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for code, words in targets(book).items():
                if words == sought:
                    return code
    return sought


def _general(book: rules.Book) -> Iterable[str]:
    names = dict.fromkeys(name.partition("@")[0] for name in book.thresholds)
    return (f"{changes.THRESHOLDS}{name}" for name in names)
