"""What may be done with duties: begin and meet them, record a breach, answer for it, excuse it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations import audit, roles
from organizations.accounts import queries as people
from organizations.refusals import Invalid
from organizations.roles import Actor, Permission
from procurement import lifecycle, permissions
from procurement.lifecycle import Act, DutyStage
from procurement.obligations import disclosure, letters, queries, stating
from procurement.obligations.duties import SIGNED
from procurement.obligations.models import Feed, Obligation
from procurement.ocds.fragments import Fragment, end_of_day
from procurement.publication import log
from procurement.publication.models import Entry, NoticeKind
from procurement.rulebook import queries as rulebook


class Procurement(Protocol):
    """Whose duties they are: a tender, or one of its duties."""

    @property
    def process_id(self) -> int:
        """The number of the contracting process."""

    @property
    def procuring_entity_id(self) -> int:
        """The agency that owes them."""

    @property
    def ocid(self) -> str:
        """The public number of the contracting process."""

    title: str
    procurement_method: str
    rulebook: str


class Event(NamedTuple):
    """An event of the book, and which of several it is about: a question, a notice, an award."""

    name: str
    subject: str = ""


def publish(
    fragment: Fragment,
    *,
    kind: NoticeKind,
    does: Iterable[Event],
    of: Procurement,
    at: datetime,
) -> Entry:
    """Publish the notice of an act that is itself the event of duties, and return its entry.

    The notice says which duties it does in time; one that was late is told apart, as a breach
    before the notice, if it was not on record, and as made good after it.
    """
    done = [met for event in does for met in _note(event, of, at, at)]
    in_time = [each for each in done if each.recorded_at is None]
    said = fragment | disclosure.fulfilments(in_time, at)
    entry = log.append(said, kind=kind, title=of.title, ocid=of.ocid, at=at)
    for late in done:
        if late.recorded_at:
            _announce(disclosure.breach_notice(late, at), NoticeKind.CURE, late, at)
    return entry


def happened(
    event: str,
    *,
    to: Procurement,
    at: datetime,
    subject: str = "",
    heard_at: datetime | None = None,
) -> None:
    """Take note of an event of the book: it meets the duties it ends and begins those it starts.

    Called by an act within its transaction; one whose notice is the event calls `publish`.
    `subject` says which of several it is about: a question, a notice, an award; `heard_at` when
    the portal learned of it, where that is later than the event.
    """
    for met in _note(Event(event, subject), to, at, heard_at or at):
        _announce_met(met, at)


def _note(event: Event, to: Procurement, at: datetime, heard_at: datetime) -> list[Obligation]:
    """Meet the duties the event ends, begin those it starts, and return those it met.

    A duty without a subject ends with any of several.
    """
    ended = Obligation.objects.filter(
        process_id=to.process_id, event=event.name, met_at__isnull=True
    )
    waiting = ended.filter(Q(lapsed_at__isnull=True) | Q(recorded_at__isnull=False))
    about = waiting.filter(Q(subject=event.subject) | Q(subject="")).select_related("process")
    met = list(about.select_for_update(of=("self",)).order_by("pk"))
    for obligation in met:
        _meet(obligation, at)
    begun = queries.duties_from(
        event.name,
        method=to.procurement_method,
        edition=rulebook.pinned(to.rulebook, at),
        at=at,
        facts={},
    )
    for due in begun:
        _begin(due, event, to, at, heard_at)
    return met


def _begin(
    due: queries.Due, event: Event, to: Procurement, at: datetime, heard_at: datetime
) -> None:
    """Begin a duty, or move its dates when what it counts from moved; a settled one stays."""
    key = {
        "process_id": to.process_id,
        "rule_id": due.rule.id,
        "event": due.event,
        "subject": event.subject,
    }
    dated = {
        "clock_id": due.clock.id,
        "since_event": event.name,
        "since": at,
        "heard_at": heard_at,
        "due_at": due.at,
        "not_before": due.not_before,
        "is_certain": due.is_certain,
    }
    begun = Obligation.objects.filter(**key)
    if begun.exists():
        begun.filter(met_at__isnull=True, recorded_at__isnull=True).update(**dated)
        return
    Obligation.objects.create(
        **key,
        **dated,
        procuring_entity_id=to.procuring_entity_id,
        title=to.title,
        procurement_method=to.procurement_method,
        rulebook=to.rulebook,
    )


def expect_contract(*, to: Procurement, subject: str, at: datetime) -> None:
    """Begin the duty to say that a contract is signed where the book gives it no last day.

    Without it, what the book asks after a signature could never begin (a grant's agreement).
    """
    signed = Obligation.objects.filter(process_id=to.process_id, event=SIGNED, subject=subject)
    rule = queries.rule_after(
        SIGNED, of=rulebook.pinned(to.rulebook, at), method=to.procurement_method, at=at
    )
    if rule is None or signed.exists():
        return
    undated = queries.Due(rule, rule, SIGNED, None, queries.day(at), is_certain=False)
    _begin(undated, Event("award.published", subject), to, at, at)


def hold(*, of: Procurement) -> None:
    """Hold the duties of a procurement until the act ends.

    An act that publishes before it is done with duties holds them first: everybody takes duties
    before the head of the log, so that no two wait for one another.
    """
    rows = Obligation.objects.filter(process_id=of.process_id).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))


def lapse(*, to: Procurement, at: datetime) -> None:
    """Let go of the duties of a procurement that ended first.

    What is overdue stays so on the record, and grows no later.
    """
    hold(of=to)
    waiting = Obligation.objects.open().filter(process_id=to.process_id).select_related("process")
    for obligation in waiting:
        is_late = obligation.stage(at) is DutyStage.OVERDUE
        obligation.lapsed_at = at
        if is_late and obligation.recorded_at is None:
            _record(obligation, at)
        elif is_late:
            _announce(disclosure.breach_notice(obligation, at), NoticeKind.BREACH, obligation, at)
        obligation.save()


def _meet(obligation: Obligation, at: datetime) -> None:
    """Note that a duty is done; if late, the breach is put on record before, clock or no clock.

    What the agency states to have done in time is in time, when nothing is on record yet.
    """
    stated = end_of_day(obligation.done_on)
    in_time = stated is not None and obligation.due_at is not None and stated <= obligation.due_at
    is_late = obligation.stage(at) is DutyStage.OVERDUE and not in_time
    if is_late and obligation.recorded_at is None:
        _record(obligation, at)
    obligation.met_at = at
    obligation.save()


def _announce_met(obligation: Obligation, at: datetime) -> None:
    """Tell in a notice of its own that a duty is done, and where it was late, that it is cured."""
    _announce(disclosure.statement_notice(obligation, at), NoticeKind.STATEMENT, obligation, at)
    if obligation.recorded_at:
        _announce(disclosure.breach_notice(obligation, at), NoticeKind.CURE, obligation, at)


def _record(obligation: Obligation, at: datetime) -> None:
    """Put a breach on the public record, dated at the due time whenever it is recorded."""
    obligation.breached_at, obligation.recorded_at = obligation.due_at, at
    obligation.save()
    _announce(disclosure.breach_notice(obligation, at), NoticeKind.BREACH, obligation, at)


def _announce(fragment: Fragment, kind: NoticeKind, obligation: Obligation, at: datetime) -> None:
    log.append(fragment, kind=kind, title=obligation.title, ocid=obligation.ocid, at=at)


def locked(obligation: Obligation) -> Obligation:
    """Return the obligation, its row locked until the act ends: the first step of every act."""
    row = Obligation.objects.select_for_update(of=("self",)).select_related("process")
    return row.get(pk=obligation.pk)


@transaction.atomic
def record(obligation: Obligation, *, by: Actor, at: datetime) -> Obligation:
    """Record that a duty was missed and return it; the clock does this, once however often run."""
    obligation = locked(obligation)
    permissions.require(Act.RECORD_BREACH, by=by, on=obligation)
    lifecycle.require_duty(Act.RECORD_BREACH, obligation, at)
    if obligation.recorded_at is None:
        _record(obligation, at)
    return obligation


@transaction.atomic
def state(
    obligation: Obligation,
    *,
    done_on: date,
    evidence_url: str,
    statement: str,
    by: Actor,
    at: datetime,
) -> Obligation:
    """State in public that a duty which the portal cannot see is done, and return it.

    `done_on` is the day the agency says, Asia/Shanghai: done in time is in time, unless the lack
    of a statement is on record already. What follows counts from that day.
    """
    hold(of=obligation)
    obligation = locked(obligation)
    permissions.require(Act.STATE_DUTY_DONE, by=by, on=obligation)
    lifecycle.require_duty(Act.STATE_DUTY_DONE, obligation, at)
    if not obligation.is_stated:
        raise Invalid(_("这件事在本平台上办理，办好后自动记为完成，不需要另行说明。"))
    if obligation.met_at:
        raise Invalid(_("这件事已经说明过了，不能再改。"))
    stating.require_statement(obligation, done_on, evidence_url, statement, at)
    obligation.done_on, obligation.stated_by_id = done_on, by.person_id
    obligation.evidence_url, obligation.statement = evidence_url.strip(), statement.strip()
    _meet(obligation, at)
    audit.record("obligations.state", by=by, at=at, subject=obligation.ocid)
    _announce_met(obligation, at)
    when = _on(done_on, at)
    happened(obligation.event, to=obligation, subject=obligation.subject, at=when, heard_at=at)
    return obligation


@transaction.atomic
def tell(anchor: Obligation, *, event: str, on: date, by: Actor, at: datetime) -> None:
    """State in public that something happened under a signed contract, which begins a duty.

    `anchor` is the duty to sign that contract; `event` one of duties.TOLD (an invoice came, the
    acceptance ended); `on` its day, Asia/Shanghai. The same twice is noted once.
    """
    hold(of=anchor)
    anchor = locked(anchor)
    permissions.require(Act.TELL_EVENT, by=by, on=anchor)
    lifecycle.require_duty(Act.TELL_EVENT, anchor, at)
    stating.require_event(anchor, event, on, at)
    subject = f"{anchor.subject} {on.isoformat()}".strip()
    if Obligation.objects.filter(
        process=anchor.process, since_event=event, subject=subject
    ).exists():
        return
    audit.record("obligations.tell", by=by, at=at, subject=anchor.ocid)
    when = _on(on, at)
    told = disclosure.told_notice(anchor, event=event, subject=subject, on=when)
    _announce(told, NoticeKind.STATEMENT, anchor, at)
    happened(event, to=anchor, subject=subject, at=when, heard_at=at)


def _on(day: date, at: datetime) -> datetime:
    """Return the instant for something that happened on a day: now for today, else its end."""
    end = end_of_day(day)
    return min(end, at) if end else at


@transaction.atomic
def reply(obligation: Obligation, *, text: str, by: Actor, at: datetime) -> Obligation:
    """Put the agency's answer beside a breach, once, and return it."""
    obligation = locked(obligation)
    permissions.require(Act.REPLY_TO_BREACH, by=by, on=obligation)
    lifecycle.require_duty(Act.REPLY_TO_BREACH, obligation, at)
    if obligation.recorded_at is None:
        _record(obligation, at)
    if obligation.replied_at:
        raise Invalid(_("说明已经公开，不能再改。"), "text")
    if not text.strip():
        raise Invalid(_("请写下说明。"), "text")
    obligation.reply, obligation.replied_at = text.strip(), at
    obligation.replied_by_id = by.person_id
    obligation.save()
    audit.record("obligations.reply", by=by, at=at, subject=obligation.ocid)
    _announce(disclosure.breach_notice(obligation, at), NoticeKind.REPLY, obligation, at)
    return obligation


@transaction.atomic
def excuse(obligation: Obligation, *, reason: str, by: Actor, at: datetime) -> Obligation:
    """Accept the reason for a breach, in public; the breach stays on the record."""
    obligation = locked(obligation)
    permissions.require(Act.EXCUSE_BREACH, by=by, on=obligation)
    lifecycle.require_duty(Act.EXCUSE_BREACH, obligation, at)
    if not reason.strip():
        raise Invalid(_("请写明为什么可以谅解，理由会向公众公开。"), "reason")
    if obligation.recorded_at is None:
        _record(obligation, at)
    obligation.excuse, obligation.excused_at = reason.strip(), at
    obligation.excused_by_id = by.person_id
    obligation.save()
    audit.record("obligations.excuse", by=by, at=at, subject=obligation.ocid, reason=reason)
    _announce(disclosure.breach_notice(obligation, at), NoticeKind.EXCUSE, obligation, at)
    return obligation


@transaction.atomic
def recount(obligation: Obligation, *, at: datetime) -> Obligation:
    """Count a provisional duty again, now that a later year's calendar is loaded; return it."""
    obligation = locked(obligation)
    begun = queries.duties_from(
        obligation.since_event,
        method=obligation.procurement_method,
        edition=queries.edition_of(obligation, at),
        at=obligation.since,
        facts={},
    )
    for due in begun:
        if (due.rule.id, due.event) == (obligation.rule_id, obligation.event):
            obligation.due_at, obligation.not_before = due.at, due.not_before
    obligation.save()
    return obligation


def remind(due: Sequence[Obligation], *, at: datetime) -> int:
    """Write to each drafter and approver of an agency about duties near their day.

    `due` are duties of one agency whose rows the caller holds; once anyone was reached they are
    marked in the same transaction, so that a second run finds none of them and writes to nobody
    twice. Returns how many letters went out.
    """
    agencies = {obligation.procuring_entity_id for obligation in due}
    readers = people.people_with(Permission.STATE_DUTIES, agencies)
    told = [(one.obligation, one.rule) for one in queries.told(due, at)]
    sent = letters.send([letters.compose(reader, told) for reader in readers])
    if sent:
        Obligation.objects.filter(pk__in=[each.pk for each in due]).update(reminded_at=at)
    return sent


@transaction.atomic
def renew_feed(*, by: Actor, at: datetime) -> Feed:
    """Give the agency's calendar a new address; the old one stops working at once."""
    roles.require(by, Permission.STATE_DUTIES)
    feed = queries.feed(by.member_of)
    feed.issue += 1
    feed.save()
    audit.record("obligations.renew_feed", by=by, at=at, subject=f"organization:{feed.pk}")
    return feed
