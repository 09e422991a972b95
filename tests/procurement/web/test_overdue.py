"""A reader of an overdue tender lets its deadline pass, though no worker ran."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from organizations import instants
from organizations.instants import ClockShift
from procurement import clock
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender
from procurement.web import overdue
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
AHEAD = timedelta(days=30)


@pytest.fixture(autouse=True)
def _somebody_may_look() -> None:
    cache.delete(overdue.LOOKED)


@pytest.fixture
def late(settings: Settings) -> Tender:
    """A tender whose deadline passed by a clock that runs ahead; nobody bid."""
    settings.REHEARSAL = True
    tender = build.published(build.cast(1))
    ahead = build.DEADLINE + timedelta(minutes=5) + AHEAD - instants.real()
    ClockShift.objects.create(id=1, offset=max(ahead, timedelta(0)))
    return tender


def read(client: Client, tender: Tender) -> int:
    return client.get(reverse("public:tender", args=[tender.ocid])).status_code


def registers(tender: Tender) -> int:
    return Entry.objects.of(tender.ocid).filter(kind=NoticeKind.REGISTER).count()


def test_a_reader_of_an_overdue_tender_closes_it_though_no_worker_ran(
    client: Client, late: Tender
) -> None:
    assert read(client, late) == 200
    assert registers(late) == 1
    closed = Tender.objects.get(pk=late.pk)
    assert closed.closed_at is not None
    assert closed.opened_at is not None  # nobody bid: nothing had to be unlocked


def test_only_one_reader_in_five_seconds_looks(client: Client, late: Tender) -> None:
    cache.add(overdue.LOOKED, value=True, timeout=None)
    assert read(client, late) == 200
    assert registers(late) == 0


def test_a_head_request_and_another_page_close_nothing(client: Client, late: Tender) -> None:
    client.head(reverse("public:tender", args=[late.ocid]))
    client.get(reverse("public:help"))
    assert registers(late) == 0


def test_what_goes_wrong_never_reaches_the_reader(
    client: Client,
    late: Tender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*, at: object) -> int:
        raise RuntimeError(at)

    monkeypatch.setattr(clock, "pass_deadlines", fail)
    assert read(client, late) == 200
    assert "could not be passed" in caplog.text


def test_without_the_cache_a_process_counts_for_itself(
    client: Client, late: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: object, **_options: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", down)
    read(client, late)
    assert registers(late) == 1


def test_where_nothing_is_due_pages_ask_no_more_than_before(
    client: Client, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.REHEARSAL = False
    build.cast(1)
    client.get(reverse("public:home"))
    with django_assert_num_queries(1):  # one look, and nothing comes due
        assert clock.next_due(at=build.DEADLINE, within=timedelta(minutes=1)) is None
    with django_assert_num_queries(3):
        client.get(reverse("public:tender-list"))
