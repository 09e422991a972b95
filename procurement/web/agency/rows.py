"""Lists of a tender typed as rows: lots, criteria, experts. Rows are added without JavaScript."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.models import fields_for_model
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from procurement.tenders.models import Tender
from procurement.tenders.parts import Criterion, CriterionKind, Expert, Lot
from procurement.web.agency.drafts import drawn

MOST = 50  # rows a form takes
PREPARED = frozenset({"suppliers_wanted", "kind"})  # filled in beforehand


class RowForm(forms.Form):
    """One row; a row left wholly empty does not count."""

    model: ClassVar[type[Lot | Criterion | Expert]]
    names: ClassVar[tuple[str, ...]]

    def has_changed(self) -> bool:
        """Say whether anything was typed; what is filled in beforehand does not count."""
        return any(self[name].data for name in self.names if name not in PREPARED)


class LotRow(RowForm):
    """One lot."""

    model = Lot
    names = ("title", "description", "value_amount", "suppliers_wanted")


class CriterionRow(RowForm):
    """One criterion."""

    model = Criterion
    names = ("name", "kind", "weight", "description")


class ExpertRow(RowForm):
    """One expert's opinion."""

    model = Expert
    names = ("name", "employer", "professional_title", "opinion")


class DrawnRows(BaseFormSet[RowForm]):
    """Rows whose fields are drawn from the model they fill."""

    def add_fields(self, form: RowForm, index: int | None) -> None:
        """Give a row its fields, short text areas, and a category to every criterion."""
        super().add_fields(form, index)
        made = fields_for_model(form.model, form.names, formfield_callback=drawn)
        if "kind" in made:
            made["kind"] = forms.ChoiceField(
                label=_("类别"), choices=CriterionKind.choices, initial=CriterionKind.QUALITY
            )
            made["description"].help_text = _("各档怎样给分，例如：优得满分，良得八成。")
        for field in made.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        form.fields.update(made)


Rows = BaseFormSet[RowForm]


def rows(kind: type[RowForm], tender: Tender, data: QueryDict | None = None) -> Rows:
    """Return the rows of a list as the tender has them, or as they were sent."""
    factory = formset_factory(kind, DrawnRows, extra=0, max_num=MOST, absolute_max=MOST)
    if data is not None:
        return factory(data)
    known = kind.model.objects.filter(tender=tender)
    held = [{name: getattr(row, name) for name in kind.names} for row in known]
    return factory(initial=held or [_fresh(kind, tender)])


def _fresh(kind: type[RowForm], tender: Tender) -> dict[str, Any]:
    """Return an empty row; the first lot of a tender starts as the whole of it."""
    if kind is LotRow:
        return {"title": tender.title, "value_amount": tender.value_amount, "suppliers_wanted": 1}
    return {}


def reshaped(kind: type[RowForm], typed: Rows, *, remove: int | None = None) -> Rows:
    """Return the rows exactly as typed, with one empty row more, or without one of them."""
    held = [{name: form[name].data for name in form.fields} for form in typed.forms]
    if remove is None:
        held.append({"suppliers_wanted": 1} if kind is LotRow else {})
    else:
        held = [row for number, row in enumerate(held) if number != remove]
    factory = formset_factory(kind, DrawnRows, extra=0, max_num=MOST, absolute_max=MOST)
    return factory(initial=held)


def given(formset: Rows) -> list[dict[str, Any]]:
    """Return the rows that were filled in."""
    return [form.cleaned_data for form in formset.forms if form.has_changed()]


def numbered(name: str, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of a list with the numbers the domain keeps them in order by."""
    key = {"lots": "number", "criteria": "position"}.get(name)
    if key is None:
        return list(found)
    return [{key: number, **row} for number, row in enumerate(found, start=1)]
