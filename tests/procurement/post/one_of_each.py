"""One thing of each kind that leaves, about one procurement, and as many more as a test wants."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from organizations.accounts import actions as accounts
from organizations.accounts.models import User
from organizations.register.models import Organization
from organizations.roles import Role
from procurement.bids.models import Bid
from procurement.notifications import confided, inbox
from procurement.notifications.models import Delivery, Letter, Topic
from procurement.notifications.parts import BidLetter, HeadLetter, ShortLetter
from procurement.post.kinds import Kind
from procurement.post.queries import State
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Checkpoint, Log
from procurement.tenders.models import Tender
from procurement.watches.models import Kind as Watched
from procurement.watches.models import News, Pace, Watch, WatchLetter
from procurement.watches.parts import Hook, HookLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.watches.wires import ADDRESS

AT = build.TENDER_DAY + timedelta(hours=2)


def call() -> Tender:
    """A call that is out, and one bid for it."""
    who = build.cast(1)
    tender = build.published(who)
    build.bid(tender, next(who.signatories()))
    return tender


def entry(tender: Tender) -> Entry:
    """The call itself, on the log."""
    return Entry.objects.of(tender.ocid).get(kind=NoticeKind.TENDER)


def _bidder(tender: Tender, person: User) -> Organization:
    """The organisation that made the bid, for which this person now works too."""
    found = Bid.objects.select_related("organization").get(tender=tender).organization
    accounts.grant(
        user=person,
        organization=found,
        role=Role.CSO_MEMBER,
        by=people.signatory(found.cso),
        at=AT,
    )
    return found


def _call(tender: Tender, person: User, **when: datetime) -> Letter:
    return Delivery.objects.create(
        tender=tender,
        person=person,
        organization=_bidder(tender, person),
        entry_index=entry(tender).index,
        **when,
    )


def _bid(tender: Tender, person: User, **when: datetime) -> Letter:
    return BidLetter.objects.create(
        tender=tender,
        person=person,
        organization=_bidder(tender, person),
        entry_index=entry(tender).index,
        **when,
    )


def _watch(tender: Tender, person: User, **when: datetime) -> Letter:
    index = entry(tender).index
    letter = WatchLetter.objects.create(
        person=person, pace=Pace.AT_ONCE, period=inbox.key(index), **when
    )
    watch = _of(person)
    News.objects.create(
        person=person,
        watch=watch,
        letter=letter,
        entry_index=index,
        ocid=tender.ocid,
        pace=letter.pace,
        noted_at=AT,
    )
    return letter


def _of(person: User) -> Watch:
    return Watch.objects.create(
        person=person, kind=Watched.SEARCH, subject="", pace=Pace.AT_ONCE, since=AT
    )


def _short(channel: str) -> Callable[..., Letter]:
    def made(tender: Tender, person: User, **when: datetime) -> Letter:
        _watch(tender, person, **when)
        return ShortLetter.objects.create(
            person=person,
            channel=channel,
            key=inbox.key(entry(tender).index),
            topic=Topic.WATCH,
            notice=NoticeKind.TENDER,
            title=tender.title,
            path=f"/notices/{entry(tender).release_id}/",
            **when,
        )

    return made


def _hook(tender: Tender, person: User, **when: datetime) -> Letter:
    hook = Hook(watch=_of(person), since=AT)
    hook.sealed_address = confided.lock(ADDRESS, hook.label)
    hook.sealed_secret = confided.lock("c2VjcmV0", hook.label)
    hook.save()
    return HookLetter.objects.create(hook=hook, entry_index=entry(tender).index, **when)


def _head(_tender: Tender, person: User, **when: datetime) -> Letter:
    head = Checkpoint.objects.filter(log=Log.NOTICES, size=9999).first()
    if head is None:
        head = Checkpoint.objects.create(
            log=Log.NOTICES, size=9999, root=b"root", note="a head", signed_at=AT
        )
    return HeadLetter.objects.create(checkpoint=head, address=person.email, **when)


MAKERS: Mapping[Kind, Callable[..., Letter]] = {
    Kind.CALL: _call,
    Kind.BID: _bid,
    Kind.WATCH: _watch,
    Kind.SMS: _short("sms"),
    Kind.WECHAT: _short("wechat"),
    Kind.HOOK: _hook,
    Kind.HEAD: _head,
}


def make(kind: Kind, tender: Tender, number: int = 1) -> list[Letter]:
    """So many of a kind about a procurement, each to somebody else, noted and not yet sent."""
    return [
        MAKERS[kind](tender, people.user(), noted_at=AT, send_after=AT) for _each in range(number)
    ]


def went(letter: Letter, state: State) -> None:
    """Let a letter have gone like this."""
    most = letter.MOST_ATTEMPTS
    told: Mapping[State, dict[str, Any]] = {
        State.WAITING: {},
        State.RETRYING: {"attempts": 1, "error": "TimeoutError"},
        State.SENT: {"attempts": 1, "sent_at": AT},
        State.BOUNCED: {"attempts": 1, "error": "Permanent gone", "failed_at": AT},
        State.GIVEN_UP: {"attempts": most, "error": "TimeoutError", "failed_at": AT},
        State.DROPPED: {"attempts": 1, "error": "moot", "failed_at": AT},
    }
    before = {"attempts": 0, "error": "", "sent_at": None, "failed_at": None}
    rows = type(letter)._default_manager.filter(pk=letter.pk)
    rows.update(**before | told[state])
