"""Inputs of the portal's forms: money with its unit, dates the phone's own calendar fills in."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

Attributes = Mapping[str, Any] | None
Data = Mapping[str, Any]
Files = MultiValueDict[str, UploadedFile[bytes]]

AMOUNT = re.compile(r"¥?(?P<figure>\d{1,12}(\.\d{1,6})?)(?P<wan>万)?元?")


class MoneyInput(forms.TextInput):
    """An amount in yuan; the field template writes 元 beside it.

    Text, not a number input, so that a slip is shown again as it was typed. Understands what people
    write: 48,000, ４８０００, 48000元, 4.8万.
    """

    unit = _("元")

    def __init__(self, attrs: Attributes = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def value_from_datadict(self, data: Data, files: Files, name: str) -> object:
        """Return the amount as plain digits where it can be read, else exactly what was typed."""
        typed = super().value_from_datadict(data, files, name)
        return _plain_amount(typed) if isinstance(typed, str) else typed


def _plain_amount(typed: str) -> str:
    """48,000.00 元 as 48000.00, 4.8万元 as 48000; anything unreadable unchanged."""
    text = unicodedata.normalize("NFKC", typed).replace(",", "").replace(" ", "")
    found = AMOUNT.fullmatch(text)
    if not found:
        return typed
    figure = Decimal(found["figure"])
    return f"{(figure * 10_000).normalize():f}" if found["wan"] else f"{figure:f}"


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
