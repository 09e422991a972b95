"""A whole procurement, made by the portal's own acts: the cast, and each step of the life."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from organizations.accounts import queries as people
from organizations.csos.models import Cso
from organizations.register.models import Organization
from organizations.roles import Actor, Role
from organizations.terms import CostLine, Population, Service
from portal.demo import gatekeeper
from procurement.amendments import actions as amendments
from procurement.awards import actions as awards
from procurement.awards.actions import Decision
from procurement.awards.models import Award
from procurement.bids import actions as bids
from procurement.bids.models import Bid
from procurement.evaluation import actions as evaluation
from procurement.evaluation import queries as judging
from procurement.evaluation.models import Capacity, PanelMember
from procurement.planning import actions as planning
from procurement.planning.models import PlanningNotice
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.advising import QUESTIONS, Answer
from procurement.tenders.drawing import Secret
from procurement.tenders.models import AwardBy, InvitationMode, Tender
from procurement.tenders.parts import Draw
from tests.builders import memory
from tests.builders import organizations as build

START = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)  # a Monday; the planning notice
TENDER_DAY = datetime(2026, 4, 7, 9, 0, tzinfo=SHANGHAI)  # more than 30 days later
DEADLINE = datetime(2026, 4, 28, 17, 0, tzinfo=SHANGHAI)  # lawful for every method
OPENING = DEADLINE + timedelta(minutes=3)  # no request in time is under way any more
JUDGING = datetime(2026, 4, 29, 10, 0, tzinfo=SHANGHAI)
DECISION = datetime(2026, 4, 30, 10, 0, tzinfo=SHANGHAI)

SECRET = Secret(salt="5a" * 32, seed="5e" * 32)

MODES: Mapping[str, str] = {
    "open": InvitationMode.PUBLIC_NOTICE,
    "invited": InvitationMode.REGISTER_DRAW,
    "negotiation": InvitationMode.PUBLIC_NOTICE,
    "consultation": InvitationMode.PUBLIC_NOTICE,
    "single-source": InvitationMode.DIRECT,
    "grant": InvitationMode.PUBLIC_NOTICE,
}
RANKED_BY: Mapping[str, str] = {
    "negotiation": AwardBy.LOWEST_PRICE,
    "single-source": AwardBy.AGREED,
}
# the question whose yes is the ground of a method; all others are answered no
GROUNDS: Mapping[str, str] = {
    "invited": "advice.specialised",
    "negotiation": "advice.needUnclear",
    "single-source": "advice.onlySupplier",
    "grant": "advice.proposed",
}


@dataclass
class Cast:
    """The people of one procurement."""

    agency: Organization
    drafter: Actor
    approver: Actor
    clerk: Actor
    panel: list[Actor]
    csos: list[Cso] = field(default_factory=list)

    def signatories(self) -> Iterator[Actor]:
        """The signatories of the organisations, in order."""
        return (build.signatory(cso) for cso in self.csos)


def cast(csos: int = 3) -> Cast:
    """An agency with drafter, approver, opening officer and five judges; and those that bid."""
    return memory.once(("cast", csos), lambda: _cast(csos))


def _cast(csos: int) -> Cast:
    gatekeeper.announce()
    agency = build.agency().organization
    Organization.objects.filter(pk=agency.pk).update(address="人民路1号", phone="0871-65000000")
    agency.refresh_from_db()
    return Cast(
        agency=agency,
        drafter=build.member(agency, Role.DRAFTER)[1],
        approver=build.member(agency, Role.APPROVER)[1],
        clerk=build.member(agency, Role.OPENING_OFFICER)[1],
        panel=[build.member(agency, Role.PANEL_MEMBER)[1] for _ in range(5)],
        csos=[_cso() for _ in range(csos)],
    )


def _cso() -> Cso:
    group = build.cso()
    Organization.objects.filter(pk=group.pk).update(address="文林街8号")
    group.organization.refresh_from_db()
    return group


def planning_draft(who: Cast, at: datetime = START) -> PlanningNotice:
    """A complete draft of a planning notice that asks the public about the need."""
    plan = planning.draft(title="艾滋病随访关怀服务", by=who.drafter, at=at)
    return planning.revise(
        plan,
        changes={
            "need_summary": "为辖区感染者提供随访、心理支持和转介服务。",
            "services": [Service.FOLLOW_UP],
            "populations": [Population.PLHIV],
            "procurement_method": "open",
            "expected_month": date(2026, 4, 1),
            "budget_amount": Decimal(120000),
            "budget_reference": "YN-2026-HIV-01",
            "in_catalogue": True,
            "catalogue_source": "省级集中采购目录",
            "fiscal_year": 2026,
            "midterm_years": 3,
            "comments_until": date(2026, 3, 16),
            "comments_contact": "0871-65000000",
            "negative_list_declared": True,
            "designated_media_url": "https://example.org/notice/1",
            "designated_media_date": at.date(),
        },
        regions=[build.region("530102")],
        by=who.drafter,
        at=at,
    )


def planning_notice(who: Cast, at: datetime = START) -> PlanningNotice:
    """A published planning notice."""
    plan = planning.submit(planning_draft(who, at), by=who.drafter, at=at)
    return planning.publish(plan, by=who.approver, at=at + timedelta(hours=1))


def draft(who: Cast, method: str = "open", at: datetime = TENDER_DAY, **changes: object) -> Tender:
    """A complete and lawful draft under a method, with one lot; `changes` override fields."""
    plan = None if method == "grant" else planning_notice(who)
    tender = tenders.draft(title="艾滋病随访关怀服务", by=who.drafter, at=at, planning_notice=plan)
    supplier = who.csos[0].organization if method == "single-source" else None
    said = answers(str(changes.get("procurement_method") or method))
    made = fields(method, at) | {"single_source_supplier": supplier, "advice_answers": said}
    tender = tenders.revise(
        tender,
        changes=made | changes,
        parts=parts(method),
        regions=[build.region("530102")],
        by=who.drafter,
        at=at,
    )
    if method == "invited":
        drawn(who, tender, at)
    return Tender.objects.get(pk=tender.pk)


def committed(who: Cast, tender: Tender, at: datetime = TENDER_DAY, count: int = 3) -> Draw:
    """The draw of an invited draft, its commitments public, awaiting its two witnesses."""
    return tenders.commit_draw(
        tender,
        count=count,
        witnesses=[who.approver.person_id, who.clerk.person_id],
        secret=SECRET,
        by=who.drafter,
        at=at,
    )


def drawn(who: Cast, tender: Tender, at: datetime = TENDER_DAY, count: int = 3) -> Draw:
    """The draw made: both witnesses gave their words within two minutes."""
    draw = committed(who, tender, at, count)
    tenders.witness_draw(draw, word="木棉", by=who.approver, at=at + timedelta(minutes=1))
    return tenders.witness_draw(draw, word="石榴", by=who.clerk, at=at + timedelta(minutes=2))


def fields(method: str, at: datetime) -> dict[str, Any]:
    """The fields of a complete and lawful draft."""
    return {
        "summary": "请一家社会组织为五华区的感染者做一年随访关怀。",
        "description": "每月随访，心理支持，转介治疗。",
        "quantity": "200 人",
        "services": [Service.FOLLOW_UP],
        "populations": [Population.PLHIV],
        "consultation_summary": "收到三条意见，主要是希望支付人员工资。",
        "consultation_responses": "已在费用政策里写明支付工资和社会保险。",
        "procurement_method": method,
        "advice_answers": answers(method),
        "method_rationale": "服务对象特殊，需要比较服务方案。",
        "invitation_mode": MODES[method],
        "award_by": RANKED_BY.get(method, AwardBy.SCORED),
        "value_amount": Decimal(120000),
        "grant_maximum": Decimal(120000) if method == "grant" else None,
        "budget_reference": "YN-2026-HIV-01",
        "fiscal_year": 2026,
        "midterm_years": 3,
        "full_cost_covered": True,
        "indirect_rate_cap": Decimal(15),
        "eligibility": "依法登记、能独立承担民事责任的社会组织；未登记的小组由托管组织参加。",
        "notice_period_end": DEADLINE - timedelta(days=7),
        "documents_end": DEADLINE - timedelta(days=7),
        "enquiry_period_end": DEADLINE - timedelta(days=5),
        "tender_period_end": DEADLINE,
        "publicity_period_end": DEADLINE - timedelta(days=7),
        "award_expected_date": date(2026, 5, 8),
        "contract_start": date(2026, 6, 1),
        "contract_end": date(2027, 5, 31),
        "documents_place": "本网站",
        "documents_method": "免费下载",
        "documents_price": "免费",
        "opening_address": "人民路1号三楼会议室",
        "contact_name": "采购办公室",
        "contact_telephone": "0871-65000000",
        "challenge_method": "书面提交或邮寄",
        "challenge_department": "办公室",
        "challenge_telephone": "0871-65000001",
        "challenge_address": "人民路1号",
        "non_discrimination_declared": True,
        "negative_list_declared": True,
        "privacy_checked": True,
        "sme_reason": "按公平竞争的需要，社会组织也应能参加。",
        "designated_media_url": "https://example.org/notice/2",
        "designated_media_date": at.date(),
    }


def answers(method: str) -> dict[str, str]:
    """The answers under which a method may be used."""
    yes = GROUNDS.get(method)
    return {name: (Answer.YES if name == yes else Answer.NO).value for name in QUESTIONS}


def parts(method: str) -> dict[str, list[dict[str, Any]]]:
    """Lots, criteria, cost policy and, for a single source, the experts."""
    expert = {
        "name": "赵六",
        "employer": "某大学公共卫生学院",
        "professional_title": "教授",
        "opinion": "只有这一家组织在当地长期服务，更换会中断随访。",
    }
    return {
        "lots": [{"number": 1, "title": "五华区随访关怀", "value_amount": Decimal(120000)}],
        "criteria": [
            _criterion(1, "报价", "price", 15),
            _criterion(2, "服务方案", "quality", 60),
            _criterion(3, "人员", "quality", 25),
        ],
        "cost_policy": [{"line": line, "is_paid": True} for line in CostLine.values],
        "experts": [expert] if method == "single-source" else [],
    }


def _criterion(position: int, name: str, kind: str, weight: int) -> dict[str, Any]:
    description = "优得满分，良得八成，合格得六成。"
    return {
        "position": position,
        "name": name,
        "kind": kind,
        "weight": weight,
        "description": description,
    }


def published(
    who: Cast, method: str = "open", at: datetime = TENDER_DAY, **changes: object
) -> Tender:
    """A published tender."""
    name = ("published", who, method, at, changes)
    return memory.once(name, lambda: _published(who, method, at, changes))


def _published(who: Cast, method: str, at: datetime, changes: dict[str, object]) -> Tender:
    tender = draft(who, method, at, **changes)
    tenders.submit(tender, by=who.drafter, at=at)
    return tenders.publish(tender, by=who.approver, at=at + timedelta(hours=1))


def amended(who: Cast, tender: Tender, at: datetime, *, affects: bool = False) -> Tender:
    """The call with another quantity, by two people; `affects` what bidders have to prepare."""
    change = amendments.propose(
        tender,
        changes={"quantity": "300 人"},
        affects_preparation=affects,
        rationale="需求增加。",
        by=who.drafter,
        at=at,
    )
    amendments.publish(change, by=who.approver, at=at)
    return Tender.objects.get(pk=tender.pk)


def bid(tender: Tender, by: Actor, yuan: int = 110000, at: datetime | None = None) -> Bid:
    """A submitted bid for the first lot."""
    name = ("bid", tender, by, yuan, at)
    return memory.once(name, lambda: _bid(tender, by, yuan, at))


def _bid(tender: Tender, by: Actor, yuan: int, at: datetime | None) -> Bid:
    at = at or DEADLINE - timedelta(days=3)
    offer = {
        "lot": 1,
        "lines": {CostLine.DIRECT: str(yuan - 60000), CostLine.WAGES: "60000"},
    }
    changes = {
        "proposal": "每月随访一次，遇到困难及时转介。",
        "team": "两名专职社工，五名志愿者。",
        "quality": "随访率不低于百分之九十。",
        "offers": [offer],
    }
    bids.prepare(tender, changes=changes, by=by, at=at)
    return bids.submit(tender, request_key=uuid4(), by=by, at=at)


def opened(who: Cast, tender: Tender, at: datetime = OPENING) -> Tender:
    """The tender with one bid of each organisation, the first the cheapest, all opened."""
    return memory.once(("opened", who, tender, at), lambda: _opened(who, tender, at))


def _opened(who: Cast, tender: Tender, at: datetime) -> Tender:
    for number, by in enumerate(who.signatories()):
        bid(tender, by, yuan=100000 + 5000 * number)
    return gatekeeper.open_bids(tender, at=at)


def evaluated(who: Cast, tender: Tender, at: datetime = JUDGING) -> Tender:
    """The tender judged by the whole panel; earlier bids get better points."""
    return memory.once(("evaluated", who, tender, at), lambda: _evaluated(who, tender, at))


def _evaluated(who: Cast, tender: Tender, at: datetime) -> Tender:
    judges = who.panel[:5]
    roles = {by.user_id: Capacity.EXPERT for by in judges if by.user_id is not None}
    roles[max(roles)] = Capacity.BUYER
    seats = evaluation.appoint(tender, members=roles, by=who.approver, at=at)
    for seat in seats:
        judge(seat, at)
    return Tender.objects.get(pk=tender.pk)


def judge(seat: PanelMember, at: datetime) -> None:
    """Declare, judge every offer and finish, as one panel member."""
    by = people.actor_for(seat.user, seat.tender.procuring_entity)
    evaluation.declare(seat, has_interest=False, declaration="无", by=by, at=at)
    criteria = judging.judged_criteria(seat.tender)
    for place, offer in enumerate(judging.missing_judgements(seat)):
        evaluation.score(
            seat,
            offer=offer,
            is_responsive=True,
            comment="",
            points={c.pk: Decimal(c.weight - 2 * place) for c in criteria},
            by=by,
            at=at,
        )
    evaluation.finish(seat, by=by, at=at)


def awarded(who: Cast, tender: Tender, at: datetime = DECISION) -> list[Award]:
    """The awards of an evaluated tender, every lot as ranked."""
    return memory.once(("awarded", who, tender, at), lambda: _awarded(who, tender, at))


def _awarded(who: Cast, tender: Tender, at: datetime) -> list[Award]:
    decision = Decision(is_awarded=True, reasons="方案最符合需求，人员稳定，报价合理。")
    lots = tender.lots.filter(unsuccessful_at__isnull=True)
    return awards.decide(
        tender, decisions={lot.number: decision for lot in lots}, by=who.approver, at=at
    )


def invited(tender: Tender) -> list[int]:
    """The numbers of the organisations that were drawn."""
    return [each.organization_id for each in queries.invitations(tender)]
