"""The desk: what waits for me, then everything of my agency by where it stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.roles import Actor, Permission
from organizations.web.access import as_agency
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.amendments.models import Amendment
from procurement.enquiries import queries as enquiries
from procurement.evaluation import queries as evaluation
from procurement.keycards import queries as keycards
from procurement.lifecycle import Act, PlanStage, Stage
from procurement.obligations import queries as duties
from procurement.planning import queries as planning
from procurement.planning.models import PlanningNotice
from procurement.rulebook.queries import Shelf
from procurement.templatetags.display import day, hour
from procurement.tenders import queries as tenders
from procurement.tenders.models import OpeningPolicy, Tender
from procurement.web import labels
from procurement.web.agency import duty_rows

MOST = 100  # what one desk shows; older things are in the lists
MOST_DUTIES = 10
NEAR = timedelta(days=7)

# Addresses of the deciding desk, by their names.
OPENING = "agency:opening"
PANEL = "agency:panel"
AWARD = "agency:award"

IN_ORDER = (
    Stage.DRAFT, Stage.SUBMITTED, Stage.OPEN, Stage.CLOSED, Stage.OPENED, Stage.EVALUATED,
    Stage.AWARDED, Stage.UNSUCCESSFUL, Stage.CANCELLED,
)  # fmt: skip


@dataclass(frozen=True)
class Errand:
    """One thing that waits for this person, and the next action."""

    what: StrOrPromise
    title: str
    url: str
    note: str = ""
    is_urgent: bool = False


def _address(name: str, tender: Tender) -> str:
    return reverse(name, args=[tender.ocid])


@require_safe
@as_agency
def home(request: AgencyRequest) -> HttpResponse:
    """What waits for me, each with its next action; then plans and tenders by stage."""
    at, actor = instants.now(), request.actor
    plans = list(planning.visible_to(actor).select_related("process", "tender")[:MOST])
    calls = list(tenders.visible_to(actor).select_related("process")[:MOST])
    errands = [
        *_plans(plans, actor, at),
        *_draws(actor, at),
        *_ceremonies(actor),
        *_keys(actor),
        *_tenders(calls, actor, at),
        *_amendments(actor, at),
        *_enquiries(actor, at),
        *_duties(actor, at),
    ]
    shelves = [
        (labels.STAGES[stage], [call for call in calls if call.stage(at) is stage])
        for stage in IN_ORDER
    ]
    context = {
        "errands": sorted(errands, key=lambda errand: not errand.is_urgent),
        "plans": [(plan, plan.stage(at)) for plan in plans if not hasattr(plan, "tender")],
        "shelves": [(label, held) for label, held in shelves if held],
        "at": at,
        "may_keep": actor.may(Permission.KEEP_KEYS),
        "may_draft": actor.may(Permission.DRAFT_NOTICES),
        "works_here": actor.may(Permission.DRAFT_NOTICES) or actor.may(Permission.APPROVE_NOTICES),
    }
    return render(request, "agency/home.html", context)


def _plans(plans: Iterable[PlanningNotice], actor: Actor, at: datetime) -> Iterator[Errand]:
    for plan in plans:
        stage = plan.stage(at)
        address = reverse("agency:plan", args=[plan.ocid])
        if stage is PlanStage.DRAFT and permissions.allows(Act.REVISE_PLAN, by=actor, on=plan):
            note = _("审批人退回：%(reason)s") % {"reason": plan.return_reason}
            words = _("继续写采购意向")
            yield Errand(words, plan.title, address, note if plan.return_reason else "")
        elif stage is PlanStage.SUBMITTED and permissions.allows(
            Act.PUBLISH_PLAN, by=actor, on=plan
        ):
            address = reverse("agency:plan-review", args=[plan.ocid])
            yield Errand(_("审批采购意向"), plan.title, address)


def _draws(actor: Actor, at: datetime) -> Iterator[Errand]:
    """The draws in which I am one of the two witnesses, while they wait for my word."""
    for each in tenders.awaiting_word_of(actor).select_related("tender__process")[:MOST]:
        if each.tender.stage(at) is Stage.DRAFT:
            address = _address("agency:draw", each.tender)
            note = _("您是选定的见证人，请给出一个词。")
            yield Errand(_("见证抽取"), each.tender.title, address, note, is_urgent=True)


def _ceremonies(actor: Actor) -> Iterator[Errand]:
    """The calls that are closed and wait for key cards."""
    if not actor.may(Permission.OPEN_BIDS):
        return
    waiting = Tender.objects.of(actor.organization_id).filter(
        opening_policy=OpeningPolicy.CARDS,
        closed_at__isnull=False,
        opened_at__isnull=True,
        cancelled_at__isnull=True,
    )
    for each in waiting.select_related("process")[:MOST]:
        note = _("请持卡人和见证人到场。")
        address = _address("agency:ceremony", each)
        yield Errand(_("用钥匙卡开标"), each.title, address, note, is_urgent=True)


def _keys(actor: Actor) -> Iterator[Errand]:
    """The set of key cards that is being made: to go on with, or to publish."""
    making = keycards.visible_to(actor).filter(published_at=None, retired_at=None)
    for each in making.prefetch_related("cards"):
        is_whole = not keycards.problems(each)
        address = reverse("agency:key-set", args=[each.pk])
        if is_whole and permissions.allows(Act.PUBLISH_KEYS, by=actor, on=each):
            yield Errand(_("公布开标钥匙"), each.label, address)
        elif not is_whole and permissions.allows(Act.MAKE_CARD, by=actor, on=each):
            yield Errand(_("接着做开标钥匙"), each.label, address)


def _tenders(calls: Iterable[Tender], actor: Actor, at: datetime) -> Iterator[Errand]:
    judged = evaluation.with_panel(calls)
    for tender in calls:
        stage = tender.stage(at)
        address = reverse("agency:tender", args=[tender.ocid])
        if stage is Stage.DRAFT and permissions.allows(Act.REVISE_TENDER, by=actor, on=tender):
            note = _("审批人退回：%(reason)s") % {"reason": tender.return_reason}
            words = _("继续写采购项目")
            yield Errand(words, tender.title, address, note if tender.return_reason else "")
        elif stage is Stage.SUBMITTED and permissions.allows(
            Act.PUBLISH_TENDER, by=actor, on=tender
        ):
            address = reverse("agency:tender-review", args=[tender.ocid])
            yield Errand(_("审批采购项目"), tender.title, address)
        elif _opens_today(tender, stage, at):
            note = _("今天 %(hour)s") % {"hour": hour(tender.tender_period_end)}
            yield Errand(
                _("今天开标"), tender.title, _address(OPENING, tender), note, is_urgent=True
            )
        elif stage is Stage.OPENED and actor.may(Permission.APPOINT_PANEL):
            words = _("看评审进展") if tender.pk in judged else _("组建评审小组")
            yield Errand(words, tender.title, _address(PANEL, tender))
        elif stage is Stage.EVALUATED and actor.may(Permission.DECIDE_AWARDS):
            words = _("决定采购结果")
            yield Errand(words, tender.title, _address(AWARD, tender), is_urgent=True)


def _opens_today(tender: Tender, stage: Stage, at: datetime) -> bool:
    end = tender.tender_period_end
    return (
        stage in {Stage.OPEN, Stage.CLOSED}
        and end is not None
        and tenders.day(end) == tenders.day(at)
    )


def _amendments(actor: Actor, at: datetime) -> Iterator[Errand]:
    waiting = Amendment.objects.filter(
        tender__in=tenders.visible_to(actor).filter(tender_period_end__gte=at),
        published_at__isnull=True,
        withdrawn_at__isnull=True,
    )
    for each in waiting.select_related("tender")[:MOST]:
        if permissions.allows(Act.PUBLISH_AMENDMENT, by=actor, on=each):
            address = reverse("agency:amendment", args=[each.pk])
            yield Errand(_("审批更正"), each.tender.title, address, is_urgent=True)


def _enquiries(actor: Actor, at: datetime) -> Iterator[Errand]:
    if not actor.may(Permission.ANSWER_ENQUIRIES):
        return
    waiting = enquiries.visible_to(actor).unanswered()
    shelf = Shelf(at)
    for each in waiting.select_related("tender__process")[:MOST]:
        due = enquiries.answer_due(each, shelf)
        today, address = tenders.day(at), reverse("agency:enquiry-answer", args=[each.pk])
        note = _("请在 %(day)s前答复") if due and due >= today else _("应在 %(day)s前答复，已逾期")
        words = note % {"day": day(due)} if due else ""
        is_urgent = due is not None and due <= today
        yield Errand(_("答复提问"), each.tender.title, address, words, is_urgent)


def _duties(actor: Actor, at: datetime) -> Iterator[Errand]:
    """What is overdue or due within a week and is not an errand of its own above."""
    if not actor.may(Permission.STATE_DUTIES):
        return
    near = duties.visible_to(actor).open().filter(due_at__lte=at + NEAR, is_certain=True)
    own = near.exclude(event="enquiry.answered").select_related("process")
    if actor.may(Permission.DECIDE_AWARDS):
        own = own.exclude(event="award.decided", due_at__gte=at)
    for row in duty_rows.rows(own[:MOST_DUTIES], at):
        address = reverse("agency:duty", args=[row.duty.pk])
        yield Errand(row.what, row.duty.title, address, row.left, row.is_late)
