"""A cast at an agency's desk, a clock that stands where the test puts it, a client for a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.test import Client

from organizations import instants
from organizations.roles import Actor
from tests.builders import organizations as people
from tests.builders import procurement as build


@dataclass
class Clock:
    """What the portal's clock shows."""

    at: datetime


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The portal's clock, standing at the builders' tender day until a test moves it."""
    shown = Clock(build.TENDER_DAY)
    monkeypatch.setattr(instants, "now", lambda: shown.at)
    return shown


@pytest.fixture
def who(db: None) -> build.Cast:
    """An agency with its people, and three organisations."""
    return build.cast(3)


@pytest.fixture
def signed_in() -> Callable[[Actor], Client]:
    """A browser in which this person is signed in."""

    def sign_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(people.person(actor))
        return client

    return sign_in
