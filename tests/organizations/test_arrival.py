"""When a request arrived: the edge's stamp within narrow bounds, else the database's clock."""

from datetime import datetime, timedelta

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from organizations import instants
from organizations.web.arrival import arrived_at

pytestmark = pytest.mark.django_db
HEADER = "HTTP_X_RECEIVED_AT"


@pytest.fixture(autouse=True)
def _edge(settings: Settings) -> None:
    settings.EDGE_STAMP_HEADER = HEADER


def _stamp(instant: datetime) -> str:
    """As nginx writes `$msec`."""
    return f"{instant.timestamp():.3f}"


def _arrived(stamp: str) -> datetime:
    return arrived_at(RequestFactory().get("/", headers={"x-received-at": stamp}))


def _is_present(instant: datetime) -> bool:
    return abs(instants.now() - instant) < timedelta(seconds=5)


@pytest.mark.parametrize("age", [1, 30, 120])
def test_a_stamp_of_the_last_two_minutes_counts(age: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real = instants.real()
    monkeypatch.setattr(instants, "real", lambda: real)  # while a busy machine gets there
    told = real.replace(microsecond=0) - timedelta(seconds=age - 1)
    assert _arrived(_stamp(told)) == told


@pytest.mark.parametrize("seconds", [-3600, -121, 2, 60, 10**8])
def test_a_stamp_out_of_bounds_is_as_good_as_none(seconds: int) -> None:
    told = instants.real() + timedelta(seconds=seconds)
    assert _is_present(_arrived(_stamp(told)))


def test_an_edge_a_little_ahead_dates_nothing_later_than_the_database() -> None:
    told = instants.real() + timedelta(seconds=0.4)
    assert _arrived(_stamp(told)) <= instants.real()


@pytest.mark.parametrize(
    "stamp",
    ["", "NaN", "nan.000", "inf", "-1", "1e9", "1732298765", "1732298765.1234", "٣٢٣٢٢٩٨٧٦٥.١٢٣",
     "1732298765.123, 1732298766.123", "99999999999.999", "0x65", "now"],
)  # fmt: skip
def test_what_is_no_stamp_is_as_good_as_none(stamp: str) -> None:
    assert _is_present(instants.arrival(stamp))


def test_without_a_stamp_a_request_arrives_now() -> None:
    assert _is_present(arrived_at(RequestFactory().get("/")))


def test_a_client_is_never_believed_when_no_edge_is_set(settings: Settings) -> None:
    settings.EDGE_STAMP_HEADER = ""
    told = instants.real() - timedelta(seconds=60)
    assert _is_present(_arrived(_stamp(told)))


def test_the_rehearsal_moves_an_arrival_too(settings: Settings) -> None:
    settings.REHEARSAL = True
    instants.advance(timedelta(days=3))
    told = instants.real() - timedelta(seconds=60)
    moved = _arrived(_stamp(told)) - told
    assert abs(moved - timedelta(days=3)) <= timedelta(milliseconds=1)
