"""A wire that stands for the internet, and people who watch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from organizations.roles import Actor
from procurement.notifications import actions as notifications
from procurement.watches import actions as watches
from procurement.watches.models import Kind, Pace, Watch
from tests.builders import procurement as build

BEFORE = build.START - timedelta(days=1)
SOON = build.TENDER_DAY + timedelta(hours=2)
ADDRESS = "https://hook.example/in?key=private"


@dataclass
class Wire:
    """What was posted, and what comes of it."""

    posts: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    trouble: BaseException | None = None
    arrives: bool = True

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        if self.trouble is None or self.arrives is False:
            self.posts.append((address, body, headers))
        if self.trouble is not None:
            raise self.trouble
        return 204

    def told(self) -> list[dict[str, object]]:
        """What the bodies say."""
        return [json.loads(body) for _address, body, _headers in self.posts]


def watching(by: Actor, query: str = "", pace: Pace = Pace.WEEKLY) -> Watch:
    return watches.watch(Kind.SEARCH, query, pace=pace, by=by, at=BEFORE)


def hear(at: datetime) -> None:
    notifications.collect(at=at)
    watches.collect(at=at)
