"""What is asked of amendments more than once."""

from datetime import datetime

from django.db.models import QuerySet

from procurement import rules
from procurement.amendments.models import Amendment
from procurement.legality import Problem
from procurement.lifecycle import Act, NotNow
from procurement.publication.models import Entry, NoticeKind
from procurement.pulse import rule as outages
from procurement.pulse.models import Outage
from procurement.tenders import queries as tenders
from procurement.tenders.facts import facts
from procurement.tenders.models import Tender


def in_preparation(tender: Tender) -> Amendment | None:
    """Return the amendment that waits for its approval, if there is one."""
    return Amendment.objects.filter(
        tender=tender, published_at__isnull=True, withdrawn_at__isnull=True
    ).first()


def problems(before: Tender, after: Tender, *, at: datetime) -> list[Problem]:
    """Return what makes no sense after a change and made sense before it."""
    known = {problem.field for problem in tenders.problems(before, at=at)}
    return [each for each in tenders.problems(after, at=at) if each.field not in known]


def findings(before: Tender, after: Tender) -> tuple[rules.Finding, ...]:
    """Return the rules a change breaks: what stood against the call already is left as it is.

    Both are judged as of the day the call was published, under the rules it was published by.
    """
    published = after.published_at
    if published is None:
        return ()
    known = {each.rule.id for each in tenders.findings(before, at=published) if each.blocks}
    found = tenders.findings(after, at=published)
    return tuple(each for each in found if each.blocks and each.rule.id not in known)


def is_owed(tender: Tender, outage: Outage) -> bool:
    """Say whether an outage moves the deadline on: it touched it, and no register is written yet.

    Each outage is made good once.
    """
    end = tender.tender_period_end
    if end is None or Amendment.objects.filter(tender=tender, outage=outage).exists():
        return False
    is_closed = Entry.objects.of(tender.ocid).filter(kind=NoticeKind.REGISTER).exists()
    began, ended = outage.portal_began_at, outage.portal_ended_at
    return not is_closed and outages.touches(end, began=began, ended=ended)


def extensions(tender: Tender) -> int:
    """Return how often the deadline was moved on by the clock, for outages of the portal."""
    return Amendment.objects.filter(tender=tender, outage__isnull=False).count()


def touched(outage: Outage) -> QuerySet[Tender]:
    """Return the calls whose deadline an outage may move, the most urgent first."""
    waiting = Tender.objects.filter(
        published_at__isnull=False,
        closed_at__isnull=True,
        opened_at__isnull=True,
        cancelled_at__isnull=True,
        tender_period_end__gt=outage.portal_began_at - outages.AFTER,
        tender_period_end__lt=outage.portal_ended_at + outages.BEFORE,
    )
    made_good = Amendment.objects.filter(outage=outage).values("tender")
    return waiting.exclude(pk__in=made_good).order_by("tender_period_end", "pk")


def checked(amendment: Amendment, *, at: datetime) -> tuple[rules.Finding, ...]:
    """Return what the rulebook says of the call as changed, if that is published at the instant.

    Under the rules in force on the day of the call, and in the book it was published under.
    """
    tender = amendment.tender
    known = facts(tender, published=tender.published_at or at) | {
        "amendment.published": at,
        "amendment.affectsPreparation": amendment.affects_preparation,
        "amendment.description": "；".join(each["label"] for each in amendment.changes.values()),
        "amendment.rationale": amendment.rationale,
    }
    return tenders.edition(tender, at=at).check(
        tender.procurement_method,
        known,
        on=tenders.day(tender.published_at or at),
        phases=tenders.PHASES,
        reasons=tender.rule_reasons,
    )


def lawful_deadline(amendment: Amendment, *, at: datetime) -> datetime:
    """Return the bid deadline if the amendment were published at the instant.

    It never moves back. A change that may affect how bids are prepared, made too late, moves it
    on (Regulations Art. 31; Caiku 214 Art. 10; MOF Order 74 Art. 29), at the same hour.
    """
    tender = amendment.tender
    end = tender.tender_period_end
    if end is None or tender.published_at is None:
        raise NotNow(Act.PUBLISH_AMENDMENT, tender.stage(at))
    wanted = max(end, amendment.new_tender_period_end or end)
    if not amendment.affects_preparation:
        return wanted
    moved = tenders.edition(tender, at=at).deadline_after_change(
        tender.procurement_method,
        facts(tender, published=tender.published_at) | {"amendment.affectsPreparation": True},
        changed_at=at,
        on=tenders.day(at),
    )
    return wanted if moved is None else max(wanted, tenders.lawful_end(moved, like=end))
