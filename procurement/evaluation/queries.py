"""What is asked of evaluations more than once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from organizations.accounts.models import Membership
from organizations.roles import Actor, Permission, Role
from procurement import lifecycle, rules
from procurement.amendments.models import Amendment
from procurement.bids import queries as bids
from procurement.bids.models import Offer
from procurement.evaluation.models import Capacity, PanelMember, Ranking, Score, Verdict
from procurement.evaluation.scoring import Judged
from procurement.lifecycle import Act, Stage
from procurement.tenders import queries as tenders
from procurement.tenders.facts import facts
from procurement.tenders.models import AwardBy, Tender
from procurement.tenders.parts import Criterion, CriterionKind

# The composition of a panel: MOF Orders 87 and 74, portal policy for grants.
PANEL_RULES = frozenset({"panel-tender-5", "panel-nontender-3", "policy-review-panel"})


def panel(tender: Tender) -> QuerySet[PanelMember]:
    """Return the members of a tender's panel."""
    return PanelMember.objects.filter(tender=tender).select_related("user")


def with_panel(found: Iterable[Tender]) -> set[int]:
    """Return the numbers of those tenders that have a panel."""
    return set(PanelMember.objects.filter(tender__in=found).values_list("tender_id", flat=True))


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


def sitting(tender: Tender) -> QuerySet[PanelMember]:
    """Return the members who have neither stepped back nor been released."""
    return PanelMember.objects.sitting().filter(tender=tender).select_related("user")


def judges(tender: Tender) -> QuerySet[PanelMember]:
    """Return the members who sit and declared that they have no interest."""
    return PanelMember.objects.judging().filter(tender=tender).select_related("user")


def panel_findings(
    tender: Tender, capacities: list[str], *, at: datetime
) -> tuple[rules.Finding, ...]:
    """Return what the rulebook says of a panel of these capacities."""
    known = facts(tender, published=tender.published_at or at) | {
        "panel.size": len(capacities),
        "panel.expertCount": capacities.count(Capacity.EXPERT),
        "panel.buyerRepresentatives": capacities.count(Capacity.BUYER),
    }
    found = tenders.edition(tender, at=at).check(
        tender.procurement_method,
        known,
        on=tenders.day(at),
        phases=frozenset({"evaluation"}),
    )
    return tuple(finding for finding in found if finding.rule.id in PANEL_RULES)


def is_whole(tender: Tender, capacities: list[str], *, at: datetime) -> bool:
    """Say whether judges of these capacities make a panel that nothing is said against."""
    return bool(capacities) and not any(
        finding.blocks for finding in panel_findings(tender, capacities, at=at)
    )


def may_fill(tender: Tender, *, at: datetime) -> bool:
    """Say whether seats may be given now.

    Until the opening freely; from then on only while the panel is not whole: who has read the
    bids does not choose the judges anew.
    """
    if not lifecycle.may(Act.APPOINT_PANEL, tender, at):
        return False
    capacities = [seat.capacity for seat in sitting(tender)]
    return tender.stage(at) is not Stage.OPENED or not is_whole(tender, capacities, at=at)


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


@dataclass(frozen=True)
class Judgement:
    """What one member has judged of one offer so far."""

    offer: Offer
    verdict: Verdict | None
    points: Mapping[int, Decimal]
    is_complete: bool


def judgements(member: PanelMember) -> list[Judgement]:
    """Return every offer to be judged with what this member alone has given it."""
    needed = {criterion.pk for criterion in judged_criteria(member.tender)}
    verdicts = {verdict.offer_id: verdict for verdict in Verdict.objects.filter(member=member)}
    points: dict[int, dict[int, Decimal]] = {}
    for given in Score.objects.filter(member=member):
        points.setdefault(given.offer_id, {})[given.criterion_id] = given.points
    found = []
    for offer in bids.valid_offers(member.tender):
        verdict, own = verdicts.get(offer.pk), points.get(offer.pk, {})
        complete = verdict is not None and (not verdict.is_responsive or needed <= own.keys())
        found.append(Judgement(offer, verdict, own, complete))
    return found


def missing_judgements(member: PanelMember) -> list[Offer]:
    """Return the offers this member has not judged in full yet."""
    return [each.offer for each in judgements(member) if not each.is_complete]


def may_read_bids(tender: Tender, actor: Actor) -> bool:
    """Say whether a person may read opened bids: the own approver, and members without interest.

    Whoever declared an interest or was released reads none, in whatever other role; a seat opens
    bids to those who still judge by role.
    """
    if actor.user_id is None:
        return False
    own = seat(tender, actor)
    if own is not None and not own.sits:
        return False
    if (
        actor.may(Permission.APPROVE_NOTICES)
        and actor.organization_id == tender.procuring_entity_id
    ):
        return True
    return own is not None and own.is_judge and actor.may(Permission.EVALUATE)


def parties(tender: Tender) -> set[int]:
    """Return who had a hand in the call or its changes: they judge nothing in it."""
    people = tender.author_ids() | {tender.published_by_id}
    for drafted_by, published_by in Amendment.objects.filter(tender=tender).values_list(
        "drafted_by_id", "published_by_id"
    ):
        people |= {drafted_by, published_by}
    return {person for person in people if person is not None}


def candidates(tender: Tender) -> list[Membership]:
    """Return who may sit on the panel, one seat a person, those of the own agency first.

    Who wrote, submitted or approved the tender or a change of it may not.
    """
    held = (
        Membership.objects.filter(
            role=Role.PANEL_MEMBER, ended_at__isnull=True, user__is_active=True
        )
        .exclude(user_id__in=parties(tender))
        .select_related("user", "organization")
        .order_by("organization__name", "user__name", "pk")
    )
    found: dict[int, Membership] = {}
    for membership in sorted(held, key=lambda m: m.organization_id != tender.procuring_entity_id):
        found.setdefault(membership.user_id, membership)
    return list(found.values())


def ranking(tender: Tender) -> QuerySet[Ranking]:
    """Return the result of the evaluation: lot by lot, the best first, refused offers last."""
    return (
        Ranking.objects.filter(offer__bid__tender=tender)
        .select_related("offer__lot", "offer__bid__tenderer", "offer__bid__organization")
        .order_by("offer__lot__number", "rank", "pk")
    )
