"""Reading the listings in which words occur, whatever the database guesses about the words.

Left to itself the planner walks all tenders for a word that no tender has, and sorts every hit of
a word that thousands have. Here the newest tenders are looked through first: a common word fills a
page from them. Only a word that does not is asked of the indexes, together with what else narrows
the list, and whatever is left is then sorted. Both find exactly what `queries.matching` finds.

So for the order of most lists, the newest first. What closes soonest and what is only planned are
few at a time, and are asked for plainly.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, F, Func, Model, QuerySet

from procurement.publication import paging, search
from procurement.publication.models import Listing

WINDOW = 2000  # tenders looked through one by one before the index is asked
NEWEST = "tender_period_start"  # the order that has an index of its own

M = TypeVar("M", bound=Model)
Read = Callable[[QuerySet[Listing], QuerySet[Listing]], list[Listing]]


def reading(words: str, narrowed: QuerySet[Listing]) -> Read:
    """Return how `paging.page` reads `narrowed`, or more of the same rows, narrowed by words."""
    if not search.query(words):
        return paging.plainly

    def read(rows: QuerySet[Listing], every: QuerySet[Listing]) -> list[Listing]:
        if str(every.query.order_by[0]).lstrip("-") != NEWEST:
            return paging.plainly(rows, every)
        called = every.filter(tender_period_start__isnull=False)
        return _among(called[:WINDOW], narrowed.order_by().defer(None), rows)

    return read


def _among(
    near: QuerySet[Listing], far: QuerySet[Listing], rows: QuerySet[Listing]
) -> list[Listing]:
    """Return what `rows` finds when the table holds nothing but `near`; if few, but `far`.

    The name of the table is given to those rows, read first, for the length of a part of the
    statement. The database begins the second part only when the first has not filled the page.
    """
    try:
        (near_sql, near_values), (far_sql, far_values), (asked, values) = (
            each.query.sql_with_params() for each in (near, far, rows)
        )
    except EmptyResultSet:
        return []
    table = f'"{Listing._meta.db_table}"'
    few = "(SELECT count(*) FROM near) < %s"
    first = f"WITH {table} AS MATERIALIZED ({near_sql}) {asked}"
    then = f"WITH {table} AS MATERIALIZED ({far_sql}) {asked}"
    statement = (
        f"WITH near AS MATERIALIZED ({first}) (SELECT * FROM near WHERE NOT {few}) "  # noqa: S608
        f"UNION ALL (SELECT * FROM ({then}) AS far WHERE {few})"
    )
    most = rows.query.high_mark
    given = (*near_values, *values, most, *far_values, *values, most)
    return list(Listing.objects.raw(statement, given))


class _IsOneOf(Func):
    """Whether a value is in an array: unlike a join, never a reason to go through the table."""

    template, arg_joiner = "%(expressions)s)", " = ANY ("
    output_field = BooleanField()


class NearOrFew(Generic[M]):
    """How `paging.page` reads rows that can be asked for in two ways.

    What most rows pass is found among the next `window` rows of the list's order. Only where those
    do not fill the page `few` is asked: the same rows, each filter by an index of its own.
    """

    def __init__(self, few: QuerySet[M], window: int = WINDOW) -> None:
        self.few = few
        self.window = window
        self.are_many = False  # what was read last filled its page from near by

    def __call__(self, rows: QuerySet[M], every: QuerySet[M]) -> list[M]:
        """Return the rows of a page; `every` is what there is from there on."""
        most = rows.query.high_mark
        near = rows.all()
        near.query.clear_limits()
        following = ArraySubquery(every.values("pk")[: self.window])
        found = list(near.filter(_IsOneOf(F("pk"), following))[:most])
        self.are_many = len(found) == most
        if self.are_many:
            return found
        return list(every.filter(pk__in=self.few.order_by().values("pk"))[:most])
