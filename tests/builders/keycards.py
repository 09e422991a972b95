"""Sets of key cards made by the portal's own acts, with the digits that only the paper has."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from organizations.roles import Actor
from procurement.keycards import actions, cards, gates
from procurement.keycards.models import KeyCard, KeySet

# any point will do for a gate that opens nothing in these tests
GATE = (
    ec.derive_private_key(7, ec.SECP256R1())
    .public_key()
    .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
)
HOLDERS = (
    ("杨春梅", "县卫生健康局", False),
    ("李建国", "县疾病预防控制中心", False),
    ("和晓兰", "县审计局", True),
    ("段志强", "县社会组织联合会", True),
    ("张丽华", "县公证处", True),
    ("赵文斌", "县档案馆", True),
    ("王秀英", "县卫生健康局", False),
)


@dataclass
class Cards:
    """A set and the digits on its paper, by member."""

    key_set: KeySet
    digits: dict[str, str]

    def card(self, suffix: str) -> KeyCard:
        """The card whose number ends so: C1 to C4, R1 to R3."""
        return self.key_set.cards.get(member=f"{self.key_set.name}-{suffix}")

    def of(self, suffix: str) -> str:
        """The forty digits of a card."""
        return self.digits[f"{self.key_set.name}-{suffix}"]


def named(by: Actor, at: datetime, label: str = "2026 年度开标钥匙") -> KeySet:
    """A set begun, its seven holders named."""
    key_set = actions.begin(label=label, by=by, at=at)
    for card, (holder, place, is_outside) in zip(key_set.cards.all(), HOLDERS, strict=True):
        actions.name_holder(
            card, holder=holder, affiliation=place, is_outside=is_outside, by=by, at=at
        )
    return KeySet.objects.get(pk=key_set.pk)


def confirmed(by: Actor, at: datetime, label: str = "2026 年度开标钥匙") -> Cards:
    """A set whose cards are all made and typed back; a second person may publish it."""
    key_set = named(by, at, label)
    digits = {}
    for card in key_set.cards.all():
        made, forty = actions.make(card, by=by, at=at)
        actions.confirm(made, digits=spaced(forty), by=by, at=at)
        digits[card.member] = forty
    return Cards(KeySet.objects.get(pk=key_set.pk), digits)


def published(keeper: Actor, approver: Actor, at: datetime, *, label: str = "开标钥匙") -> Cards:
    """A set in use: prepared by the keeper, published by the approver."""
    made = confirmed(keeper, at, label)
    gate = gates.current_gate() or GATE
    return Cards(actions.publish(made.key_set, gate=gate, by=approver, at=at), made.digits)


def spaced(forty: str) -> str:
    """The digits as they are printed and typed."""
    return " ".join(cards.printed(forty))
