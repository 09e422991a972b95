"""What is asked of bids more than once. Nothing here opens an envelope."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.csos import queries as csos
from organizations.csos.models import Cso
from organizations.register.models import Organization
from organizations.roles import Actor, Permission
from procurement import lifecycle
from procurement.bids.models import (
    Bid,
    BidDraft,
    BidFile,
    BidQuerySet,
    BidStatus,
    Offer,
    OfferLine,
)
from procurement.bids.package import LotOffer, Package
from procurement.bids.parts import Receipt
from procurement.legality import Problem
from procurement.lifecycle import Act, Stage
from procurement.tenders import queries as tenders
from procurement.tenders.models import InvitationMode, Tender, TenderQuerySet
from procurement.tenders.parts import CostPolicyLine, Invitation


@dataclass(frozen=True)
class Condition:
    """One condition of taking part: met or not, and what to do when it is not."""

    is_met: bool
    text: StrOrPromise
    way_out: StrOrPromise = ""
    is_note: bool = False  # good to know; nothing to meet


def eligibility(tender: Tender, organization: Organization) -> tuple[Condition, ...]:
    """Return every condition for this organisation to bid, the met ones too.

    Independent civil liability: GPL Arts. 22, 24. An unregistered group bids through its host.
    """
    cso = Cso.objects.filter(pk=organization.pk).first()
    if cso is None:
        return (Condition(is_met=False, text=_("只有社会组织可以投标。")),)
    conditions = [
        Condition(
            organization.is_verified,
            _("本组织的登记信息已经核验。"),
            _("请等待省级核验；如已退回，请按原因补充后再提交。"),
        )
    ]
    if cso.may_bid_alone:
        conditions.append(Condition(is_met=True, text=_("本组织有登记，可以独立承担民事责任。")))
    else:
        lacking = csos.what_hosting_lacks(cso)
        conditions += [
            Condition(
                not lacking,
                _("本小组没有登记，由同意托管的已核验组织参加并承担责任。"),
                lacking,
            ),
            Condition(
                tender.hosted_may_bid,
                _("这个项目接受由托管组织代表的小组。"),
                _("这个项目只接受有登记的组织，您可以向采购人提问。"),
            ),
        ]
    if not cso.may_bid_alone and takes_one_bid_a_person(tender):
        conditions.append(
            Condition(
                is_met=True,
                is_note=True,
                text=_("同一个托管组织在一个项目里只计最先递交的一份投标，包括它自己的。"),
            )
        )
    if tender.invitation_mode != "public-notice":
        conditions.append(
            Condition(
                tenders.is_invited(tender, organization.pk),
                _("本组织收到了邀请。"),
                _("这个项目只由受邀组织参加。您可以关注同类的公开项目。"),
            )
        )
    return tuple(conditions)


def takes_one_bid_a_person(tender: Tender) -> bool:
    """Say whether of all bids one legal person answers for only the first counts.

    Where a lot is for several organisations, a host may stand for each of its groups.
    """
    return not tender.lots.filter(suppliers_wanted__gt=1).exists()


def is_eligible(tender: Tender, organization: Organization) -> bool:
    """Say whether every condition is met."""
    return all(condition.is_met for condition in eligibility(tender, organization))


def calls(at: datetime) -> TenderQuerySet:
    """Return every tender that was published by an instant: what a bidder may look at."""
    return Tender.objects.published_at(at).select_related("process", "procuring_entity")


def open_calls(organization: Organization, at: datetime) -> TenderQuerySet:
    """Return what is open to this organisation at an instant, the nearest deadline first.

    Whether the organisation itself is verified is not asked here: it is the same for every call.
    """
    invited = Invitation.objects.filter(organization=organization, sent_at__lte=at)
    public = Q(invitation_mode=InvitationMode.PUBLIC_NOTICE)
    found = calls(at).filter(
        public | Q(pk__in=invited.values("tender_id")),
        tender_period_end__gte=at,
        opened_at__isnull=True,
        cancelled_at__isnull=True,
        unsuccessful_at__isnull=True,
    )
    cso = Cso.objects.filter(pk=organization.pk).first()
    if cso is None or not cso.may_bid_alone:
        found = found.filter(hosted_may_bid=True)
    return found.order_by("tender_period_end", "pk")


def drafts(actor: Actor) -> QuerySet[BidDraft]:
    """Return the bids the person's organisation prepares, without their content."""
    if not actor.may(Permission.PREPARE_BIDS):
        return BidDraft.objects.none()
    return (
        BidDraft.objects.filter(organization_id=actor.member_of)
        .select_related("tender__process")
        .defer("content")
        .order_by("tender__tender_period_end", "pk")
    )


def is_sent(request_key: str, organization_id: int) -> bool:
    """Say whether the organisation made a submission under this key; no UUID is no key."""
    try:
        key = UUID(request_key)
    except ValueError:
        return False
    return Bid.objects.filter(organization_id=organization_id, request_key=key).exists()


def has_draft(tender: Tender, organization_id: int) -> bool:
    """Say whether an organisation has written anything that the portal still keeps."""
    found = BidDraft.objects.filter(tender=tender, organization_id=organization_id)
    return found.exclude(content=b"").exists()


def shortcomings(tender: Tender, package: Package) -> list[Problem]:
    """Return what a bid in preparation still lacks, beside the step it is about."""
    found = []
    offers = [offer for offer in package.offers if offer.amount > 0]
    if not offers:
        found.append(Problem("price", _("请至少为一个包填写报价。")))
    budgets = {lot.number: lot.value_amount for lot in tender.lots.all()}
    policy = list(tender.cost_policy.all())
    for offer in offers:
        found += _above(offer, budgets.get(offer.lot, Decimal(0)), tender.grant_maximum)
        found += _against(offer, policy)
    if not package.proposal.strip():
        found.append(Problem("proposal", _("请写服务方案：做什么、怎么做、在哪里做。")))
    if not package.team.strip():
        found.append(Problem("team", _("请写由哪些岗位的人来做，各投入多少时间。")))
    return found


def _above(offer: LotOffer, budget: Decimal, most: Decimal | None) -> list[Problem]:
    """Return what is above the budget of the lot, or above the most one organisation may get."""
    found = []
    if offer.amount > budget:
        message = _("第 %(lot)s 包报价超过了预算 %(limit)s 元，请调低。")
        words = {"lot": offer.lot, "limit": _yuan(budget)}
        found.append(Problem("price", message % words))
    if most is not None and offer.amount > most:
        message = _("申请金额超过了每个组织最多 %(limit)s 元，请调低。")
        found.append(Problem("price", message % {"limit": _yuan(most)}))
    return found


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}".removesuffix(".00")


def _against(offer: LotOffer, policy: list[CostPolicyLine]) -> list[Problem]:
    """Return what goes against the published cost policy: lines not paid, shares too large."""
    found = []
    for stated in policy:
        asked = offer.lines.get(stated.line, Decimal(0))
        words = {"lot": offer.lot, "line": stated.get_line_display()}
        if asked and not stated.is_paid:
            message = _("第 %(lot)s 包填了“%(line)s”，这个项目不支付这项费用，请去掉。")
            found.append(Problem("price", message % words))
        elif stated.maximum_share is not None and asked * 100 > offer.amount * stated.maximum_share:
            message = _("第 %(lot)s 包的“%(line)s”最多占报价的 %(share)s%%，请调低。")
            share = f"{stated.maximum_share.normalize():f}"
            found.append(Problem("price", message % (words | {"share": share})))
    return found


def own(actor: Actor) -> BidQuerySet:
    """Return the bids of the person's organisation, the latest first."""
    if not actor.may(Permission.PREPARE_BIDS):
        return Bid.objects.none()
    found = Bid.objects.filter(organization_id=actor.member_of).defer("envelope")
    return found.select_related("tender__process", "tenderer").order_by("-submitted_at")


def receipts(bid: Bid) -> QuerySet[Receipt]:
    """Return the signed receipts of a bid, in the order they were issued."""
    return Receipt.objects.filter(bid=bid).order_by("issued_at", "place")


def in_force(tender: Tender, organization_id: int) -> Bid | None:
    """Return the bid of an organisation that counts now, if there is one."""
    found = Bid.objects.in_force().filter(tender=tender, organization_id=organization_id)
    return found.defer("envelope").first()


def opened(tender: Tender, at: datetime) -> BidQuerySet:
    """Return the bids of a tender once they are opened; none before."""
    if lifecycle.stage_at(tender, at) in {Stage.OPEN, Stage.CLOSED, Stage.DRAFT, Stage.SUBMITTED}:
        return Bid.objects.none()
    found = Bid.objects.filter(tender=tender, opened_at__lte=at, replaced_at__isnull=True)
    ordered = found.select_related("tenderer", "organization").order_by("submitted_at", "pk")
    return ordered.defer("envelope")


def recorded(tender: Tender, at: datetime) -> BidQuerySet:
    """Return the bids that the opening record names: the opened ones, or those too few to open."""
    came = Bid.objects.in_force().filter(tender=tender, tender__opened_at__lte=at)
    ordered = came.select_related("tenderer", "organization").order_by("submitted_at", "pk")
    return ordered.defer("envelope")


def valid_offers(tender: Tender) -> QuerySet[Offer]:
    """Return the offers that are judged: opened, valid, for lots that go on."""
    return (
        Offer.objects.filter(
            bid__tender=tender, bid__status=BidStatus.VALID, lot__unsuccessful_at__isnull=True
        )
        .select_related("bid__tenderer", "bid__organization", "lot")
        .order_by("lot__number", "bid__submitted_at", "pk")
    )


def offers(bid: Bid) -> QuerySet[Offer]:
    """Return what an opened bid offers, lot by lot."""
    return Offer.objects.filter(bid=bid).select_related("lot").order_by("lot__number", "pk")


def all_offers(tender: Tender) -> QuerySet[Offer]:
    """Return every offer of the opened bids of a tender, those of failed lots too."""
    found = Offer.objects.filter(bid__tender=tender).select_related("lot")
    return found.order_by("lot__number", "pk")


def lines(offer: Offer) -> QuerySet[OfferLine]:
    """Return the cost lines of an offer."""
    return OfferLine.objects.filter(offer=offer)


def files(bid: Bid) -> QuerySet[BidFile]:
    """Return the files of an opened bid, without their content."""
    return BidFile.objects.filter(bid=bid).defer("content")


def file(bid: Bid, file_id: int) -> BidFile | None:
    """Return one file of an opened bid with its content, if it is the bid's."""
    return BidFile.objects.filter(bid=bid, pk=file_id).first()


def file_of(tender: Tender, file_id: int, at: datetime) -> BidFile | None:
    """Return one file of the opened bids of a tender with its content; none before the opening."""
    return BidFile.objects.filter(bid__in=opened(tender, at), pk=file_id).first()


def may_prepare(tender: Tender, at: datetime) -> bool:
    """Say whether bids are taken at the instant."""
    return lifecycle.may(Act.PREPARE_BID, tender, at)
