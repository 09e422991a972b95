"""What may be decided: one act, published at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement import legality, lifecycle, permissions
from procurement.awards import disclosure, queries
from procurement.awards.models import Award, AwardStatus
from procurement.evaluation import queries as evaluation
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.obligations.actions import Event
from procurement.obligations.duties import SUBMITTED
from procurement.ocds import receipts
from procurement.publication.models import NoticeKind
from procurement.tenders.actions import locked
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot


@dataclass(frozen=True)
class Decision:
    """What the approver decides on one lot: award as ranked, or award nobody, and why."""

    is_awarded: bool
    reasons: str


@dataclass(frozen=True)
class _Decider:
    """The tender as separation of duties looks at it: who drafted it, who judges."""

    tender: Tender

    @property
    def procuring_entity_id(self) -> int:
        return self.tender.procuring_entity_id

    def author_ids(self) -> set[int | None]:
        return self.tender.author_ids()

    def panel_user_ids(self) -> set[int]:
        return set(evaluation.panel(self.tender).values_list("user_id", flat=True))


def subject(tender: Tender) -> _Decider:
    """Return what `permissions` asks about when a decision on the tender is at stake."""
    return _Decider(tender)


@transaction.atomic
def decide(
    tender: Tender, *, decisions: Mapping[int, Decision], by: Actor, at: datetime
) -> list[Award]:
    """Decide every lot, publish the award notice with its reasons, and return the awards.

    `decisions` maps lot numbers to decisions. Offers are awarded in the order of the ranking
    (Regulations Art. 43). Raises Invalid when a lot lacks its decision or reason, or enough
    acceptable bidders to be awarded, and legality.RulesBroken when the notice would lack what the
    law asks of it.
    """
    tender = locked(tender)
    permissions.require(Act.DECIDE_AWARD, by=by, on=subject(tender))
    lifecycle.require(Act.DECIDE_AWARD, tender, at)
    lots = queries.open_lots(tender)
    _require_enough([lot for lot in lots if _awards_it(decisions.get(lot.number))], tender, at)
    awards = [
        award for lot in lots for award in _awards(lot, decisions.get(lot.number), by.person_id, at)
    ]
    found = queries.findings(tender, awards, at=at)
    legality.require(found)
    Award.objects.bulk_create(awards)
    if any(award.offer for award in awards):
        tender.awarded_at = at
    else:
        tender.unsuccessful_at, tender.end_reason = at, "；".join(a.reasons for a in awards)
    tender.save()
    audit.record("awards.decide", by=by, at=at, subject=tender.ocid)
    obligations.hold(of=tender)
    entry = obligations.publish(
        disclosure.award_notice(
            tender,
            awards,
            list(evaluation.ranking(tender)),
            list(evaluation.panel(tender).select_related("tender", "user")),
            queries.challenge_window(tender, at),
            receipts.receipt(found, edition=tender.rulebook, at=at),
        ),
        kind=NoticeKind.AWARD,
        does=_events(awards),
        of=tender,
        at=at,
    )
    for award in _subjects(awards):
        obligations.expect_contract(to=tender, subject=award, at=at)
    if tender.unsuccessful_at:
        obligations.lapse(to=tender, at=at)
    obligations.happened(SUBMITTED, to=tender, subject=entry.release_id, at=at)
    return awards


def _events(awards: list[Award]) -> Iterator[Event]:
    """Decided, published, and told to the bidders in one act; a contract is owed each winner."""
    yield Event("award.decided")
    yield Event("award.published")
    for award in _subjects(awards):
        yield Event("award.notification.sent", award)


def _subjects(awards: list[Award]) -> list[str]:
    """Return the ids of the awards that somebody won."""
    return [disclosure.award_id(n) for n, award in enumerate(awards, start=1) if award.offer]


def _awards_it(decision: Decision | None) -> bool:
    return decision is not None and decision.is_awarded


def _require_enough(lots: list[Lot], tender: Tender, at: datetime) -> None:
    """Raise Invalid when a lot to be awarded has fewer acceptable bidders than its rule asks."""
    for number, short in queries.shortages(tender, lots, at=at).items():
        message = _(
            "第 %(lot)s 包符合要求的组织只有 %(count)s 家，规则要求至少 %(needed)s 家"
            "（%(rule)s），只能决定不成交。"
        )
        citation = short.rule.citation_zh if short.rule else ""
        words = {"lot": number, "count": short.bidders, "needed": short.needed, "rule": citation}
        raise Invalid(message % words, f"decision_{number}")


def _awards(lot: Lot, decision: Decision | None, decided_by_id: int, at: datetime) -> list[Award]:
    if decision is None or not decision.reasons.strip():
        message = _("请为第 %(lot)s 包写明决定的理由。") % {"lot": lot.number}
        raise Invalid(message, f"reasons_{lot.number}")
    recommended = queries.recommended(lot) if decision.is_awarded else []
    if decision.is_awarded and not recommended:
        message = _("第 %(lot)s 包没有符合要求的报价，只能决定不成交。") % {"lot": lot.number}
        raise Invalid(message, f"decision_{lot.number}")
    common = {
        "tender": lot.tender,
        "lot": lot,
        "reasons": decision.reasons.strip(),
        "decided_at": at,
        "decided_by_id": decided_by_id,
    }
    if not recommended:
        return [Award(status=AwardStatus.UNSUCCESSFUL, **common)]
    return [
        Award(status=AwardStatus.ACTIVE, offer=place.offer, amount=place.offer.amount, **common)
        for place in recommended
    ]
