"""Offers and decisions of the record in words: who bid what, who won, why, how they ranked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.web.public import words
from procurement.web.public.sections import amount, instant

Record = Mapping[str, Any]

OFFER_STATES: Mapping[str, StrOrPromise] = {
    "valid": _("有效"),
    "disqualified": _("无效"),
    "withdrawn": _("已撤回"),
    "pending": _("未开封"),
}


@dataclass(frozen=True)
class Party:
    """An organisation as the record names it, and for whom it acted."""

    id: str
    name: str
    on_behalf_of: str = ""


@dataclass(frozen=True)
class Offer:
    """One offer for one lot, as opened, and as ranked once it is judged."""

    id: str
    lot: str
    party: Party
    amount: Decimal | None
    submitted: datetime | None
    receipt: str
    digest: str
    state: StrOrPromise
    is_refused: bool
    why: str
    rank: int | None
    points: Decimal | None


def offers(release: Record) -> list[Offer]:
    """Return the offers of the opening record, the best ranked first once they are ranked.

    Each says its lot where there are several.
    """
    titles = _lot_titles(release)
    found = [_offer(each, titles) for each in release.get("bids", {}).get("details", [])]
    if len({offer.lot for offer in found}) == 1:
        found = [replace(offer, lot="") for offer in found]
    return sorted(found, key=lambda o: (o.lot, o.rank is None, o.rank or 0, o.submitted is None))


def _lot_titles(release: Record) -> dict[str, str]:
    """Return the lots' titles: from the call, or from the awards of a notice read alone."""
    lots = release.get("tender", {}).get("lots", [])
    awarded = (
        (lot, a.get("title")) for a in release.get("awards", []) for lot in a.get("relatedLots", [])
    )
    called = ((lot["id"], lot.get("title")) for lot in lots)
    return {lot: title for lot, title in (*awarded, *called) if title}


def _numbered(lot: str) -> str:
    """Return a lot that this notice does not name by its number: lot-2 is the second."""
    number = lot.removeprefix("lot-")
    return gettext("第 %(number)s 包") % {"number": number} if number.isdecimal() else lot


def _offer(each: Record, titles: Mapping[str, str]) -> Offer:
    judged = each.get("evaluation", {})
    points = judged.get("points")
    who: Record = next(iter(each.get("tenderers", [])), {})
    status = each.get("status", "")
    return Offer(
        id=each["id"],
        lot="、".join(titles.get(lot) or _numbered(lot) for lot in each.get("relatedLots", [])),
        party=Party(who.get("id", ""), who.get("name", ""), each.get("onBehalfOf", "")),
        amount=amount(each.get("value")),
        submitted=instant(each.get("date")),
        receipt=each.get("receipt", ""),
        digest=each.get("envelopeDigest", ""),
        state=OFFER_STATES.get(status, status),
        is_refused=status == "disqualified",
        why=each.get("statusDetails", ""),
        rank=judged.get("rank"),
        points=None if points is None else Decimal(str(points)),
    )


@dataclass(frozen=True)
class Award:
    """One decision: the lot, the winner, the price and the reasons."""

    title: str
    is_made: bool
    reasons: str
    decided: datetime | None
    amount: Decimal | None
    suppliers: list[Party]
    offer: str


def awards(release: Record) -> list[Award]:
    """Return the decisions of the award notice, lot by lot."""
    return [
        Award(
            title=each.get("title", ""),
            is_made=each.get("status") == "active",
            reasons=each.get("description", ""),
            decided=instant(each.get("date")),
            amount=amount(each.get("value")),
            suppliers=[
                Party(s["id"], s.get("name", ""), each.get("onBehalfOf", ""))
                for s in each.get("suppliers", [])
            ],
            offer=each.get("relatedBid", ""),
        )
        for each in release.get("awards", [])
    ]


@dataclass(frozen=True)
class Seat:
    """One member of the panel: since when, and how a member who did not finish left it."""

    name: str
    capacity: StrOrPromise
    stepped_back: bool
    appointed: datetime | None
    is_late: bool
    released: datetime | None
    why: str


@dataclass(frozen=True)
class Aftermath:
    """What follows the decision: who judged, how long the notice stands, until when to object."""

    panel: list[Seat]
    notice_ends: datetime | None
    window_ends: datetime | None
    rules: list[str]

    @property
    def is_late(self) -> bool:
        """Was any of those who judge named when the bids were open already?"""
        return any(seat.is_late for seat in self.panel)


def aftermath(release: Record) -> Aftermath | None:
    """Return what the award notice says about the panel and the challenge window, if it is out."""
    notice = next((n for n in release.get("notices", []) if n.get("kind") == "award"), None)
    if notice is None:
        return None
    return Aftermath(
        panel=[_seat(seat) for seat in notice.get("panel", [])],
        notice_ends=instant(notice.get("noticePeriodEnd")),
        window_ends=instant(notice.get("challengeWindowEnd")),
        rules=list(notice.get("challengeWindowRules", [])),
    )


def _seat(seat: Record) -> Seat:
    released: Record = seat.get("released", {})
    capacity = seat.get("capacity", "")
    return Seat(
        name=seat.get("name", ""),
        capacity=words.CAPACITIES.get(capacity, capacity),
        stepped_back=bool(seat.get("steppedBack")),
        appointed=instant(seat.get("dateAppointed")),
        is_late=bool(seat.get("appointedAfterOpening")),
        released=instant(released.get("date")),
        why=released.get("reason", ""),
    )
