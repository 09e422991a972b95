"""Opening: the cards' parts where the policy asks for them, then every bid."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.bids import disclosure, outcomes, sealed, sealing, waiting
from procurement.bids import package as packages
from procurement.bids.actions.awaiting import record
from procurement.bids.disclosure import OpeningEvent
from procurement.bids.models import Bid, Mode
from procurement.bids.package import Package
from procurement.bids.parts import CardShare, CardUse, GatePart
from procurement.bids.waiting import Awaited
from procurement.keycards import cards
from procurement.keycards import queries as keycards
from procurement.keycards.manifest import KeySet
from procurement.keycards.models import CardKind, KeyCard
from procurement.keycards.refusals import Unreadable, WrongCard
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.tenders.actions import locked
from procurement.tenders.models import Tender

logger = logging.getLogger(__name__)

# What an envelope that nobody can open, or that holds a bad share, is refused with.
DOES_NOT_OPEN = (
    sealing.Malformed,
    sealing.Rebound,
    sealing.WrongCard,
    sealing.BadShare,
    sealing.NotEnough,
    sealing.DoesNotOpen,
)
NO_BID = _(
    "回执码是对的，但密封件里不是投标内容，网站读不出来。开标记录里写了这份投标的结果；"
    "投标的内容请看您自己设备上的原稿。"
)
# how a card that worked is called on the record, by its kind
EVENTS = {CardKind.COMMITTEE.value: "card", CardKind.RECOVERY.value: "recovery"}
# Parts of the public record, and so in Chinese whoever reads them.
USED = "钥匙卡给出了它的一份钥匙。"
USED_OUTSIDE = "外单位的持卡人给出了一份钥匙。"
INSIDE_ONLY = "用来开标的卡都由采购单位自己的人持有，没有外单位的卡。"
WRONG = "输入的不是这一席位的卡，没有打开任何内容。"


@transaction.atomic
def open_all(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Open every bid in force after the deadline, publish the record, and return the tender.

    The clock alone does it, once the register is public, the gate gave its parts and, where the
    policy asks for them, enough cards gave theirs; raises NotNow before. With fewer bidders than
    the rules ask for no envelope is opened (MOF Order 87 Art. 41). A lot with too few fails; when
    all lots fail, the procedure ends and a second notice says so with the rule. An envelope that
    does not open is recorded as it is and harms no other.
    """
    tender = locked(tender)
    permissions.require(Act.OPEN_BIDS, by=by, on=tender)
    lifecycle.require(Act.OPEN_BIDS, tender, at)
    if waiting.awaited(tender, at) is not None:
        raise lifecycle.NotNow(Act.OPEN_BIDS, tender.stage(at))
    return _opened(tender, at)


def _opened(tender: Tender, at: datetime) -> Tender:
    """Open what may be opened; the tender is held and nothing is awaited any more."""
    obligations.hold(of=tender)
    tender.opened_at = at
    needed, rule = waiting.tenderers_needed(tender, at)
    counting = waiting.counting(tender)
    # the register decides; what stands in the table without it is named and not opened
    known = [*waiting.registered(tender), *waiting.in_force(tender)]
    bids = list({bid.pk: bid for bid in known}.values())
    are_enough = len({bid.tenderer_id for bid in counting}) >= needed
    listed = {bid.pk for bid in counting}
    unseal = partial(package_of, keys=sealed.keys(tender))
    offers = outcomes.open_each(bids, tender, unseal, listed=listed, at=at) if are_enough else []
    lots = list(tender.lots.all())
    outcomes.fail_lots(lots, offers, needed, at)
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
        outcomes.fail(tender, f"参加的组织不足 {needed} 家，采购失败{citation}。", at)
    return tender


def package_of(bid: Bid, tender: Tender, keys: KeySet) -> Package | None:
    """Return what a bid says, or None when it does not open: no fault of the others."""
    envelope = bytes(bid.envelope or b"")
    part = GatePart.objects.filter(ocid=tender.ocid, envelope_sha256=bid.envelope_sha256).first()
    kept = CardShare.objects.filter(bid=bid).order_by("given_at", "pk")
    if part is None:
        return None
    try:
        header = sealing.read(envelope)
        context = sealed.context_of(bid, tender, keys, header.context.notice)
        sealing.require_bound(header, sealing.Context(**context), keys)
        shares = [sealing.Share.from_bytes(bytes(each.share)) for each in kept]
        key = sealing.combine(header, bytes(part.part), shares, keys)
        return packages.unpack(sealing.open_payload(envelope, key))
    except (*DOES_NOT_OPEN, packages.MalformedPackage):
        return None


def contribute(
    tender: Tender, *, member: str, digits: str, witnesses: str, by: Actor, at: datetime
) -> Tender:
    """Let one key card give its part for every bid, on the public record; return the tender.

    `member` is the number of the card, `digits` what its holder typed: it is used and forgotten,
    only the shares are kept. With enough of them the bids open at once. Raises keycards'
    Unreadable for a typing error, and WrongCard, which is put on the record first.
    """
    with transaction.atomic():
        tender = locked(tender)
        permissions.require(Act.CONTRIBUTE_CARD, by=by, on=tender)
        lifecycle.require(Act.CONTRIBUTE_CARD, tender, at)
        if waiting.awaited(tender, at) is not Awaited.CARDS:
            raise lifecycle.NotNow(Act.CONTRIBUTE_CARD, tender.stage(at))
        card = _card(tender, member)
        try:
            secret = keycards.digits_of(card, digits)
        except WrongCard as error:
            wrong: WrongCard | None = error
            record(tender, OpeningEvent("wrong-card", WRONG, card.holder, witnesses), at)
        else:
            wrong = None
            _use(tender, card, secret, witnesses, at)
    if wrong is not None:
        raise wrong
    return _open_if_ready(tender, at)


def _open_if_ready(tender: Tender, at: datetime) -> Tender:
    """Open when nothing is awaited any more; a card that was given stays given if that fails.

    The clock tries again what could not be opened here.
    """
    with transaction.atomic():
        tender = locked(tender)
        if tender.opened_at is None and waiting.awaited(tender, at) is None:
            _warn_of_inside_only(tender, at)
            return _opened(tender, at)
    return tender


def _card(tender: Tender, member: str) -> KeyCard:
    """Return a card of the key set the bids are sealed to, not used yet. Raises Invalid."""
    key_set = keycards.of_digest(sealed.keyset(tender))
    card = key_set and key_set.cards.filter(member=member).first()
    if not card:
        raise Invalid(_("请选择这套钥匙里的一张卡。"), "member")
    keys = sealed.keys(tender)
    published = {each.id: each.public_key for each in (*keys.committee, *keys.recovery)}
    if bytes(card.public_key or b"") != published.get(member):
        logger.critical("the key of card %s is not the published one", member)
        raise Invalid(
            _("库中这张卡的公钥与公告里的不一样，没有使用它。请立即告诉监督人员。"), "member"
        )
    if CardUse.objects.filter(tender=tender, member=member).exists():
        raise Invalid(_("这张卡已经用过了，请用另一张。"), "member")
    return card


def _use(tender: Tender, card: KeyCard, secret: str, witnesses: str, at: datetime) -> None:
    """Take the shares of one card and record it."""
    key = cards.private_key(secret, card.member)
    CardShare.objects.bulk_create(_shares(tender, card.member, key, at))
    CardUse.objects.create(
        tender=tender, member=card.member, holder=card.holder, witnesses=witnesses, given_at=at
    )
    said = USED_OUTSIDE if card.is_outside else USED
    record(tender, OpeningEvent(EVENTS[card.kind], said, card.holder, witnesses), at)


def _warn_of_inside_only(tender: Tender, at: datetime) -> None:
    """Record that no card from outside was used. No refusal: no bidder has any fault in it."""
    used = CardUse.objects.filter(tender=tender).values("member")
    key_set = keycards.of_digest(sealed.keyset(tender))
    if key_set and not key_set.cards.filter(member__in=used, is_outside=True).exists():
        record(tender, OpeningEvent("inside-only", INSIDE_ONLY), at)


def _shares(
    tender: Tender, member: str, key: EllipticCurvePrivateKey, at: datetime
) -> Iterable[CardShare]:
    """Return what a card gives for each bid; an envelope with a bad share gives none.

    Nor does one of another tender: a card used here must say nothing of bids that still run.
    """
    keys = sealed.keys(tender)
    for bid in waiting.counting(tender):
        try:
            header = sealing.read(bytes(bid.envelope or b""))
            context = sealed.context_of(bid, tender, keys, header.context.notice)
            sealing.require_bound(header, sealing.Context(**context), keys)
            share = sealing.share(header, member, key, keys)
        except DOES_NOT_OPEN:
            continue
        yield CardShare(bid=bid, member=member, share=share.to_bytes(), given_at=at)


def read_own(bid: Bid, *, code: str, by: Actor, at: datetime) -> Package:
    """Return the content of the own organisation's bid, opened with its receipt code.

    Works at any time, also before the deadline: it is the bidder's. What was sealed on the bidder's
    own device the site does not open before all are opened, for it must not see it. Raises Invalid
    (field `code`).
    """
    permissions.require(Act.READ_OWN_BID, by=by, on=bid)
    lifecycle.require(Act.READ_OWN_BID, bid.tender, at)
    if bid.mode == Mode.CLIENT and bid.opened_at is None:
        raise Invalid(
            _("这份投标是在您自己的设备上封的。为了不让网站看到内容，开标以前网站不打开它。"),
            "code",
        )
    try:
        content = sealing.open_with_code(bytes(bid.envelope or b""), cards.parse(code))
    except cards.Mistyped as error:
        raise Unreadable(error) from error
    except DOES_NOT_OPEN as error:
        raise Invalid(
            _("这个回执码打不开这份投标。请检查是不是这张回执上的码。"), "code"
        ) from error
    try:
        return packages.unpack(content)
    except packages.MalformedPackage as error:  # sealed by its bidder, who may seal anything
        raise Invalid(NO_BID, "code") from error
