"""The kit: what a bidder's own device must know to seal. It holds no secret."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import translation

from organizations.register.models import Organization
from organizations.terms import CostLine
from procurement.bids import sealed
from procurement.documents import kinds
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from procurement.web.cso.forms import LONGEST, paid_lines

VERSION = "yn-kit/1"
LARGEST_SUM = 3 * kinds.MAXIMUM_BYTES  # bytes of all files of a bid


def kit(tender: Tender, bidder: Organization) -> Mapping[str, Any]:
    """Return the kit of one bidder for one call; amounts are texts in yuan."""
    shares = {each.line: each.maximum_share for each in tender.cost_policy.all()}
    due = tender.tender_period_end
    return {
        "v": VERSION,
        "title": tender.title,
        "bidder": bidder.name,
        "deadline": due.astimezone(SHANGHAI).isoformat() if due else "",
        "context": sealed.context(tender, bidder),
        "manifest": sealed.manifest(tender).decode(),
        "lots": [
            {"number": lot.number, "title": lot.title, "budget": str(lot.value_amount)}
            for lot in tender.lots.all()
        ],
        "lines": [
            {"line": line, **_names(line), "share": _share(shares.get(line))}
            for line in paid_lines(tender)
        ],
        "most": str(tender.grant_maximum or ""),
        "longest": LONGEST,
        "files": {
            "each": kinds.MAXIMUM_BYTES,
            "all": LARGEST_SUM,
            "accepted": dict(kinds.ACCEPTED),
        },
    }


def _names(line: str) -> dict[str, str]:
    names = {}
    for language, name in (("zh-hans", "zh"), ("en", "en")):
        with translation.override(language):
            names[name] = str(CostLine(line).label)
    return names


def _share(share: Decimal | None) -> str:
    return f"{share.normalize():f}" if share else ""
