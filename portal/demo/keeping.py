"""What an agency does after its notices, by the days it has: links, contracts, payments."""

from datetime import date, datetime, timedelta

from portal.demo import days
from portal.demo.case import Case
from portal.demo.fields import MEDIUM
from portal.demo.steps import Moments
from portal.demo.world import World
from procurement import clock
from procurement.obligations import actions as duties
from procurement.obligations.models import Obligation, ObligationQuerySet
from procurement.tenders.models import Tender

SOON = timedelta(hours=10)  # the clock has run by then, whenever the due time was
SIGNED_AFTER, INVOICED_AFTER, PAID_AFTER = 6, 12, 9  # working days

LATE_REPLY = (
    "评审小组一位专家因急诊抢救未能按时签字，评审报告补签后才能上会。我们已请法定代表人于两个工作日内"
    "作出决定，并改为评审当天就安排会议。"
)
EXCUSE = "省级法定媒体当周停机升级，停机公告可查；采购人在恢复当天补发并提供了链接，予以谅解。"


def linked(case: Case, tender: Tender, wait: int = 1) -> Moments:
    """The agency states where the statutory medium carries its notice, some working days later."""
    latest = _owed(tender, "notice.published").order_by("since").last()
    if latest is not None:
        yield from _stated(case, tender, "notice.published", _after(latest.since, wait))


def performed(case: Case, tender: Tender) -> Moments:
    """The contract is signed, published and filed in time; the first invoice comes and is paid."""
    begun = _owed(tender, "contract.signed").order_by("since").last()
    if begun is None:
        return
    signed = _after(begun.since, SIGNED_AFTER)
    yield from _stated(case, tender, "contract.signed", signed)
    yield from _stated(case, tender, "contract.published", _after(signed, 1))
    yield from _stated(case, tender, "contract.filed", _after(signed, 3))
    invoiced = _after(signed, INVOICED_AFTER)
    yield invoiced
    for contract in Obligation.objects.filter(process=tender.process, event="contract.signed"):
        told = days.day_of(invoiced)
        by = case.office.drafter
        duties.tell(contract, event="invoice.received", on=told, by=by, at=invoiced)
    yield from _stated(case, tender, "payment.made", _after(invoiced, PAID_AFTER))


def late_decision(case: Case, tender: Tender) -> Moments:
    """Nobody decides in time: the clock records it, and the agency says why."""
    due = _due(tender, "award.decided")
    yield due + SOON
    clock.record_breaches(at=due + SOON)
    at = due + SOON + timedelta(hours=3)
    yield at
    decision = Obligation.objects.get(process=tender.process, event="award.decided")
    duties.reply(decision, text=LATE_REPLY, by=case.office.approver, at=at)


def late_link(case: Case, tender: Tender, world: World) -> Moments:
    """The link to the statutory medium comes late, and the overseer accepts the reason."""
    due = _due(tender, "notice.published")
    yield due + SOON
    clock.record_breaches(at=due + SOON)
    yield from linked(case, tender, wait=3)
    at = _after(due, 4)
    yield at
    link = Obligation.objects.filter(process=tender.process, event="notice.published")
    duties.excuse(link.get(recorded_at__isnull=False), reason=EXCUSE, by=world.overseer, at=at)


def _owed(tender: Tender, event: str) -> ObligationQuerySet:
    return Obligation.objects.open().filter(process=tender.process, event=event)


def _due(tender: Tender, event: str) -> datetime:
    due = _owed(tender, event).get().due_at
    if due is None:
        raise LookupError(event)
    return due


def _after(instant: datetime, working_days: int) -> datetime:
    """Return ten in the morning, that many working days later."""
    return days.at(days.shift(days.day_of(instant), working_days), 10)


def _stated(case: Case, tender: Tender, event: str, at: datetime) -> Moments:
    """State every duty of a kind done on the day of the instant, with where it can be seen."""
    yield at
    day: date = days.day_of(at)
    for duty in _owed(tender, event):
        is_public = event in {"notice.published", "contract.published"}
        duties.state(
            duty,
            done_on=day,
            evidence_url=f"{MEDIUM}{day.year}{9_000_000 + duty.pk}" if is_public else "",
            statement="" if is_public else "原件存本单位办公室，工作日可以查阅。",
            by=case.office.drafter,
            at=at,
        )
