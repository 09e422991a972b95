"""What tests of watches that post begin with."""

import pytest

from organizations.roles import Actor
from procurement.notifications.channels import posting
from procurement.watches import hooks
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.watches.wires import ADDRESS, BEFORE, Wire, watching


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    found = Wire()
    monkeypatch.setattr(posting, "post", found.post)
    monkeypatch.setattr(posting, "look_up", lambda _host, _port: "93.184.216.34")
    return found


@pytest.fixture
def who() -> Cast:
    return build.cast(1)


@pytest.fixture
def by() -> Actor:
    return Actor(user_id=people.user().pk, organization_id=None)


@pytest.fixture
def secret(wire: Wire, by: Actor) -> str:
    """The secret of a watch on everything, whose trial has arrived."""
    made = hooks.put(watching(by), ADDRESS, by=by, at=BEFORE)
    assert hooks.send(at=BEFORE) == 1
    wire.posts.clear()
    return made
