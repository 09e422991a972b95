"""What an amendment changes, as people read it: parts named in their language, dates in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from procurement.templatetags.display import day, moment
from procurement.tenders.models import Tender


@dataclass(frozen=True)
class Changed:
    """One part of a call, before and after; a date is read whole, a text word by word."""

    label: str
    before: str
    after: str
    is_date: bool


def read(name: str, title: str, before: str, after: str) -> Changed:
    """Return one change as a notice keeps it; `title` names a part that is known no more."""
    field = _field(name)
    if field is None:
        return Changed(title, before, after, is_date=False)
    is_date = isinstance(field, models.DateField)
    if is_date:
        before, after = _in_words(field, before), _in_words(field, after)
    return Changed(str(field.verbose_name), before, after, is_date=is_date)


def _field(name: str) -> models.Field[Any, Any] | None:
    try:
        return cast("models.Field[Any, Any]", Tender._meta.get_field(name))
    except FieldDoesNotExist:
        return None


def _in_words(field: models.Field[Any, Any], text: str) -> str:
    value = field.to_python(text) if text else None
    if value is None:
        return ""
    return moment(value, "year") if isinstance(value, datetime) else day(value, "year")
