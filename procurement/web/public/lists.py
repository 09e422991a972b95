"""What every public list has: its filters in words, its count, the ways out when it is empty."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from procurement.publication.queries import CAP
from procurement.templatetags import display
from procurement.web import addresses


def how_many(figure: int) -> str:
    """Return a count as a person reads it: exact up to the cap, above it "more than 1,000"."""
    if figure > CAP:
        return _("超过 %(figure)s 项") % {"figure": display.grouped(CAP)}
    return ngettext("%(figure)s 项", "%(figure)s 项", figure) % {"figure": display.grouped(figure)}


@dataclass(frozen=True)
class Chip:
    """One filter that is set, in words, and the address of the list without it."""

    words: str
    url: str


def chips(request: HttpRequest, form: forms.Form, chosen: Mapping[str, Any]) -> list[Chip]:
    """Return every filter that is set, in words, each with the way to take it out."""
    return [
        Chip(told(form.fields[name], value), addresses.with_changes(request, **{name: ""}))
        for name, value in chosen.items()
        if name != "sort"
    ]


@dataclass(frozen=True)
class WayOut:
    """One filter to take out, in words, how many that would give, and where."""

    words: str
    count: str
    url: str


def ways_out(
    request: HttpRequest, form: forms.Form, chosen: Mapping[str, Any], counted: Mapping[str, int]
) -> list[WayOut]:
    """Return what to take out of a list that is empty, the way that gives most first.

    `counted` says how many there would be without a filter, by its name; none is no way out.
    """
    found = sorted((name for name in chosen if counted.get(name)), key=lambda n: -counted[n])
    return [
        WayOut(
            told(form.fields[name], chosen[name]),
            how_many(counted[name]),
            addresses.with_changes(request, **{name: ""}),
        )
        for name in found
    ]


def told(field: forms.Field, value: object) -> str:
    """Return a filter that is set, in words."""
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(field.choices)).get(str(value), value))
    label = field.label or ""
    if isinstance(field, forms.DateField):
        return f"{label} {display.day(value, 'year')}"  # type: ignore[arg-type]
    if isinstance(field, forms.DecimalField) and field.max_value is None:
        return f"{label} {display.yuan(value)}"
    return f"“{value}”"


def _flat(choices: Any) -> Iterator[tuple[str, StrOrPromise]]:  # noqa: ANN401 - grouped or not
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield str(value), label


def count_choices(form: forms.Form, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Write beside each choice of the counted fields how many there would be; hide the empty."""
    for name, counted in counts.items():
        field = form.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            chosen = form.data.get(name)
            field.choices = [
                (value, f"{label}（{capped(counted[value])}）" if value in counted else label)
                for value, label in _flat(field.choices)
                if not value or value in counted or value == chosen
            ]


def capped(figure: int) -> str:
    """Return a facet's count, short."""
    return f"{display.grouped(CAP)}+" if figure > CAP else display.grouped(figure)
