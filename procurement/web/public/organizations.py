"""The register in public: groups and agencies, and what each bought or won."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from organizations.agencies import queries as agencies
from organizations.csos import queries as csos
from organizations.csos.models import Cso, CsoType
from organizations.instants import now
from organizations.register.models import Kind, Organization
from organizations.terms import Population, Service
from procurement.ocds import fragments
from procurement.publication import finding, paging, queries
from procurement.publication.models import AwardListing, Listing
from procurement.web import addresses
from procurement.web.public import breaches, cards, drawn, lists, places, words

NEWEST = 5
BY_NAME = "organization__name"
NEAR = 250  # organisations looked through by name before indexes are asked
SOUGHT = {"q", "region"}  # what can be asked in two ways
ANY: list[tuple[str, Any]] = [("", _("不限"))]


class OrganizationFilter(forms.Form):
    """What the register can be narrowed by."""

    q = forms.CharField(label=_("名称"), required=False, max_length=100)
    cso_type = forms.ChoiceField(label=_("类型"), required=False, choices=[*ANY, *CsoType.choices])
    population = forms.ChoiceField(
        label=_("服务人群"), required=False, choices=[*ANY, *Population.choices]
    )
    service = forms.ChoiceField(
        label=_("能做的服务"), required=False, choices=[*ANY, *Service.choices]
    )
    region = forms.ChoiceField(
        label=_("工作地区"), required=False, choices=lambda: [*ANY, *places.choices()]
    )

    def chosen(self) -> dict[str, str]:
        """Return the filters that are set and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True)
class Row:
    """One organisation in the list."""

    organization: Organization
    cso: Cso | None
    place: str


@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    """Groups, or agencies with ?kind=agency, by name."""
    form = OrganizationFilter(request.GET)
    chosen = form.chosen()
    kind = Kind.AGENCY if request.GET.get("kind") == Kind.AGENCY else Kind.CSO
    if kind == Kind.AGENCY:
        for name in ("cso_type", "population", "service"):
            del form.fields[name]
    found, few = _found(kind, chosen), _found(kind, chosen, are_few=True)
    read = finding.NearOrFew(few, NEAR) if chosen.keys() & SOUGHT else None
    page = paging.page(
        found,
        by=BY_NAME,
        cursor=addresses.cursor(request),
        read=read or paging.plainly,
        among=_found(kind, {}),
    )
    are_few = read and not read.are_many
    total = queries.total(few if are_few else found, by="" if read else BY_NAME)
    counts = queries.count({"total": total})
    del form.fields["q"]
    narrowed = {name: v for name, v in chosen.items() if name in form.fields}
    context = {
        "rows": [_row(each) for each in page.rows],
        "kind": kind.value,
        "form": form,
        "q": chosen.get("q", ""),
        "chips": lists.chips(request, OrganizationFilter(), narrowed),
        "folded": len(narrowed),
        "count": lists.how_many(counts["total"].get("", 0)),
        "csos_url": addresses.with_changes(request, kind=""),
        "agencies_url": addresses.with_changes(
            request, kind=Kind.AGENCY, cso_type="", population="", service=""
        ),
        **addresses.beside(request, page),
    }
    return render(request, "public/organization_list.html", context)


def _found(kind: Kind, chosen: dict[str, str], *, are_few: bool = False) -> QuerySet[Any]:
    if kind == Kind.CSO:
        return csos.search(**chosen, are_few=are_few)
    asked = {name: chosen[name] for name in ("q", "region") if name in chosen}
    return agencies.search(**asked, are_few=are_few)


def _row(each: Any) -> Row:  # noqa: ANN401 - a group or an agency
    organization: Organization = each.organization
    return Row(
        organization=organization,
        cso=each if isinstance(each, Cso) else None,
        place=places.name(organization.region_id),
    )


@require_safe
def organization(request: HttpRequest, party: str) -> HttpResponse:
    """One organisation's public facts; `party` is its number in the open data, or ours."""
    found = _find(party)
    number = fragments.party_id(found)
    at = now()
    cso = getattr(found, "cso", None)
    tenders = cards.with_eligibility(queries.tenders().filter(agency_id=number))
    context = {
        "organization": found,
        "cso": cso,
        "works_in": places.names(region.code for region in cso.regions.all()) if cso else "",
        "populations": words.listed(cso.population_labels) if cso else "",
        "services": words.listed(cso.service_labels) if cso else "",
        "place": places.name(found.region_id),
        "number": number,
        "is_agency": found.kind == Kind.AGENCY,
        "at": at,
        "tenders": [cards.card(listing, at) for listing in _newest(tenders)]
        if found.kind == Kind.AGENCY
        else [],
        "host": csos.host_of(cso) if cso else None,
        "awards": _won(number) if cso else [],
        "invited": drawn.times(number, at) if cso else None,
        "invitations": drawn.newest(number, at) if cso else [],
        "duties": breaches.of_agency(number, at) if found.kind == Kind.AGENCY else [],
    }
    return render(request, "public/organization.html", context)


def _find(party: str) -> Organization:
    wanted = fragments.organization_of(party)
    if wanted is None:
        raise Http404
    known = Organization.objects.select_related("cso").prefetch_related("cso__regions")
    found = known.filter(**wanted, refused_at=None).first()
    if found is None:
        raise Http404
    return found


def _newest(found: QuerySet[Listing]) -> list[Listing]:
    return list(found.order_by("-updated_at", "-pk")[:NEWEST])


def _won(number: str) -> list[AwardListing]:
    return list(queries.awards().filter(supplier_id=number).order_by("-awarded_at", "-pk")[:NEWEST])
