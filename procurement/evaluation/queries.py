"""What is asked of evaluations more than once."""

from datetime import datetime

from django.db.models import QuerySet

from organizations.roles import Actor
from procurement import rules
from procurement.bids import queries as bids
from procurement.bids.models import Offer
from procurement.evaluation.models import Capacity, PanelMember, Ranking, Score, Verdict
from procurement.evaluation.scoring import Judged
from procurement.tenders import queries as tenders
from procurement.tenders.facts import facts
from procurement.tenders.models import AwardBy, Tender
from procurement.tenders.parts import Criterion, CriterionKind

# The composition of a panel: MOF Orders 87 and 74, portal policy for grants.
PANEL_RULES = frozenset({"panel-tender-5", "panel-nontender-3", "policy-review-panel"})


def panel(tender: Tender) -> QuerySet[PanelMember]:
    """Return the members of a tender's panel."""
    return PanelMember.objects.filter(tender=tender).select_related("user")


def seats_of(actor: Actor) -> QuerySet[PanelMember]:
    """Return the seats of a person, the latest first."""
    return (
        PanelMember.objects.filter(user_id=actor.person_id)
        .select_related("tender__process", "tender__procuring_entity")
        .order_by("-appointed_at")
    )


def seat(tender: Tender, actor: Actor) -> PanelMember | None:
    """Return a person's seat on the panel of a tender."""
    return PanelMember.objects.filter(tender=tender, user_id=actor.person_id).first()


def judges(tender: Tender) -> QuerySet[PanelMember]:
    """Return the members who declared that they have no interest."""
    return panel(tender).filter(has_interest=False)


def panel_findings(
    tender: Tender, capacities: list[str], *, at: datetime
) -> tuple[rules.Finding, ...]:
    """Return what the rulebook says of a panel of these capacities."""
    known = facts(tender, published=tender.published_at or at) | {
        "panel.size": len(capacities),
        "panel.expertCount": capacities.count(Capacity.EXPERT),
        "panel.buyerRepresentatives": capacities.count(Capacity.BUYER),
    }
    found = rules.check(
        rules.load(),
        tender.procurement_method,
        known,
        on=tenders.day(at),
        phases=frozenset({"evaluation"}),
    )
    return tuple(finding for finding in found if finding.rule.id in PANEL_RULES)


def judged_criteria(tender: Tender) -> list[Criterion]:
    """Return the criteria that members score; the price is worked out, and some need none."""
    if tender.award_by != AwardBy.SCORED:
        return []
    return [c for c in tender.criteria.all() if c.kind == CriterionKind.QUALITY]


def price_weight(tender: Tender) -> int:
    """Return the points the price can give."""
    return sum(c.weight for c in tender.criteria.all() if c.kind == CriterionKind.PRICE)


def judged(offer: Offer, members: list[PanelMember], criteria: list[Criterion]) -> Judged:
    """Return an offer as these members judged it."""
    verdicts = Verdict.objects.filter(offer=offer, member__in=members)
    scores = Score.objects.filter(offer=offer, member__in=members)
    return Judged(
        key=offer.pk,
        price=offer.amount,
        verdicts=[verdict.is_responsive for verdict in verdicts],
        points={
            criterion.pk: [s.points for s in scores if s.criterion_id == criterion.pk]
            for criterion in criteria
        },
    )


def missing_judgements(member: PanelMember) -> list[Offer]:
    """Return the offers this member has not judged in full yet."""
    criteria = judged_criteria(member.tender)
    lacking = []
    for offer in bids.valid_offers(member.tender):
        verdict = Verdict.objects.filter(member=member, offer=offer).first()
        given = Score.objects.filter(member=member, offer=offer).count()
        needed = len(criteria) if verdict and verdict.is_responsive else 0
        if verdict is None or given < needed:
            lacking.append(offer)
    return lacking


def ranking(tender: Tender) -> QuerySet[Ranking]:
    """Return the result of the evaluation: lot by lot, the best first, refused offers last."""
    return (
        Ranking.objects.filter(offer__bid__tender=tender)
        .select_related("offer__lot", "offer__bid__tenderer", "offer__bid__organization")
        .order_by("offer__lot__number", "rank", "pk")
    )
