"""Which seats of a panel may be given, and to whom."""

from collections.abc import Mapping
from datetime import datetime
from itertools import product

from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import Membership, User
from organizations.refusals import Invalid
from organizations.roles import Role
from procurement.evaluation import queries
from procurement.evaluation.models import Capacity, PanelMember
from procurement.tenders.models import Tender


def newcomers(tender: Tender, members: Mapping[int, str], *, at: datetime) -> list[User]:
    """Return who of these members takes a seat for the first time.

    Until the opening the members are free to choose. From then on nobody is swapped, and seats
    are given only to make a panel whole again. Raises Invalid.
    """
    seats = {seat.user_id: seat for seat in queries.panel(tender)}
    for user, seat in seats.items():
        if user in members and not seat.sits:
            raise Invalid(_left(seat), "members")
    if queries.parties(tender) & members.keys():
        raise Invalid(_("起草、送审或审批过这个项目的人不能参加评审。"), "members")
    sitting = {user: seat.capacity for user, seat in seats.items() if seat.sits}
    if tender.opened_at is not None and sitting:
        _require_only_filling(tender, sitting, members, at)
    return _panel_members({user for user in members if user not in sitting})


def _left(seat: PanelMember) -> str:
    if seat.has_interest:
        return str(_("有利害关系的成员已经回避，请另选一位。"))
    return str(_("已经退出的成员不能再选，请另选一位。"))


def _panel_members(wanted: set[int]) -> list[User]:
    held = Membership.objects.filter(
        user_id__in=wanted, role=Role.PANEL_MEMBER, ended_at__isnull=True
    )
    people = list(User.objects.filter(pk__in=held.values("user_id")).order_by("pk"))
    if len(people) != len(wanted):
        raise Invalid(_("评审小组里有人没有评审成员的角色，请重新选择。"), "members")
    return people


def _require_only_filling(
    tender: Tender, sitting: Mapping[int, str], members: Mapping[int, str], at: datetime
) -> None:
    """Raise Invalid unless the seats of the opened tender stay and the fewest are added."""
    if any(members.get(user) != capacity for user, capacity in sitting.items()):
        message = _("开标后不能换下成员，也不能改变身份。不能继续评审的，请先办理退出并写明理由。")
        raise Invalid(message, "members")
    added = [capacity for user, capacity in members.items() if user not in sitting]
    if any(
        queries.is_whole(tender, [*sitting.values(), *fewer], at=at) for fewer in _fewer_than(added)
    ):
        message = _("开标后只能补上空缺的席位，不能多选。请减少新选的成员。")
        raise Invalid(message, "members")


def _fewer_than(added: list[str]) -> list[list[str]]:
    """Return every smaller choice of the added seats, by how many of each capacity."""
    experts, buyers = (added.count(capacity) for capacity in (Capacity.EXPERT, Capacity.BUYER))
    return [
        [Capacity.EXPERT.value] * some + [Capacity.BUYER.value] * others
        for some, others in product(range(experts + 1), range(buyers + 1))
        if some + others < len(added)
    ]
