"""A whole procurement to read about, and pages as production shows them."""

import pytest
from pytest_django import Settings

from procurement.tenders.models import Tender
from tests.builders import procurement as build


@pytest.fixture(autouse=True)
def _no_rehearsal(settings: Settings) -> None:
    """Pages are counted and read as production shows them."""
    settings.REHEARSAL = False


@pytest.fixture
def awarded() -> Tender:
    """A tender with three bids, decided in April 2026."""
    who = build.cast(3)
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    return tender
