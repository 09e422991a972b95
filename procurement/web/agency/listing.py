"""Lists by keyset: the newest first, older ones from a number on."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

PAGE = 30

M = TypeVar("M", bound=Model)


def page_of(found: QuerySet[M], request: HttpRequest) -> tuple[list[M], str]:
    """Return one page of a list and the address of the older page; empty on the last page."""
    before = request.GET.get("before", "")
    if before.isdigit():
        found = found.filter(pk__lt=int(before[:15]))
    rows = list(found.order_by("-pk")[: PAGE + 1])
    older = f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    return rows[:PAGE], older
