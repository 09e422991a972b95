"""What an agency does with its calls: publish, amend, answer, cancel, judge and award."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from organizations.refusals import Invalid
from procurement import legality
from procurement.amendments import actions as amendments
from procurement.amendments.models import Amendment
from procurement.enquiries import actions as enquiries
from procurement.enquiries.models import Enquiry
from procurement.lifecycle import ENDED, NotNow, Stage
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.histories.history import CALLS, WHO, History
from tests.histories.model import Call

# by how many minutes the deadline moves on, and whether that affects how bids are prepared
AMENDMENTS = {"amend": (30, False), "amend much": (24 * 60, False), "amend gravely": (1, True)}
OFFICE = ("publish", "ask", "ask", "answer", "answer", "cancel", "try", *AMENDMENTS)


class Office(History):
    """The acts of the agency, and of those who ask it."""

    @rule(what=st.sampled_from(OFFICE), which=CALLS, who=WHO)
    def office_works(self, what: str, which: int, who: int) -> None:
        """Do one of the things an agency and those who ask it do."""
        call = self.calls[which]
        match what:
            case "publish":
                self._publishes(self.calls[2])
            case "ask":
                self._asks(call, who)
            case "answer":
                self._answers()
            case "cancel":
                self._cancels(call)
            case "try":
                self._moves_back(call)
            case _:
                minutes, is_grave = AMENDMENTS[what]
                self._amends(call, timedelta(minutes=minutes), is_grave=is_grave)

    def _publishes(self, call: Call) -> None:
        """Let the second person publish the call that waits, dated when it was lawful."""
        day = build.TENDER_DAY + timedelta(hours=1)
        if call.published_at:
            with self.refusing(NotNow):
                tenders.publish(self.tender(call), by=self.world.who.approver, at=self.at)
        elif self.at < call.deadline:
            tenders.publish(self.tender(call), by=self.world.who.approver, at=day)
            call.published_at = day

    def _amends(self, call: Call, by: timedelta, *, is_grave: bool) -> None:
        """Change the call by two persons: the deadline moves on."""
        wanted = call.deadline + by
        if call.stage(self.at) is not Stage.OPEN:
            with self.refusing(NotNow):
                self._propose(call, wanted, is_grave=is_grave)
            return
        try:
            proposed = self._propose(call, wanted, is_grave=is_grave)
            made = amendments.publish(proposed, by=self.world.who.approver, at=self.at)
        except (Invalid, legality.RulesBroken):
            return  # the dates of the call would no longer agree; nothing has changed
        assert made.new_tender_period_end is not None
        assert made.new_tender_period_end >= wanted
        assert is_grave or made.new_tender_period_end == wanted
        call.deadline = made.new_tender_period_end

    def _moves_back(self, call: Call) -> None:
        """Try to move the deadline back by an hour."""
        with self.refusing(NotNow, Invalid):
            self._propose(call, call.deadline - timedelta(hours=1), is_grave=False)

    def _propose(self, call: Call, end: datetime, *, is_grave: bool) -> Amendment:
        return amendments.propose(
            self.tender(call),
            changes={"tender_period_end": end, "quantity": f"{end:%H%M} 人"},
            rationale="改",
            affects_preparation=is_grave,
            by=self.world.who.drafter,
            at=self.at,
        )

    def _asks(self, call: Call, who: int) -> None:
        """Ask a question; the window is over when the last days begin."""
        if call.stage(self.at) is Stage.OPEN and self.at <= build.DEADLINE - timedelta(days=5):
            asked = enquiries.ask(self.tender(call), question="问", by=self.bidder(who), at=self.at)
            call.questions.append(asked.pk)
            return
        with self.refusing(NotNow):
            enquiries.ask(self.tender(call), question="问", by=self.bidder(who), at=self.at)

    def _answers(self) -> None:
        """Answer the oldest question, to everyone, once."""
        call = next((call for call in self.calls if call.questions), None)
        if call is None:
            return
        asked, by = Enquiry.objects.get(pk=call.questions.pop(0)), self.world.who.drafter
        if asked.answered_at:
            with self.refusing(Invalid):
                enquiries.answer(asked, text="答", by=by, at=self.at)
            return
        enquiries.answer(asked, text="答", by=by, at=self.at)

    def _cancels(self, call: Call) -> None:
        """End a call with a reason, not after it ended."""
        if not call.published_at or call.stage(self.at) in ENDED:
            with self.refusing(NotNow):
                self._cancel(call)
            return
        self._cancel(call)
        call.cancelled_at = self.at

    def _cancel(self, call: Call) -> None:
        tenders.cancel(self.tender(call), reason="止", by=self.world.who.approver, at=self.at)

    @precondition(lambda self: any(call.stage(self.at) is Stage.OPENED for call in self.calls))
    @rule(is_meant=st.sampled_from([False, False, False, True]))
    def is_judged_and_awarded(self, is_meant: bool) -> None:
        """Let the panel judge what was opened, and the agency decide."""
        if not is_meant:
            return
        call = next(each for each in self.calls if each.stage(self.at) is Stage.OPENED)
        self.at += timedelta(hours=1)
        tender = build.evaluated(self.world.who, Tender.objects.get(pk=call.number), self.at)
        call.evaluated_at = self.at
        self.at += timedelta(hours=1)
        build.awarded(self.world.who, tender, self.at)
        call.awarded_at = self.at
