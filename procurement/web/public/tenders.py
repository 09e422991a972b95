"""Tenders and what is planned: the lists, and one procurement's whole story."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.publication import finding, merge, paging, queries
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.queries import State
from procurement.web import addresses
from procurement.web.public import (
    breaches,
    cards,
    contracts,
    drawn,
    lists,
    places,
    plain,
    sections,
    words,
)
from procurement.web.public.filters import (
    CLOSING,
    LONGEST,
    NEWEST,
    ORDER_NAMES,
    WITHOUT,
    TenderFilter,
)
from procurement.web.public.story import Story, contents, find


@require_safe
def tender_list(request: HttpRequest) -> HttpResponse:
    """Every tender, narrowed and ordered by the address alone."""
    at = now()
    narrowed = TenderFilter(request.GET, at)
    form = narrowed.form
    sought = narrowed.cleaned().get("q") or ""
    found = narrowed.rows()
    rows = cards.with_eligibility(found)
    rows = cards.with_texts(rows) if sought else rows
    page = paging.page(
        rows,
        by=narrowed.order,
        cursor=addresses.cursor(request),
        read=finding.reading(sought, found),
    )
    loosened = {} if page.rows else narrowed.loosened()
    counts = queries.count(narrowed.facets() | loosened)
    chosen = {k: v for k, v in narrowed.chosen().items() if k not in {"sort", "status"}}
    region = str(chosen.get("region", ""))
    lists.count_choices(form, {k: counts[k] for k in ("service", "population", "method")})
    state = narrowed.cleaned().get("status") or ""
    form.fields.pop("status")
    form.errors.pop("status", None)  # an address of before: the list shows them all
    form.fields.pop("q")
    context = {
        "cards": [cards.card(listing, at, sought) for listing in page.rows],
        "form": form,
        "q": sought,
        "state": state,
        "at": at,
        "closing": narrowed.cleaned().get("sort") == CLOSING,
        "states": _states(request, counts["status"], state),
        "orders": _orders(request, narrowed.cleaned().get("sort") or NEWEST),
        "count": lists.how_many(counts["total"].get("", 0)),
        "about": words.STATES[state] if state else "",
        "chips": lists.chips(request, TenderFilter({}, at).form, chosen),
        "ways_out": _ways_out(request, narrowed, counts),
        "figures": places.by_prefecture(counts["region"]),
        "prefecture": f"{region[:4]}00" if region else "",
        "everywhere": addresses.with_changes(request, region="") if region else "",
        "map_address": addresses.with_last(request, "region"),
        "folded": len([name for name in chosen if name != "q"]),
        **addresses.beside(request, page),
    }
    return render(request, "public/tender_list.html", context)


def _orders(request: HttpRequest, chosen: str) -> list[dict[str, object]]:
    """The orders of the list as links; the usual one needs no word in the address."""
    return [
        {
            "label": label,
            "url": addresses.with_changes(request, sort="" if order == NEWEST else order),
            "on": order == chosen,
        }
        for order, label in ORDER_NAMES
    ]


def _ways_out(
    request: HttpRequest, narrowed: TenderFilter, counts: dict[str, dict[str, int]]
) -> list[lists.WayOut]:
    """What to take out of an empty list: each filter that is set and hides something."""
    counted = {
        name.removeprefix(WITHOUT): found.get("", 0)
        for name, found in counts.items()
        if name.startswith(WITHOUT)
    }
    return lists.ways_out(request, TenderFilter({}, narrowed.at).form, narrowed.chosen(), counted)


def _states(request: HttpRequest, counted: dict[str, int], chosen: str) -> list[dict[str, object]]:
    """The states as links with their counts: the question asked most."""
    all_url = addresses.with_changes(request, status="")
    rest: list[dict[str, object]] = [
        {
            "label": words.STATES[state],
            "figure": lists.capped(counted.get(state, 0)),
            "url": addresses.with_changes(request, status=state),
            "on": state == chosen,
        }
        for state in State
        if counted.get(state) or state in {State.OPEN, chosen}
    ]
    return [{"label": _("全部采购公告"), "url": all_url, "on": not chosen}, *rest]


@require_safe
def planning_list(request: HttpRequest) -> HttpResponse:
    """What agencies say they intend to buy, newest first."""
    at = now()
    typed = request.GET.get("q", "")[:LONGEST]
    region = request.GET.get("region", "")
    found = queries.tenders().filter(planned_at__isnull=False)
    found = queries.matching(found, typed)
    found = cards.with_texts(found) if typed else found
    if region in places.known():
        found = found.filter(regions__overlap=places.covering(region))
    page = paging.page(found, by="-planned_at", cursor=addresses.cursor(request))
    counts = queries.count({"total": queries.total(found)})
    context = {
        "rows": [(listing, cards.card(listing, at, typed)) for listing in page.rows],
        "q": typed,
        "region": region,
        "regions": places.prefectures(),
        "count": lists.how_many(counts["total"].get("", 0)),
        **addresses.beside(request, page),
    }
    return render(request, "public/planning_list.html", context)


@require_safe
def tender(request: HttpRequest, ocid: str) -> HttpResponse:
    """One procurement from plan to result, as its notices tell it."""
    told = Story(*find(ocid), now())
    lines = breaches.of_record(told.record, told.listing, told.at)
    said = contents(told.record)
    contract = contracts.of(told.record, said["awards"], lines)
    context = {
        "story": told,
        "agency": told.listing.agency_name,
        "plain": plain.summary(told),
        "steps": plain.steps(told),
        "duties": [line for line in lines if not (contract and contracts.follows(line))],
        "reported": [] if contract else breaches.reported(told.record),
        "contract": contract,
        "draw": drawn.of(told.record, told.at),
        **said,
    }
    return render(request, "public/tender.html", context)


@require_safe
def planning(request: HttpRequest, ocid: str) -> HttpResponse:
    """One planning notice; it stays readable after the tender has followed."""
    told = Story(*find(ocid), now())
    plan = Entry.objects.of(ocid).filter(kind=NoticeKind.PLANNING).last()
    if plan is None:
        raise Http404
    notice = merge.release_of(plan)
    comment = sections.comment(notice, told.at) if told.state is State.PLANNED else None
    context = {"story": told, "comment": comment, **contents(notice)}
    return render(request, "public/planning.html", context)
