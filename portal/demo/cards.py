"""Opening keys of the rehearsal, with digits that everybody may know: only for invented bids."""

import hashlib
from datetime import datetime, timedelta
from functools import partial

from organizations.accounts.models import Membership
from organizations.roles import Actor, Role
from portal.demo.world import DOMAIN, Office
from procurement.bids import actions as bids
from procurement.bids import sealed
from procurement.keycards import actions, cards, gates, queries
from procurement.keycards.models import CardKind, Drill, KeyCard, KeySet
from procurement.tenders.models import Tender

APPROVER = f"approver@{DOMAIN}"  # whose agency's cards are in the table of accounts
SALT = b"yn-rehearsal-card/1 "
MINUTE = timedelta(minutes=1)
# name, where that person works, and whether that is outside the agency
HOLDERS = (
    ("杨春梅", "疾病预防控制中心办公室", False),
    ("李建国", "疾病预防控制中心财务科", False),
    ("和晓兰", "审计局", True),
    ("段志强", "社会组织联合会", True),
    ("张丽华", "公证处", True),
    ("赵文斌", "档案馆", True),
    ("王秀英", "卫生健康局", True),
)
WITNESSES = "杨春梅、和晓兰、段志强"
ROUNDS = ("C1", "C3", "C2", "C4", "R1", "R2")  # which card is typed when in a drill


def digits_of(member: str) -> str:
    """Return the forty digits of a rehearsal card: the same each time, and no secret at all."""
    drawn = int.from_bytes(hashlib.sha256(SALT + member.encode()).digest(), "big")
    return f"{drawn % 10**cards.DIGITS:0{cards.DIGITS}}"


def published(office: Office, *, at: datetime, label: str = "开标钥匙（演练用）") -> KeySet:
    """Return a set in use: prepared by the clerk of an office, published by its approver.

    The gate has announced its key before; raises LookupError when it has not.
    """
    gate = gates.current_gate()
    if gate is None:
        raise LookupError("the time gate has not announced its key")
    key_set = actions.begin(label=label, by=office.clerk, at=at)
    for card, (name, place, is_outside) in zip(key_set.cards.all(), HOLDERS, strict=True):
        actions.name_holder(
            card, holder=name, affiliation=place, is_outside=is_outside, by=office.clerk, at=at
        )
        drawn = partial(digits_of, card.member)
        _card, digits = actions.make(card, by=office.clerk, at=at, drawn=drawn)
        actions.confirm(card, digits=spaced(digits), by=office.clerk, at=at + MINUTE)
    return actions.publish(key_set, gate=gate, by=office.approver, at=at + 10 * MINUTE)


def drilled(office: Office, key_set: KeySet, *, at: datetime) -> Drill:
    """Return a drill that was held with a set of the rehearsal, and went well."""
    drill = actions.begin_drill(key_set, witnesses=WITNESSES, by=office.clerk, at=at)
    by_place = {card.member.rpartition("-")[2]: card for card in key_set.cards.all()}
    for number, place in enumerate(ROUNDS, start=1):
        card = by_place[place]
        typed = spaced(digits_of(card.member))
        drill = actions.drill_card(
            drill, card=card, digits=typed, by=office.clerk, at=at + number * MINUTE
        )
    return drill


def contribute(tender: Tender, place: str, *, by: Actor, at: datetime) -> Tender:
    """Let the card at a place of the set, such as C1, help to open a call; return the call."""
    key_set = queries.of_digest(sealed.keyset(tender))
    if key_set is None:
        raise LookupError(f"no key cards open {tender.ocid}")
    card = key_set.cards.get(member__endswith=f"-{place}")
    typed = spaced(digits_of(card.member))
    return bids.contribute(
        tender, member=card.member, digits=typed, witnesses=WITNESSES, by=by, at=at
    )


def spaced(digits: str) -> str:
    """Return digits as they are printed on a card."""
    return " ".join(cards.printed(digits))


def lines(at: datetime) -> list[str]:
    """Return the cards of the agency whose accounts are in the table, ready to be typed."""
    held = Membership.objects.filter(user__email=APPROVER, role=Role.APPROVER, ended_at=None)
    agency = held.values_list("organization_id", flat=True).first()
    key_set = queries.current(agency, at) if agency else None
    if key_set is None:
        return []
    found = [card for card in key_set.cards.all() if _is_of_the_rehearsal(card)]
    title = f"  演练用的钥匙卡 Rehearsal key cards · {key_set.label}"
    return [title, *(_line(card) for card in found)] if found else []


def _line(card: KeyCard) -> str:
    kind = "备用 reserve" if card.kind == CardKind.RECOVERY else "开标 opening"
    return f"    {card.member:<10}{spaced(digits_of(card.member))}  {kind} {card.holder}"


def _is_of_the_rehearsal(card: KeyCard) -> bool:
    return cards.public_point(digits_of(card.member), card.member) == bytes(card.public_key or b"")
