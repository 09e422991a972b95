"""The figures of a year: what was bought how, for whom and where, among how many, how timely."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from organizations.instants import now
from organizations.terms import Population, Service
from procurement.publication import figures
from procurement.publication.figures import Part
from procurement.publication.models import FigureKind
from procurement.rules import SHANGHAI
from procurement.templatetags import tiles
from procurement.web import addresses
from procurement.web.pictures import Cell, Heat, Line
from procurement.web.public import pictured, places

# Heads of narrow columns: each word of the population that tells it from the others.
SHORT = {
    Population.PLHIV: pgettext_lazy("column", "感染者"),
    Population.PWID: pgettext_lazy("column", "注射吸毒者"),
    Population.MSM: pgettext_lazy("column", "男男性行为者"),
    Population.SEX_WORKERS: pgettext_lazy("column", "性工作者"),
    Population.GENERAL: pgettext_lazy("column", "一般人群"),
    Population.OTHER: pgettext_lazy("column", "其他人群"),
}


SOUGHT = (FigureKind.SERVED, FigureKind.SOUGHT)
Found = Mapping[figures.Place, Mapping[str, Part]]


class Choice(forms.Form):
    """Which year, which place, and which service the table of places is about."""

    year = forms.TypedChoiceField(label=gettext_lazy("年份"), coerce=int, required=False)
    region = forms.ChoiceField(
        label=gettext_lazy("州市"), required=False, choices=places.whole_or_prefectures
    )
    service = forms.ChoiceField(
        label=gettext_lazy("服务"),
        required=False,
        choices=[("", gettext_lazy("项目最多的服务")), *Service.choices],
    )

    def __init__(self, data: Mapping[str, str], years: list[int]) -> None:
        super().__init__(data, auto_id="%s")
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


def _chosen(request: HttpRequest, years: list[int], at: datetime) -> tuple[Choice, int, str, str]:
    """Return the form, and what the address asks for; the latest year unless it names another."""
    this_year = at.astimezone(SHANGHAI).year
    known = years or [this_year]
    latest = max((year for year in known if year <= this_year), default=known[-1])
    said = {name: request.GET.get(name, "") for name in ("year", "region", "service")}
    form = Choice(said | {"year": said["year"] or str(latest)}, known)
    form.is_valid()
    cleaned = form.cleaned_data
    return (
        form,
        cleaned.get("year") or latest,
        cleaned.get("region", ""),
        cleaned.get("service", ""),
    )


@require_safe
def figure_page(request: HttpRequest) -> HttpResponse:
    """Every figure of a year and a place, as a sentence, a picture and a table."""
    form, year, region, service = _chosen(request, figures.years(), now())
    found = figures.of_year(year, region)
    parts = {kind: found.get((kind, region), {}) for kind in FigureKind}
    everything = found.get((FigureKind.SERVED, ""), {})
    service = service or pictured.busiest(everything, Service.values)
    heat = _of_place(found, region) if region else _of_service(found, service, request)
    context = {
        "form": form,
        "year": year,
        "place": places.name(region) if region else "",
        "bought": pictured.bought(parts[FigureKind.BOUGHT], year, region),
        "bidders": pictured.bidders(parts[FigureKind.BIDDERS]),
        "duties": pictured.duties(parts[FigureKind.DUTIES], year),
        "costs": pictured.costs(parts[FigureKind.COSTS]),
        "heat": heat if any(found.get((kind, "")) for kind in SOUGHT) else None,
    }
    return render(request, "public/figures.html", context)


def _cell(found: Found, regions: Sequence[str], key: str) -> Cell:
    """Count what is served and sought in any of the regions; nothing is counted in two."""
    served, sought = (
        sum(found.get((kind, region), {}).get(key, Part()).n for region in regions)
        for kind in SOUGHT
    )
    return Cell(served, is_sought=sought > 0)


def _heads() -> tuple[str, ...]:
    return tuple(str(SHORT[people]) for people in Population)


def _of_service(found: Found, service: str, request: HttpRequest) -> Heat:
    """Place by population for one service; what is for the whole province in a row of its own."""
    whole = settings.PROVINCE_CODE
    short = tiles.short_names()
    named = [(code, short.get(code, name)) for code, name in places.prefectures()]
    rows = [(whole, _("面向全省")), *named]
    lines = tuple(
        Line(
            label,
            tuple(_cell(found, [code], f"{service}:{people}") for people in Population.values),
            "" if code == whole else addresses.with_changes(request, region=code) + "#served",
        )
        for code, label in rows
    )
    caption = _("%(service)s：哪里为谁买了几个项目") % {"service": Service(service).label}
    return Heat(caption, _("州市"), _heads(), lines)


def _of_place(found: Found, region: str) -> Heat:
    """Service by population for one prefecture, with what is for the whole province."""
    here = [region, settings.PROVINCE_CODE]
    lines = tuple(
        Line(
            str(service.label),
            tuple(_cell(found, here, f"{service.value}:{each}") for each in Population.values),
        )
        for service in Service
    )
    caption = _("%(place)s：为谁买了哪些服务，各几个项目") % {"place": places.name(region)}
    return Heat(caption, _("服务"), _heads(), lines)
