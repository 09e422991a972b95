"""The steps of one procurement as generators: each yields an instant and then acts at it.

`heapq.merge` over many such stories lets them happen side by side, in the order of time.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from organizations.roles import SYSTEM, Actor
from organizations.terms import CostLine
from portal.demo import briefs, cards, days, fields, gatekeeper, papers
from portal.demo.case import Case
from portal.demo.world import World
from procurement.awards import actions as awards
from procurement.awards.actions import Decision
from procurement.bids import actions as bids
from procurement.documents import actions as documents
from procurement.documents.models import DocumentType
from procurement.enquiries import actions as enquiries
from procurement.evaluation import actions as evaluation
from procurement.evaluation import queries as judging
from procurement.evaluation.models import Capacity, PanelMember
from procurement.planning import actions as planning
from procurement.planning.models import PlanningNotice
from procurement.tenders import actions as tenders
from procurement.tenders.drawing import Secret
from procurement.tenders.models import OpeningPolicy, Tender

Moments = Generator[datetime, None, None]
SMALL_PANEL = frozenset({"negotiation", "consultation", "single-source"})


def planned(case: Case, world: World) -> Generator[datetime, None, PlanningNotice]:
    """The intention, drafted, approved two hours later by another person, open to comments."""
    office, at = case.office, case.times.planned
    yield at
    plan = planning.draft(title=case.words(case.brief.title), by=office.drafter, at=at)
    planning.revise(
        plan,
        changes={
            "need_summary": case.words(case.brief.need),
            "services": list(case.brief.services),
            "populations": list(case.brief.populations),
            "procurement_method": case.method,
            "expected_month": days.day_of(case.times.published).replace(day=1),
            "comments_until": days.day_of(at) + timedelta(days=15),
            "comments_contact": office.organization.email,
            **fields.budget(case, at),
        },
        regions=[world.regions[code] for code in case.places],
        by=office.drafter,
        at=at,
    )
    planning.submit(plan, by=office.drafter, at=at)
    at += timedelta(hours=2)
    yield at
    return planning.publish(plan, by=office.approver, at=at)


def drafted(
    case: Case, world: World, plan: PlanningNotice | None
) -> Generator[datetime, None, Tender]:
    """A complete draft with its lots, criteria, costs and a document."""
    by, at = case.office.drafter, case.times.drafted
    yield at
    title = case.words(case.brief.title)
    tender = tenders.draft(title=title, by=by, at=at, planning_notice=plan)
    tender = tenders.revise(
        tender,
        changes=fields.tender(case, at),
        parts=fields.parts(case),
        regions=[world.regions[code] for code in case.places],
        by=by,
        at=at,
    )
    for document_type, name, content in _papers(case, title):
        document = documents.store(
            title="", document_type=document_type, name=name, content=content, by=by, at=at
        )
        tenders.attach(tender, document=document, by=by, at=at)
    if case.method == "invited":
        yield from drawn(case, tender)
    return tender


def drawn(case: Case, tender: Tender) -> Moments:
    """The draw of those invited: commitments in public, then the words of two witnesses."""
    office, at = case.office, case.times.drafted + timedelta(minutes=10)
    yield at
    chance = case.chance.randbytes
    draw = tenders.commit_draw(
        tender,
        count=3,
        witnesses=[office.approver.person_id, office.clerk.person_id],
        secret=Secret(salt=chance(32).hex(), seed=chance(32).hex()),
        by=office.drafter,
        at=at,
    )
    words = case.chance.sample(briefs.WORDS, 2)
    for by, word in zip((office.approver, office.clerk), words, strict=True):
        at += timedelta(minutes=5)
        yield at
        tenders.witness_draw(draw, word=word, by=by, at=at)


def _papers(case: Case, title: str) -> list[tuple[str, str, bytes]]:
    """Return the files of a call: what is wanted, and how it is judged."""
    wanted = papers.pdf(title, case.words(case.brief.description).split("。"))
    levels = [f"{each['name']}：{each['description']}" for each in fields.parts(case)["criteria"]]
    judged_by = papers.text("评分办法", levels)
    return [
        (DocumentType.BIDDING_DOCUMENTS, "采购文件.pdf", wanted),
        (DocumentType.EVALUATION_CRITERIA, "评分办法.txt", judged_by),
    ]


def called(case: Case, tender: Tender) -> Generator[datetime, None, Tender]:
    """Handed in, and published by another person."""
    yield case.times.submitted
    tenders.submit(tender, by=case.office.drafter, at=case.times.submitted)
    yield case.times.published
    return tenders.publish(tender, by=case.office.approver, at=case.times.published)


def asked(case: Case, tender: Tender) -> Moments:
    """Questions of those who think of bidding; answers to everyone within the day."""
    chosen = case.chance.sample(briefs.QUESTIONS, case.questions)
    for number, (question, answer) in enumerate(chosen):
        party = case.bidders[number % len(case.bidders)]
        at = case.times.between(0.1 + 0.12 * number)
        yield at
        enquiry = enquiries.ask(tender, question=question, by=party.signatory, at=at)
        if number < case.answered:
            at += timedelta(hours=5)
            yield at
            enquiries.answer(enquiry, text=answer, by=case.office.drafter, at=at)


def bid_for(case: Case, tender: Tender, first: float = 0.55) -> Moments:
    """One offer of each bidder, from the second half of the time to bid on."""
    for number, party in enumerate(case.bidders):
        at = case.times.between(first + (0.96 - first) * number / len(case.bidders))
        yield at
        content = offer(case, tender, number)
        bids.prepare(tender, changes=content, by=party.signatory, at=at)
        if number == 0:
            paper = papers.pdf("服务方案", content["proposal"].split("。"))
            bids.attach(tender, name="服务方案.pdf", content=paper, by=party.signatory, at=at)
        key = UUID(int=case.chance.getrandbits(128), version=4)
        bids.submit(tender, request_key=key, by=party.signatory, at=at)


def offer(case: Case, tender: Tender, number: int) -> dict[str, Any]:
    """Return what a bidder prepares: texts, and a price for each lot by cost line."""
    prices = case.prices[number] if case.prices else _prices(case, tender)
    offers = [{"lot": lot, "lines": cost_lines(yuan)} for lot, yuan in prices.items()]
    return {
        "proposal": briefs.PROPOSALS[number % len(briefs.PROPOSALS)],
        "team": briefs.TEAMS[number % len(briefs.TEAMS)],
        "quality": briefs.QUALITIES[number % len(briefs.QUALITIES)],
        "offers": offers,
    }


def _prices(case: Case, tender: Tender) -> dict[int, int]:
    """Return a price for each lot, somewhat below its budget, in hundreds of yuan."""
    return {
        lot.number: int(lot.value_amount) * case.chance.randint(820, 980) // 100_000 * 100
        for lot in tender.lots.all()
    }


def cost_lines(yuan: int) -> dict[str, str]:
    """Split a price into whole yuan by cost line, exactly."""
    wages, insurance = yuan * 45 // 100, yuan * 12 // 100
    office = yuan * 6 // 100
    return {
        CostLine.DIRECT: str(yuan - wages - insurance - office),
        CostLine.WAGES: str(wages),
        CostLine.SOCIAL_INSURANCE: str(insurance),
        CostLine.ADMINISTRATION: str(office),
    }


def closed(case: Case, tender: Tender) -> Generator[datetime, None, Tender]:
    """The clock closes the call; where cards open it, it says that the gate has given its part."""
    at = _closing(case)
    yield at
    tender = gatekeeper.close(tender, at=at)
    if tender.opening_policy == OpeningPolicy.CARDS:
        bids.state_gate(tender, by=SYSTEM, at=at)
    return tender


def opened(case: Case, tender: Tender) -> Generator[datetime, None, Tender]:
    """The bids are opened: by the clock at once, or by two people with key cards."""
    tender = yield from closed(case, tender)
    at = _closing(case)
    if tender.opening_policy == OpeningPolicy.CLOCK:
        return bids.open_all(tender, by=SYSTEM, at=at)
    for place in ("C1", "C3"):
        at += timedelta(minutes=4)
        yield at
        cards.contribute(tender, place, by=case.office.clerk, at=at)
    return Tender.objects.get(pk=tender.pk)


def _closing(case: Case) -> datetime:
    """Return when a call is closed, one after another where several close at once."""
    return case.times.opened + timedelta(milliseconds=7 * (case.seed % 1000))


def judged(case: Case, tender: Tender) -> Moments:
    """The panel, named after the opening: each member declares and judges in turn."""
    office, at = case.office, case.times.seated
    yield at
    size = 3 if case.method in SMALL_PANEL else 5
    members = [by.user_id for by in office.panel[:size] if by.user_id is not None]
    capacities = dict.fromkeys(members, Capacity.EXPERT) | {members[-1]: Capacity.BUYER}
    seats = evaluation.appoint(tender, members=capacities, by=office.approver, at=at)
    for number, seat in enumerate(sorted(seats, key=lambda seat: seat.user_id)):
        at = case.times.judging + number * case.times.gap
        yield at
        by = next(member for member in office.panel if member.user_id == seat.user_id)
        judge(case, seat, by, at)


def judge(case: Case, seat: PanelMember, by: Actor, at: datetime) -> None:
    """Declare no interest, judge every offer and hand in, as one member."""
    evaluation.declare(
        seat, has_interest=False, declaration="与全部投标人没有利害关系。", by=by, at=at
    )
    criteria = judging.judged_criteria(seat.tender)
    offers = judging.missing_judgements(seat)
    for number, one in enumerate(offers):
        place = sum(earlier.lot_id == one.lot_id for earlier in offers[:number])
        share = 0.95 - 0.3 * place / len(offers) - case.chance.uniform(0, 0.03)
        share -= 0.1 if place >= case.suppliers_wanted else 0
        evaluation.score(
            seat,
            offer=one,
            is_responsive=True,
            comment="",
            points={c.pk: Decimal(round(c.weight * share)) for c in criteria},
            by=by,
            at=at,
        )
    evaluation.finish(seat, by=by, at=at)


def decided(case: Case, tender: Tender) -> Moments:
    """The award of every lot as ranked, with reasons."""
    yield case.times.decided
    lots = tender.lots.filter(unsuccessful_at__isnull=True)
    awards.decide(
        tender,
        decisions={
            lot.number: Decision(is_awarded=True, reasons=case.chance.choice(briefs.REASONS))
            for lot in lots
        },
        by=case.office.approver,
        at=case.times.decided,
    )


def following(case: Case, deadline: datetime) -> Case:
    """Return the case with what follows the deadline moved to a new one."""
    late = days.closing(deadline, case.method)
    times = replace(
        case.times,
        deadline=deadline,
        seated=late.seated,
        judging=late.judging,
        decided=late.decided,
    )
    return replace(case, times=times)
