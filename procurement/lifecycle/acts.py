"""Every verb with legal effect: each has a stage, a permission, an action and a test."""

from enum import StrEnum


class Act(StrEnum):
    """One verb, one function, one transaction."""

    # the book: proposed by one rule editor, decided by another
    PROPOSE_CHANGE = "rulebook.propose"
    APPROVE_CHANGE = "rulebook.approve"
    DECLINE_CHANGE = "rulebook.decline"
    PROPOSE_YEAR = "rulebook.propose_year"
    CONFIRM_YEAR = "rulebook.confirm_year"
    DECLINE_YEAR = "rulebook.decline_year"
    WARN_OF_LAST_YEAR = "rulebook.warn"

    # the cards that open bids: prepared by one person, published by another
    BEGIN_KEYS = "keycards.begin"
    NAME_HOLDER = "keycards.name_holder"
    MAKE_CARD = "keycards.make"
    CONFIRM_CARD = "keycards.confirm"
    PUBLISH_KEYS = "keycards.publish"
    REPORT_LOST_CARD = "keycards.report_lost"
    RETIRE_KEYS = "keycards.retire"
    BEGIN_DRILL = "keycards.begin_drill"
    DRILL_CARD = "keycards.drill_card"
    END_DRILL = "keycards.end_drill"

    # planning
    DRAFT_PLAN = "planning.draft"
    REVISE_PLAN = "planning.revise"
    SUBMIT_PLAN = "planning.submit"
    RETURN_PLAN = "planning.send_back"
    PUBLISH_PLAN = "planning.publish"

    # the call
    DRAFT_TENDER = "tenders.draft"
    REVISE_TENDER = "tenders.revise"
    COMMIT_DRAW = "tenders.commit_draw"
    WITNESS_DRAW = "tenders.witness_draw"
    REPLACE_WITNESS = "tenders.replace_witness"
    ADD_INVITEE = "tenders.add_invitee"
    SUBMIT_TENDER = "tenders.submit"
    RETURN_TENDER = "tenders.send_back"
    PUBLISH_TENDER = "tenders.publish"
    CANCEL_TENDER = "tenders.cancel"
    PROPOSE_AMENDMENT = "amendments.propose"
    PUBLISH_AMENDMENT = "amendments.publish"
    EXTEND_FOR_OUTAGE = "amendments.extend_for_outage"

    # questions
    ASK_ENQUIRY = "enquiries.ask"
    ANSWER_ENQUIRY = "enquiries.answer"

    # sealed offers
    PREPARE_BID = "bids.prepare"
    SUBMIT_BID = "bids.submit"
    WITHDRAW_BID = "bids.withdraw"
    DELIVER_BID = "bids.deliver"
    READ_OWN_BID = "bids.read_own"
    CLOSE_BIDS = "bids.close"
    EXTEND_DELIVERY = "bids.extend_delivery"
    END_DELIVERY = "bids.end_delivery"
    STATE_GATE = "bids.state_gate"
    CONTRIBUTE_CARD = "bids.contribute"
    OPEN_BIDS = "bids.open_all"
    STATE_REACH = "notifications.state_reach"

    # judging
    APPOINT_PANEL = "evaluation.appoint"
    RELEASE_JUDGE = "evaluation.release"
    DECLARE_INTEREST = "evaluation.declare"
    SCORE_BID = "evaluation.score"
    FINISH_SCORING = "evaluation.finish"

    # the decision
    DECIDE_AWARD = "awards.decide"

    # duties with dates
    STATE_DUTY_DONE = "obligations.state"
    TELL_EVENT = "obligations.tell"
    RECORD_BREACH = "obligations.record"
    REPLY_TO_BREACH = "obligations.reply"
    EXCUSE_BREACH = "obligations.excuse"
