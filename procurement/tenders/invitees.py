"""What a draw of invitees asks for before it is committed to: who watches, who is in the pool."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from organizations.refusals import Invalid, Refusal
from organizations.roles import Actor
from procurement.tenders import drawing, queries
from procurement.tenders.models import Tender
from procurement.tenders.parts import Draw

NOT_ABLE = _("请选本单位另一位采购经办人、审批人或开标工作人员；发起抽取的人不能作见证人。")

NOT_ABLE_EITHER = _(
    "请选本单位另一位采购经办人、审批人或开标工作人员；已经是见证人的、发起抽取的和您自己都不能选。"
)


class PoolTooSmall(Refusal):
    """Fewer organisations could be invited than the rules ask for."""


def witnesses(tender: Tender, numbers: Sequence[int], *, besides: int) -> list[User]:
    """Return the witnesses in their order; raise Invalid unless they are two able others."""
    able = {each.pk: each for each in queries.possible_witnesses(tender, besides=besides)}
    for place, number in enumerate(numbers, start=1):
        if number not in able:
            raise Invalid(NOT_ABLE, f"witness_{place}")
    if len(set(numbers)) != drawing.WITNESSES:
        raise Invalid(_("请选两位不同的见证人。"), "witness_2")
    return [able[number] for number in numbers]


def successor(draw: Draw, number: int, *, by: Actor) -> User:
    """Return who watches in place of a witness; raise Invalid unless it is an able other."""
    person = queries.possible_successors(draw, by=by).filter(pk=number).first()
    if person is None:
        raise Invalid(NOT_ABLE_EITHER, "successor")
    return person


def reason_of_replacement(reason: str, *, names: Iterable[str]) -> str:
    """Return the reason as it is published; raise Invalid when it is none or names a person."""
    reason = reason.strip()
    if not reason:
        raise Invalid(_("请写明为什么更换见证人，理由会向公众公开。"), "reason")
    if any(name in reason for name in names if name):
        raise Invalid(_("理由会向公众公开，请不要写见证人的名字。"), "reason")
    return reason


def frozen(tender: Tender, *, count: int, secret: drawing.Secret, by: Actor, at: datetime) -> Draw:
    """Return the draw to come, not yet stored: the pool as it is now and the two commitments.

    Raises PoolTooSmall below the figures of GPL Art. 34 and MOF Order 87 Art. 14.
    """
    pool = queries.pool_members(tender)
    _require_pool(len(pool), count)
    ids = [member["id"] for member in pool]
    return Draw(
        tender=tender,
        committed_at=at,
        committed_by_id=by.person_id,
        count=count,
        pool=pool,
        salt=secret.salt,
        seed=secret.seed,
        pool_commitment=drawing.pool_commitment(secret.salt, count, ids),
        seed_commitment=drawing.seed_commitment(secret),
    )


def _require_pool(pool: int, count: int) -> None:
    if count < drawing.FEWEST or pool < drawing.POOL_RATIO * count:
        raise PoolTooSmall(
            _(
                "至少抽取 3 家，且备选组织数不少于抽取数的两倍（财政部令第87号第14条）。"
                "现在符合条件的有 %(pool)s 家，要抽取 %(count)s 家。"
                "可以扩大服务地区，或者改用公开招标。"
            )
            % {"pool": pool, "count": count},
            "count",
        )
