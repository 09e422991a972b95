"""One practice procurement from beginning to end: ten steps, ticked by what has happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations import audit
from organizations.roles import Actor
from portal.demo import ready, returned
from portal.demo.ready import MARK, Point
from portal.practice import bounds
from portal.practice.people import PARTS, Part
from procurement.bids.models import Bid
from procurement.enquiries.models import Enquiry
from procurement.evaluation.models import PanelMember
from procurement.obligations.models import Obligation
from procurement.planning.models import PlanningNotice
from procurement.publication.models import ContractingProcess
from procurement.tenders.models import Tender

SHOWN = 8  # of the latest practice procurements
TO_PERFORM = ("contract.signed", "contract.published", "contract.filed")


@dataclass(frozen=True)
class Hand:
    """Who does it, and on which page."""

    part: Part
    url: str
    does: StrOrPromise = ""


@dataclass(frozen=True)
class Step:
    """One of the ten: what is done, by whom, whether it is done, what to know about it."""

    name: StrOrPromise
    note: StrOrPromise
    is_done: bool
    hands: Sequence[Hand] = ()
    waits: bool = False  # for the clock, which has a button of its own


@dataclass(frozen=True)
class Facts:
    """A process with its planning notice and its call, as far as there are any."""

    ocid: str
    plan: PlanningNotice | None
    tender: Tender | None

    @property
    def title(self) -> str:
        """What it is called."""
        named = self.tender or self.plan
        return named.title if named else self.ocid


@dataclass(frozen=True)
class Journey:
    """What the checklist shows."""

    ocid: str
    title: str
    steps: Sequence[Step]
    has_ended: bool  # without a result: too few bids, or cancelled

    @property
    def now(self) -> Step | None:
        """The step after the last that is done: a question that nobody asked is left behind."""
        last = max((n for n, step in enumerate(self.steps) if step.is_done), default=-1)
        return self.steps[last + 1] if last + 1 < len(self.steps) else None

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(step.is_done for step in self.steps)


def latest() -> list[Facts]:
    """Return the latest procurements of the rehearsal that were begun to practise; one query."""
    ours = Q(tender__title__startswith=MARK) | Q(planning_notice__title__startswith=MARK)
    found = ContractingProcess.objects.filter(ours).select_related("tender", "planning_notice")
    return [_facts(process) for process in found.order_by("-pk")[:SHOWN]]


def find(ocid: str) -> Facts | None:
    """Return a procurement of the office that the demo accounts work in; else None."""
    office = returned.office().organization
    ours = Q(tender__procuring_entity=office) | Q(planning_notice__procuring_entity=office)
    found = ContractingProcess.objects.filter(ours, ocid=ocid)
    process = found.select_related("tender", "planning_notice").first()
    return None if process is None else _facts(process)


def _facts(process: ContractingProcess) -> Facts:
    plan = getattr(process, "planning_notice", None)
    return Facts(process.ocid, plan, getattr(process, "tender", None))


@transaction.atomic
def begin(point: Point, *, by: Actor, at: datetime, made: int) -> str:
    """Make a practice procurement for a visitor, who has made so many, and return its ocid.

    The acts are those of the demo accounts; who asked for them is on the audit record. Raises
    LookupError where the demo accounts are missing; bounds.EnoughOfYours, bounds.EnoughInAll.
    """
    bounds.require(made)
    ocid = ready.make(point, at=at)
    audit.record(bounds.BEGIN, by=by, at=at, subject=ocid, reason=point.value)
    return ocid


def of(facts: Facts, actor: Actor, at: datetime) -> Journey:
    """Return the checklist as one person sees it: before the opening nobody sees others' bids."""
    tender = facts.tender
    ended = tender is not None and bool(tender.cancelled_at or tender.unsuccessful_at)
    steps = (*_planned(facts), *_called(facts), *_bid_for(facts, actor, at), *_judged(facts))
    return Journey(facts.ocid, facts.title, steps, ended)


def _planned(facts: Facts) -> tuple[Step, Step]:
    plan = facts.plan
    published = facts.tender is not None or bool(plan and plan.published_at)
    url = reverse("agency:plan", args=[facts.ocid])
    return (
        Step(
            _("写采购意向，送审"),
            _("要买什么、为什么、大约多少钱。没填好的地方，页面会逐条告诉您。"),
            published or bool(plan and plan.submitted_at),
            _hands(plan, _hand("drafter", url)),
        ),
        Step(
            _("公布采购意向"),
            _("写的人不能自己批，所以要换一个人。公布满 30 日，才能发采购公告。"),
            published,
            _hands(plan and (plan.submitted_at or published), _hand("approver", url)),
        ),
    )


def _called(facts: Facts) -> tuple[Step, Step]:
    tender = facts.tender
    url = reverse("agency:tender", args=[facts.ocid])
    begin = f"{reverse('agency:tender-new')}?plan={facts.ocid}"
    return (
        Step(
            _("起草采购项目，送审"),
            _("服务要求、费用、评分办法和日期。平台算出最早的合法日期。"),
            bool(tender and (tender.submitted_at or tender.published_at)),
            _hands(
                tender or (facts.plan and facts.plan.published_at),
                _hand("drafter", url if tender else begin),
            ),
        ),
        Step(
            _("公布采购公告"),
            _("由另一个人审批。公布以后不能改，只能再发更正公告。"),
            bool(tender and tender.published_at),
            _hands(tender and (tender.submitted_at or tender.published_at), _hand("approver", url)),
        ),
    )


def _bid_for(facts: Facts, actor: Actor, at: datetime) -> tuple[Step, Step, Step]:
    tender, ocid = facts.tender, facts.ocid
    is_out = bool(tender and tender.published_at)
    ends = tender.tender_period_end if tender else None
    is_over = is_out and ends is not None and ends < at
    opening = reverse("agency:opening", args=[ocid])
    answered = Enquiry.objects.filter(tender=tender, answered_at__isnull=False)
    own = Bid.objects.filter(tender=tender, organization=actor.organization_id)
    url = reverse("cso:tender", args=[ocid])
    return (
        Step(
            _("提问和答复"),
            _("社会组织提一个问题，采购人答复。问题和答复人人可见，不写是谁问的。"),
            tender is not None and answered.exists(),
            _hands(
                is_out,
                _hand("signatory", reverse("cso:enquiry-ask", args=[ocid]), _("提问")),
                _hand("drafter", reverse("agency:enquiry-list"), _("答复")),
            ),
        ),
        Step(
            _("密封投标"),
            _(
                "规则写明至少要有几家投标，不够就不开标。截标以前谁也看不到有谁投标，这里也只显示您自己的。"
            ),
            is_over or (tender is not None and own.exists()),
            _hands(
                is_out,
                _hand("signatory", url, _("第一家")),
                _hand("signatory2", url, _("第二家")),
                _hand("host", url, _("第三家")),
            ),
        ),
        Step(
            _("截标和开标"),
            _("不用人办：时间一到，先公布收到了哪些回执，再自动打开。您只要快进。"),
            bool(tender and tender.opened_at),
            _hands(tender and tender.opened_at, _hand("drafter", opening, _("看开标记录"))),
            waits=is_out and not is_over,
        ),
    )


def _judged(facts: Facts) -> tuple[Step, Step, Step]:
    tender, ocid = facts.tender, facts.ocid
    seat = reverse("panel:seat", args=[ocid])
    seated = [] if tender is None else _seated(tender)
    return (
        Step(
            _("评审"),
            _("审批人组建评审小组；每位成员先声明，再评分，再提交。全部提交才算完。"),
            bool(tender and tender.evaluated_at),
            _hands(
                tender and tender.opened_at,
                _hand("approver", reverse("agency:panel", args=[ocid]), _("组建评审小组")),
                *(_hand(address, seat, _("评分")) for address in seated),
            ),
        ),
        Step(
            _("公布结果和理由"),
            _("每一包给谁、为什么。没有成交的组织也会知道理由。"),
            bool(tender and tender.awarded_at),
            _hands(
                tender and (tender.evaluated_at or tender.awarded_at),
                _hand("approver", reverse("agency:award", args=[ocid])),
            ),
        ),
        Step(
            _("合同和履约"),
            _("签合同、公开合同、备案，都有期限；每办一件，在“要办的事”里写明。"),
            bool(tender and tender.awarded_at) and _is_performed(ocid),
            _hands(tender and tender.awarded_at, _hand("drafter", reverse("agency:duty-list"))),
        ),
    )


def _seated(tender: Tender) -> list[str]:
    """Return the demo accounts on the panel who have not finished yet."""
    sitting = PanelMember.objects.sitting().filter(tender=tender, finished_at=None)
    emails = set(sitting.values_list("user__email", flat=True))
    return [part.address for part in PARTS.values() if part.email in emails]


def _is_performed(ocid: str) -> bool:
    owed = Obligation.objects.filter(process__ocid=ocid, event__in=TO_PERFORM)
    return owed.exists() and not owed.filter(met_at__isnull=True, lapsed_at__isnull=True).exists()


def _hands(reached: object, *hands: Hand) -> Sequence[Hand]:
    """Return who does it once it can be done; before, its pages are not there yet."""
    return hands if reached else ()


def _hand(address: str, url: str, does: StrOrPromise = "") -> Hand:
    return Hand(PARTS[address], url, does)
