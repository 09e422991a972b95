"""The cast and its calls, built once; every history begins here and is rolled back to here."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from organizations.register.models import Organization
from organizations.roles import Actor
from procurement.bids import actions as bids
from procurement.bids import sealed, sealing
from procurement.bids.models import Bid
from procurement.bids.package import LotOffer, Package, pack
from procurement.bids.parts import Receipt
from procurement.publication.models import Entry
from procurement.tenders import actions as tenders
from procurement.tenders.models import OpeningPolicy, Tender
from tests.builders import keycards as paper
from tests.builders import procurement as build
from tests.histories.model import Call, Sent

BIDDERS = 4
EARLY = build.TENDER_DAY + timedelta(days=1)
_marks = count(1)


@dataclass(frozen=True)
class Content:
    """What a bid says; the mark in it is nowhere else."""

    text: str
    yuan: int

    def package(self) -> Package:
        """Return it as a bidder's own device packs it."""
        return Package(self.text, "队", "", (LotOffer(1, {"direct": Decimal(self.yuan)}),))


@dataclass(frozen=True)
class World:
    """What every history begins with."""

    who: build.Cast
    bidders: tuple[Actor, ...]
    organizations: tuple[Organization, ...]
    cards: paper.Cards
    calls: tuple[Call, ...]
    notices: int  # how many there are before a history begins


def content() -> Content:
    """Return a bid that no other is like."""
    number = next(_marks)
    return Content(f"不可读M{number:06d}M", 50000 + number % 50000)


def built() -> World:
    """Build the cast: one call the clock opens, one that takes cards, and one not published yet.

    The first two hold three sealed bids each.
    """
    who = build.cast(BIDDERS)
    cards = paper.published(who.clerk, who.approver, build.START)
    bidders = tuple(who.signatories())
    plain = _call(build.published(who))
    by_cards = _call(
        build.published(
            who,
            opening_policy=OpeningPolicy.CARDS,
            tender_period_end=build.DEADLINE + timedelta(minutes=30),
        )
    )
    draft = build.draft(who)
    waiting = _call(tenders.submit(draft, by=who.drafter, at=build.TENDER_DAY))
    for call in (plain, by_cards):
        for bidder in range(3):
            call.sent.append(submitted(call, bidders[bidder], bidder))
    organizations = tuple(cso.organization for cso in who.csos)
    return World(
        who, bidders, organizations, cards, (plain, by_cards, waiting), Entry.objects.count()
    )


def _call(tender: Tender) -> Call:
    assert tender.tender_period_end is not None
    return Call(
        number=tender.pk,
        ocid=tender.ocid,
        by_cards=tender.opening_policy == OpeningPolicy.CARDS,
        deadline=tender.tender_period_end,
        published_at=tender.published_at,
    )


def submitted(call: Call, by: Actor, bidder: int) -> Sent:
    """Return a bid sealed by the portal weeks before the deadline."""
    tender, said, key = Tender.objects.get(pk=call.number), content(), uuid4()
    prepare(tender, said, by, EARLY)
    bid = bids.submit(tender, request_key=key, by=by, at=EARLY)
    return noted(bid, bidder, said)


def prepare(tender: Tender, said: Content, by: Actor, at: object) -> None:
    """Write a whole bid into the draft, in one step."""
    offer = {"lot": 1, "lines": {"direct": str(said.yuan)}}
    changes = {"proposal": said.text, "team": "队", "offers": [offer]}
    bids.prepare(tender, changes=changes, by=by, at=at)  # type: ignore[arg-type]


def noted(bid: Bid, bidder: int, said: Content, envelope: bytes | None = None) -> Sent:
    """Return what the bidder knows of a bid that was taken, its receipt included."""
    return Sent(
        number=bid.pk,
        bidder=bidder,
        key=bid.request_key,
        at=bid.submitted_at,
        text=said.text,
        yuan=said.yuan,
        fingerprint=bid.envelope_sha256,
        envelope=envelope,
        is_here=bid.envelope is not None,
        receipts=[json.loads(bytes(Receipt.objects.get(bid=bid).body))],
    )


def sealed_at_home(
    world: World, call: Call, bidder: int, said: Content, *, flaw: str = ""
) -> bytes:
    """Return an envelope as the bidder's own device makes it, with a flaw or without one."""
    tender = Tender.objects.select_related("process").get(pk=call.number)
    organization, keys = world.organizations[bidder], sealed.keys(tender)
    context = sealed.context(tender, organization)
    if flaw == "supplier":
        context["supplier"] = sealed.supplier(world.organizations[bidder - 1])
    elif flaw == "notice":
        context["notice"] = hashlib.sha256(b"another notice").hexdigest()
    elif flaw == "tender":
        context["tender"] = f"{call.ocid}-other"
    elif flaw == "keys":
        keys = sealing.KeySet(sealing.Policy.CLOCK, paper.GATE)
        context["keyset"] = keys.digest()
    made = sealing.seal(pack(said.package()), sealing.Context(**context), keys, mode="C")
    if flaw == "cut":
        return made[:-1]
    if flaw == "spoilt":  # whole, in its place, and nobody can open it
        return made[:-1] + bytes([made[-1] ^ 1])
    return made
