"""Tenders and what is planned: the lists, and one procurement's whole story."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.publication import finding, merge, paging, queries
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.publication.queries import Facet, State
from procurement.web.public import breaches, cards, drawn, lists, places, sections, words
from procurement.web.public.filters import CLOSING, LONGEST, TenderFilter
from procurement.web.public.story import Story, contents


@require_safe
def tender_list(request: HttpRequest) -> HttpResponse:
    """Every tender, narrowed and ordered by the address alone."""
    at = now()
    narrowed = TenderFilter(request.GET, at)
    form = narrowed.form
    sought = narrowed.cleaned().get("q") or ""
    rows = cards.with_eligibility(narrowed.rows())
    rows = cards.with_texts(rows) if sought else rows
    page = paging.page(
        rows,
        by=narrowed.order,
        cursor=request.GET.get(lists.CURSOR, ""),
        read=finding.reading(sought),
    )
    counts = queries.count(narrowed.facets())
    chosen = {k: v for k, v in narrowed.chosen().items() if k not in {"sort", "status"}}
    lists.count_choices(form, {k: counts[k] for k in ("service", "population", "method")})
    state = narrowed.cleaned().get("status") or ""
    form.fields.pop("status")
    form.fields.pop("q")
    context = {
        "cards": [cards.card(listing, at, sought) for listing in page.rows],
        "form": form,
        "q": sought,
        "state": state,
        "at": at,
        "closing": narrowed.cleaned().get("sort") == CLOSING,
        "states": _states(request, counts["status"], state),
        "count": lists.how_many(counts["total"].get("", 0)),
        "chips": lists.chips(request, TenderFilter({}, at).form, chosen),
        "folded": len([name for name in chosen if name != "q"]),
        **lists.beside(request, page),
    }
    return render(request, "public/tender_list.html", context)


def _states(request: HttpRequest, counted: dict[str, int], chosen: str) -> list[dict[str, object]]:
    """The states as links with their counts: the question asked most."""
    all_url = lists.with_changes(request, status="")
    rest: list[dict[str, object]] = [
        {
            "label": words.STATES[state],
            "figure": lists.capped(counted.get(state, 0)),
            "url": lists.with_changes(request, status=state),
            "on": state == chosen,
        }
        for state in State
        if counted.get(state) or state in {State.OPEN, chosen}
    ]
    return [{"label": _("全部"), "url": all_url, "on": not chosen}, *rest]


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
    page = paging.page(found, by="-planned_at", cursor=request.GET.get(lists.CURSOR, ""))
    counts = queries.count({"total": queries.total(found)})
    context = {
        "rows": [(listing, cards.card(listing, at, typed)) for listing in page.rows],
        "q": typed,
        "region": region,
        "regions": places.prefectures(),
        "count": lists.how_many(counts["total"].get("", 0)),
        **lists.beside(request, page),
    }
    return render(request, "public/planning_list.html", context)


@require_safe
def tender(request: HttpRequest, ocid: str) -> HttpResponse:
    """One procurement from plan to result, as its notices tell it."""
    told = _story(ocid)
    context = {
        "story": told,
        "agency": told.listing.agency_name,
        "duties": breaches.of_record(told.record, told.listing, told.at),
        "reported": breaches.reported(told.record),
        "draw": drawn.of(told.record, told.at),
        **contents(told.record),
    }
    return render(request, "public/tender.html", context)


@require_safe
def planning(request: HttpRequest, ocid: str) -> HttpResponse:
    """One planning notice; it stays readable after the tender has followed."""
    told = _story(ocid)
    plan = Entry.objects.of(ocid).filter(kind=NoticeKind.PLANNING).last()
    if plan is None:
        raise Http404
    notice = merge.release_of(plan)
    comment = sections.comment(notice, told.at) if told.state is State.PLANNED else None
    context = {"story": told, "comment": comment, **contents(notice)}
    return render(request, "public/planning.html", context)


def _story(ocid: str) -> Story:
    found = Listing.objects.defer("bigrams").filter(pk=ocid).first()
    if found is None:
        raise Http404
    return Story(found, list(Entry.objects.of(ocid).defer("body")), now())


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What can be bid for now, near me; what closes first; what was decided."""
    at = now()
    region = request.GET.get("region", "")
    is_open = queries.tenders().filter(queries.in_state(State.OPEN, at))
    here = is_open
    if region in places.known():
        here = is_open.filter(regions__overlap=places.covering(region))
    closing = cards.with_eligibility(here).order_by("tender_period_end", "pk")[:3]
    awards = queries.awards().order_by("-awarded_at", "-pk")
    if region in places.known():
        awards = awards.filter(regions__overlap=places.covering(region))
    counts = queries.count(
        {
            "here": queries.total(here),
            "region": Facet(is_open, "regions", is_array=True, prefix=4),
        }
    )
    context = {
        "at": at,
        "region": region if region in places.known() else "",
        "place": places.name(region) if region in places.known() else "",
        "regions": places.prefectures(),
        "closing": [cards.card(listing, at) for listing in closing],
        "awards": awards[:3],
        "notices": _newest(),
        "figures": places.by_prefecture(counts["region"]),
        "here": lists.how_many(counts["here"].get("", 0)),
        "all_url": reverse("public:tender-list") + _open_here(region),
    }
    return render(request, "public/home.html", context)


def _open_here(region: str) -> str:
    here = f"&region={region}" if region in places.known() else ""
    return f"?status={State.OPEN}&sort={CLOSING}{here}"


def _newest() -> list[dict[str, object]]:
    """The latest notices of the log, with the titles of their procurements."""
    entries = list(Entry.objects.releases().defer("body").order_by("-published_at", "-index")[:3])
    listings = queries.tenders().in_bulk([entry.ocid for entry in entries])
    return [
        {
            "kind": words.notice(entry.kind),
            "title": listings[entry.ocid].title,
            "agency": listings[entry.ocid].agency_name,
            "url": reverse("public:notice", args=[entry.release_id]),
            "at": entry.published_at,
            "number": entry.number,
        }
        for entry in entries
    ]
