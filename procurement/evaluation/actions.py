"""What may be done in an evaluation: appoint, release, declare, score, finish."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid, NotPermitted
from organizations.roles import Actor
from procurement import legality, lifecycle, permissions
from procurement.bids import queries as bids
from procurement.bids.models import Offer
from procurement.evaluation import queries, scoring, seating
from procurement.evaluation.models import PanelMember, Ranking, Score, Verdict
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.tenders.actions import locked
from procurement.tenders.models import AwardBy, Tender


@transaction.atomic
def appoint(
    tender: Tender, *, members: Mapping[int, str], by: Actor, at: datetime
) -> list[PanelMember]:
    """Name the panel, or fill it up after a member left it, and return its seats.

    `members` maps a person's number to a capacity: the whole panel as it shall sit. Once the bids
    are opened nobody is swapped; seats are given only to make the panel whole (`seating`). Raises
    legality.RulesBroken when the panel is too small, even, or has too few experts; Invalid when a
    person is no panel member by role, or drafted, submitted or approved this tender.
    """
    tender = locked(tender)
    permissions.require(Act.APPOINT_PANEL, by=by, on=tender)
    lifecycle.require(Act.APPOINT_PANEL, tender, at)
    legality.require(queries.panel_findings(tender, list(members.values()), at=at))
    people = seating.newcomers(tender, members, at=at)
    for seat in queries.sitting(tender):  # once the bids are opened all of them stay as they are
        if seat.user_id not in members:
            seat.delete()
        elif seat.capacity != members[seat.user_id]:
            seat.capacity = members[seat.user_id]
            seat.save()
    PanelMember.objects.bulk_create(
        PanelMember(
            tender=tender,
            user=person,
            capacity=members[person.pk],
            appointed_by_id=by.person_id,
            appointed_at=at,
        )
        for person in people
    )
    audit.record("evaluation.appoint", by=by, at=at, subject=tender.ocid)
    return list(queries.panel(tender))


def _taken(seat: PanelMember, act: Act, by: Actor, at: datetime) -> PanelMember:
    """Take the first two beats of an act on a seat."""
    tender = locked(seat.tender)
    seat = PanelMember.objects.select_for_update().get(pk=seat.pk)
    seat.tender = tender
    permissions.require(act, by=by, on=seat)
    lifecycle.require(act, tender, at)
    return seat


def _own(seat: PanelMember, act: Act, by: Actor, at: datetime) -> PanelMember:
    """Take the first two beats of an act of a panel member who still sits."""
    seat = _taken(seat, act, by, at)
    if seat.released_at:
        raise NotPermitted(_("您已经退出这个评审小组，不用再做什么。"))
    return seat


@transaction.atomic
def release(seat: PanelMember, *, reason: str, by: Actor, at: datetime) -> PanelMember:
    """Let a member who does not finish leave the panel, and return the seat.

    What the member judged so far no longer counts; the reason is published with the result. The
    panel is filled up by `appoint`. Whoever has finished stays: that would be choosing scores.
    """
    seat = _taken(seat, Act.RELEASE_JUDGE, by, at)
    if seat.finished_at:
        raise Invalid(_("这位成员已经提交评审，分数算数，不能再退出。"))
    if not seat.sits:
        raise Invalid(_("这位成员已经不在评审小组里，不用再办理。"))
    if not reason.strip():
        raise Invalid(_("请写明退出的理由，理由会和结果一起公开。"), "reason")
    seat.released_at, seat.released_by_id, seat.release_reason = at, by.user_id, reason.strip()
    seat.save()
    audit.record(
        "evaluation.release",
        by=by,
        at=at,
        subject=seat.tender.ocid,
        reason=f"{seat.user}：{seat.release_reason}",
    )
    _complete_if_all_finished(seat.tender, at)
    return seat


@transaction.atomic
def declare(
    seat: PanelMember, *, has_interest: bool, declaration: str, by: Actor, at: datetime
) -> PanelMember:
    """Declare, once the bidders are known, whether there is an interest (Regulations Art. 9).

    A member with an interest steps back; the evaluation goes on with the others.
    """
    seat = _own(seat, Act.DECLARE_INTEREST, by, at)
    if not has_interest and by.person_id in queries.parties(seat.tender):
        raise NotPermitted(_("起草、送审或审批过这个项目的人不能参加评审。"))
    if seat.declared_at:
        raise Invalid(_("您已经作过声明，不能更改。情况有变请联系审批人。"), "has_interest")
    if has_interest and not declaration.strip():
        raise Invalid(_("请写明是什么利害关系。"), "declaration")
    seat.declared_at, seat.has_interest, seat.declaration = at, has_interest, declaration
    seat.save()
    audit.record("evaluation.declare", by=by, at=at, subject=seat.tender.ocid)
    _complete_if_all_finished(seat.tender, at)
    return seat


@transaction.atomic
def score(
    seat: PanelMember,
    *,
    offer: Offer,
    is_responsive: bool,
    comment: str,
    points: Mapping[int, Decimal],
    by: Actor,
    at: datetime,
) -> Verdict:
    """Judge one offer: whether it meets the requirements and, if so, points by criterion.

    May be changed until the member finishes. Raises Invalid when points are missing or above a
    criterion's weight, NotPermitted without a declaration of no interest.
    """
    seat = _own(seat, Act.SCORE_BID, by, at)
    if seat.has_interest is not False:
        raise NotPermitted(_("请先声明与全部投标人没有利害关系，再看投标和打分。"))
    if seat.finished_at:
        raise Invalid(_("您已经提交评审，分数不能再改。"))
    if not bids.valid_offers(seat.tender).filter(pk=offer.pk).exists():
        raise Invalid(_("这份报价不在评审范围内。"))
    if not is_responsive and not comment.strip():
        raise Invalid(_("判定不符合要求时，请写明不符合哪一条。"), "comment")
    verdict, _made = Verdict.objects.update_or_create(
        member=seat,
        offer=offer,
        defaults={"is_responsive": is_responsive, "comment": comment},
    )
    Score.objects.filter(member=seat, offer=offer).delete()
    if is_responsive:
        _give(seat, offer, points)
    return verdict


def _give(seat: PanelMember, offer: Offer, points: Mapping[int, Decimal]) -> None:
    for criterion in queries.judged_criteria(seat.tender):
        given = points.get(criterion.pk)
        if given is None or not 0 <= given <= criterion.weight:
            message = _("“%(name)s”请打 0 到 %(weight)s 分。")
            raise Invalid(
                message % {"name": criterion.name, "weight": criterion.weight},
                f"points_{criterion.pk}",
            )
        Score.objects.create(member=seat, offer=offer, criterion=criterion, points=given)


@transaction.atomic
def finish(seat: PanelMember, *, by: Actor, at: datetime) -> PanelMember:
    """Hand in one's judgements; they are final. The last member's completes the evaluation."""
    seat = _own(seat, Act.FINISH_SCORING, by, at)
    if seat.finished_at:
        return seat
    if seat.has_interest is not False:
        raise NotPermitted(_("请先声明与全部投标人没有利害关系，再看投标和打分。"))
    if queries.missing_judgements(seat):
        raise Invalid(_("还有报价没有评完，请评完全部报价再提交。"))
    seat.finished_at = at
    seat.save()
    _complete_if_all_finished(seat.tender, at)
    return seat


def _complete_if_all_finished(tender: Tender, at: datetime) -> None:
    """Rank the offers, once all who sit have finished and their panel is whole."""
    judges = list(queries.sitting(tender))
    if any(judge.finished_at is None for judge in judges):
        return
    if not queries.is_whole(tender, [judge.capacity for judge in judges], at=at):
        return  # somebody left the panel: the approver has to fill the seat first
    criteria = queries.judged_criteria(tender)
    by_lot: dict[int, list[scoring.Judged]] = {}
    for offer in bids.valid_offers(tender):
        by_lot.setdefault(offer.lot_id, []).append(queries.judged(offer, judges, criteria))
    for offers in by_lot.values():
        Ranking.objects.bulk_create(
            Ranking(
                offer_id=place.key,
                is_responsive=place.is_responsive,
                points=place.points,
                rank=place.rank,
            )
            for place in _ranked(tender, offers)
        )
    tender.evaluated_at = at
    tender.save()
    obligations.happened("evaluation.report.delivered", to=tender, at=at)


def _ranked(tender: Tender, offers: list[scoring.Judged]) -> list[scoring.Ranked]:
    if tender.award_by == AwardBy.SCORED:
        return scoring.rank_by_score(offers, queries.price_weight(tender))
    return scoring.rank_by_price(offers)
