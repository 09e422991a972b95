"""Who plays in a trial: an agency, bidders with open sessions, calls that close in seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from organizations import instants
from organizations.accounts.models import User
from organizations.register.models import Organization
from organizations.roles import Actor
from organizations.terms import CostLine
from procurement.bids import actions as bids
from procurement.bids import package as packages
from procurement.bids import sealed, sealing
from procurement.bids.package import LotOffer, Package
from procurement.rules import OFFICIAL, SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

TEXTS = {
    "proposal": "每月随访一次，遇到困难及时转介。",
    "team": "两名专职社工，五名志愿者。",
    "quality": "随访率不低于百分之九十。",
}
_PUBLISHED = timedelta(days=25)  # before the deadline: lawful under public tendering


@dataclass(frozen=True)
class Bidder:
    """A signatory whose browser holds a session."""

    actor: Actor
    session: str


@dataclass
class Stage:
    """The cast of all trials."""

    who: build.Cast
    bidders: list[Bidder]


def to_office_hours() -> None:
    """Move the rehearsal clock to ten o'clock of a working day, unless it shows such hours."""
    present = instants.now().astimezone(SHANGHAI)
    if OFFICIAL.is_working_day(present.date()) and 10 <= present.hour < 15:
        return
    day = present.date()
    while True:
        morning = datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(hours=10)
        if morning > present and OFFICIAL.is_working_day(day):
            break
        day += timedelta(days=1)
    instants.advance(morning - present)


def make(bidders: int) -> Stage:
    """Make the agency, the organisations and their sessions."""
    who = build.cast(bidders)
    people.overseer()
    return Stage(who, [Bidder(by, _session(by)) for by in who.signatories()])


def _session(by: Actor) -> str:
    """Sign somebody in as the sign-in page does, without its slow password."""
    user = User.objects.get(pk=by.person_id)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def call(stage: Stage, deadline: datetime) -> Tender:
    """A published call with this deadline."""
    day = deadline.astimezone(SHANGHAI).date()
    dates: dict[str, Any] = {
        "notice_period_end": deadline - timedelta(days=7),
        "documents_end": deadline - timedelta(days=7),
        "publicity_period_end": deadline - timedelta(days=7),
        "enquiry_period_end": deadline - timedelta(days=5),
        "tender_period_end": deadline,
        "award_expected_date": day + timedelta(days=20),
        "contract_start": day + timedelta(days=40),
        "contract_end": day + timedelta(days=400),
    }
    at = min(deadline, instants.now()) - _PUBLISHED
    draft = build.draft(stage.who, at=at, **dates)
    tenders.submit(draft, by=stage.who.drafter, at=at)
    return tenders.publish(draft, by=stage.who.approver, at=at)


def sealed_at_home(tender: Tender, bidder: Bidder) -> bytes:
    """The same bid, sealed on the bidder's own device."""
    organization = Organization.objects.get(pk=bidder.actor.member_of)
    lines = {CostLine.DIRECT.value: Decimal(50000), CostLine.WAGES.value: Decimal(60000)}
    package = Package(
        proposal=TEXTS["proposal"],
        team=TEXTS["team"],
        quality=TEXTS["quality"],
        offers=(LotOffer(1, lines),),
    )
    context = sealing.Context(**sealed.context(tender, organization))
    return sealing.seal(packages.pack(package), context, sealed.keys(tender), mode="C")


def prepare(tender: Tender, bidder: Bidder, *, attach: int = 0) -> None:
    """What a bidder has ready before the race; `attach` bytes of a file with it."""
    offer = {"lot": 1, "lines": {CostLine.DIRECT: "50000", CostLine.WAGES: "60000"}}
    changes = {**TEXTS, "offers": [offer]}
    at = instants.now()
    bids.prepare(tender, changes=changes, by=bidder.actor, at=at)
    if attach:
        content = ("方案" * (attach // 6 + 1)).encode()[: attach // 3 * 3]
        bids.attach(tender, name="方案.txt", content=content, by=bidder.actor, at=at)
