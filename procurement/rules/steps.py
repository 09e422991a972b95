"""The steps of a procurement in time: what a timetable is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from procurement.rules.types import Count, Finding, Method, Rule

PLANNED = "planning.published"
PUBLISHED = "tender.published"
PUBLICITY_END = "singleSource.publicity.endDate"
NOTICE_END = "tender.noticePeriod.endDate"
DOCUMENTS_END = "tender.documents.endDate"
ENQUIRY_END = "tender.enquiryPeriod.endDate"
AMENDED = "amendment.published"
DEADLINE = "tender.tenderPeriod.endDate"
REPORTED = "evaluation.report.delivered"
DECIDED = "award.decided"
AWARDED = "award.published"
AWARD_NOTICE_END = "award.noticePeriod.endDate"
CHALLENGED = "challenge.received"
SIGNED = "contract.signed"
CONTRACT_PUBLISHED = "contract.published"
START = "contract.period.startDate"
END = "contract.period.endDate"

# In the order in which one follows from another.
STEPS = (
    *(PUBLISHED, PLANNED, PUBLICITY_END, NOTICE_END, DOCUMENTS_END, DEADLINE, AMENDED, ENQUIRY_END),
    *(REPORTED, DECIDED, AWARDED, AWARD_NOTICE_END, CHALLENGED, SIGNED, CONTRACT_PUBLISHED),
    *(START, END),
)
# The book may set them no day; a procurement has them all the same.
ALWAYS = frozenset({PUBLISHED, DEADLINE, ENQUIRY_END, DECIDED, AWARDED, SIGNED, START, END})
# Judged by the day of another step that they come before.
BEFORE = frozenset({PLANNED, AMENDED})
# Days on which a period ends: on a day off nobody can act, and the law moves it on.
DEADLINES = frozenset({PUBLISHED, PUBLICITY_END, NOTICE_END, DOCUMENTS_END, ENQUIRY_END, DEADLINE})
# What a step comes after, where that is not the publication.
AFTER: Mapping[str, str] = {
    **dict.fromkeys((REPORTED, DECIDED, AWARDED), DEADLINE),
    **dict.fromkeys((AWARD_NOTICE_END, CHALLENGED, SIGNED, START), AWARDED),
    CONTRACT_PUBLISHED: SIGNED,
    END: START,
}
# What happens together with another step: an act of this portal is both.
TOGETHER: Mapping[str, str] = {
    "tender.documents.startDate": PUBLISHED,
    "singleSource.publicity.startDate": PUBLISHED,
    "award.notification.sent": AWARDED,
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bound:
    """The first or last lawful day of a step, and the rule that makes it so.

    `provisional`: a later year's holidays may still move it. `conditional`: the rule may turn out
    not to apply.
    """

    day: date
    rule: Rule
    provisional: bool
    conditional: bool
    count: Count | None = None


class Fault(StrEnum):
    """What is wrong with a day whatever the rules say."""

    PAST = "past"
    DAY_OFF = "day-off"
    NO_DAYS = "no-days"  # not after what it comes after
    AFTER_DEADLINE = "after-deadline"


@dataclass(frozen=True)
class Step:
    """One step with its day, chosen or proposed.

    `bends` are the rules that the day breaks; `fault` what is wrong with it in itself, and
    `instead` the nearest day without that fault. Of a planning notice for which it is too late,
    `instead` is when the call may be published if the notice is published today.
    """

    event: str
    day: date
    chosen: bool
    provisional: bool
    earliest: Bound | None = None
    latest: Bound | None = None
    bends: tuple[Finding, ...] = ()
    fault: Fault | None = None
    instead: date | None = None


@dataclass(frozen=True)
class Timetable:
    """Every step of a procurement, in the order of their days."""

    method: Method
    steps: tuple[Step, ...]

    def step(self, event: str) -> Step | None:
        """Return the step of an event, None where the procedure has none."""
        return next((step for step in self.steps if step.event == event), None)

    @property
    def bends(self) -> tuple[Finding, ...]:
        """Every rule that a day breaks."""
        return tuple(finding for step in self.steps for finding in step.bends)

    @property
    def faults(self) -> tuple[Step, ...]:
        """The steps whose day is wrong in itself."""
        return tuple(step for step in self.steps if step.fault)
