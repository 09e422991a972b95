"""The stages of a tender, and which act belongs in which."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from procurement.lifecycle.acts import Act


class Stage(StrEnum):
    """Where a tender stands. Derived from dated facts and an instant, never stored."""

    DRAFT = "draft"  # being written; only its agency sees it
    SUBMITTED = "submitted"  # waits for a second person
    OPEN = "open"  # published; sealed bids come in
    CLOSED = "closed"  # the deadline has passed, the bids are not opened yet
    OPENED = "opened"  # opened; the panel works
    EVALUATED = "evaluated"  # ranked; the decision is awaited
    AWARDED = "awarded"  # decided and published
    UNSUCCESSFUL = "unsuccessful"  # ended for want of bids, or of a bid that could be accepted
    CANCELLED = "cancelled"  # ended by the agency, with reasons


ENDED = frozenset({Stage.AWARDED, Stage.UNSUCCESSFUL, Stage.CANCELLED})
PUBLISHED = frozenset({Stage.OPEN, Stage.CLOSED, Stage.OPENED, Stage.EVALUATED}) | ENDED


class TenderFacts(Protocol):
    """The dated facts a stage follows from. An instant in the future has not happened yet."""

    submitted_at: datetime | None
    published_at: datetime | None
    enquiry_period_end: datetime | None
    tender_period_end: datetime | None
    opened_at: datetime | None
    evaluated_at: datetime | None
    awarded_at: datetime | None
    unsuccessful_at: datetime | None
    cancelled_at: datetime | None


ALLOWED: Mapping[Act, frozenset[Stage]] = {
    Act.REVISE_TENDER: frozenset({Stage.DRAFT}),
    Act.COMMIT_DRAW: frozenset({Stage.DRAFT}),
    Act.WITNESS_DRAW: frozenset({Stage.DRAFT}),
    Act.REPLACE_WITNESS: frozenset({Stage.DRAFT}),
    Act.ADD_INVITEE: frozenset({Stage.DRAFT}),
    Act.SUBMIT_TENDER: frozenset({Stage.DRAFT}),
    Act.RETURN_TENDER: frozenset({Stage.SUBMITTED}),
    Act.PUBLISH_TENDER: frozenset({Stage.SUBMITTED}),
    Act.PROPOSE_AMENDMENT: frozenset({Stage.OPEN}),
    Act.PUBLISH_AMENDMENT: frozenset({Stage.OPEN}),
    # the portal was not there for bidders: also when the deadline has passed meanwhile
    Act.EXTEND_FOR_OUTAGE: frozenset({Stage.OPEN, Stage.CLOSED}),
    Act.CANCEL_TENDER: frozenset({Stage.OPEN, Stage.CLOSED, Stage.OPENED, Stage.EVALUATED}),
    Act.ASK_ENQUIRY: frozenset({Stage.OPEN}),
    # an answer that comes late still comes: no question may be lost because a deadline passed
    Act.ANSWER_ENQUIRY: PUBLISHED,
    Act.PREPARE_BID: frozenset({Stage.OPEN}),
    Act.SUBMIT_BID: frozenset({Stage.OPEN}),
    Act.WITHDRAW_BID: frozenset({Stage.OPEN}),
    # the file of a bid whose fingerprint was in time, until a day after the deadline
    Act.DELIVER_BID: frozenset({Stage.OPEN, Stage.CLOSED}),
    Act.READ_OWN_BID: PUBLISHED,
    Act.CLOSE_BIDS: frozenset({Stage.CLOSED}),
    Act.EXTEND_DELIVERY: frozenset({Stage.CLOSED}),
    Act.END_DELIVERY: frozenset({Stage.CLOSED}),
    Act.STATE_GATE: frozenset({Stage.CLOSED}),
    Act.CONTRIBUTE_CARD: frozenset({Stage.CLOSED}),
    Act.OPEN_BIDS: frozenset({Stage.CLOSED}),
    Act.STATE_REACH: frozenset({Stage.OPENED, Stage.UNSUCCESSFUL}),
    Act.APPOINT_PANEL: frozenset({Stage.OPEN, Stage.CLOSED, Stage.OPENED}),
    Act.RELEASE_JUDGE: frozenset({Stage.OPENED}),
    Act.DECLARE_INTEREST: frozenset({Stage.OPENED}),
    Act.SCORE_BID: frozenset({Stage.OPENED}),
    Act.FINISH_SCORING: frozenset({Stage.OPENED}),
    Act.DECIDE_AWARD: frozenset({Stage.EVALUATED}),
}

# the last fact that has happened tells the stage; asked from the end of the story to its beginning
_MARKS: tuple[tuple[str, Stage], ...] = (
    ("cancelled_at", Stage.CANCELLED),
    ("unsuccessful_at", Stage.UNSUCCESSFUL),
    ("awarded_at", Stage.AWARDED),
    ("evaluated_at", Stage.EVALUATED),
    ("opened_at", Stage.OPENED),
)


def stage_at(tender: TenderFacts, at: datetime) -> Stage:
    """Return the stage at an instant, every deadline that is due folded in.

    A bid is in time while ``at <= tender_period_end``: the last instant itself still counts
    (以内 includes the figure, MOF Order 87 Art. 86).
    """
    for name, stage in _MARKS:
        instant: datetime | None = getattr(tender, name)
        if instant and instant <= at:
            return stage
    if tender.published_at and tender.published_at <= at:
        closed = tender.tender_period_end is not None and tender.tender_period_end < at
        return Stage.CLOSED if closed else Stage.OPEN
    if tender.submitted_at and tender.submitted_at <= at:
        return Stage.SUBMITTED
    return Stage.DRAFT


def enquiries_are_open(tender: TenderFacts, at: datetime) -> bool:
    """Say whether questions may be asked now: published, and inside the enquiry window."""
    end = tender.enquiry_period_end or tender.tender_period_end
    return stage_at(tender, at) is Stage.OPEN and end is not None and at <= end
