"""What the clock, the log, the gate and the holders of cards do."""

from copy import copy
from datetime import datetime, time, timedelta
from types import ModuleType

import chinese_calendar
from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from gate import key as gate_key
from gate.decision import Clocks
from gate.following import Follower
from gate.work import Gate
from organizations.refusals import Invalid
from portal.demo import gatekeeper
from procurement import clock
from procurement.bids import actions as bids
from procurement.bids import outcomes, receipts
from procurement.keycards.refusals import WrongCard
from procurement.lifecycle import NotNow, Stage
from procurement.notifications import actions as notifications
from procurement.publication import catalogue, heads, log, outside
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Checkpoint, Log
from procurement.pulse.models import Canary, Outage
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import keycards as paper
from tests.builders import procurement as build
from tests.histories.history import CALLS, STARTS, History, Killed, killed_at
from tests.histories.model import (
    DELIVERY,
    GRACE,
    LONGEST_GAP,
    LONGEST_HOLD,
    MOST_OUTAGES,
    REMEMBERED,
    Call,
    Silence,
    Wait,
)

# where a run of the clock may die
DEATHS = (
    (receipts, "publish"),
    (log, "append"),
    (catalogue, "record"),
    (outside, "add"),
    (outcomes, "open_each"),
    (outcomes, "fail_lots"),
    (notifications, "state_reach"),
)
TYPED = ("C1", "C2", "C1", "C3", "R1", "R2", "C4", "R3")
CARDS = ("C1", "C2", "C3", "C4", "R1", "R2", "R3")


class Running(History):
    """The acts of machines, and of those who hold cards."""

    @initialize(near=st.sampled_from(STARTS), is_swept=st.booleans())
    def begins(self, near: timedelta, is_swept: bool) -> None:
        """Begin before the deadlines, right after them, or with the registers written."""
        self.at = build.DEADLINE + near
        if is_swept and near > timedelta(0):
            self.sweeps(1)

    # --- signs of life

    @rule(
        which=CALLS,
        is_files=st.booleans(),
        began=st.sampled_from([-61, -59, -1, 1]),
        minutes=st.sampled_from([2, 62, 20 * 60]),
    )
    def portal_was_away(self, which: int, is_files: bool, began: int, minutes: int) -> None:
        """Write down an outage near the end of bids, or of promised files, that ended by now."""
        call = self.calls[which]
        start = call.end_of_delivery if is_files else call.deadline
        start += timedelta(minutes=began)
        end = start + timedelta(minutes=minutes)
        if end > self.at or any(each.ended == end for each in self.silences):
            return
        made = Outage.objects.create(
            began_at=start, ended_at=end, portal_began_at=start, portal_ended_at=end
        )
        self.silences.append(Silence(made.pk, start, end))

    @rule()
    def is_seen_alive(self) -> None:
        """Let a trial submission come through: from now on the clock closes what was seen."""
        Canary.objects.create(beat_at=self.at, portal_at=self.at)
        self.seen_alive = self.at

    # --- the clock

    @rule(times=st.sampled_from([1, 1, 2]))
    def sweeps(self, times: int) -> None:
        """Run the clock, in time or late; a second run finds nothing more to do."""
        lives = self.looked()
        clock.pass_deadlines(at=self.at)
        for place, life in enumerate(lives):
            self.calls[place] = life[-1]
        self._every_opening_states_its_reach()
        for _ in range(1, times):
            before = self.counts()
            assert clock.pass_deadlines(at=self.at) == 0
            found = self.counts() | {"checkpoint": before["checkpoint"]}
            assert found == before, "a second run did more than sign what the first one said"

    def _every_opening_states_its_reach(self) -> None:
        """Check that after a run every opened call says how far it reached, once."""
        entries = Entry.objects.filter(kind=NoticeKind.REACH)
        stated = list(entries.order_by("index").values_list("ocid", flat=True))
        ended = {Stage.OPENED, Stage.UNSUCCESSFUL}
        assert {call.ocid for call in self.calls if call.stage(self.at) in ended} <= set(stated)
        assert len(stated) == len(set(stated))

    @rule(death=st.sampled_from(DEATHS), nth=st.integers(1, 4), late=st.booleans())
    def dies_while_sweeping(self, death: tuple[ModuleType, str], nth: int, late: bool) -> None:
        """Kill the clock half way: each call stands before or after a step, never in between."""
        lives = self.looked()
        try:
            with killed_at(*death, nth, late):
                clock.pass_deadlines(at=self.at)
        except Killed:
            self.met["killed"] += 1
            for place, life in enumerate(lives):
                self.calls[place] = self._found(life)
            return
        for place, life in enumerate(lives):
            self.calls[place] = life[-1]

    def _found(self, life: list[Call]) -> Call:
        """Return how far a call came before the clock died."""
        row = Tender.objects.get(pk=life[0].number)
        delivery = (row.delivery_until, row.delivery_ended_at)
        end, opening = row.tender_period_end, (row.opened_at, row.unsuccessful_at)
        facts = (end, row.closed_at, *delivery, *opening)
        for stage in life:
            if stage.facts() == facts:
                return stage
        raise AssertionError(f"{row.ocid} is half done: {facts}")

    def looked(self) -> list[list[Call]]:
        """Note that the clock looks at the deadlines now; return what it is to find."""
        since, last = self.awake or (self.at, self.at)
        self.awake = (self.at if self.at - last > LONGEST_GAP else since, self.at)
        return self.foreseen()

    def foreseen(self) -> list[list[Call]]:
        """Return, for each call, the states through which a run of the clock leads it."""
        found = []
        for call in self.calls:
            life = [call]
            if call.published_at and not call.opened_at and not call.cancelled_at:
                self._foresee(life)
            found.append(life)
        return found

    def _foresee(self, life: list[Call]) -> None:
        seen = self.at
        if self.seen_alive is not None:
            seen = min(self.at, self.seen_alive)
            if self.awake and self.at - self.awake[0] >= LONGEST_HOLD:
                seen = min(self.at, max(seen, self.at - LONGEST_HOLD))
        remembered = [each for each in self.silences if each.ended > self.at - REMEMBERED]
        remembered.sort(key=lambda each: each.ended)
        for silence in remembered:
            call = life[-1]
            is_news = silence.number not in call.made_good
            if call.closed_at or not is_news or not silence.touches(call.deadline):
                continue
            if len(call.made_good) < MOST_OUTAGES:
                made = _next(life)
                made.deadline = extended(silence.ended)
                made.made_good = {*call.made_good, silence.number}
        if life[-1].closed_at is None and life[-1].deadline < seen - GRACE:
            _next(life).closed_at = self.at
        if life[-1].awaits() is Wait.FILES:
            self._foresee_files(life, remembered, seen)
        call = life[-1]
        if call.closed_at and call.awaits() is None:
            _next(life).open(self.at)

    def _foresee_files(self, life: list[Call], remembered: list[Silence], seen: datetime) -> None:
        """Add the state, if it is another, after the files that were promised were looked for."""
        then = copy(life[-1])
        for silence in remembered:
            is_touched = silence.touches(then.end_of_delivery)
            if is_touched and then.waited_longer < MOST_OUTAGES:
                then.delivery_until = extended(silence.ended)
                then.waited_longer += 1
        if then.end_of_delivery < seen - GRACE:
            then.delivery_ended_at = self.at
        if then.facts() != life[-1].facts():
            life.append(then)

    @rule()
    def portal_goes_on(self) -> None:
        """Let everything run as it does every minute: the clock, the gate, the clock again."""
        self.sweeps(1)
        self.gate_looks("", timedelta(0))
        self.sweeps(1)

    @rule()
    def keeps_logs(self) -> None:
        """Append the block of receipts that is due, and sign heads that are due."""
        clock.keep_logs(at=self.at)

    @rule()
    def signs(self) -> None:
        """Sign the heads of both logs."""
        heads.sign_all(at=self.at)

    # --- the gate

    @precondition(lambda self: any(call.closed_at for call in self.waiting()))
    @rule(
        slow=st.sampled_from(["", "", "", "database", "own", "both"]),
        by=st.sampled_from([timedelta(0), timedelta(hours=3)]),
    )
    def gate_looks(self, slow: str, by: timedelta) -> None:
        """Let the gate look, its clocks right or behind the deadlines."""
        wrong = min(call.deadline for call in self.published()) - by
        shown = Clocks(
            database=min(self.at, wrong) if slow in {"database", "both"} else self.at,
            own=min(self.at, wrong) if slow in {"own", "both"} else self.at,
        )
        newest = Checkpoint.objects.filter(log=Log.NOTICES).order_by("-size").first()
        due: dict[int, set[str]] = {}
        for call in self.published():
            if newest is not None and self._is_due(call, shown, newest.size):
                due[call.number] = {bid.fingerprint for bid in call.delivered()} - call.given
        log = Follower(heads.key(Log.NOTICES))
        gate = Gate(gate_key.load(gatekeeper.folder()), log, lambda _cursor: shown)
        with connection.cursor() as cursor:
            assert gate.round(cursor) == sum(map(len, due.values()))
            assert gate.round(cursor) == 0
        for call in self.calls:
            call.given = call.given | due.get(call.number, set())

    def _is_due(self, call: Call, shown: Clocks, size: int) -> bool:
        if not call.closed_at or call.opened_at or call.cancelled_at:
            return False
        register = Entry.objects.get(ocid=call.ocid, kind=NoticeKind.REGISTER)
        slower = min(shown.database, shown.own)
        may_come = len(call.delivered()) < len(call.in_force()) and not (
            slower > call.deadline + DELIVERY + GRACE and self._is_said_over(call, size)
        )
        return register.index < size and slower > call.deadline and not may_come

    def _is_said_over(self, call: Call, size: int) -> bool:
        """Say whether the log below a size says that the call waits for files no more."""
        steps = Entry.objects.filter(ocid=call.ocid, kind=NoticeKind.CEREMONY, index__lt=size)
        return any(b'"files-over"' in bytes(each.body) for each in steps)

    # --- the cards

    @precondition(lambda self: any(call.awaits() is Wait.CARDS for call in self.waiting()))
    @rule(card=st.sampled_from(TYPED), is_right=st.sampled_from([True, True, True, False]))
    def card_is_typed(self, card: str, is_right: bool) -> None:
        """Type a card at the table; the second of a kind opens."""
        call = next(each for each in self.calls if each.by_cards)
        if call.awaits() is not Wait.CARDS or call.stage(self.at) is not Stage.CLOSED:
            with self.refusing(NotNow):
                self._type(call, card, card)
            return
        if card in call.cards:
            with self.refusing(Invalid):
                self._type(call, card, card)
            return
        if not is_right:
            before = self.counts()
            try:
                self._type(call, card, CARDS[CARDS.index(card) - 1])
            except WrongCard:
                assert self.counts() == before | {"entry": before["entry"] + 1}
                return
            raise AssertionError("a wrong card was taken")
        self._type(call, card, card)
        call.cards.add(card)
        if call.has_cards():
            call.open(self.at)

    @precondition(lambda self: any(call.awaits() is Wait.CARDS for call in self.waiting()))
    @rule(card=st.sampled_from(CARDS), nth=st.integers(1, 2), late=st.booleans())
    def dies_while_card_is_typed(self, card: str, nth: int, late: bool) -> None:
        """Lose the process at the table: a card gave all its parts or none, and nothing opened."""
        call = next(each for each in self.calls if each.by_cards)
        before = self.counts()
        try:
            with killed_at(log, "append", nth, late):
                self._type(call, card, card)
        except (NotNow, Invalid):
            assert self.counts() == before
            return
        except Killed:
            if self.counts()["carduse"] == before["carduse"]:
                assert self.counts() == before
                return
            call.cards.add(card)  # it stays given; what is not opened yet the clock opens
            return
        call.cards.add(card)
        if call.has_cards():
            call.open(self.at)

    def _type(self, call: Call, card: str, digits_of: str) -> None:
        cards = self.world.cards
        bids.contribute(
            self.tender(call),
            member=f"{cards.key_set.name}-{card}",
            digits=paper.spaced(cards.of(digits_of)),
            witnesses="张三",
            by=self.world.who.clerk,
            at=self.at,
        )

    def waiting(self) -> list[Call]:
        """Return the calls whose bids nobody opened yet."""
        return [call for call in self.published() if not call.opened_at and not call.cancelled_at]


def _next(life: list[Call]) -> Call:
    """Add a state to a life: the last one, to be changed."""
    life.append(copy(life[-1]))
    return life[-1]


def extended(restored: datetime) -> datetime:
    """Return the deadline after an outage: an hour of office time after the portal was back."""
    back = restored.astimezone(SHANGHAI)
    day, hour = back.date(), timedelta(hours=1)
    if back > datetime.combine(day, time(16), SHANGHAI):
        day += timedelta(days=1)
    while not chinese_calendar.is_workday(day):
        day += timedelta(days=1)
    return max(back, datetime.combine(day, time(9), SHANGHAI)) + hour
