"""How those invited were drawn, from the public record alone, so that a reader can repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from procurement.publication import queries
from procurement.publication.links import absolute
from procurement.publication.models import InvitationListing
from procurement.publication.queries import Invited
from procurement.web.public.sections import instant

YEAR = timedelta(days=365)  # how far back invitations are counted
NEWEST = 5  # invitations on an organisation's page


@dataclass(frozen=True)
class Guest:
    """One that was invited: drawn, or added by hand with a reason."""

    id: str
    name: str
    reason: str
    times: Invited


@dataclass(frozen=True)
class Replacement:
    """A witness replaced before the draw: when and why."""

    at: datetime | None
    reason: str


@dataclass(frozen=True)
class Draw:
    """A draw as far as it is public: the commitments, and at the end everything."""

    said: Mapping[str, Any]
    record_url: str
    guests: list[Guest]

    @property
    def is_revealed(self) -> bool:
        """Whether the procurement has ended and everything is public."""
        return "seed" in self.said

    @property
    def committed(self) -> datetime | None:
        """When the commitments were published."""
        return instant(self.said.get("dateCommitted"))

    @property
    def drawn(self) -> datetime | None:
        """When the second witness gave a word."""
        return instant(self.said.get("dateDrawn"))

    @property
    def replaced(self) -> list[Replacement]:
        """When and why a witness was replaced before the draw; nobody is named."""
        told = self.said.get("witnessReplacements", [])
        return [Replacement(instant(each["date"]), each["reason"]) for each in told]

    @property
    def by_hand(self) -> int:
        """How many were added by hand."""
        return len(self.said.get("additions", []))


def of(release: Mapping[str, Any], at: datetime) -> Draw | None:
    """Return the draw that a record or a release tells of; one query when it is revealed."""
    said = release.get("tender", {}).get("invitationDraw", {})
    if "poolCommitment" not in said:
        return None
    url = absolute(reverse("public:record", args=[release["ocid"]]))
    return Draw(said, url, _guests(said, release, at) if "seed" in said else [])


def _guests(said: Mapping[str, Any], release: Mapping[str, Any], at: datetime) -> list[Guest]:
    names = {member["id"]: member["name"] for member in said["pool"]}
    drawn = [{"id": each, "name": names[each]} for each in said["drawn"]]
    invited = [*drawn, *said.get("additions", [])]
    agency = next((p["id"] for p in release["parties"] if "buyer" in p.get("roles", [])), "")
    year = queries.invitations(since=at - YEAR, until=at)
    known = year.filter(organization_id__in=[each["id"] for each in invited])
    times = {each.organization_id: each for each in queries.how_often(known, agency_id=agency)}
    return [
        Guest(
            each["id"],
            each["name"],
            each.get("reason", ""),
            times.get(each["id"], Invited(each["id"], each["name"], 0, 0)),
        )
        for each in invited
    ]


def times(number: str, at: datetime) -> Invited:
    """Return how often an organisation was invited in the last twelve months."""
    year = queries.invitations(since=at - YEAR, until=at).filter(organization_id=number)
    return next(iter(queries.how_often(year)), Invited(number, "", 0, 0))


def newest(number: str, at: datetime) -> list[InvitationListing]:
    """Return the latest revealed invitations of an organisation."""
    year = queries.invitations(since=at - YEAR, until=at)
    return list(year.filter(organization_id=number)[:NEWEST])
