"""What may be done with bids: prepare, submit, replace, withdraw; and, by the clock, open."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.csos import queries as csos
from organizations.csos.models import Cso
from organizations.refusals import Invalid, Refusal
from organizations.register.models import Organization
from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.bids import disclosure, drafts, locking, queries, sealing
from procurement.bids import package as packages
from procurement.bids.models import (
    Bid,
    BidDraft,
    BidDraftFile,
    BidFile,
    BidStatus,
    Offer,
    OfferLine,
)
from procurement.bids.package import Package, PackedFile
from procurement.documents import kinds
from procurement.legality import Problem
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.obligations.duties import SUBMITTED
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.tenders import queries as tenders
from procurement.tenders.facts import facts
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot


class NotEligible(Refusal):
    """The organisation may not bid; `conditions` says which one is not met, and the way out."""

    status = 403

    def __init__(self, conditions: tuple[queries.Condition, ...]) -> None:
        super().__init__(_("本组织还不能参加这个项目，原因见下。"))
        self.conditions = conditions


class Unfinished(Refusal):
    """The bid lacks something; `problems` says what, beside which step."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_("投标还没有写完，请补齐标出的内容。"))
        self.problems = problems


def held(tender: Tender) -> Tender:
    """Return the tender with its row held: many bids may come at once, the clock must wait."""
    return Tender.objects.raw(
        "SELECT * FROM procurement_tender WHERE id = %s FOR SHARE", [tender.pk]
    )[0]


def _entered(act: Act, tender: Tender, by: Actor, at: datetime) -> tuple[Tender, Organization]:
    """Take the first two beats of an act of a bidder, and ask whether it may take part at all."""
    tender = held(tender)
    permissions.require(act, by=by, on=tender)
    _require_taking(act, tender, at)
    organization = Organization.objects.select_related("region").get(pk=by.member_of)
    if not queries.is_eligible(tender, organization):
        raise NotEligible(queries.eligibility(tender, organization))
    return tender, organization


def _require_taking(act: Act, tender: Tender, at: datetime) -> None:
    """Raise NotNow unless bids are taken: judged by the act's own instant, but never once opened.

    The clock leaves bids closed for longer than a request lasts (`clock.GRACE`), so a bid that
    came in time is not overtaken by the opening.
    """
    lifecycle.require(act, tender, at)
    ended = tender.opened_at or tender.cancelled_at
    if ended is not None:
        raise lifecycle.NotNow(act, tender.stage(ended))


@transaction.atomic
def prepare(tender: Tender, *, changes: Mapping[str, Any], by: Actor, at: datetime) -> Package:
    """Save one step of a bid in preparation and return the whole content so far.

    `changes` holds any of proposal, team, quality (texts) and offers, as `package.form` has them.
    """
    tender, organization = _entered(Act.PREPARE_BID, tender, by, at)
    draft = drafts.held(tender, organization, at=at)
    values = packages.form(drafts.texts(draft)) | dict(changes)
    content = packages.from_form(values)
    drafts.write(draft, content, at=at)
    return content


def read_draft(tender: Tender, *, by: Actor) -> Package:
    """Return what the own organisation has prepared so far; empty when nothing is saved."""
    permissions.require(Act.PREPARE_BID, by=by, on=tender)
    draft = drafts.of(tender, by.member_of)
    return Package() if draft is None else _whole(draft)


def _whole(draft: BidDraft) -> Package:
    return packages.from_form(
        packages.form(drafts.texts(draft)), tuple(drafts.files(draft).values())
    )


def draft_files(tender: Tender, *, by: Actor) -> dict[int, PackedFile]:
    """Return the files the own organisation has prepared so far, by number."""
    permissions.require(Act.PREPARE_BID, by=by, on=tender)
    draft = drafts.of(tender, by.member_of)
    return {} if draft is None else drafts.files(draft)


@transaction.atomic
def attach(tender: Tender, *, name: str, content: bytes, by: Actor, at: datetime) -> PackedFile:
    """Add a file to a bid in preparation and return it. Raises kinds.Unacceptable.

    The same file again, by name and content (a double click, a retry), is attached once.
    """
    tender, organization = _entered(Act.PREPARE_BID, tender, by, at)
    packed = PackedFile(name, kinds.recognise(name, content), content)
    draft = drafts.held(tender, organization, at=at)
    if drafts.has(draft, packed):
        return packed
    total = sum(BidDraftFile.objects.filter(draft=draft).values_list("size", flat=True))
    if total + len(content) > 3 * kinds.MAXIMUM_BYTES:
        raise kinds.Unacceptable(_("所有附件加起来不能超过 30 MB，请压缩后再上传。"), "file")
    drafts.add(draft, packed, at=at)
    return packed


@transaction.atomic
def detach(tender: Tender, *, file_id: int, by: Actor, at: datetime) -> None:
    """Take a file off a bid in preparation; one that is already off is no error."""
    tender, organization = _entered(Act.PREPARE_BID, tender, by, at)
    draft = drafts.held(tender, organization, at=at)
    BidDraftFile.objects.filter(draft=draft, pk=file_id).delete()
    drafts.touch(draft, at=at)


@transaction.atomic
def submit(tender: Tender, *, request_key: UUID, by: Actor, at: datetime) -> Bid:
    """Seal and submit what is prepared; it replaces an earlier bid. Return it with its receipt.

    The same `request_key` again (a double click, a retry) returns the bid of the first time, even
    after the deadline. Raises NotNow one instant after the deadline, NotEligible, or Unfinished.
    """
    sent = Bid.objects.filter(
        organization_id=by.member_of, request_key=request_key, tender=tender
    ).defer("envelope")
    earlier = sent.first()
    if earlier is not None:
        permissions.require(Act.SUBMIT_BID, by=by, on=tender)
        return earlier
    tender, organization = _entered(Act.SUBMIT_BID, tender, by, at)
    draft = drafts.held(tender, organization, at=at)
    twin = sent.all().first()  # the same click, which may have held the draft until now
    if twin is not None:
        return twin
    content = _whole(draft)
    lacking = queries.shortcomings(tender, content)
    if lacking:
        raise Unfinished(lacking)
    bidder = csos.bidder_for(Cso.objects.select_related("organization").get(pk=organization.pk))
    if bidder is None:
        raise NotEligible(queries.eligibility(tender, organization))
    Bid.objects.in_force().filter(tender=tender, organization=organization).update(replaced_at=at)
    number = f"{at:%Y%m%d}-{secrets.token_hex(4).upper()}"
    envelope = sealing.seal(
        packages.pack(content), _context(tender, bidder, number), keys=drafts.keys()
    )
    return Bid.objects.create(
        tender=tender,
        organization=organization,
        tenderer=bidder,
        submitted_at=at,
        submitted_by_id=by.person_id,
        receipt_number=number,
        request_key=request_key,
        suite=sealing.suite(keys=drafts.keys()),
        envelope=envelope,
        envelope_sha256=hashlib.sha256(envelope).hexdigest(),
    )


def _context(tender: Tender, bidder: Organization, receipt_number: str) -> dict[str, str]:
    return {"tender": tender.ocid, "tenderer": str(bidder.pk), "receipt": receipt_number}


@transaction.atomic
def withdraw(tender: Tender, *, by: Actor, at: datetime) -> Bid:
    """Take back the bid in force before the deadline and return it. The draft is kept.

    Like a submission it leaves no audit row: who bids is nobody's to read before the opening.
    """
    tender = held(tender)
    permissions.require(Act.WITHDRAW_BID, by=by, on=tender)
    _require_taking(Act.WITHDRAW_BID, tender, at)
    found = Bid.objects.in_force().select_for_update().filter(tender=tender)
    bid = found.filter(organization_id=by.member_of).first()
    if bid is None:
        raise Invalid(_("没有可以撤回的投标。"))
    bid.withdrawn_at, bid.withdrawn_by_id = at, by.user_id
    bid.status = BidStatus.WITHDRAWN
    bid.save()
    return bid


@transaction.atomic
def open_all(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Open every bid in force after the deadline, publish the record, and return the tender.

    The clock alone does it. With fewer bidders than the rules ask for no envelope is opened (MOF
    Order 87 Art. 41). A lot with too few fails; when all lots fail, the procedure ends and a
    second notice says so with the rule. An envelope that does not open is recorded as it is and
    harms no other; of several bids of one legal person the first counts.
    """
    tender = Tender.objects.select_for_update().get(pk=tender.pk)
    permissions.require(Act.OPEN_BIDS, by=by, on=tender)
    lifecycle.require(Act.OPEN_BIDS, tender, at)
    obligations.hold(of=tender)
    bids = list(
        Bid.objects.in_force()
        .filter(tender=tender)
        .select_related("tenderer__region", "organization")
        .order_by("submitted_at", "pk")
    )
    tender.opened_at = at
    needed, rule = tenders.edition(tender, at=at).minimum_tenderers(
        tender.procurement_method,
        facts(tender, published=tender.published_at or at),
        on=tenders.day(at),
    )
    are_enough = len({bid.tenderer_id for bid in bids}) >= needed
    offers = _open_each(bids, tender, at) if are_enough else []
    lots = list(tender.lots.all())
    _fail_lots(lots, offers, needed, at)
    tender.save()
    log.append(
        disclosure.opening_record(tender, bids, offers, lots, at),
        kind=NoticeKind.OPENING,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    if all(lot.unsuccessful_at for lot in lots):
        citation = f"（{rule.citation_zh}）" if rule else ""
        _fail(tender, f"参加的组织不足 {needed} 家，采购失败{citation}。", at)
    return tender


# Part of the public record, and so in Chinese whoever reads it.
ONE_BID_A_PERSON = "同一法人（含其托管的小组）只计最先递交的一份投标，这一份没有打开。"


def _open_each(bids: list[Bid], tender: Tender, at: datetime) -> list[Offer]:
    """Open the bids in the order they came; where one wins, one bid of a legal person counts.

    A host and the groups it answers for are one legal person (Regulations Art. 18).
    """
    offers: list[Offer] = []
    counted: set[int] = set()
    is_one_each = queries.takes_one_bid_a_person(tender)
    for bid in bids:
        if is_one_each and bid.tenderer_id in counted:
            bid.opened_at, bid.status = at, BidStatus.DISQUALIFIED
            bid.disqualification = ONE_BID_A_PERSON
            bid.save()
            continue
        offers += _open(bid, tender, at)
        if bid.status == BidStatus.VALID:
            counted.add(bid.tenderer_id)
    return offers


def _open(bid: Bid, tender: Tender, at: datetime) -> list[Offer]:
    bid.opened_at = at
    sealing.require_suite(bid.suite, keys=drafts.keys())
    try:
        clear = sealing.unseal(
            bytes(bid.envelope),
            _context(tender, bid.tenderer, bid.receipt_number),
            keys=drafts.keys(),
        )
        content = packages.unpack(clear)
    except (locking.Unopenable, packages.MalformedPackage):
        bid.status = BidStatus.DISQUALIFIED
        bid.disqualification = "密封件无法打开，已按原样留存。"  # part of the public record
        bid.save()
        return []
    bid.status = BidStatus.VALID
    bid.proposal, bid.team, bid.quality = content.proposal, content.team, content.quality
    bid.save()
    BidFile.objects.bulk_create(
        BidFile(
            bid=bid,
            name=each.name,
            media_type=each.media_type,
            size=len(each.content),
            sha256=hashlib.sha256(each.content).hexdigest(),
            content=each.content,
        )
        for each in content.files
    )
    lots = {lot.number: lot for lot in tender.lots.all()}
    return [
        _offer(bid, lots[offer.lot], offer)
        for offer in content.offers
        if offer.amount > 0 and offer.lot in lots
    ]


def _offer(bid: Bid, lot: Lot, packed: packages.LotOffer) -> Offer:
    offer = Offer.objects.create(bid=bid, lot=lot, amount=packed.amount)
    OfferLine.objects.bulk_create(
        OfferLine(offer=offer, line=line, amount=yuan)
        for line, yuan in packed.lines.items()
        if yuan > 0
    )
    return offer


def _fail_lots(lots: list[Lot], offers: list[Offer], needed: int, at: datetime) -> None:
    """Mark the lots that lack bidders."""
    for lot in lots:
        bidders = {offer.bid.tenderer_id for offer in offers if offer.lot_id == lot.pk}
        if len(bidders) < needed:
            lot.unsuccessful_at = at
            lot.save()


def _fail(tender: Tender, reason: str, at: datetime) -> None:
    tender.unsuccessful_at, tender.end_reason = at, reason
    tender.save()
    obligations.lapse(to=tender, at=at)
    entry = log.append(
        disclosure.failure_notice(tender),
        kind=NoticeKind.FAILURE,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    obligations.happened(SUBMITTED, to=tender, subject=entry.release_id, at=at)
