"""The first page: what can be bid for here and now, what was decided, and what is late."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.publication import queries
from procurement.publication.queries import Facet, State
from procurement.web.public import breaches, cards, lists, places
from procurement.web.public.filters import CLOSING

SHOWN = 3  # of each


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What closes first and what was decided, here when a place is in the address; who is late."""
    at = now()
    asked = request.GET.get("region", "")
    region = asked if asked in places.known() else ""
    is_open = queries.tenders().filter(queries.in_state(State.OPEN, at))
    awards = queries.awards().order_by("-awarded_at", "-pk")
    here = is_open
    if region:
        covered = places.covering(region)
        here = is_open.filter(regions__overlap=covered)
        awards = awards.filter(regions__overlap=covered)
    closing = cards.with_eligibility(here).order_by("tender_period_end", "pk")[:SHOWN]
    late = queries.breaches().order_by("-since", "-public_id")[:SHOWN]
    counts = queries.count(
        {
            "here": queries.total(here),
            "region": Facet(is_open, "regions", is_array=True, prefix=4),
        }
    )
    context = {
        "at": at,
        "region": region,
        "place": places.name(region) if region else "",
        "kept": [("region", region)],
        "closing": [cards.card(listing, at) for listing in closing],
        "awards": awards[:SHOWN],
        "late": breaches.of_rows(late, at),
        "figures": places.by_prefecture(counts["region"]),
        "here": lists.how_many(counts["here"].get("", 0)),
        "all_url": reverse("public:tender-list") + _open_here(region),
    }
    return render(request, "public/home.html", context)


def _open_here(region: str) -> str:
    here = f"&region={region}" if region else ""
    return f"?status={State.OPEN}&sort={CLOSING}{here}"
