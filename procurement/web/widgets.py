"""Inputs of the portal's forms: money with its unit, dates the phone's own calendar fills in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Attributes = Mapping[str, Any] | None


class MoneyInput(forms.NumberInput):
    """An amount in yuan to the fen; the field template writes 元 beside it."""

    unit = _("元")

    def __init__(self, attrs: Attributes = None) -> None:
        super().__init__({"inputmode": "decimal", "step": "0.01", "min": "0", **(attrs or {})})


class DateInput(forms.DateInput):
    """A date; the phone's own calendar where it has one, 2026-12-08 typed where it has none."""

    input_type = "date"

    def __init__(self, attrs: Attributes = None) -> None:
        super().__init__(attrs=dict(attrs or {}), format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """A date and an hour, Beijing time."""

    input_type = "datetime-local"

    def __init__(self, attrs: Attributes = None) -> None:
        super().__init__(attrs=dict(attrs or {}), format="%Y-%m-%dT%H:%M")
