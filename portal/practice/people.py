"""Which parts one can take: the demo accounts, and no other account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations import audit, instants
from organizations.accounts import queries as accounts
from organizations.accounts.models import User
from organizations.refusals import NotFound
from portal.demo.world import DOMAIN

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TAKE_PART = "practice.take_part"


@dataclass(frozen=True)
class Part:
    """Somebody one can be: the first half of an address, a name, and what that person does."""

    address: str
    name: StrOrPromise
    does: StrOrPromise

    @property
    def email(self) -> str:
        """The address of the account."""
        return f"{self.address}@{DOMAIN}"


@dataclass(frozen=True)
class Side:
    """Parts that stand together."""

    name: StrOrPromise
    parts: Sequence[Part]


_PANEL = _("先声明有没有利害关系，再给每份投标评分。")
SIDES: Sequence[Side] = (
    Side(
        _("采购人（疾控中心）"),
        (
            Part("drafter", _("经办人"), _("写采购意向和采购文件，回答提问，办合同和付款。")),
            Part(
                "approver", _("审批人"), _("看过别人写的，再公布或退回；组建评审小组，决定结果。")
            ),
            Part("clerk", _("开标人员"), _("保管钥匙卡的名单，主持用卡开标。")),
        ),
    ),
    Side(
        _("社会组织"),
        (
            Part("signatory", _("签署人"), _("提问，填写投标，密封提交，收回执。")),
            Part("signatory2", _("另一个组织的签署人"), _("也来投标，看看多几家是什么样。")),
            Part("member", _("成员"), _("帮忙填写投标；提交要由签署人来。")),
            Part("host", _("托管组织的签署人"), _("替没有登记的小组投标和签字。")),
        ),
    ),
    Side(
        _("评审小组"),
        (
            Part("panel1", _("评审一"), _PANEL),
            Part("panel2", _("评审二"), _PANEL),
            Part("panel3", _("评审三"), _PANEL),
            Part("panel4", _("评审四"), _PANEL),
            Part("panel5", _("评审五"), _PANEL),
        ),
    ),
    Side(
        _("省级监督"),
        (
            Part("overseer", _("监督人员"), _("授予角色，看逾期，接受或不接受理由。")),
            Part("verifier", _("核验人员"), _("核验新登记的组织。")),
            Part("auditor", _("审计人员"), _("只看，不办：操作记录和公开日志。")),
            Part("rule-editor", _("规则编辑"), _("提出规则的数额和日历。")),
            Part("rule-editor2", _("另一位规则编辑"), _("批准别人提出的。")),
        ),
    ),
)
PARTS: Mapping[str, Part] = {part.address: part for side in SIDES for part in side.parts}


class NoSuchPart(NotFound):
    """This rehearsal has no such account, or it may not be taken."""

    def __init__(self) -> None:
        super().__init__(_("这个角色现在不能扮演。请回到练习页，另选一个。"))


def part_of(user: object) -> Part | None:
    """Return the part that a visitor plays; None for anybody with an account of their own."""
    if not isinstance(user, User):
        return None
    return next((part for part in PARTS.values() if part.email == user.email), None)


def person(address: str) -> User:
    """Return the account of a part. Raises NoSuchPart; an administrator is never one."""
    if address not in PARTS:
        raise NoSuchPart
    people = User.objects.filter(is_active=True, is_staff=False, is_superuser=False)
    found = people.filter(email=PARTS[address].email).first()
    if found is None:
        raise NoSuchPart
    return found


def take(request: HttpRequest, address: str) -> User:
    """Sign the visitor in as a part, in a session of its own, and put it on the audit record.

    Raises NoSuchPart, and then whoever was signed in stays so.
    """
    user = person(address)
    origin = request.META.get("REMOTE_ADDR", "")
    with transaction.atomic():
        logout(request)  # nothing of the part before is carried over
        login(request, user, backend=BACKEND)
        actor = accounts.actor_from(user, next(iter(accounts.hats(user)), None), origin)
        audit.record(TAKE_PART, by=actor, at=instants.now(), subject=f"user:{user.pk}")
    return user
