"""The tender list as a question that can be kept: what `procurement.watches` asks of it."""

from collections.abc import Collection
from datetime import UTC, datetime

from django.http import QueryDict

from procurement.publication.queries import State
from procurement.web.public.filters import TenderFilter
from procurement.web.public.lists import told

# A new notice opens a call or announces one: searches for what is decided would never match.
BEGINNING = frozenset({State.OPEN.value, State.PLANNED.value})
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def settled(query: str) -> str:
    """Return a query without order, page and mistakes, its parts in the order of the form."""
    kept = QueryDict(mutable=True)
    given = QueryDict(query)
    for name in _asked(query):
        if name != "sort" and not (name == "status" and given.get(name) not in BEGINNING):
            kept[name] = given.get(name, "").strip()
    return kept.urlencode()


def in_words(query: str) -> str:
    """Return a query as the list's own filters read, in the reader's language."""
    asked = _filter(query, _ANY_TIME)
    form = TenderFilter({}, _ANY_TIME).form
    return " · ".join(told(form.fields[name], value) for name, value in asked.chosen().items())


def among(query: str, ocids: Collection[str], *, at: datetime) -> set[str]:
    """Return which of these procurements the list would show at an instant; one query."""
    rows = _filter(query, at).rows().filter(ocid__in=ocids)
    return set(rows.values_list("ocid", flat=True))


def _filter(query: str, at: datetime) -> TenderFilter:
    return TenderFilter(QueryDict(query), at)


def _asked(query: str) -> list[str]:
    return list(_filter(query, _ANY_TIME).chosen())
