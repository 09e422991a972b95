"""Whole procurements to read about, and pages as production shows them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from organizations import instants
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.builders.procurement import Cast

Open = Callable[..., Tender]


@pytest.fixture(autouse=True)
def _no_rehearsal(settings: Settings) -> None:
    """Pages are counted and read as production shows them."""
    settings.REHEARSAL = False


@pytest.fixture
def public_address(settings: Settings) -> None:
    """Where the portal is, as feeds say it."""
    settings.SITE_URL = "https://caigou.example.org"


@pytest.fixture
def who() -> Cast:
    """An agency and three groups."""
    return build.cast(3)


@pytest.fixture
def awarded(who: Cast) -> Tender:
    """A tender with three bids, decided in April 2026."""
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    return tender


def open_dates(days_left: int = 12) -> dict[str, Any]:
    """Lawful dates of a call that is open for bids today, by the portal's own clock."""
    today = instants.now().astimezone(SHANGHAI).replace(hour=9, minute=0, second=0, microsecond=0)
    began = today - timedelta(days=25)
    end = (today + timedelta(days=days_left)).replace(hour=17)
    return {
        "at": began,
        "notice_period_end": began + timedelta(days=12),
        "documents_end": began + timedelta(days=12),
        "publicity_period_end": began + timedelta(days=12),
        "enquiry_period_end": end - timedelta(days=5),
        "tender_period_end": end,
        "award_expected_date": (end + timedelta(days=10)).date(),
        "contract_start": (end + timedelta(days=30)).date(),
        "contract_end": (end + timedelta(days=365)).date(),
    }


@pytest.fixture
def open_now(who: Cast) -> Open:
    """A maker of tenders that are open for bids today."""

    def make(method: str = "open", days_left: int = 12, **changes: object) -> Tender:
        return build.published(who, method, **(open_dates(days_left) | changes))

    return make
