"""Who could have known of a call: counts stated after the opening, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.web.public.sections import instant

COUNTS: Mapping[str, StrOrPromise] = {
    "eligible": _("公告时，登记的组织里符合条件的"),
    "notified": _("平台通知到的"),
    "delivered": _("邮件已发出的"),
    "opened": _("打开了通知的"),
    "asked": _("提了问题的"),
    "bid": _("来投标的"),
    "bidAddedByHand": _("其中由采购人指定邀请的"),
}


@dataclass(frozen=True)
class Reach:
    """The counts in order, each the number of organisations, and when the first letter went out."""

    counts: list[tuple[StrOrPromise, int]]
    first: datetime | None

    @property
    def most(self) -> int:
        """The largest count: the length of the longest bar."""
        return max((count for _label, count in self.counts), default=1) or 1


def reach(record: Mapping[str, Any]) -> Reach | None:
    """Return how far the call reached; None as long as nothing is stated."""
    stated = record.get("tender", {}).get("reach")
    if not stated:
        return None
    counts = [(label, stated[name]) for name, label in COUNTS.items() if name in stated]
    return Reach(counts, instant(stated.get("firstDelivered")))
