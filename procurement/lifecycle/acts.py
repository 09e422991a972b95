"""Every verb with legal effect: each has a stage, a permission, an action and a test."""

from enum import StrEnum


class Act(StrEnum):
    """One verb, one function, one transaction."""

    # planning
    DRAFT_PLAN = "planning.draft"
    REVISE_PLAN = "planning.revise"
    SUBMIT_PLAN = "planning.submit"
    RETURN_PLAN = "planning.send_back"
    PUBLISH_PLAN = "planning.publish"

    # the call
    DRAFT_TENDER = "tenders.draft"
    REVISE_TENDER = "tenders.revise"
    DRAW_INVITEES = "tenders.draw_invitees"
    SUBMIT_TENDER = "tenders.submit"
    RETURN_TENDER = "tenders.send_back"
    PUBLISH_TENDER = "tenders.publish"
    CANCEL_TENDER = "tenders.cancel"
    PROPOSE_AMENDMENT = "amendments.propose"
    PUBLISH_AMENDMENT = "amendments.publish"

    # questions
    ASK_ENQUIRY = "enquiries.ask"
    ANSWER_ENQUIRY = "enquiries.answer"

    # sealed offers
    PREPARE_BID = "bids.prepare"
    SUBMIT_BID = "bids.submit"
    WITHDRAW_BID = "bids.withdraw"
    OPEN_BIDS = "bids.open_all"

    # judging
    APPOINT_PANEL = "evaluation.appoint"
    RELEASE_JUDGE = "evaluation.release"
    DECLARE_INTEREST = "evaluation.declare"
    SCORE_BID = "evaluation.score"
    FINISH_SCORING = "evaluation.finish"

    # the decision
    DECIDE_AWARD = "awards.decide"
