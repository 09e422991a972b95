"""Forms of the rule editors: figures with their source, a year's days, a reason."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from procurement.rulebook.refusals import ChangeRefused
from procurement.rules import Book, Change, changes
from procurement.web import book_figures
from procurement.web.book_figures import FIELDS, LEVELS
from procurement.web.widgets import DateInput

ROWS = range(4)
AUTO = ""
UNNAMED, UNVALUED = _("请填写改的是哪一条。"), _("请填写新的数字。")


class SourceForm(forms.Form):
    """Where the figures come from."""

    source_title = forms.CharField(
        label=_("依据文件的名称和文号"),
        max_length=1000,  # a rule in words, each change of it said behind
        error_messages={"required": _("请写明数字出自哪份文件（名称和文号）。")},
    )
    source_url = forms.URLField(
        label=_("依据文件的网址"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("请填写完整的网址，以 https:// 开头。")},
    )


class ChangeForm(SourceForm):
    """A proposed change: up to four figures, from a day on."""

    effective_from = forms.DateField(
        label=_("施行日期"),
        help_text=_("今天或以后。在这一天以前发布的采购仍按原来的规则办。"),
        widget=DateInput,
        error_messages={
            "required": _("请填写施行日期。"),
            "invalid": _("请填写日期，例如 2026-12-08。"),
        },
    )
    reason = forms.CharField(
        label=_("为什么改"),
        help_text=_("理由会和改动一起公开。"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明为什么改，理由会向公众公开。")},
    )

    def __init__(
        self, book: Book, data: QueryDict | None = None, first: dict[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=first)
        self.book = book
        self.targets = book_figures.targets(book)
        for row in ROWS:
            named = f"target_{row}"
            code = str(self.initial.get(named, ""))
            self.initial[named] = self.targets.get(code, code)
            for field in _figure_fields(row):
                self.fields.update(field)

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each figure, for the page."""
        return [[self[name] for field in _figure_fields(row) for name in field] for row in ROWS]

    @property
    def has_more(self) -> bool:
        """Whether anything was typed beyond the first figure."""
        return any(
            self.data.get(f"{name}_{row}") for row in ROWS[1:] for name in ("target", "value")
        )

    def clean(self) -> dict[str, Any]:
        """Read each figure; a row left empty is no figure."""
        cleaned = super().clean() or {}
        for row in ROWS:
            named, typed = cleaned.get(f"target_{row}"), cleaned.get(f"value_{row}")
            target = cleaned[f"target_{row}"] = book_figures.target(named or "", self.book)
            if typed and not target and row:
                self.add_error(f"target_{row}", UNNAMED)
            elif target and not typed and row:
                self.add_error(f"value_{row}", UNVALUED)
            elif target and typed:
                try:
                    cleaned[f"value_{row}"] = Decimal(str(typed).replace(",", ""))
                except InvalidOperation:
                    self.add_error(f"value_{row}", _("请填写数字，例如 25 或 4000000。"))
        return cleaned

    def figures(self) -> Iterator[tuple[int, Change]]:
        """Yield the figures with their rows."""
        for row in ROWS:
            target = self.cleaned_data.get(f"target_{row}")
            if target:
                yield row, self._change(row, target)

    def put_on(self, refusal: ChangeRefused) -> None:
        """Put a refusal beside the figure it is about, which says which: no code is repeated."""
        for row, figure in self.figures():
            if figure == refusal.figure:
                words = str(refusal.message).removeprefix(f"{figure.target}：")
                label = str(FIELDS.get(figure.field) or figure.field)
                self.add_error(f"value_{row}", words.replace(f"“{figure.field}”", f"“{label}”"))
                return
        self.add_error(None, str(refusal.message))

    def _change(self, row: int, target: str) -> Change:
        field = self.cleaned_data[f"field_{row}"]
        if target.startswith(changes.THRESHOLDS):
            field = "value"
        elif field == AUTO:
            field = self._only_field(target)
        level = self.cleaned_data[f"level_{row}"]
        return Change(target, field, self.cleaned_data[f"value_{row}"], level)

    def _only_field(self, target: str) -> str:
        try:
            fields = changes.changeable(self.book.rule(target))
        except KeyError:
            fields = ()
        return fields[0] if len(fields) == 1 else "amount"


def _figure_fields(row: int) -> list[dict[str, forms.Field]]:
    listed = forms.TextInput(attrs={"list": "targets", "autocomplete": "off"})
    levels = list(LEVELS.items())
    is_first = row == 0  # a proposal changes one figure at least
    fields = [(AUTO, _("数字")), ("amount_min", _("下限")), ("amount_max", _("上限"))]
    return [
        {
            f"target_{row}": forms.CharField(
                label=_("改哪一条"),
                help_text=_("打几个字，从列出的限额和规则里选一条。") if is_first else "",
                required=is_first,
                max_length=300,
                widget=listed,
                error_messages={"required": UNNAMED},
            )
        },
        {f"field_{row}": forms.ChoiceField(label=_("改哪个数字"), required=False, choices=fields)},
        {
            f"level_{row}": forms.ChoiceField(
                label=_("哪一级（只用于限额）"), required=False, choices=levels
            )
        },
        {
            f"value_{row}": forms.CharField(
                label=_("新的数字"),
                required=is_first,
                max_length=20,
                error_messages={"required": UNVALUED},
            )
        },
    ]


class YearForm(SourceForm):
    """A year's holidays, one day or one range a line."""

    year = forms.IntegerField(
        label=_("年份"),
        min_value=2004,
        max_value=2100,
        error_messages={"required": _("请填写年份。"), "invalid": _("请填写年份，例如 2027。")},
    )
    holidays = forms.CharField(
        label=_("放假的日子"),
        help_text=_("一行一天，或一段：2027-02-05..2027-02-11。"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("没有写放假的日子，请按国务院通知逐日填写。")},
    )
    makeup_days = forms.CharField(
        label=_("调休上班的日子"),
        help_text=_("只能是周六、周日。一行一天。"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DeclineForm(forms.Form):
    """Why a proposal is sent away."""

    reason = forms.CharField(
        label=_("退回的原因"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明退回的原因，提出的人才知道要改什么。")},
    )
