"""Who may do what: one row an act. Separation of duties as named predicates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.refusals import NotPermitted
from organizations.roles import SYSTEM, Actor, Permission
from procurement.lifecycle import Act

# What a predicate looks at is the thing acted on: a planning notice, a tender, an amendment, a
# panel seat. Each says who drafted it, whose it is; a predicate asks only for what it names.
Subject = Any


@dataclass(frozen=True)
class Duty:
    """A condition between the person and the thing, with the words of its refusal."""

    holds: Callable[[Actor, Subject], bool]
    otherwise: StrOrPromise


@dataclass(frozen=True)
class Requirement:
    """What an act asks of the person who does it."""

    permission: Permission | None
    duties: tuple[Duty, ...] = ()


def _own_agency(by: Actor, subject: Subject) -> bool:
    return by.organization_id is not None and by.organization_id == subject.procuring_entity_id


def _another_person(by: Actor, subject: Subject) -> bool:
    authors: set[int | None] = subject.author_ids()
    return by.user_id not in authors


def _not_on_the_panel(by: Actor, subject: Subject) -> bool:
    judges: set[int | None] = subject.panel_user_ids()
    return by.user_id not in judges


def _named_witness(by: Actor, subject: Subject) -> bool:
    witnesses: set[int | None] = subject.witness_ids()
    return by.user_id in witnesses


def _own_bid(by: Actor, subject: Subject) -> bool:
    return by.organization_id is not None and by.organization_id == subject.organization_id


def _own_seat(by: Actor, subject: Subject) -> bool:
    return by.person_id == int(subject.user_id)


OWN_AGENCY = Duty(_own_agency, _("这个项目属于另一个采购单位，您不能代它办理。"))
ANOTHER_PERSON = Duty(
    _another_person, _("起草、修改或送审的人不能审批自己的稿件，请由本单位另一位审批人办理。")
)
NOT_ON_THE_PANEL = Duty(
    _not_on_the_panel, _("评审小组成员不能作出授予决定，请由另一位审批人办理。")
)
JUDGES_NOT_WITH_THEM = Duty(
    _not_on_the_panel, _("评审小组成员不能办理其他成员的退出，请由另一位审批人办理。")
)
ANOTHER_EDITOR = Duty(_another_person, _("提出的人不能批准自己的提议，请由另一位规则编辑决定。"))
ANOTHER_KEEPER = Duty(
    _another_person, _("做过卡、核对过卡的人不能公布这套钥匙，请由本单位另一位审批人办理。")
)
NAMED_WITNESS = Duty(_named_witness, _("只有事先选定的两位见证人可以见证这次抽取。"))
OWN_BID = Duty(_own_bid, _("这份投标属于另一个组织。"))
OWN_SEAT = Duty(_own_seat, _("只有评审小组成员本人可以办理。"))

_DRAFTER = Requirement(Permission.DRAFT_NOTICES, (OWN_AGENCY,))
_APPROVER = Requirement(Permission.APPROVE_NOTICES, (OWN_AGENCY,))
_SECOND_PERSON = Requirement(Permission.APPROVE_NOTICES, (OWN_AGENCY, ANOTHER_PERSON))
_KEEPER = Requirement(Permission.KEEP_KEYS, (OWN_AGENCY,))
_EDITOR = Requirement(Permission.EDIT_RULES)
_SECOND_EDITOR = Requirement(Permission.EDIT_RULES, (ANOTHER_EDITOR,))
_PANEL_MEMBER = Requirement(Permission.EVALUATE, (OWN_SEAT,))

REQUIREMENTS: Mapping[Act, Requirement] = {
    Act.PROPOSE_CHANGE: _EDITOR,
    Act.APPROVE_CHANGE: _SECOND_EDITOR,
    Act.DECLINE_CHANGE: _EDITOR,
    Act.PROPOSE_YEAR: _EDITOR,
    Act.CONFIRM_YEAR: _SECOND_EDITOR,
    Act.DECLINE_YEAR: _EDITOR,
    Act.WARN_OF_LAST_YEAR: Requirement(None),
    Act.BEGIN_KEYS: Requirement(Permission.KEEP_KEYS),
    Act.NAME_HOLDER: _KEEPER,
    Act.MAKE_CARD: _KEEPER,
    Act.CONFIRM_CARD: _KEEPER,
    Act.PUBLISH_KEYS: Requirement(Permission.APPROVE_NOTICES, (OWN_AGENCY, ANOTHER_KEEPER)),
    Act.REPORT_LOST_CARD: _KEEPER,
    Act.RETIRE_KEYS: _APPROVER,
    Act.BEGIN_DRILL: _KEEPER,
    Act.DRILL_CARD: _KEEPER,
    Act.END_DRILL: _KEEPER,
    Act.DRAFT_PLAN: Requirement(Permission.DRAFT_NOTICES),
    Act.REVISE_PLAN: _DRAFTER,
    Act.SUBMIT_PLAN: _DRAFTER,
    Act.RETURN_PLAN: _APPROVER,
    Act.PUBLISH_PLAN: _SECOND_PERSON,
    Act.DRAFT_TENDER: Requirement(Permission.DRAFT_NOTICES),
    Act.REVISE_TENDER: _DRAFTER,
    Act.COMMIT_DRAW: _DRAFTER,
    Act.WITNESS_DRAW: Requirement(Permission.WITNESS_DRAWS, (OWN_AGENCY, NAMED_WITNESS)),
    Act.REPLACE_WITNESS: _DRAFTER,
    Act.ADD_INVITEE: _DRAFTER,
    Act.SUBMIT_TENDER: _DRAFTER,
    Act.RETURN_TENDER: _APPROVER,
    Act.PUBLISH_TENDER: _SECOND_PERSON,
    Act.PROPOSE_AMENDMENT: _DRAFTER,
    Act.PUBLISH_AMENDMENT: _SECOND_PERSON,
    Act.EXTEND_FOR_OUTAGE: Requirement(None),
    Act.CANCEL_TENDER: Requirement(Permission.CANCEL_TENDERS, (OWN_AGENCY,)),
    Act.ASK_ENQUIRY: Requirement(Permission.ASK_ENQUIRIES),
    Act.ANSWER_ENQUIRY: Requirement(Permission.ANSWER_ENQUIRIES, (OWN_AGENCY,)),
    Act.PREPARE_BID: Requirement(Permission.PREPARE_BIDS),
    Act.SUBMIT_BID: Requirement(Permission.SUBMIT_BIDS),
    Act.WITHDRAW_BID: Requirement(Permission.SUBMIT_BIDS),
    Act.DELIVER_BID: Requirement(Permission.SUBMIT_BIDS),
    Act.READ_OWN_BID: Requirement(Permission.PREPARE_BIDS, (OWN_BID,)),
    Act.CLOSE_BIDS: Requirement(None),
    Act.EXTEND_DELIVERY: Requirement(None),
    Act.END_DELIVERY: Requirement(None),
    Act.STATE_GATE: Requirement(None),
    Act.CONTRIBUTE_CARD: Requirement(Permission.OPEN_BIDS, (OWN_AGENCY,)),
    Act.OPEN_BIDS: Requirement(None),
    Act.STATE_REACH: Requirement(None),
    Act.APPOINT_PANEL: Requirement(Permission.APPOINT_PANEL, (OWN_AGENCY,)),
    Act.RELEASE_JUDGE: Requirement(Permission.APPOINT_PANEL, (OWN_AGENCY, JUDGES_NOT_WITH_THEM)),
    Act.DECLARE_INTEREST: _PANEL_MEMBER,
    Act.SCORE_BID: _PANEL_MEMBER,
    Act.FINISH_SCORING: _PANEL_MEMBER,
    Act.DECIDE_AWARD: Requirement(
        Permission.DECIDE_AWARDS, (OWN_AGENCY, ANOTHER_PERSON, NOT_ON_THE_PANEL)
    ),
    Act.STATE_DUTY_DONE: Requirement(Permission.STATE_DUTIES, (OWN_AGENCY,)),
    Act.TELL_EVENT: Requirement(Permission.STATE_DUTIES, (OWN_AGENCY,)),
    Act.RECORD_BREACH: Requirement(None),
    Act.REPLY_TO_BREACH: Requirement(Permission.REPLY_TO_BREACHES, (OWN_AGENCY,)),
    Act.EXCUSE_BREACH: Requirement(Permission.EXCUSE_BREACHES),
}


def refusal(act: Act, *, by: Actor, on: Subject = None) -> StrOrPromise | None:
    """Return the words of the refusal, or None when the person may do the act.

    An act that asks for no permission belongs to the clock alone.
    """
    needed = REQUIREMENTS[act]
    if needed.permission is None:
        return None if by == SYSTEM else _("这一步由系统按时间自动完成。")
    if not by.may(needed.permission):
        return _("您在本单位的角色不能办理这件事。")
    for duty in needed.duties:
        if not duty.holds(by, on):
            return duty.otherwise
    return None


def allows(act: Act, *, by: Actor, on: Subject = None) -> bool:
    """Say whether the person may do the act on the thing; the stage is another question."""
    return refusal(act, by=by, on=on) is None


def require(act: Act, *, by: Actor, on: Subject = None) -> None:
    """Raise NotPermitted, with the reason in words, unless the person may do the act."""
    words = refusal(act, by=by, on=on)
    if words is not None:
        raise NotPermitted(words)
