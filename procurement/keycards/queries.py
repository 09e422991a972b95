"""What is asked of key cards more than once: which set, whose card, and the manifest."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from organizations.roles import Actor, Permission
from procurement.keycards import cards, drilling
from procurement.keycards import manifest as manifests
from procurement.keycards.models import CardKind, Drill, DrillRound, DrillTurn, KeyCard, KeySet
from procurement.keycards.refusals import Unreadable, WrongCard
from procurement.legality import Problem

COMMITTEE, RECOVERY = 4, 3  # cards of a set
NEEDED_OUTSIDE = 1  # of the committee; two are advised, so that one lost card leaves one
MOST_CARDS = 5000  # compared with a card that is not the one asked for


def visible_to(actor: Actor) -> QuerySet[KeySet]:
    """Return the sets of the person's own agency, the newest first."""
    if not (actor.may(Permission.KEEP_KEYS) or actor.may(Permission.APPROVE_NOTICES)):
        return KeySet.objects.none()
    own = KeySet.objects.filter(procuring_entity_id=actor.organization_id)
    return own.select_related("procuring_entity").order_by("-begun_at", "-pk")


def current(agency_id: int, at: datetime) -> KeySet | None:
    """Return the set an agency seals to at an instant: published, and not yet replaced."""
    in_use = KeySet.objects.filter(procuring_entity_id=agency_id, published_at__lte=at)
    return in_use.filter(Q(retired_at__isnull=True) | Q(retired_at__gt=at)).first()


def of_digest(digest: str) -> KeySet | None:
    """Return the published set with this manifest; a tender names its set by it for good."""
    return KeySet.objects.filter(digest=digest).exclude(digest="").first()


def of_kind(key_set: KeySet, kind: CardKind) -> list[KeyCard]:
    """Return the cards of one kind, in their places."""
    return [card for card in key_set.cards.all() if card.kind == kind]


def keys(key_set: KeySet, gate_public: bytes) -> manifests.KeySet:
    """Return whom a set seals to: gate, committee, reserve. Raises manifests.BadManifest.

    `gate_public` is the public key of the time gate: a SEC1 point, 65 bytes.
    """
    return manifests.KeySet(
        manifests.Policy.CARDS,
        gate=gate_public,
        committee=members(key_set, CardKind.COMMITTEE),
        k=key_set.k,
        recovery=members(key_set, CardKind.RECOVERY),
        kr=key_set.kr,
    )


def manifest(key_set: KeySet, gate_public: bytes) -> bytes:
    """Return the canonical manifest of a set; its SHA-256 is the name the set goes by."""
    return keys(key_set, gate_public).manifest()


def published_keys(key_set: KeySet) -> manifests.KeySet:
    """Return whom a published set seals to, as its manifest says. Raises BadManifest."""
    return manifests.KeySet.from_manifest(bytes(key_set.manifest or b""))


def members(key_set: KeySet, kind: CardKind) -> tuple[manifests.Member, ...]:
    """Return the public keys of one kind of card, in their places."""
    return tuple(
        manifests.Member(card.member, bytes(card.public_key or b""))
        for card in of_kind(key_set, kind)
    )


def digits_of(card: KeyCard, typed: str) -> str:
    """Return the forty digits of a card as its holder typed them.

    Raises Unreadable with the groups to look at, or WrongCard that says whose card it is.
    """
    try:
        digits = cards.parse(typed)
    except cards.Mistyped as slip:
        raise Unreadable(slip) from None
    if not _is(card, digits):
        raise WrongCard(card, _whose(digits))
    return digits


def _is(card: KeyCard, digits: str) -> bool:
    return card.public_key is not None and (
        cards.public_point(digits, card.member) == bytes(card.public_key)
    )


def _whose(digits: str) -> KeyCard | None:
    """Return the card with these digits, of whatever set; the newest sets are looked at first."""
    made = KeyCard.objects.filter(public_key__isnull=False).select_related("key_set")
    newest = made.order_by("-key_set_id", "kind", "place")[:MOST_CARDS]
    return next((card for card in newest if _is(card, digits)), None)


def problems(key_set: KeySet) -> list[Problem]:
    """Return what a set lacks before it can be published, each beside the card it is about."""
    found = [
        Problem(card.member, _("卡 %(card)s 还没有由持卡人输回核对。") % {"card": card.member})
        for card in awaiting(key_set)
    ]
    if outside(key_set) < NEEDED_OUTSIDE:
        words = _("四位开标持卡人里至少要有一位不是本单位的人，例如审计局或社会组织联合会的人。")
        found.append(Problem("outside", words))
    return found


def word(drill: Drill, round_: DrillRound) -> str:
    """Return the test word as one round opened it; empty while cards are missing."""
    if round_ not in rounds_done(drill):
        return ""
    return drilling.open_word(drill.sealed, [bytes(turn.share) for turn in turns(drill, round_)])


def rounds_done(drill: Drill) -> list[DrillRound]:
    """Return which rounds of a drill opened the test word, in order."""
    turns = list(drill.turns.all())
    needed = {DrillRound.RECOVERY: drill.key_set.kr}
    return [
        each
        for each in DrillRound
        if sum(turn.round == each for turn in turns) >= needed.get(each, drill.key_set.k)
    ]


def current_round(drill: Drill) -> DrillRound | None:
    """Return what is to be rehearsed next; None when every round is done."""
    done = rounds_done(drill)
    return next((each for each in DrillRound if each not in done), None)


def turns(drill: Drill, round_: DrillRound) -> list[DrillTurn]:
    """Return the cards that worked in one round, in order."""
    return list(drill.turns.filter(round=round_).select_related("card"))


def set_aside(drill: Drill) -> KeyCard | None:
    """Return the card played as lost: the one that was used first."""
    first = turns(drill, DrillRound.TWO_CARDS)
    return first[0].card if first else None


def may_turn(drill: Drill, round_: DrillRound) -> list[KeyCard]:
    """Return the cards that may be used next in a round."""
    kind = CardKind.RECOVERY if round_ is DrillRound.RECOVERY else CardKind.COMMITTEE
    used = {turn.card_id for turn in turns(drill, round_)}
    aside = set_aside(drill) if round_ is DrillRound.ONE_LOST else None
    return [
        card
        for card in of_kind(drill.key_set, kind)
        if card.works and card.pk not in used and card != aside
    ]


def outside(key_set: KeySet) -> int:
    """Return how many of the committee are not of the agency."""
    return sum(card.is_outside for card in of_kind(key_set, CardKind.COMMITTEE))


def awaiting(key_set: KeySet) -> list[KeyCard]:
    """Return the cards that are not typed back yet."""
    return [card for card in key_set.cards.all() if card.confirmed_at is None]
