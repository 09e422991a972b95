"""Roles and permissions on one screen, and the actor that every act receives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.refusals import NotPermitted


class Permission(StrEnum):
    """One thing a role lets its holder do."""

    DRAFT_NOTICES = "draft_notices"
    APPROVE_NOTICES = "approve_notices"
    WITNESS_DRAWS = "witness_draws"
    ANSWER_ENQUIRIES = "answer_enquiries"
    ASK_ENQUIRIES = "ask_enquiries"
    PREPARE_BIDS = "prepare_bids"
    SUBMIT_BIDS = "submit_bids"
    OPEN_BIDS = "open_bids"
    KEEP_KEYS = "keep_keys"
    APPOINT_PANEL = "appoint_panel"
    EVALUATE = "evaluate"
    DECIDE_AWARDS = "decide_awards"
    CANCEL_TENDERS = "cancel_tenders"
    STATE_DUTIES = "state_duties"
    REPLY_TO_BREACHES = "reply_to_breaches"
    EXCUSE_BREACHES = "excuse_breaches"
    IMPORT_NOTICES = "import_notices"
    VERIFY_ORGANIZATIONS = "verify_organizations"
    GRANT_ROLES = "grant_roles"
    EDIT_RULES = "edit_rules"
    READ_AUDIT = "read_audit"
    MANAGE_OWN_ORGANIZATION = "manage_own_organization"


class Role(TextChoices):
    """What a person is in one organisation. Administrators of the site hold none."""

    CSO_MEMBER = "cso_member", _("社会组织成员")
    CSO_SIGNATORY = "cso_signatory", _("社会组织签署人")
    DRAFTER = "drafter", _("采购经办人")
    APPROVER = "approver", _("采购审批人")
    PANEL_MEMBER = "panel_member", _("评审小组成员")
    OPENING_OFFICER = "opening_officer", _("开标工作人员")
    OVERSEER = "overseer", _("省级监督人员")
    VERIFIER = "verifier", _("机构核验人员")
    RULE_EDITOR = "rule_editor", _("规则编辑")
    AUDITOR = "auditor", _("审计人员")


@dataclass(frozen=True)
class RoleCard:
    """What a role may do, as permissions and as two sentences for people."""

    permissions: frozenset[Permission]
    sentence: StrOrPromise
    limit: StrOrPromise


def _card(sentence: StrOrPromise, limit: StrOrPromise, *permissions: Permission) -> RoleCard:
    return RoleCard(frozenset(permissions), sentence, limit)


P = Permission
ROLES: Final[Mapping[Role, RoleCard]] = {
    Role.CSO_MEMBER: _card(
        _("可以代表组织提问、准备投标文件。"),
        _("不能提交投标，也不能修改组织资料。"),
        P.ASK_ENQUIRIES, P.PREPARE_BIDS,
    ),
    Role.CSO_SIGNATORY: _card(
        _("可以代表组织提问、准备并提交投标、修改组织资料、添加成员。"),
        _("不能在任何政府部门兼任职务。"),
        P.ASK_ENQUIRIES, P.PREPARE_BIDS, P.SUBMIT_BIDS, P.MANAGE_OWN_ORGANIZATION,
    ),
    Role.DRAFTER: _card(
        _("可以起草采购意向、采购公告和答复。"),
        _("不能审批自己起草的内容。"),
        P.DRAFT_NOTICES, P.ANSWER_ENQUIRIES, P.STATE_DUTIES, P.WITNESS_DRAWS,
    ),
    Role.APPROVER: _card(
        _("可以审批并发布公告、组建评审小组、作出采购决定、终止采购。"),
        _("不能审批自己起草的内容，也不能参加自己审批项目的评审。"),
        P.APPROVE_NOTICES, P.ANSWER_ENQUIRIES, P.APPOINT_PANEL, P.DECIDE_AWARDS,
        P.CANCEL_TENDERS, P.STATE_DUTIES, P.REPLY_TO_BREACHES, P.MANAGE_OWN_ORGANIZATION,
        P.WITNESS_DRAWS, P.KEEP_KEYS,
    ),
    Role.PANEL_MEMBER: _card(
        _("可以在声明没有利害关系后，按公布的标准评分。"),
        _("不能评审与自己有利害关系的投标。"),
        P.EVALUATE,
    ),
    Role.OPENING_OFFICER: _card(
        _("可以制作开标钥匙卡、见证受邀组织的抽取，在截止时间之后办理开标。"),
        _("在截止时间之前看不到任何投标内容。"),
        P.OPEN_BIDS, P.WITNESS_DRAWS, P.KEEP_KEYS,
    ),
    Role.OVERSEER: _card(
        _("可以核验机构、授予角色、查看操作记录、导入历史公告、谅解逾期。"),
        _("不能起草、审批或评审任何采购项目，也不能给自己授予角色。"),
        P.VERIFY_ORGANIZATIONS, P.GRANT_ROLES, P.READ_AUDIT, P.IMPORT_NOTICES,
        P.EXCUSE_BREACHES,
    ),
    Role.VERIFIER: _card(
        _("可以核验机构的登记信息。"),
        _("不能核验自己所在的机构。"),
        P.VERIFY_ORGANIZATIONS,
    ),
    Role.RULE_EDITOR: _card(
        _("可以起草全省的采购规则。"),
        _("不能单独让规则生效。"),
        P.EDIT_RULES,
    ),
    Role.AUDITOR: _card(
        _("可以查看全部操作记录。"),
        _("只能查看，不能办理任何事项。"),
        P.READ_AUDIT,
    ),
}  # fmt: skip

CSO_ROLES: Final = frozenset({Role.CSO_MEMBER, Role.CSO_SIGNATORY})
PROVINCE_ROLES: Final = frozenset({Role.OVERSEER, Role.VERIFIER, Role.RULE_EDITOR, Role.AUDITOR})
GOVERNMENT_ROLES: Final = frozenset(Role) - CSO_ROLES


@dataclass(frozen=True)
class Actor:
    """Who acts, for which organisation, in which roles. `origin` is for the audit rows only."""

    user_id: int | None
    organization_id: int | None
    roles: frozenset[Role] = field(default_factory=frozenset)
    name: str = ""
    origin: str = ""

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the actor's roles carries the permission."""
        return any(permission in ROLES[role].permissions for role in self.roles)

    @property
    def person_id(self) -> int:
        """The number of the person who acts; raises NotPermitted for a visitor or the clock."""
        if self.user_id is None:
            raise NotPermitted
        return self.user_id

    @property
    def member_of(self) -> int:
        """The number of the organisation acted for; raises NotPermitted when there is none."""
        if self.organization_id is None:
            raise NotPermitted
        return self.organization_id


ANONYMOUS: Final = Actor(user_id=None, organization_id=None)
SYSTEM: Final = Actor(user_id=None, organization_id=None, name="clock")


def require(by: Actor, permission: Permission) -> None:
    """Raise NotPermitted unless the actor holds the permission."""
    if not by.may(permission):
        raise NotPermitted
