"""The public keys that the bids of a tender are sealed to: set at publication, stated in it."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from procurement.keycards import gates
from procurement.keycards import queries as keycards
from procurement.keycards.manifest import KeySet, Policy
from procurement.legality import Problem
from procurement.tenders.models import OpeningPolicy, Tender


def clock_alone_up_to() -> Decimal:
    """Return up to which budget (yuan) the time gate alone may open: the province's setting."""
    return Decimal(settings.CLOCK_ALONE_UP_TO)


def problems(tender: Tender, *, at: datetime) -> list[Problem]:
    """Return what the draft lacks for its bids to be sealed as its policy asks."""
    budget = tender.value_amount or Decimal(0)
    if tender.opening_policy == OpeningPolicy.CLOCK and budget > clock_alone_up_to():
        message = _("预算超过 %(limit)s 元的项目要由钥匙卡开标，请在“怎样开标”里改选。")
        return [Problem("opening_policy", message % {"limit": f"{clock_alone_up_to():,.0f}"})]
    gate = gates.current_gate()
    if gate is None:
        message = _("时间闸还没有公布它的公钥，现在不能发布。请联系网站运维人员。")
        return [Problem("opening_policy", message)]
    if tender.opening_policy != OpeningPolicy.CARDS:
        return []
    published = keycards.current(tender.procuring_entity_id, at)
    if published is None:
        message = _("本单位还没有公布开标钥匙卡。请先在“开标钥匙”里制作并公布一套。")
        return [Problem("opening_policy", message)]
    if bytes(published.gate or b"") != gate:
        message = _(
            "时间闸换了钥匙，本单位公布的这套开标钥匙还用着旧的。请先在“开标钥匙”里公布新的一套。"
        )
        return [Problem("opening_policy", message)]
    return []


def manifest(tender: Tender, *, at: datetime) -> bytes:
    """Return the key set in canonical JSON (RFC 8785); `problems` found nothing before."""
    if tender.opening_policy == OpeningPolicy.CARDS:
        published = keycards.current(tender.procuring_entity_id, at)
        found = published and published.manifest
    else:
        gate = gates.current_gate()
        found = gate and KeySet(Policy.CLOCK, gate).manifest()
    if not found:
        raise LookupError("there is no key to seal to")
    return bytes(found)
