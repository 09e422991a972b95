"""Key cards and receipt codes: forty digits on paper, and the key that comes of them. Pure.

Printed as eight groups of six: five digits and a check digit (Luhn) over the number of the group
and its five digits. The number makes groups that changed places, and one left out, show.
"""

import secrets
import unicodedata
from enum import StrEnum

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DIGITS, GROUPS, GROUP = 40, 8, 6
SALT = b"yn-card/1"
QR = "YN-CARD-1"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186)
_BETWEEN = " -_.,:;/|·、，。：；"  # what people put between groups; any space and any dash too


class Slip(StrEnum):
    """What went wrong in typing."""

    EMPTY = "empty"
    NOT_A_DIGIT = "not a digit"
    WRONG_DIGIT = "wrong digit"  # or two digits, or two groups, that changed places
    TOO_SHORT = "too short"
    TOO_LONG = "too long"
    MISSING_GROUP = "missing group"
    EXTRA_GROUP = "extra group"


class Mistyped(ValueError):
    """Typed text that is no card. `groups` are the groups to look at, from 1; `group` the first."""

    def __init__(self, slip: Slip, *groups: int) -> None:
        super().__init__(f"{slip}: group {', '.join(str(each) for each in groups)}")
        self.slip = slip
        self.groups = groups
        self.group = groups[0]


def make() -> str:
    """Return a new secret: forty decimal digits, 132 bits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def printed(digits: str) -> tuple[str, ...]:
    """Return forty digits as they are printed: eight groups of five digits and a check digit."""
    fives = (digits[place : place + 5] for place in range(0, DIGITS, 5))
    return tuple(five + _check_digit(number, five) for number, five in enumerate(fives, 1))


def parse(text: str) -> str:
    """Return the forty digits in what somebody typed. Raises Mistyped with the groups to look at.

    Spaces, dashes, points and full-width digits are taken; what a scanner reads off a card too.
    """
    runs = _runs(text)
    typed = "".join(runs)
    sixes = [typed[place : place + GROUP] for place in range(0, len(typed), GROUP)]
    if len(typed) == GROUPS * GROUP and (_are_right(sixes) or len(runs) != GROUPS):
        return _whole(sixes)
    if len(runs) == GROUPS:
        return _whole(runs)
    raise _misplaced(typed)


def private_key(digits: str, member: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key that the card with these forty digits is for its member."""
    drawn = HKDF(hashes.SHA256(), length=48, salt=SALT, info=member.encode()).derive(
        digits.encode("ascii")
    )
    scalar = int.from_bytes(drawn, "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def public_point(digits: str, member: str) -> bytes:
    """Return the public key of a card: an uncompressed SEC1 point, 65 bytes."""
    return (
        private_key(digits, member)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


def qr_payload(digits: str, member: str) -> str:
    """Return what the QR code of a card says: a mark, the member's id, the printed digits."""
    return f"{QR} {member} {'-'.join(printed(digits))}"


def read_qr(text: str) -> tuple[str, str]:
    """Return member id and forty digits of a scanned card. Raises Mistyped."""
    mark, _space, rest = text.strip().partition(" ")
    member, _space, groups = rest.rpartition(" ")
    if mark != QR or not member:
        raise Mistyped(Slip.NOT_A_DIGIT, 1)
    return member, parse(groups)


def _check_digit(number: int, five: str) -> str:
    doubled = [int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(five)]
    total = number + sum(value - 9 if value > 9 else value for value in doubled)
    return str(-total % 10)


def _is_right(number: int, group: str) -> bool:
    return len(group) == GROUP and group[-1] == _check_digit(number, group[:-1])


def _runs(text: str) -> list[str]:
    """Return the digits as they stand together. Raises Mistyped at what is no digit."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.startswith(QR):
        plain = plain.rpartition(" ")[2]
    spaced = "".join(" " if _is_between(sign) else sign for sign in plain)
    typed = 0
    for sign in spaced:
        if sign != " " and not ("0" <= sign <= "9"):
            raise Mistyped(Slip.NOT_A_DIGIT, min(typed // GROUP + 1, GROUPS))
        typed += sign != " "
    if not typed:
        raise Mistyped(Slip.EMPTY, 1)
    return spaced.split()


def _is_between(sign: str) -> bool:
    return sign.isspace() or sign in _BETWEEN or unicodedata.category(sign) == "Pd"


def _are_right(groups: list[str]) -> bool:
    return all(_is_right(number, group) for number, group in enumerate(groups, 1))


def _whole(groups: list[str]) -> str:
    """Return the digits of eight groups. Raises Mistyped with every group that is not right."""
    if _are_right(groups):
        return "".join(group[:-1] for group in groups)
    short = [number for number, group in enumerate(groups, 1) if len(group) < GROUP]
    long = [number for number, group in enumerate(groups, 1) if len(group) > GROUP]
    if short or long:
        raise Mistyped(Slip.TOO_SHORT if short else Slip.TOO_LONG, *(short or long))
    wrong = [number for number, group in enumerate(groups, 1) if not _is_right(number, group)]
    raise Mistyped(Slip.WRONG_DIGIT, *wrong)


def _misplaced(typed: str) -> Mistyped:
    """Say where digits are too few or too many: the groups before and after it are right."""
    over = len(typed) - GROUPS * GROUP
    is_whole = over % GROUP == 0
    if over < 0:
        slip = Slip.MISSING_GROUP if is_whole else Slip.TOO_SHORT
    else:
        slip = Slip.EXTRA_GROUP if is_whole else Slip.TOO_LONG
    first = min(_right_from_left(typed) + 1, GROUPS)
    last = max(GROUPS - _right_from_right(typed), 1)
    return Mistyped(slip, *(range(last, first + 1) if last <= first else (first,)))


def _right_from_left(typed: str) -> int:
    """Return how many groups are right, read from the beginning."""
    for number in range(1, GROUPS + 1):
        if not _is_right(number, typed[(number - 1) * GROUP : number * GROUP]):
            return number - 1
    return GROUPS


def _right_from_right(typed: str) -> int:
    """Return how many groups are right, read from the end."""
    for count in range(GROUPS):
        start = len(typed) - (count + 1) * GROUP
        if start < 0 or not _is_right(GROUPS - count, typed[start : start + GROUP]):
            return count
    return GROUPS
