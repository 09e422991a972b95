"""A stage follows from dated facts and an instant alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement import lifecycle
from procurement.lifecycle import ENDED, Act, NotNow, Stage
from procurement.lifecycle.tender import ALLOWED
from procurement.rules import SHANGHAI

DEADLINE = datetime(2026, 12, 8, 17, 0, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)


@dataclass
class Facts:
    """A tender as the lifecycle sees it."""

    submitted_at: datetime | None = None
    published_at: datetime | None = None
    enquiry_period_end: datetime | None = None
    tender_period_end: datetime | None = None
    opened_at: datetime | None = None
    evaluated_at: datetime | None = None
    awarded_at: datetime | None = None
    unsuccessful_at: datetime | None = None
    cancelled_at: datetime | None = None


def running() -> Facts:
    """A published tender with its deadline."""
    return Facts(
        submitted_at=DEADLINE - timedelta(days=31),
        published_at=DEADLINE - timedelta(days=30),
        enquiry_period_end=DEADLINE - timedelta(days=5),
        tender_period_end=DEADLINE,
    )


@pytest.mark.parametrize(
    ("instant", "stage"),
    [
        (DEADLINE - timedelta(days=32), Stage.DRAFT),
        (DEADLINE - timedelta(days=31), Stage.SUBMITTED),
        (DEADLINE - timedelta(days=30), Stage.OPEN),
        (DEADLINE, Stage.OPEN),
        (DEADLINE + timedelta(microseconds=1), Stage.CLOSED),
        (DEADLINE + timedelta(days=300), Stage.CLOSED),
    ],
)
def test_the_stage_changes_by_the_clock_alone(instant: datetime, stage: Stage) -> None:
    assert lifecycle.stage_at(running(), instant) is stage


def test_a_bid_is_in_time_at_the_last_instant_and_late_one_second_after() -> None:
    tender = running()
    assert lifecycle.require(Act.SUBMIT_BID, tender, DEADLINE) is Stage.OPEN
    with pytest.raises(NotNow) as refusal:
        lifecycle.require(Act.SUBMIT_BID, tender, DEADLINE + SECOND)
    assert (refusal.value.act, refusal.value.stage) == (Act.SUBMIT_BID, Stage.CLOSED)


def test_questions_end_before_bids_do() -> None:
    tender = running()
    last = tender.enquiry_period_end
    assert last is not None
    assert lifecycle.may(Act.ASK_ENQUIRY, tender, last)
    assert not lifecycle.may(Act.ASK_ENQUIRY, tender, last + SECOND)
    assert lifecycle.may(Act.SUBMIT_BID, tender, last + SECOND)


def test_a_tender_that_has_ended_takes_the_answers_it_owes_and_tells_who_could_know() -> None:
    ended = {act for act, stages in ALLOWED.items() if stages & ENDED}
    assert ended == {Act.ANSWER_ENQUIRY, Act.STATE_REACH, Act.READ_OWN_BID}


instants = st.none() | st.integers(0, 200).map(lambda d: DEADLINE + timedelta(hours=d - 100))


@given(st.builds(Facts, *[instants] * 9), st.integers(0, 300))
def test_a_fact_of_the_future_has_not_happened(tender: Facts, hours: int) -> None:
    at = DEADLINE + timedelta(hours=hours - 150)
    known = {
        k: v if k.endswith("_end") or (v and v <= at) else None for k, v in vars(tender).items()
    }
    assert lifecycle.stage_at(tender, at) is lifecycle.stage_at(Facts(**known), at)
