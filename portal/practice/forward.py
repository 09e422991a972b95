"""The fast clock: forward by an hour, a day, or to the next thing that comes due."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations import audit, instants
from organizations.refusals import NotNow
from organizations.roles import Actor
from procurement import clock, tasks
from procurement.obligations.models import Obligation
from procurement.planning.models import PlanningNotice
from procurement.rulebook import queries as rulebook
from procurement.tenders.models import Tender
from procurement.web import overdue

logger = logging.getLogger(__name__)
FORWARD: Final = "practice.forward"
# After so much the rehearsal is made anew: people's calendars end, and so do the rules'.
FARTHEST: Final = timedelta(days=400)
INTENTION: Final = "intention-min-30-days"  # the rule between a planning notice and its call
MARGIN: Final = timedelta(seconds=10)
BEFORE_A_DUTY: Final = timedelta(hours=2)
# Real seconds: the watchdog sees the portal alive every 5 s, the gate looks every 3 s.
LOOKS: Final = (6, 14, 25)


class By(StrEnum):
    """How far a button moves the clock."""

    HOUR = "hour"
    DAY = "day"
    NEXT = "next"


STEPS: Final = {By.HOUR: timedelta(hours=1), By.DAY: timedelta(days=1)}


@dataclass(frozen=True)
class Due:
    """Something that comes due: where the clock is moved to, what is reached, what follows."""

    at: datetime
    name: StrOrPromise
    follows: StrOrPromise


class TooFar(NotNow):
    """The clock of this rehearsal has been moved as far as it goes."""

    def __init__(self) -> None:
        words = _("练习的时钟最多比真实时间快 %(days)s 天，已经到头了。请网站管理人重建练习平台。")
        super().__init__(words % {"days": FARTHEST.days})


class NothingDue(NotNow):
    """There is nothing to move the clock to."""

    def __init__(self) -> None:
        super().__init__(_("这个练习项目现在没有要等的期限。请先办下一步。"))


class AlreadyMoved(NotNow):
    """The clock was moved after the page was shown: by another, or by a second press."""

    def __init__(self) -> None:
        super().__init__(_("时钟刚刚已经拨过了，这一次没有再拨。请看现在的时间。"))


@transaction.atomic
def forward(by: timedelta, *, seen: timedelta, actor: Actor) -> datetime:
    """Move the rehearsal's clock and return what it shows then; the worker is asked to look.

    `seen` is the shift that the page showed. Raises RehearsalOff, AlreadyMoved, TooFar; then the
    clock stands as it stood.
    """
    shift = instants.advance(by)
    if shift != seen + by:
        raise AlreadyMoved
    if shift > FARTHEST:
        raise TooFar
    at = instants.now()
    audit.record(FORWARD, by=actor, at=at, subject="clock", reason=f"+{by}")
    transaction.on_commit(_look)
    return at


def _look() -> None:
    """Have what is due now done soon; beat, the timer and readers do it all the same."""
    try:
        cache.delete(overdue.LOOKED)
        for seconds in LOOKS:
            tasks.pass_deadlines.apply_async(countdown=seconds, retry=False)
        tasks.record_breaches.apply_async(retry=False)
    except Exception as error:  # noqa: BLE001 -- the clock is moved; it only takes a little longer
        logger.warning("the worker could not be asked to look: %s", type(error).__name__)


def next_due(ocid: str, at: datetime) -> Due | None:
    """Return the first thing of a procurement that comes due after an instant."""
    ahead = [due for due in _dues(ocid, at) if due.at > at]
    return min(ahead, key=lambda due: due.at, default=None)


def _dues(ocid: str, at: datetime) -> Iterator[Due]:
    tender = Tender.objects.filter(process__ocid=ocid).first()
    if tender is None or tender.published_at is None:
        yield from _before_the_call(ocid, at)
    else:
        yield from _of_the_call(tender)
    yield from _duties(ocid, at)


def _before_the_call(ocid: str, at: datetime) -> Iterator[Due]:
    plan = PlanningNotice.objects.filter(process__ocid=ocid, published_at__isnull=False).first()
    days = rulebook.current(at).rule(INTENTION).amount
    if plan is not None and plan.published_at is not None and days is not None:
        yield Due(
            plan.published_at + timedelta(days=int(days)) + MARGIN,
            _("采购意向公开满 %(days)s 日") % {"days": days},
            _("现在可以公布采购公告了。"),
        )


def _of_the_call(tender: Tender) -> Iterator[Due]:
    if tender.cancelled_at:
        return
    if tender.enquiry_period_end is not None:
        yield Due(
            tender.enquiry_period_end + MARGIN,
            _("提问截止"),
            _("不能再提问了。没有答复的问题，采购人仍要答复。"),
        )
    if tender.tender_period_end is not None:
        yield Due(
            tender.tender_period_end + clock.GRACE + MARGIN,
            _("投标截止"),
            _("接下来一分钟之内：截标登记公布，时间闸放行，自动开标。刷新这一页就能看到。"),
        )


def _duties(ocid: str, at: datetime) -> Iterator[Due]:
    owed = Obligation.objects.open().filter(
        process__ocid=ocid, is_certain=True, recorded_at__isnull=True, due_at__gt=at
    )
    for duty in owed[:5]:
        if duty.due_at is None:
            continue
        soon = duty.due_at - BEFORE_A_DUTY
        if soon > at + MARGIN:
            yield Due(soon, _("离一件要办的事的期限还有两小时"), _("现在办还来得及。"))
        else:
            yield Due(
                duty.due_at + clock.GRACE + MARGIN,
                _("一件要办的事的期限"),
                _("没有办的，一分钟之内公开记为逾期。"),
            )
