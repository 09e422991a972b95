"""Which watches a new notice concerns: matched thing by thing and search by search, in batches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q

from procurement.publication.models import STATEMENTS, Entry, Listing, NoticeKind
from procurement.watches.models import Kind, Pace, Watch
from procurement.watches.searches import search

# Steps of an opening that the opening record tells anyway, and digests that only prove something.
_UNTOLD: Final = frozenset(
    {NoticeKind.DRAW, NoticeKind.REGISTER, NoticeKind.CEREMONY, NoticeKind.REACH}
)
TOLD: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.TENDER: frozenset(set(NoticeKind) - STATEMENTS - _UNTOLD),
    Kind.AGENCY: frozenset(
        {
            NoticeKind.PLANNING,
            NoticeKind.TENDER,
            NoticeKind.AWARD,
            NoticeKind.FAILURE,
            NoticeKind.CANCELLATION,
            NoticeKind.BREACH,
        }
    ),
    Kind.SEARCH: frozenset({NoticeKind.PLANNING, NoticeKind.TENDER}),
}
_SOONEST: Final = tuple(Pace)

Pair = tuple[Watch, Entry]


def heard(entries: Sequence[Entry], listings: Mapping[str, Listing], *, at: datetime) -> list[Pair]:
    """Return which watch each of these notices concerns, whoever else tells of it.

    Only of what was published after a watch began. One query for tenders and agencies, one for each
    different search that matches; none of them looks at more than these notices' procurements.
    """
    found = (*_things(entries, listings), *_searches(entries, at))
    return [(watch, entry) for watch, entry in found if watch.since <= entry.published_at]


def soonest(pairs: Iterable[Pair]) -> dict[tuple[int, int], Watch]:
    """Return by notice (its index) and person the watch that wants to tell it soonest."""
    found: dict[tuple[int, int], Watch] = {}
    for watch, entry in pairs:
        key = entry.index, watch.person_id
        known = found.get(key)
        if known is None or _sooner(watch, known):
            found[key] = watch
    return found


def _sooner(one: Watch, other: Watch) -> bool:
    return _SOONEST.index(Pace(one.pace)) < _SOONEST.index(Pace(other.pace))


def _things(entries: Sequence[Entry], listings: Mapping[str, Listing]) -> Iterator[Pair]:
    agencies = {ocid: listing.agency_id for ocid, listing in listings.items()}
    wanted = Q(kind=Kind.TENDER, subject__in=list(agencies))
    wanted |= Q(kind=Kind.AGENCY, subject__in=set(agencies.values()))
    by_thing: dict[tuple[str, str], list[Watch]] = {}
    for watch in Watch.objects.filter(wanted, person__is_active=True):
        by_thing.setdefault((watch.kind, watch.subject), []).append(watch)
    for entry in entries:
        for kind, subject in (
            (Kind.TENDER, entry.ocid),
            (Kind.AGENCY, agencies.get(entry.ocid, "")),
        ):
            if entry.kind in TOLD[kind]:
                yield from ((watch, entry) for watch in by_thing.get((kind, subject), []))


def _searches(entries: Sequence[Entry], at: datetime) -> Iterator[Pair]:
    # of a procurement announced and called in one batch, the call
    begun = {entry.ocid: entry for entry in entries if entry.kind in TOLD[Kind.SEARCH]}
    if not begun:
        return
    watches = Watch.objects.filter(kind=Kind.SEARCH, person__is_active=True)
    for query in watches.order_by().values_list("subject", flat=True).distinct():
        shown = search().among(query, begun, at=at)
        if shown:
            for watch in watches.filter(subject=query):
                yield from ((watch, begun[ocid]) for ocid in sorted(shown))
