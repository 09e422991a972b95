"""The award register: who bought what from whom, for how much, when and how."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from procurement.publication import finding, paging, queries
from procurement.web import addresses
from procurement.web.public import highlights, lists, places, words
from procurement.web.public.filters import AwardFilter

NEWEST = "-awarded_at"


@require_safe
def award_list(request: HttpRequest) -> HttpResponse:
    """Every award, newest first, narrowed by the address alone."""
    narrowed = AwardFilter(request.GET)
    form = narrowed.form
    few = AwardFilter(request.GET, are_few=True).qs
    read = finding.NearOrFew(few) if narrowed.seeks else None
    page = paging.page(
        narrowed.qs, by=NEWEST, cursor=addresses.cursor(request), read=read or paging.plainly
    )
    are_few = read and not read.are_many
    counts = queries.count({"total": queries.total(few if are_few else narrowed.qs)})
    chosen = narrowed.chosen()
    form.fields.pop("q")
    sought = narrowed.cleaned().get("q") or ""
    context = {
        "rows": [
            {
                "award": award,
                "title": highlights.marked(award.title, sought),
                "agency": highlights.marked(award.agency_name, sought),
                "supplier": highlights.marked(award.supplier_name, sought),
                "method": words.method(award.method) if award.method else "",
                "place": places.names(award.regions),
            }
            for award in page.rows
        ],
        "form": form,
        "q": sought,
        "chips": lists.chips(request, AwardFilter({}).form, chosen),
        "folded": len([name for name in chosen if name != "q"]),
        "count": lists.how_many(counts["total"].get("", 0)),
        **addresses.beside(request, page),
    }
    return render(request, "public/award_list.html", context)
