"""Where a procurement stands in public: from dated facts and the clock, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from procurement.publication import queries
from procurement.publication.models import Listing
from procurement.publication.queries import State

END = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def listing(**facts: object) -> Listing:
    """A saved listing with these facts."""
    values = {
        "ocid": f"ocds-yn0000-2026-{Listing.objects.count():06d}",
        "title": "随访",
        "agency_id": "1",
        "agency_name": "疾控中心",
        "status": "active",
        "updated_at": END,
        "compiled": {},
        "bigrams": "",
    }
    return Listing.objects.create(**values | facts)


CASES: list[tuple[dict[str, object], datetime, State]] = [
    ({"tender_period_end": END}, END - SECOND, State.OPEN),
    ({"tender_period_end": END}, END, State.OPEN),
    ({"tender_period_end": END}, END + SECOND, State.JUDGING),
    ({"tender_period_end": END, "opened_at": END}, END, State.JUDGING),
    ({"tender_period_end": None}, END, State.JUDGING),
    ({"status": "planned"}, END, State.PLANNED),
    ({"status": "complete", "tender_period_end": END}, END - SECOND, State.AWARDED),
    ({"status": "unsuccessful"}, END, State.UNSUCCESSFUL),
    ({"status": "cancelled", "tender_period_end": END}, END - SECOND, State.CANCELLED),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("facts", "at", "state"), CASES)
def test_the_state_follows_from_the_facts(
    facts: dict[str, object], at: datetime, state: State
) -> None:
    assert queries.state_of(listing(**facts), at) is state


@pytest.mark.django_db
@pytest.mark.parametrize("at", [END - SECOND, END, END + SECOND])
def test_the_database_keeps_what_the_function_says(at: datetime) -> None:
    rows = [listing(**facts) for facts, _at, _state in CASES]
    for state in State:
        kept = set(Listing.objects.filter(queries.in_state(state, at)))
        assert kept == {row for row in rows if queries.state_of(row, at) is state}


@pytest.mark.django_db
def test_counts_of_each_state_come_in_one_statement(
    django_assert_num_queries: object,
) -> None:
    rows = [listing(**facts) for facts, _at, _state in CASES]
    everything = Listing.objects.all()
    with django_assert_num_queries(1):  # type: ignore[operator]
        counted = queries.count(
            {
                "status": queries.state_facet(everything, END),
                "total": queries.total(everything),
                "none": queries.total(Listing.objects.none()),
            }
        )
    assert counted["total"] == {"": len(rows)}
    assert counted["none"] == {}
    assert counted["status"]["open"] == 3
    assert sum(counted["status"].values()) == len(rows)
