"""Forms of a draft: drawn from the model, saved half finished, nothing typed is lost."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms.models import fields_for_model
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.regions import queries as places
from organizations.regions.models import Region
from procurement.planning.models import PlanningNotice
from procurement.rulebook import queries as rulebook
from procurement.rules import SHANGHAI, UnknownYear
from procurement.templatetags import display
from procurement.tenders.models import Tender
from procurement.web.widgets import DateInput, MoneyInput

Draft = PlanningNotice | Tender

CLOSING = time(17, 0)  # the hour a deadline has unless another is given, Asia/Shanghai
YES, NO = "yes", "no"
UNIT = re.compile(r"（元）$| \(yuan\)$")  # the box has its unit beside it


class DeadlineInput(forms.MultiWidget):
    """A day and an hour, each with the phone's own picker."""

    template_name = "agency/widgets/deadline.html"

    def __init__(self) -> None:
        hour = forms.TimeInput({"type": "time"}, "%H:%M")
        super().__init__([DateInput({"aria-label": _("哪一天")}), hour])

    def decompress(self, value: datetime | None) -> list[Any]:
        """Return the day and the hour in Beijing; 17:00 where none is set."""
        if not value:
            return [None, CLOSING]
        local = value.astimezone(SHANGHAI)
        return [local.date(), local.time().replace(second=0, microsecond=0)]


def _next_working_day(day: date) -> date | None:
    """Return the day, or the next on which people work; None where no calendar can tell yet."""
    try:
        return rulebook.calendar().roll_forward(day)
    except UnknownYear:
        return None


class DeadlineField(forms.MultiValueField):
    """An instant given as a day and an hour of Beijing; the hour is 17:00 when left empty."""

    widget = DeadlineInput

    def __init__(self, label: StrOrPromise, help_text: StrOrPromise = "") -> None:
        super().__init__(
            (
                forms.DateField(error_messages={"invalid": _("请填写日期，例如 2026-12-08。")}),
                forms.TimeField(
                    required=False, error_messages={"invalid": _("请填写钟点，例如 17:00。")}
                ),
            ),
            require_all_fields=False,
            label=label,
            help_text=help_text,
        )

    def clean(self, value: list[Any] | None) -> datetime | None:
        """Return the instant; without a day the hour, filled in beforehand, says nothing."""
        cleaned: datetime | None = super().clean(value if value and value[0] else None)
        instead = _next_working_day(cleaned.date()) if cleaned else None
        if cleaned and instead and instead != cleaned.date():
            message = _("%(day)s 放假，不能作截止日。最近的工作日是 %(instead)s。")
            said = {"day": display.day(cleaned, "year"), "instead": display.day(instead, "year")}
            raise forms.ValidationError(message, "day_off", said)
        return cleaned

    def compress(self, data_list: list[Any]) -> datetime | None:
        """Return the instant, None without a day."""
        if not data_list or not data_list[0]:
            return None
        return datetime.combine(data_list[0], data_list[1] or CLOSING, SHANGHAI)


class RegionPicker(forms.CheckboxSelectMultiple):
    """The province's divisions, a fold for each prefecture."""

    template_name = "agency/widgets/regions.html"


class RegionsField(forms.MultipleChoiceField):
    """Divisions, as their codes."""

    widget = RegionPicker

    def __init__(self, label: StrOrPromise, help_text: StrOrPromise = "") -> None:
        super().__init__(
            choices=lambda: places.options(get_language() or "zh-hans"),
            label=label,
            help_text=help_text,
        )


def yes_or_no(label: StrOrPromise, help_text: StrOrPromise = "") -> forms.TypedChoiceField:
    """Return a question answered with yes or no; unanswered is None."""
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.RadioSelect,
        choices=[("True", _("是")), ("False", _("否"))],
        coerce=lambda answer: answer == "True",
        empty_value=None,
    )


def drawn(field: models.Field[Any, Any]) -> forms.Field | None:
    """Return the form field of a model field, with the portal's inputs."""
    label, help_text = field.verbose_name, field.help_text
    kwargs: dict[str, Any] = {}
    if isinstance(field, ArrayField):
        return forms.MultipleChoiceField(
            label=label, choices=field.base_field.choices or (), widget=forms.CheckboxSelectMultiple
        )
    if isinstance(field, models.DateTimeField):
        return DeadlineField(label=label, help_text=help_text)
    if isinstance(field, models.BooleanField) and field.null:
        return yes_or_no(label, help_text)
    if isinstance(field, models.DateField):
        kwargs["widget"] = DateInput
    elif isinstance(field, models.DecimalField) and field.max_digits == 14:
        kwargs["widget"] = MoneyInput
        kwargs["label"] = UNIT.sub("", str(label))
    elif isinstance(field, models.URLField):
        kwargs["assume_scheme"] = "https"
    elif isinstance(field, models.TextField):
        kwargs["widget"] = forms.Textarea({"rows": 6})
    made = field.formfield(**kwargs)
    if made is not None:
        bounds = (MinValueValidator, MaxValueValidator)
        own = [each for each in field.validators if isinstance(each, bounds)]
        made.validators += [each for each in own if each not in made.validators]
    return made


class DraftForm(forms.Form):
    """One step of a draft. Whatever is usable is saved, whether or not the step is complete."""

    model: ClassVar[type[models.Model]]
    names: ClassVar[tuple[str, ...]] = ()
    essential: ClassVar[frozenset[str]] = frozenset()  # without them the step is unfinished
    obligatory: ClassVar[frozenset[str]] = frozenset()  # without them nothing can be saved
    helps: ClassVar[Mapping[str, Any]] = {}
    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None, *, subject: Draft) -> None:
        super().__init__(data, initial=self.initial_of(subject))
        self.subject = subject
        own = [name for name in self.names if name not in self.base_fields]
        self.fields.update(fields_for_model(self.model, own, formfield_callback=drawn))
        for name, field in self.fields.items():
            field.required = name in self.essential | self.obligatory
            field.help_text = self.helps.get(name, field.help_text)
        self.order_fields(self.names)

    @classmethod
    def initial_of(cls, subject: Draft) -> dict[str, Any]:
        """Return what the draft holds for this step's fields."""
        found: dict[str, Any] = {}
        for name in cls.names:
            if name == "regions":
                found[name] = [region.code for region in subject.regions.all()]
            else:
                value = getattr(subject, name)
                found[name] = value.pk if isinstance(value, models.Model) else value
        return found

    def full_clean(self) -> None:
        """Check what was typed; only what cannot be saved without is demanded."""
        shown = {name: field.required for name, field in self.fields.items()}
        for name, field in self.fields.items():
            field.required = name in self.obligatory
        super().full_clean()
        for name, is_required in shown.items():
            self.fields[name].required = is_required

    def changes(self) -> dict[str, Any]:
        """Return the new values of the draft's own fields."""
        return {name: self.cleaned_data[name] for name in self.names if name != "regions"}

    def regions(self) -> list[Region] | None:
        """Return the regions chosen, None when this step does not ask for them."""
        if "regions" not in self.fields:
            return None
        return list(Region.objects.filter(code__in=self.cleaned_data["regions"]))

    def parts(self) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of the draft's lists that this step replaces."""
        return {}

    @classmethod
    def blank_names(cls, subject: Draft) -> list[str]:
        """Return the essential fields that the draft leaves empty, in order."""
        values = cls.initial_of(subject)
        return [name for name in cls.names if name in cls.essential and not _is_given(values[name])]

    @classmethod
    def is_begun(cls, subject: Draft) -> bool:
        """Say whether anything was answered here yet."""
        for name, value in cls.initial_of(subject).items():
            default = None if name == "regions" else cls.model._meta.get_field(name)
            begins_as = default.get_default() if isinstance(default, models.Field) else None
            if _is_given(value) and value != begins_as:
                return True
        return False


def _is_given(value: object) -> bool:
    return value not in (None, "", [], False)


def adopted(data: QueryDict, days: Mapping[str, date], chosen: str) -> QueryDict:
    """Return what was typed with the earliest lawful day filled in.

    `chosen` is the field whose day is adopted, or `all` for every field that is still empty.
    """
    typed = data.copy()
    for name, day in days.items():
        if chosen == name or (chosen == "all" and not typed.get(f"{name}_0")):
            typed[f"{name}_0"] = day.isoformat()
    return typed
