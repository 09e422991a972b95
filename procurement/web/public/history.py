"""Notices of other media, taken in as history: a list and a page each, marked as what they are."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from procurement.history import queries
from procurement.history.models import ImportedNotice, NoticeType
from procurement.publication import paging
from procurement.publication.queries import CAP
from procurement.web import addresses
from procurement.web.public import lists, words
from procurement.web.public.filters import ANY, ListFilter


class HistoryFilter(ListFilter):
    """Imported notices by words, type and procedure."""

    q = filters.CharFilter(label=gettext_lazy("词语"), method="by_words")
    kind = filters.ChoiceFilter(
        label=gettext_lazy("公告类型"), choices=NoticeType.choices, empty_label=ANY
    )
    procedure = filters.ChoiceFilter(
        label=gettext_lazy("采购方式"), choices=words.methods, empty_label=ANY
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, queries.search())

    def by_words(
        self, found: QuerySet[ImportedNotice], _name: str, value: str
    ) -> QuerySet[ImportedNotice]:
        """Keep the notices in which every word occurs."""
        return found & queries.search(words=value)


@require_safe
def history_list(request: HttpRequest) -> HttpResponse:
    """Every imported notice, newest first, narrowed by the address alone."""
    narrowed = HistoryFilter(request.GET)
    form = narrowed.form
    page = paging.page(
        narrowed.qs.defer("raw", "need"),
        by="-ordered_on",
        cursor=addresses.cursor(request),
    )
    chosen = narrowed.chosen()
    typed = form.fields.pop("q") and narrowed.cleaned().get("q", "")
    context = {
        "rows": [(notice, words.method(notice.procedure)) for notice in page.rows],
        "form": form,
        "q": typed,
        "chips": lists.chips(request, HistoryFilter({}).form, chosen),
        "folded": len([name for name in chosen if name != "q"]),
        "count": lists.how_many(narrowed.qs.order_by()[: CAP + 1].count()),
        **addresses.beside(request, page),
    }
    return render(request, "public/history_list.html", context)


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """One imported notice in full, with the way to the statutory medium."""
    notice = get_object_or_404(ImportedNotice.objects.defer("raw"), pk=pk)
    context = {
        "notice": notice,
        "method": words.method(notice.procedure) if notice.procedure else notice.stated_procedure,
        "medium": urlsplit(notice.media_url).hostname or "",
        "lots": [
            {**lot, "yuan": Decimal(lot["amount"]) if lot["amount"] else None}
            for lot in notice.lots
        ],
    }
    return render(request, "public/history_notice.html", context)
