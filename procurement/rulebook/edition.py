"""The book in force and the calendar to count with, as one value. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from procurement import rules
from procurement.rules import adviser, planner
from procurement.rules.adviser import Advice
from procurement.rules.steps import Timetable


@dataclass(frozen=True)
class Edition:
    """What a whole act is judged by: load it once per act, not once per row.

    Days are of Asia/Shanghai; each method is the function of `procurement.rules` of that name.
    """

    book: rules.Book
    calendar: rules.WorkingCalendar

    @property
    def label(self) -> str:
        """The name under which a tender pins this edition: book, version, fingerprint."""
        return label(self.book)

    def method(self, method_id: str) -> rules.Method:
        """Return the contracting method; raise UnknownMethod when the book has none of that id."""
        return self.book.method(method_id)

    def rule(self, rule_id: str) -> rules.Rule:
        """Return the rule; raise KeyError when the book has none of that id."""
        return self.book.rule(rule_id)

    def check(
        self,
        method: rules.Method | str,
        facts: Mapping[str, object],
        *,
        on: date,
        phases: Collection[str] | None = None,
        reasons: Mapping[str, str] | None = None,
    ) -> tuple[rules.Finding, ...]:
        """Return a finding for every rule that binds this method on that day."""
        return rules.check(
            self.book, method, facts, on=on, phases=phases, reasons=reasons, calendar=self.calendar
        )

    def earliest(
        self, method: rules.Method | str, facts: Mapping[str, object], *, on: date
    ) -> tuple[rules.Earliest, ...]:
        """Return the earliest lawful day of every event a minimum period leads to."""
        return rules.earliest(self.book, method, facts, on=on, calendar=self.calendar)

    def timetable(
        self,
        method: rules.Method | str,
        facts: Mapping[str, object],
        *,
        published: date,
        on: date,
        chosen: Mapping[str, date] | None = None,
    ) -> Timetable:
        """Return a lawful day for every step, and which rules the days chosen bend."""
        return planner.plan(
            self.book,
            method,
            facts,
            published=published,
            on=on,
            chosen=chosen,
            calendar=self.calendar,
        )

    def advise(self, facts: Mapping[str, object]) -> tuple[Advice, ...]:
        """Return what the book says of each contracting method for these facts."""
        return adviser.advise(self.book, facts)

    def limits(
        self,
        method: rules.Method | str,
        event: str,
        at: date | datetime,
        *,
        facts: Mapping[str, object] | None = None,
        on: date | None = None,
    ) -> tuple[rules.Limit, ...]:
        """Return what falls due, and by when, because this event happened at that time."""
        return rules.limits(
            self.book, method, event, at, facts=facts, on=on, calendar=self.calendar
        )

    def deadline_after_change(
        self,
        method: rules.Method | str,
        facts: Mapping[str, object],
        *,
        changed_at: date | datetime,
        on: date,
    ) -> date | None:
        """Return the day the bid deadline must move to after a change, None if it may stay."""
        return rules.deadline_after_change(
            self.book, method, facts, changed_at=changed_at, on=on, calendar=self.calendar
        )

    def minimum_tenderers(
        self, method: rules.Method | str, facts: Mapping[str, object], *, on: date
    ) -> tuple[int, rules.Rule | None]:
        """Return how many must bid for the procedure to go on, and the rule that says so."""
        return rules.minimum_tenderers(self.book, method, facts, on=on)

    def challenge_window(
        self, method: rules.Method | str, *, award_published: date | datetime
    ) -> rules.ChallengeWindow:
        """Return the end of the result notice, the last day to challenge it, and the rules."""
        return rules.challenge_window(
            self.book, method, award_published=award_published, calendar=self.calendar
        )


def label(book: rules.Book) -> str:
    """Return the name under which a tender pins a book."""
    return f"{book.name} {book.version} {book.digest[:12]}"
