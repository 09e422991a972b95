"""What is asked of obligations more than once."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from organizations.roles import Actor, Permission
from procurement import rules
from procurement.obligations.duties import BEARS, OWED, STANDING
from procurement.obligations.models import Obligation, ObligationQuerySet
from procurement.ocds.fragments import end_of_day
from procurement.rulebook import queries as rulebook
from procurement.rulebook.edition import Edition
from procurement.rules import SHANGHAI


class Due(NamedTuple):
    """One duty that an event begins. `last` is None where the last day is not known yet."""

    rule: rules.Rule
    clock: rules.Rule
    event: str
    last: date | None
    not_before: date
    is_certain: bool

    @property
    def at(self) -> datetime | None:
        """The due time: the last second of the last day, Asia/Shanghai."""
        return end_of_day(self.last)


def visible_to(actor: Actor) -> ObligationQuerySet:
    """Return the obligations a person works on: those of the own agency; the overseer all."""
    if actor.may(Permission.EXCUSE_BREACHES):
        return Obligation.objects.all()
    if actor.may(Permission.STATE_DUTIES):
        return Obligation.objects.filter(procuring_entity_id=actor.organization_id)
    return Obligation.objects.none()


def day(instant: datetime) -> date:
    """Return the day of an instant in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def duties_from(
    event: str, *, method: str, edition: Edition, at: datetime, facts: Mapping[str, object]
) -> Iterator[Due]:
    """Yield what the agency owes, and by when, because this event happened at that time.

    Periods that somebody else has (a challenge) are no duties and are left out.
    """
    known = {**STANDING, **facts}
    for limit in edition.limits(method, event, at, facts=known, on=day(at)):
        if limit.event in OWED:
            rule = edition.rule(BEARS.get(limit.rule.id, limit.rule.id))
            certain = not limit.conditional
            yield Due(rule, limit.rule, limit.event, limit.due, limit.not_before, certain)


def edition_of(obligation: Obligation, at: datetime) -> Edition:
    """Return the edition of the book the procurement was published under."""
    return rulebook.pinned(obligation.rulebook, at)


def days_late(obligation: Obligation, at: datetime) -> int:
    """Return by how many calendar days it is late, or was when it was done; 0 when in time.

    Any time past the last day counts as a day: 1 on the day after.
    """
    until = obligation.met_at if obligation.met_at and obligation.met_at <= at else at
    due = obligation.due_at
    return max(0, (day(until) - day(due)).days) if due else 0
