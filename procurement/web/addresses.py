"""Addresses of lists: the query holds their whole state, and where in the list the reader is."""

from typing import Any

from django.http import HttpRequest, QueryDict

from procurement.publication.paging import Page

CURSOR = "page"


def cursor(request: HttpRequest) -> str:
    """Return where in the list the reader is; empty at its beginning."""
    return request.GET.get(CURSOR, "")


def with_changes(request: HttpRequest, **changes: str) -> str:
    """Return the query of this page with some values changed ("" takes one out), from page one."""
    query = request.GET.copy()
    query.pop(CURSOR, None)
    for name, value in changes.items():
        query[name] = value
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        kept.setlist(name, [value for value in values if value])
    text = kept.urlencode()
    return f"?{text}" if text else "?"


def with_last(request: HttpRequest, name: str) -> str:
    """Return the query of this page ending in `name=`, for whoever puts a value after it."""
    address = with_changes(request, **{name: ""})
    return f"{address}{'' if address == '?' else '&'}{name}="


def beside(request: HttpRequest, page: Page[Any]) -> dict[str, str]:
    """Return the addresses of the pages before and after; empty where there is none."""
    return {
        "earlier_url": with_changes(request, **{CURSOR: page.following}) if page.following else "",
        "later_url": with_changes(request, **{CURSOR: page.preceding}) if page.preceding else "",
    }
