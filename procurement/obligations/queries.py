"""What is asked of obligations more than once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.core import signing

from organizations.roles import Actor, Permission
from procurement import rules
from procurement.obligations.duties import BEARS, OWED, STANDING
from procurement.obligations.models import Feed, Obligation, ObligationQuerySet
from procurement.ocds.fragments import end_of_day
from procurement.publication.models import Entry, NoticeKind
from procurement.rulebook import queries as rulebook
from procurement.rulebook.edition import Edition
from procurement.rules import SHANGHAI

REMINDED_BEFORE = 2  # working days
_FEED = signing.Signer(salt="procurement.obligations.feed")


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


def rule_after(event: str, *, of: Edition, method: str, at: datetime) -> rules.Rule | None:
    """Return the first rule of a method that counts from an event; None where there is none."""
    bound = of.book.rules_for(method, on=day(at))
    return next(
        (rule for rule in bound if rule.from_event == event and rule.to_event in OWED), None
    )


def edition_of(obligation: Obligation, at: datetime) -> Edition:
    """Return the edition of the book the procurement was published under."""
    return rulebook.pinned(obligation.rulebook, at)


def window_from_medium(obligation: Obligation, at: datetime) -> rules.ChallengeWindow | None:
    """Return the challenge window that counts from the medium; None where ours is as late.

    Only a result has one: for the link of any other notice there is none either.
    """
    there = obligation.done_on
    notice = Entry.objects.filter(release_id=obligation.subject, kind=NoticeKind.AWARD).first()
    if notice is None or there is None or there <= day(notice.published_at):
        return None
    edition = edition_of(obligation, at)
    return edition.challenge_window(obligation.procurement_method, award_published=there)


def days_late(obligation: Obligation, at: datetime) -> int:
    """Return by how many calendar days it is late, or was when done or ended; 0 when in time.

    Any time past the last day counts as a day: 1 on the day after.
    """
    ends = (obligation.done_at, obligation.lapsed_at, at)
    until = min(end for end in ends if end)
    due = obligation.due_at
    return max(0, (day(until) - day(due)).days) if due else 0


class Told(NamedTuple):
    """A duty with the rule it is owed under, and the rule its days are counted by."""

    obligation: Obligation
    rule: rules.Rule
    clock: rules.Rule


def told(duties: Iterable[Obligation], at: datetime) -> list[Told]:
    """Return duties with their rules, from the edition each procurement was published under."""
    shelf = rulebook.Shelf(at)
    found = []
    for each in duties:
        edition = shelf.pinned(each.rulebook)
        found.append(Told(each, edition.rule(each.rule_id), edition.rule(each.clock_id)))
    return found


def reminded_until(at: datetime) -> datetime:
    """Return until when a duty is due soon: the end of the second working day from now.

    Past the last official year the least of days: a reminder may then come a little late.
    """
    counted = rulebook.calendar().add_working_days(day(at), REMINDED_BEFORE)
    end = end_of_day(counted.end or counted.not_before)
    return end or at


def feed(agency_id: int) -> Feed:
    """Return which issue of its calendar address an agency uses; the first until it asks."""
    found = Feed.objects.filter(pk=agency_id).first()
    return found or Feed(procuring_entity_id=agency_id)


def feed_key(agency_id: int) -> str:
    """Return the key of an agency's calendar: its number and the issue, signed."""
    return _FEED.sign(str(feed(agency_id)))


def feed_owner(key: str) -> int | None:
    """Return whose calendar a key opens; None where it is not ours or was replaced."""
    try:
        agency, issue = _FEED.unsign(key).split(".")
    except (signing.BadSignature, ValueError):
        return None
    owner = int(agency)
    return owner if feed(owner).issue == int(issue) else None
