"""What bidders do: submit, replace, withdraw, promise and deliver; in time, too late, and again."""

import hashlib
from datetime import timedelta
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from organizations.refusals import Invalid
from procurement.bids import actions as bids
from procurement.bids import receipts, sealing
from procurement.bids.actions import NotTaken
from procurement.bids.flaws import BadEnvelope
from procurement.bids.models import Bid
from procurement.lifecycle import NotNow, Stage
from tests.histories import world as worlds
from tests.histories.history import CALLS, WHO, History, Killed, killed_at
from tests.histories.model import Call, Sent
from tests.histories.world import Content

# how old the stamp of the edge may be when the act begins
STAMPS = st.sampled_from([timedelta(0), timedelta(0), timedelta(seconds=1), timedelta(seconds=119)])
FLAWS = st.sampled_from(["", "", "again", "spoilt", "cut", "supplier", "notice", "tender", "keys"])
BAD = frozenset({"cut", "supplier", "notice", "tender", "keys"})


class Bidding(History):
    """The acts of bidders."""

    def take(self, call: Call, bid: Bid, who: int, said: Content, held: bytes | None) -> Sent:
        """Note a bid that was taken; the one before it is replaced."""
        earlier = call.of(who)
        if earlier is not None:
            earlier.replaced = True
        made = worlds.noted(bid, who, said, held)
        call.sent.append(made)
        return made

    @rule(which=CALLS, who=WHO, age=STAMPS)
    def submits(self, which: int, who: int, age: timedelta) -> None:
        """Submit what was prepared; refused an instant after the deadline."""
        call, by, at, said = self.calls[which], self.bidder(who), self.at - age, worlds.content()
        tender = self.tender(call)
        if not call.takes_bids(at):
            with self.refusing(NotNow):
                worlds.prepare(tender, said, by, at)
            with self.refusing(NotNow):
                bids.submit(tender, request_key=uuid4(), by=by, at=at)
            return
        worlds.prepare(tender, said, by, at)
        if call.is_overtaken(who, at):
            with self.refusing(NotTaken):
                bids.submit(tender, request_key=uuid4(), by=by, at=at)
            return
        self.take(call, bids.submit(tender, request_key=uuid4(), by=by, at=at), who, said, None)

    @rule(which=CALLS, who=WHO, late=st.booleans())
    def dies_while_submitting(self, which: int, who: int, late: bool) -> None:
        """Lose the process in the middle: no bid, no receipt, no place is left behind."""
        call, by, said = self.calls[which], self.bidder(who), worlds.content()
        if not call.takes_bids(self.at):
            return
        tender = self.tender(call)
        worlds.prepare(tender, said, by, self.at)
        before = self.counts()
        try:
            with killed_at(receipts, "issue", 1, late):
                bids.submit(tender, request_key=uuid4(), by=by, at=self.at)
        except Killed:
            self.met["killed"] += 1
        assert self.counts() == before

    @rule(which=CALLS, number=st.integers(0, 9))
    def sends_again(self, which: int, number: int) -> None:
        """Send the same request again, at any time: the same bid, the same receipt."""
        call = self.calls[which]
        if not call.sent:
            return
        sent, before = call.sent[number % len(call.sent)], self.counts()
        by, tender = self.bidder(sent.bidder), self.tender(call)
        again = [
            bids.submit(tender, request_key=sent.key, by=by, at=self.at),
            bids.promise(
                tender,
                fingerprint=sent.fingerprint,
                size=1,
                request_key=sent.key,
                by=by,
                at=self.at,
            ),
        ]
        if sent.is_here:
            made = bytes(Bid.objects.get(pk=sent.number).envelope or b"")
            again.append(
                bids.submit_sealed(tender, envelope=made, request_key=sent.key, by=by, at=self.at)
            )
        assert {bid.pk for bid in again} == {sent.number}
        assert self.counts() == before

    @rule(which=CALLS, number=st.integers(0, 9), is_promise=st.booleans(), age=STAMPS)
    def sends_another_file(self, which: int, number: int, is_promise: bool, age: timedelta) -> None:
        """Send another file under a known key: it counts from now on, or is refused in words."""
        call, at, said = self.calls[which], self.at - age, worlds.content()
        if not call.sent:
            return
        sent = call.sent[number % len(call.sent)]
        by, tender = self.bidder(sent.bidder), self.tender(call)
        made = worlds.sealed_at_home(self.world, call, sent.bidder, said)

        def act() -> Bid:
            if not is_promise:
                return bids.submit_sealed(tender, envelope=made, request_key=sent.key, by=by, at=at)
            mark, size = hashlib.sha256(made).hexdigest(), len(made)
            return bids.promise(
                tender, fingerprint=mark, size=size, request_key=sent.key, by=by, at=at
            )

        if not call.takes_bids(at) or call.is_overtaken(sent.bidder, at):
            with self.refusing(NotTaken):
                act()
            return
        bid = act()
        self.take(call, bid, sent.bidder, said, made)
        before = self.counts()
        assert act().pk == bid.pk
        assert self.counts() == before

    @rule(which=CALLS, who=WHO, age=STAMPS)
    def withdraws(self, which: int, who: int, age: timedelta) -> None:
        """Take a bid back before the deadline; never after it."""
        call, by, at = self.calls[which], self.bidder(who), self.at - age
        own = call.of(who)
        if not call.takes_bids(at) or own is None or call.is_overtaken(who, at):
            with self.refusing(NotNow, Invalid, NotTaken):
                bids.withdraw(self.tender(call), by=by, at=at)
            return
        bids.withdraw(self.tender(call), by=by, at=at)
        own.withdrawn_at = at
        own.receipts.append(self.last_receipt(own))

    @rule(which=CALLS, who=WHO, flaw=FLAWS, age=STAMPS)
    def submits_sealed(self, which: int, who: int, flaw: str, age: timedelta) -> None:
        """Submit an envelope made at home: of this place, of another, or damaged."""
        call, by, at, said = self.calls[which], self.bidder(who), self.at - age, worlds.content()
        if not call.published_at:
            return
        made = worlds.sealed_at_home(self.world, call, who, said, flaw=flaw)
        tender = self.tender(call)
        if not call.takes_bids(at) or flaw in BAD:
            with self.refusing(NotNow if not call.takes_bids(at) else BadEnvelope):
                bids.submit_sealed(tender, envelope=made, request_key=uuid4(), by=by, at=at)
            return
        opens, earlier = flaw != "spoilt", call.of(who)
        notice = sealing.read(made).context.notice
        if flaw == "again" and earlier and earlier.envelope and earlier.answers(notice):
            made, opens = earlier.envelope, earlier.opens  # the very same file, as a new act
            said = Content(earlier.text, earlier.yuan)

        def act() -> Bid:
            return bids.submit_sealed(tender, envelope=made, request_key=uuid4(), by=by, at=at)

        if call.is_overtaken(who, at):
            with self.refusing(NotTaken):
                act()
            return
        self.take(call, act(), who, said, made).opens = opens

    @rule(which=CALLS, who=WHO, flaw=FLAWS, age=STAMPS)
    def promises(self, which: int, who: int, flaw: str, age: timedelta) -> None:
        """Send the fingerprint alone; what it is of nobody can see yet."""
        call, by, at, said = self.calls[which], self.bidder(who), self.at - age, worlds.content()
        if not call.published_at:
            return
        made, tender = (
            worlds.sealed_at_home(self.world, call, who, said, flaw=flaw),
            self.tender(call),
        )
        mark = hashlib.sha256(made).hexdigest()

        def act() -> Bid:
            return bids.promise(
                tender, fingerprint=mark, size=len(made), request_key=uuid4(), by=by, at=at
            )

        if not call.takes_bids(at) or call.is_overtaken(who, at):
            with self.refusing(NotNow if not call.takes_bids(at) else NotTaken):
                act()
            return
        sent = self.take(call, act(), who, said, made)
        sent.opens, sent.fits = flaw != "spoilt", flaw not in BAD

    @precondition(lambda self: any(self.promised()))
    @rule(number=st.integers(0, 9), is_another=st.booleans(), is_upload=st.booleans(), age=STAMPS)
    def delivers(self, number: int, is_another: bool, is_upload: bool, age: timedelta) -> None:
        """Bring the file that was promised, or another one; once, twice, or too late.

        The form for uploads takes it too, under the key of the promise.
        """
        found = self.promised()
        call, sent = found[number % len(found)]
        by, tender = self.bidder(sent.bidder), self.tender(call)
        receipt, made = sent.receipts[0]["receipt"], sent.envelope or b""
        at = self.at - age
        is_time = call.stage(at) in {Stage.OPEN, Stage.CLOSED} and at <= call.end_of_delivery
        is_over = call.opened_at or call.delivery_ended_at
        is_open = bool(is_over) and not sent.is_here

        def act() -> Bid:
            if is_upload and not is_another and not sent.is_here:
                return bids.submit_sealed(tender, envelope=made, request_key=sent.key, by=by, at=at)
            file = made + b"x" * is_another
            return bids.deliver(tender, receipt_number=receipt, envelope=file, by=by, at=at)

        if not is_time or is_open or is_another or not sent.fits:
            with self.refusing(NotNow, Invalid, BadEnvelope):
                act()
            assert Bid.objects.filter(pk=sent.number, envelope=None).exists() != sent.is_here
            return
        assert act().pk == sent.number
        sent.is_here = True

    def promised(self) -> list[tuple[Call, Sent]]:
        """Return the bids in force that began as a fingerprint."""
        return [
            (call, bid)
            for call in self.calls
            for bid in call.in_force()
            if bid.receipts[0]["action"] == "promise"
        ]
