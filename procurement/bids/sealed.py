"""What a bid is sealed to: the notice it answers, its bidder, and the keys of the tender."""

import hashlib
import logging
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from organizations.refusals import Refusal
from organizations.register.models import Organization
from procurement.bids.models import Bid
from procurement.keycards.manifest import KeySet
from procurement.ocds import fragments
from procurement.publication import held
from procurement.publication.merge import release_of
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender

logger = logging.getLogger(__name__)
DELIVERY = timedelta(hours=24)  # after the deadline, for a file whose fingerprint was in time

ALTERED = _(
    "数据库里这个项目的采购公告与已签名的公开日志不符，现在不能封标或开标。"
    "请保存好您的内容，并告诉监督人员。"
)
UNPROVABLE = _(
    "平台现在读不到已签名的公开日志，不能核对这个项目的采购公告，暂时不能封标或开标。"
    "请保存好您的内容，过几分钟再试。"
)
# the notices that say what is to be bid for
CALLS = (NoticeKind.TENDER, NoticeKind.AMENDMENT, NoticeKind.CLARIFICATION)


def supplier(organization: Organization) -> str:
    """Return the party id of a bidder, to which its envelope is bound."""
    return fragments.party_id(organization)


def notice_answered(tender: Tender) -> str:
    """Return the leaf hash (hexadecimal) of the newest notice that says what to bid for."""
    newest = Entry.objects.of(tender.ocid).filter(kind__in=CALLS).last()
    if newest is None:
        raise LookupError(f"{tender.ocid} has no published call")
    return bytes(newest.leaf_hash).hex()


class KeysInDoubt(Refusal):
    """The call in the log is not the one that was signed, or nobody can tell: nothing is sealed."""


def manifest(tender: Tender) -> bytes:
    """Return the key set of a published tender in canonical JSON, as its call in the log states it.

    Never a column's word for it: who can write to the database would put a key of their own there,
    and read every bid that is sealed to it. The call is held to a signed head. Raises KeysInDoubt.
    """
    call = Entry.objects.of(tender.ocid).filter(kind=NoticeKind.TENDER).first()
    if call is None:
        raise LookupError(f"{tender.ocid} has no published call")
    try:
        held.require(call)
    except held.Altered as error:
        logger.critical("the call of %s is not what was signed", tender.ocid, exc_info=True)
        raise KeysInDoubt(ALTERED) from error
    except held.Unprovable as error:
        logger.critical("what was signed of %s cannot be read", tender.ocid, exc_info=True)
        raise KeysInDoubt(UNPROVABLE) from error
    return str(release_of(call)["tender"]["sealing"]["manifest"]).encode()


def keys(tender: Tender) -> KeySet:
    """Return the public keys the bids of a published tender are sealed to. Raises KeysInDoubt."""
    return KeySet.from_manifest(manifest(tender))


def keyset(tender: Tender) -> str:
    """Return the digest (hexadecimal) of those keys. Raises KeysInDoubt."""
    return hashlib.sha256(manifest(tender)).hexdigest()


def context(tender: Tender, organization: Organization) -> dict[str, str]:
    """Return what an envelope made now must be bound to."""
    return {
        "tender": tender.ocid,
        "notice": notice_answered(tender),
        "supplier": supplier(organization),
        "keyset": keyset(tender),
    }


def context_of(bid: Bid, tender: Tender, keys: KeySet, answered: str = "") -> dict[str, str]:
    """Return what the envelope of a submitted bid is bound to.

    A file that was promised by its fingerprint may answer (`answered`, a leaf hash) any notice that
    was out when it was promised: it was sealed before, and cannot be sealed again.
    """
    was_promised = bid.delivered_at != bid.submitted_at
    is_known = was_promised and _was_published(tender, answered, bid.submitted_at)
    return {
        "tender": tender.ocid,
        "notice": answered if is_known else bid.notice,
        "supplier": supplier(bid.organization),
        "keyset": keys.digest(),
    }


def _was_published(tender: Tender, notice: str, at: datetime) -> bool:
    calls = Entry.objects.of(tender.ocid).filter(kind__in=CALLS, published_at__lte=at)
    return notice in {bytes(leaf).hex() for leaf in calls.values_list("leaf_hash", flat=True)}


def deadline(tender: Tender) -> datetime:
    """Return until when bids are taken."""
    if tender.tender_period_end is None:
        raise LookupError(f"{tender.ocid} has no deadline")
    return tender.tender_period_end


def end_of_delivery(tender: Tender) -> datetime:
    """Return until when a file may come whose fingerprint was in time."""
    return tender.delivery_until or deadline(tender) + DELIVERY
