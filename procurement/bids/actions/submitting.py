"""Submit, replace, promise, deliver, withdraw: each answered by a signed receipt."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.csos import queries as csos
from organizations.csos.models import Cso
from organizations.refusals import Invalid, Refusal
from organizations.register.models import Organization
from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.bids import drafts, flaws, queries, receipts, sealed, sealing
from procurement.bids import package as packages
from procurement.bids.actions.entering import (
    NotEligible,
    Unfinished,
    entered,
    held,
    require_taking,
)
from procurement.bids.actions.preparing import whole
from procurement.bids.envelopes import Sent, TooLarge
from procurement.bids.models import Bid, BidStatus, Mode
from procurement.bids.parts import ReceiptAction, RefusedEnvelope
from procurement.keycards.manifest import KeySet
from procurement.lifecycle import Act
from procurement.tenders.models import Tender

FINGERPRINT = re.compile(r"[0-9a-f]{64}")
TOO_LATE = _(
    "截止时间已过，这次的文件没有收下。先前收到的是另一个文件，回执号 %(number)s，那一份没有变。"
)
OVERTAKEN = _(
    "这次的到得早、办得晚：在它之后，本组织已经提交或撤回过投标（回执号 %(number)s），"
    "所以这次的没有办。还要办的，请再来一次。"
)


TIME_IS_OVER = _("补交文件的期限已过。这份投标不能再补交。")
TIME_MAY_MOVE = _(
    "补交文件的期限已过。如果期限前后平台中断过，期限会自动延后：请过几分钟再试一次。"
)


class NotTaken(Refusal):
    """What came is not taken; the message names what the bidder sent that stands."""


@transaction.atomic
def submit(
    tender: Tender,
    *,
    request_key: UUID,
    by: Actor,
    at: datetime,
    code: str | None = None,
    keeps_draft: bool = True,
) -> Bid:
    """Seal and submit what is prepared; it replaces an earlier bid. Return it with its receipt.

    `code` is the bidder's own receipt code (40 digits, `keycards.cards`), which opens this bid and
    is not kept. Without `keeps_draft` the portal forgets what was prepared, and the bidder alone
    can bring it back (`bring_back`); where there is no code, it is kept. The same `request_key`
    again (a double click, a retry) returns the bid of the first time, even after the deadline.
    Raises NotNow one instant after the deadline, NotEligible, Unfinished, or NotTaken.
    """
    # Whether the draft changed since is not asked: each sealing gives other bytes and the clear
    # text of the first is gone. What is changed is read through on a page with a key of its own.
    earlier = _sent(tender, request_key, by)
    if earlier is not None:
        return earlier
    tender, organization = entered(Act.SUBMIT_BID, tender, by, at)
    draft = drafts.held(tender, organization, at=at)
    twin = _sent(tender, request_key, by)  # the same click, which may have held the draft until now
    if twin is not None:
        return twin
    content = whole(draft)
    lacking = queries.shortcomings(tender, content)
    if lacking:
        raise Unfinished(lacking)
    if code is not None and not keeps_draft:
        drafts.erase(draft, at=at)
    envelope = sealing.seal(
        packages.pack(content),
        sealing.Context(**sealed.context(tender, organization)),
        sealed.keys(tender),
        code=code,
    )
    return _enter(
        tender,
        organization,
        request_key=request_key,
        mode=Mode.SERVER,
        fingerprint=hashlib.sha256(envelope).hexdigest(),
        size=len(envelope),
        envelope=envelope,
        by=by,
        at=at,
    )


def submit_sealed(
    tender: Tender, *, envelope: Sent, request_key: UUID, by: Actor, at: datetime
) -> Bid:
    """Submit a bid that its bidder sealed on a device of its own; the rest is as in `submit`.

    The same key with another file is another act: it replaces what was sent before, or raises
    NotTaken. With the file whose fingerprint was promised under the key, it is its delivery.
    Raises flaws.BadEnvelope for what is no envelope, or one made for another notice; that it came
    is recorded, and touches no bid.
    """
    try:
        return _submit_sealed(tender, envelope, request_key, by, at)
    except flaws.BadEnvelope as refusal:
        _keep_refusal(refusal, envelope, tender, by, at)
        raise


@transaction.atomic
def _submit_sealed(tender: Tender, sent: Sent, request_key: UUID, by: Actor, at: datetime) -> Bid:
    fingerprint = _fingerprint(sent)
    key, earlier = _of_file(tender, request_key, fingerprint, by)
    if earlier is None:
        tender, organization = _entered(tender, request_key, "envelope", by, at)
        drafts.held(tender, organization, at=at)  # the row that orders a bidder's own requests
        key, earlier = _of_file(tender, request_key, fingerprint, by)
    if earlier is not None:
        if _is_awaited(earlier):
            return _deliver(tender, earlier.receipt_number, sent, by, at)
        return earlier
    envelope = _whole(sent)
    _require_bound(envelope, sealed.context(tender, organization), sealed.keys(tender))
    return _enter(
        tender,
        organization,
        request_key=key,
        mode=Mode.CLIENT,
        fingerprint=fingerprint,
        size=len(envelope),
        envelope=envelope,
        by=by,
        at=at,
    )


@transaction.atomic
def promise(
    tender: Tender, *, fingerprint: str, size: int, request_key: UUID, by: Actor, at: datetime
) -> Bid:
    """Submit the fingerprint (SHA-256, hexadecimal) and size of a sealed file alone.

    For a line too slow for the file itself: it may follow until 24 hours after the deadline.
    Another fingerprint under the same key is another act, as in `submit_sealed`.
    """
    fingerprint = "".join(fingerprint.split()).lower()
    key, earlier = _of_file(tender, request_key, fingerprint, by)
    if earlier is not None:
        return earlier
    tender, organization = _entered(tender, request_key, "fingerprint", by, at)
    drafts.held(tender, organization, at=at)
    key, twin = _of_file(tender, request_key, fingerprint, by)
    if twin is not None:
        return twin
    if not FINGERPRINT.fullmatch(fingerprint):
        raise Invalid(_("指纹是 64 位数字和字母 a–f，请从封标工具里完整复制。"), "fingerprint")
    if not 0 < size <= sealing.LARGEST:
        raise Invalid(_("文件大小请照封标工具显示的字节数填写，最大 32 MB。"), "size")
    return _enter(
        tender,
        organization,
        request_key=key,
        mode=Mode.CLIENT,
        fingerprint=fingerprint,
        size=size,
        envelope=None,
        by=by,
        at=at,
    )


def deliver(tender: Tender, *, receipt_number: str, envelope: Sent, by: Actor, at: datetime) -> Bid:
    """Bring the file whose fingerprint was promised in time; return the bid.

    Until 24 hours after the deadline, or longer where an outage fell on their end. The same file
    again is no error. Raises flaws.BadEnvelope when it is another file than was promised, or no
    envelope; that it came is recorded.
    """
    try:
        return _deliver(tender, receipt_number, envelope, by, at)
    except flaws.BadEnvelope as refusal:
        _keep_refusal(refusal, envelope, tender, by, at)
        raise


@transaction.atomic
def _deliver(tender: Tender, receipt_number: str, sent: Sent, by: Actor, at: datetime) -> Bid:
    tender = held(tender)
    permissions.require(Act.DELIVER_BID, by=by, on=tender)
    lifecycle.require(Act.DELIVER_BID, tender, at)
    if at > sealed.end_of_delivery(tender):
        over = tender.delivery_ended_at or tender.opened_at
        raise Invalid(TIME_IS_OVER if over else TIME_MAY_MOVE, "envelope")
    own = Bid.objects.in_force().select_for_update().filter(tender=tender)
    bid = own.filter(organization_id=by.member_of, receipt_number=receipt_number).first()
    if bid is None:
        raise Invalid(_("没有找到等待文件的投标，请检查回执号。"), "receipt")
    envelope = _whole(sent)
    if _fingerprint(envelope) != bid.envelope_sha256:
        raise flaws.BadEnvelope(sealing.Rebound("promise"))
    if bid.envelope is None:
        if tender.opened_at or tender.delivery_ended_at:  # in time, and held up for too long
            raise Invalid(
                _("补交的文件已经不再等，这份投标不能再补交。有疑问请联系采购单位。"), "envelope"
            )
        keys = sealed.keys(tender)
        _require_bound(envelope, sealed.context_of(bid, tender, keys, _answered(envelope)), keys)
        bid.envelope, bid.delivered_at = envelope, at
        bid.save()
    return bid


@transaction.atomic
def withdraw(tender: Tender, *, by: Actor, at: datetime) -> Bid:
    """Take back the bid in force before the deadline and return it. The draft is kept.

    Raises NotTaken when that bid arrived after this did, and was dealt with first. Like a
    submission it leaves no audit row: who bids is nobody's to read before the opening.
    """
    tender = held(tender)
    permissions.require(Act.WITHDRAW_BID, by=by, on=tender)
    require_taking(Act.WITHDRAW_BID, tender, at)
    organization = Organization.objects.get(pk=by.member_of)
    drafts.held(tender, organization, at=at)  # the row that orders a bidder's own requests
    found = Bid.objects.in_force().select_for_update().filter(tender=tender)
    bid = found.filter(organization=organization).first()
    if bid is None:
        raise Invalid(_("没有可以撤回的投标。"))
    _require_latest(tender, by, at)
    bid.withdrawn_at, bid.withdrawn_by_id = at, by.user_id
    bid.status = BidStatus.WITHDRAWN
    bid.save()
    receipts.issue(bid, tender, action=ReceiptAction.WITHDRAW, at=at)
    return bid


def _answered(envelope: bytes) -> str:
    """Return the notice an envelope says it answers; blank for what is no envelope."""
    try:
        return sealing.read(envelope).context.notice
    except sealing.Malformed:
        return ""


def _require_bound(envelope: bytes, context: Mapping[str, str], keys: KeySet) -> None:
    """Raise flaws.BadEnvelope unless the bytes are an envelope for this place and key set."""
    try:
        sealing.require_bound(sealing.read(envelope), sealing.Context(**context), keys)
    except (sealing.Malformed, sealing.Rebound) as error:
        raise flaws.BadEnvelope(error) from error


def _whole(sent: Sent) -> bytes:
    """Return the bytes of a file. Raises flaws.BadEnvelope when it was too large to be kept."""
    if isinstance(sent, TooLarge):
        oversized = f"{sent.size} bytes, at most {sealing.LARGEST}"
        raise flaws.BadEnvelope(sealing.Malformed(sealing.Flaw.OVERSIZED, oversized))
    return sent


def _fingerprint(sent: Sent) -> str:
    """Return the SHA-256 (hexadecimal) of a file; blank when it was too large to be kept."""
    return "" if isinstance(sent, TooLarge) else hashlib.sha256(sent).hexdigest()


def _keep_refusal(
    refusal: flaws.BadEnvelope, sent: Sent, tender: Tender, by: Actor, at: datetime
) -> None:
    """Keep that something was refused, in a transaction of its own: the act's is undone."""
    RefusedEnvelope.objects.create(
        tender=tender,
        organization_id=by.member_of,
        sha256=_fingerprint(sent),
        size=sent.size if isinstance(sent, TooLarge) else len(sent),
        reason=refusal.reason[:200],
        refused_at=at,
    )


def _sent(tender: Tender, request_key: UUID, by: Actor) -> Bid | None:
    """Return the bid this request made before, if it did."""
    sent = Bid.objects.filter(
        organization_id=by.member_of, request_key=request_key, tender=tender
    ).defer("envelope")
    earlier = sent.first()
    if earlier is not None:
        permissions.require(Act.SUBMIT_BID, by=by, on=tender)
    return earlier


def _of_file(
    tender: Tender, request_key: UUID, fingerprint: str, by: Actor
) -> tuple[UUID, Bid | None]:
    """Return the key of the act that sends a file, and the bid it made before, if it did.

    Another file under a known key (a form gone back to, with a corrected file) is an act of its
    own; its key comes of both, so that this file sent again is one act too.
    """
    earlier = _sent(tender, request_key, by)
    if earlier is None or earlier.envelope_sha256 == fingerprint:
        return request_key, earlier
    key = uuid5(request_key, fingerprint)
    return key, _sent(tender, key, by)


def _entered(
    tender: Tender, request_key: UUID, field: str, by: Actor, at: datetime
) -> tuple[Tender, Organization]:
    """Take the first beats of a submission; of another file under a known key, say what stands.

    Raises NotTaken when it is late.
    """
    try:
        return entered(Act.SUBMIT_BID, tender, by, at)
    except lifecycle.NotNow as refusal:
        known = _sent(tender, request_key, by)
        if known is None:
            raise
        raise NotTaken(TOO_LATE % {"number": known.receipt_number}, field) from refusal


def _require_latest(tender: Tender, by: Actor, at: datetime) -> None:
    """Raise NotTaken when what arrived later was dealt with first; the bidder's row is held."""
    own = Bid.objects.filter(tender=tender, organization_id=by.member_of)
    after = own.filter(Q(submitted_at__gt=at) | Q(withdrawn_at__gt=at))
    later = after.order_by("-submitted_at").values_list("receipt_number", flat=True).first()
    if later is not None:
        raise NotTaken(OVERTAKEN % {"number": later})


def _is_awaited(bid: Bid) -> bool:
    """Say whether a bid counts and its file is still to come."""
    return bid.delivered_at is None and bid.replaced_at is None and bid.withdrawn_at is None


def _enter(
    tender: Tender,
    organization: Organization,
    *,
    request_key: UUID,
    mode: Mode,
    fingerprint: str,
    size: int,
    envelope: bytes | None,
    by: Actor,
    at: datetime,
) -> Bid:
    """Write the bid and its receipt; an earlier bid of the organisation is replaced."""
    _require_latest(tender, by, at)
    bidder = csos.bidder_for(Cso.objects.select_related("organization").get(pk=organization.pk))
    if bidder is None:
        raise NotEligible(queries.eligibility(tender, organization))
    standing = Bid.objects.in_force().filter(tender=tender, organization=organization)
    # its row is held: a bid that is withdrawn at this very moment is not replaced as well
    found = standing.select_for_update().values_list("pk", "receipt_number").first()
    number, replaced = found or (0, "")
    if found is not None:
        Bid.objects.filter(pk=number).update(replaced_at=at)
    bid = Bid.objects.create(
        tender=tender,
        organization=organization,
        tenderer=bidder,
        submitted_at=at,
        submitted_by_id=by.person_id,
        receipt_number=f"{at:%Y%m%d}-{secrets.token_hex(4).upper()}",
        request_key=request_key,
        mode=mode,
        notice=sealed.notice_answered(tender),
        envelope=envelope,
        envelope_sha256=fingerprint,
        envelope_bytes=size,
        delivered_at=None if envelope is None else at,
    )
    action = ReceiptAction.REPLACE if replaced else ReceiptAction.SUBMIT
    if envelope is None:
        action = ReceiptAction.PROMISE
    receipts.issue(bid, tender, action=action, at=at, replaces=replaced)
    return bid
