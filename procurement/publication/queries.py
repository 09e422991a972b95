"""Questions to the catalogue: what can be bid for now, what matches, how much of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from organizations.register import pairs
from organizations.register.pairs import Pairs
from procurement.publication import search
from procurement.publication.models import (
    AwardListing,
    DutyListing,
    DutyState,
    InvitationListing,
    Listing,
    RuleTally,
)

CAP = 1000  # counts above are told as "more than 1,000": an exact count would read every row


class State(StrEnum):
    """Where a procurement stands in public. Follows from dated facts and the clock."""

    OPEN = "open"  # bids come in until the deadline
    PLANNED = "planned"  # announced, not yet called
    JUDGING = "judging"  # the deadline has passed, the decision is awaited
    AWARDED = "awarded"
    UNSUCCESSFUL = "unsuccessful"
    CANCELLED = "cancelled"


class Dated(Protocol):
    """The facts a state follows from."""

    status: str
    tender_period_end: datetime | None
    opened_at: datetime | None


_ENDED = {
    "planned": State.PLANNED,
    "complete": State.AWARDED,
    "unsuccessful": State.UNSUCCESSFUL,
    "cancelled": State.CANCELLED,
}


def state_of(listing: Dated, at: datetime) -> State:
    """Return the state at an instant; the last instant of the bidding time still counts."""
    if listing.status in _ENDED:
        return _ENDED[listing.status]
    end = listing.tender_period_end
    is_open = listing.opened_at is None and end is not None and at <= end
    return State.OPEN if is_open else State.JUDGING


def in_state(state: str, at: datetime) -> Q:
    """Return the condition under which `state_of` answers `state` at this instant."""
    for status, ended in _ENDED.items():
        if state == ended:
            return Q(status=status)
    is_open = Q(opened_at__isnull=True, tender_period_end__gte=at)
    called = Q(status="active")
    return called & is_open if state == State.OPEN else called & ~is_open


class PairQuery(SearchQuery):
    """What a person typed, as a tsquery of character pairs that no dictionary has touched."""

    template = "%(expressions)s::tsquery"

    def __init__(self, words: str) -> None:
        super().__init__(search.query(words), search_type="raw")


def matching(found: QuerySet[Listing], words: str) -> QuerySet[Listing]:
    """Keep the listings in which every run of the words occurs; all when nothing is searchable."""
    return found.filter(bigrams=PairQuery(words)) if search.query(words) else found


def tenders() -> QuerySet[Listing]:
    """Return the listings without their whole record: what a list shows."""
    return Listing.objects.defer("compiled", "bigrams", "summary")


def awards() -> QuerySet[AwardListing]:
    """Return the award register."""
    return AwardListing.objects.all()


def awards_saying(word: str) -> Q:
    """Return the condition that an award's title, supplier or tender holds a word."""
    of_tender = matching(Listing.objects.filter(ocid=OuterRef("ocid")), word)
    return Q(title__icontains=word) | Q(supplier_name__icontains=word) | Q(Exists(of_tender))


def awards_indexed_under(word: str) -> Q:
    """Return the same condition, as indexes answer it; dear where nearly all awards hold it."""
    sought = pairs.of(word)
    named = AwardListing.objects.alias(
        pairs=Pairs("title"), supplier_pairs=Pairs("supplier_name")
    ).filter(
        Q(pairs__contains=sought, title__icontains=word)
        | Q(supplier_pairs__contains=sought, supplier_name__icontains=word)
    )
    tenders_with_it = matching(Listing.objects.all(), word).values("ocid")
    of_tender = AwardListing.objects.filter(ocid__in=tenders_with_it)
    return Q(pk__in=named.values("pk").union(of_tender.values("pk")))


def duties() -> QuerySet[DutyListing]:
    """Return what became of duties with dates: kept, or late."""
    return DutyListing.objects.all()


def breaches() -> QuerySet[DutyListing]:
    """Return the breach register: what was late, whatever came of it."""
    return DutyListing.objects.exclude(state=DutyState.MET)


class Kept(NamedTuple):
    """How often a rule was kept in time, missed, and excused."""

    kept: int
    missed: int
    excused: int


def tallies() -> Mapping[str, Kept]:
    """Return how often each rule was kept, by rule id; a rule nobody met yet is not in it."""
    rows = RuleTally.objects.all()
    return {row.rule_id: Kept(row.kept, row.missed, row.excused) for row in rows}


class Invited(NamedTuple):
    """How often an organisation was invited: drawn and by hand, by one agency and by all."""

    organization_id: str
    name: str
    drawn: int
    by_hand: int
    drawn_here: int = 0
    by_hand_here: int = 0

    @property
    def total(self) -> int:
        """Every invitation."""
        return self.drawn + self.by_hand


def invitations(*, since: datetime, until: datetime) -> QuerySet[InvitationListing]:
    """Return the revealed invitations of a time, the latest first."""
    found = InvitationListing.objects.filter(invited_at__gt=since, invited_at__lte=until)
    return found.order_by("-invited_at", "-pk")


def how_often(
    found: QuerySet[InvitationListing], *, agency_id: str = "", most: int = 50
) -> list[Invited]:
    """Count invitations by organisation, those invited most first; one query."""
    here = Q(agency_id=agency_id)
    rows = found.order_by().values("organization_id")
    counted = rows.annotate(
        name=Max("organization_name"),
        drawn=Count("pk", filter=Q(by_hand=False)),
        hand=Count("pk", filter=Q(by_hand=True)),
        drawn_here=Count("pk", filter=here & Q(by_hand=False)),
        hand_here=Count("pk", filter=here & Q(by_hand=True)),
        every=Count("pk"),
    ).order_by("-every", "organization_id")
    return [
        Invited(
            row["organization_id"], row["name"], row["drawn"], row["hand"],
            row["drawn_here"], row["hand_here"],
        )
        for row in counted[:most]
    ]  # fmt: skip


@dataclass(frozen=True)
class Facet:
    """A question "how many of each": over which rows, told apart by which column."""

    rows: QuerySet[Any]
    column: str
    is_array: bool = False
    prefix: int = 0  # count by the leading characters of the column's codes
    by: str = ""  # in whose order rows are gone through until there are enough


def state_facet(rows: QuerySet[Listing], at: datetime) -> Facet:
    """Return the question how many stand where at an instant."""
    cases = [When(in_state(state, at), then=Value(state.value)) for state in State]
    told = rows.annotate(state=Case(*cases, default=Value(""), output_field=CharField()))
    return Facet(told, "state")


def count(facets: Mapping[str, Facet]) -> dict[str, dict[str, int]]:
    """Answer all questions in one statement, each over at most CAP + 1 rows."""
    statements: list[str] = []
    parameters: list[Any] = []
    for name, facet in facets.items():
        try:
            inner, given = _inner(facet).query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(_statement(inner, facet))
        parameters += [name, *given]
    answers: dict[str, dict[str, int]] = {name: {} for name in facets}
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), parameters)
            for name, value, n in cursor.fetchall():
                answers[name][value or ""] = n
    return answers


def _inner(facet: Facet) -> QuerySet[Any, Any]:
    columns = ("pk", facet.column) if facet.column else ("pk",)
    order = (facet.by, "-pk" if facet.by.startswith("-") else "pk") if facet.by else ()
    return facet.rows.order_by(*order).values_list(*columns)[: CAP + 1]


def _statement(inner: str, facet: Facet) -> str:
    """Return one grouped count; `inner` is compiled by Django, the rest are constants."""
    if not facet.column:
        return f"(SELECT %s, '', count(*) FROM ({inner}) AS kept)"  # noqa: S608
    source, cell = f"({inner}) AS kept(id, cell)", "cell"
    if facet.is_array:
        source, cell = f"{source} CROSS JOIN LATERAL unnest(cell) AS one", "one"
    if facet.prefix:
        cell = f"left({cell}, {facet.prefix})"
    return f"(SELECT %s, {cell}::text, count(DISTINCT id) FROM {source} GROUP BY 2)"  # noqa: S608


def total(rows: QuerySet[Any], by: str = "") -> Facet:
    """Return the question how many there are in all, up to the cap.

    `by` is the order that has an index, for rows of which most pass the filters.
    """
    return Facet(rows, "", by=by)
