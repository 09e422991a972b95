"""What the public sees of a breach: what was owed, since when, and what came of it. Pure."""

from collections.abc import Iterable
from datetime import datetime

from procurement.obligations import queries
from procurement.obligations.duties import IN_MEDIUM
from procurement.obligations.models import Obligation
from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment

PORTAL_DAYS = "（期限由本平台规定）"  # part of the public record


def breach_notice(obligation: Obligation, at: datetime) -> Fragment:
    """Return the sections of the release that states a breach as it stands at the instant."""
    return _stated(obligation) | {
        "breaches": [
            _duty(obligation, at)
            | {
                "breachedAt": obligation.breached_at,
                "status": obligation.stage(at).value,
                "curedAt": obligation.met_at,
                "endedAt": obligation.lapsed_at,
                "daysLate": queries.days_late(obligation, at) if obligation.met_at else None,
                "reply": {"text": obligation.reply, "date": obligation.replied_at},
                "excuse": {"text": obligation.excuse, "date": obligation.excused_at},
            }
        ]
    }


def fulfilments(done: Iterable[Obligation], at: datetime) -> Fragment:
    """Return the section that says which duties are done: part of the notice that does them."""
    return {
        "fulfilments": [
            _duty(each, at) | {"metAt": each.met_at, "status": each.stage(at).value}
            for each in done
        ]
    }


def statement_notice(obligation: Obligation, at: datetime) -> Fragment:
    """Return the sections of the release in which the agency states that a duty is done."""
    fulfilment = _stated(obligation) | fulfilments([obligation], at)
    if obligation.event != IN_MEDIUM:
        return fulfilment
    media = fragments.designated_medium(obligation.evidence_url, obligation.done_on)
    carried = {"id": obligation.subject, **media, **_later_window(obligation, at)}
    return fulfilment | {"otherNotices": [carried] if media else []}


def _later_window(obligation: Obligation, at: datetime) -> Fragment:
    """Return until when a result may be challenged, where the medium published it later.

    Where the two differ the medium prevails (MOF Order 101 Art. 11): days count from there.
    """
    window = queries.window_from_medium(obligation, at)
    if window is None:
        return {}
    return {
        "noticePeriodEnd": fragments.end_of_day(window.notice_end),
        "challengeWindowEnd": fragments.end_of_day(window.window_end),
    }


def told_notice(anchor: Obligation, *, event: str, subject: str, on: datetime) -> Fragment:
    """Return the sections of the release in which the agency states that something happened."""
    told = {"id": f"{event}-{subject}", "event": event, "subject": subject, "date": on}
    return {"tender": {"id": anchor.ocid}, "reportedEvents": [told]}


def _stated(obligation: Obligation) -> Fragment:
    """Return what every such release says: which tender it is about."""
    return {"tender": {"id": obligation.ocid}}


def _duty(obligation: Obligation, at: datetime) -> Fragment:
    edition = queries.edition_of(obligation, at)
    rule = edition.rule(obligation.rule_id)
    return {
        "id": obligation.public_id,
        "rule": rule.id,
        # where the law gives no days, or gives them to somebody else, the days are the portal's
        "isPolicy": rule.is_policy or obligation.clock_id != obligation.rule_id,
        "citation": rule.citation_zh + (PORTAL_DAYS if obligation.clock_id != rule.id else ""),
        "requirement": rule.text_zh,
        "periodRule": obligation.clock_id,
        "event": obligation.event,
        "subject": obligation.subject,
        "since": obligation.since,
        "dueDate": obligation.due_at if obligation.is_certain else None,
        "doneOn": fragments.end_of_day(obligation.done_on),
        "url": obligation.evidence_url,
        "statement": obligation.statement,
    }
