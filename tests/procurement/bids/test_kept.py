"""An envelope kept from the first day of the format: it opens for as long as anybody asks."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from procurement.bids import sealing
from procurement.keycards import cards
from procurement.keycards.manifest import KeySet, Member, Policy
from tests.procurement.bids import sets

ENVELOPE = Path(__file__).with_name("kept") / "2026-11-22.ybid"
CONTENT = "2026 年 11 月 22 日封好的投标".encode()
CODE = "3141592653589793238462643383279502884197"
GATE = ec.derive_private_key(7, ec.SECP256R1())


def digits(place: int) -> str:
    """What the card in a place has on its paper: the place forty times."""
    return str(place) * 40


def members(*places: int) -> tuple[Member, ...]:
    """The members in these places."""
    ids = {place: f"kept-{place}" for place in places}
    return tuple(
        Member(member, cards.public_point(digits(place), member)) for place, member in ids.items()
    )


KEYS = KeySet(
    Policy.CARDS,
    gate=sets.point(GATE),
    committee=members(1, 2, 3, 4),
    k=2,
    recovery=members(5, 6, 7),
    kr=2,
)
HERE = sealing.Context("ocds-yn0000-2026-000001", "ab" * 32, "CN-MZ-7", KEYS.digest())


def test_an_envelope_of_the_first_day_opens_by_every_path() -> None:
    envelope = ENVELOPE.read_bytes()
    header = sealing.read(envelope)
    sealing.require_bound(header, HERE, KEYS)
    part = sealing.gate_part(header, GATE)
    for pair in ((1, 3), (5, 7)):
        names = {f"kept-{place}": digits(place) for place in pair}
        shares = [
            sealing.share(header, name, cards.private_key(card, name), KEYS)
            for name, card in names.items()
        ]
        dek = sealing.combine(header, part, shares, KEYS)
        assert sealing.open_payload(envelope, dek) == CONTENT
    assert sealing.open_with_code(envelope, CODE) == CONTENT
