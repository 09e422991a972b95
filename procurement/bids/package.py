"""What a bid holds, and its one form as bytes. Pure.

A package may have been made on a device of the bidder's: nothing in it is believed, so that one
bad bid cannot stop the opening of the others.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from organizations.terms import CostLine
from procurement.documents import kinds

MAGIC = b"ynbid1"
LONGEST_TEXT = 100_000  # characters; the forms ask for fewer
LONGEST_NAME = 255
MOST = 100  # lots offered for, or files
KNOWN, UNKNOWN = frozenset(kinds.ACCEPTED.values()), "application/octet-stream"
YUAN_LIMIT = Decimal(10) ** 12  # below this the columns of an opened bid hold an amount


@dataclass(frozen=True)
class LotOffer:
    """An offer for one lot: yuan for each cost line."""

    lot: int
    lines: Mapping[str, Decimal]

    @property
    def amount(self) -> Decimal:
        """The price offered, in yuan: the sum of the lines."""
        return sum(self.lines.values(), Decimal(0))

    @property
    def priced(self) -> dict[str, Decimal]:
        """The cost lines that cost something."""
        return {line: yuan for line, yuan in self.lines.items() if yuan > 0}


@dataclass(frozen=True)
class PackedFile:
    """One file inside a bid."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Package:
    """The whole content of a bid."""

    proposal: str = ""
    team: str = ""
    quality: str = ""
    offers: tuple[LotOffer, ...] = ()
    files: tuple[PackedFile, ...] = field(default=(), repr=False)

    def offers_for(self, lots: Collection[int]) -> list[LotOffer]:
        """Return the offers that count, for `lots`: the numbers of what is called for."""
        return [each for each in self.offers if each.amount > 0 and each.lot in lots]


class MalformedPackage(ValueError):
    """Bytes that are no bid package."""


def form(package: Package) -> dict[str, Any]:
    """Return the package without its files as plain JSON values: what a draft keeps."""
    return {
        "proposal": package.proposal,
        "team": package.team,
        "quality": package.quality,
        "offers": [
            {"lot": offer.lot, "lines": {line: str(yuan) for line, yuan in offer.lines.items()}}
            for offer in package.offers
        ],
    }


def from_form(values: Mapping[str, Any], files: tuple[PackedFile, ...] = ()) -> Package:
    """Return the package of plain JSON values, the inverse of `form`."""
    return Package(
        proposal=values.get("proposal", ""),
        team=values.get("team", ""),
        quality=values.get("quality", ""),
        offers=tuple(
            LotOffer(
                lot=offer["lot"],
                lines={line: Decimal(yuan) for line, yuan in offer["lines"].items()},
            )
            for offer in values.get("offers", [])
        ),
        files=files,
    )


def pack(package: Package) -> bytes:
    """Return the package as bytes: magic, length of the header, header (JSON), files in order."""
    names = [
        {key: value for key, value in asdict(each).items() if key != "content"}
        | {"size": len(each.content)}
        for each in package.files
    ]
    header = json.dumps(
        form(package) | {"files": names}, ensure_ascii=False, sort_keys=True
    ).encode()
    body = b"".join(each.content for each in package.files)
    return MAGIC + len(header).to_bytes(4, "big") + header + body


def unpack(content: bytes) -> Package:
    """Return the package in the bytes. Raises MalformedPackage."""
    if not content.startswith(MAGIC):
        raise MalformedPackage("not a bid package")
    start = len(MAGIC) + 4
    end = start + int.from_bytes(content[len(MAGIC) : start], "big")
    try:
        values = json.loads(content[start:end])
        package = from_form(values, _files(values["files"], content[end:]))
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise MalformedPackage(str(error)) from error
    except RecursionError as error:
        raise MalformedPackage("nested too deep") from error
    _require_sound(package)
    return package


def _files(listed: list[Mapping[str, Any]], body: bytes) -> tuple[PackedFile, ...]:
    """Return the files that follow one another in the body and fill it."""
    files, end = [], 0
    for each in listed:
        size = each["size"]
        if type(size) is not int or size < 0 or end + size > len(body):
            raise MalformedPackage("a file is cut short")
        media_type = each["media_type"] if each["media_type"] in KNOWN else UNKNOWN
        files.append(PackedFile(each["name"], media_type, body[end : end + size]))
        end += size
    if end != len(body):
        raise MalformedPackage("something follows the last file")
    return tuple(files)


def _require_sound(package: Package) -> None:
    """Raise MalformedPackage unless the columns of an opened bid can hold it."""
    texts = (package.proposal, package.team, package.quality)
    names = [each.name for each in package.files]
    lots = [offer.lot for offer in package.offers]
    amounts = [yuan for offer in package.offers for yuan in offer.lines.values()]
    lines = {line for offer in package.offers for line in offer.lines}
    if not all(_is_text(each, LONGEST_TEXT) for each in texts):
        raise MalformedPackage("a text that cannot be kept")
    if not all(_is_text(each, LONGEST_NAME) for each in names) or len(package.files) > MOST:
        raise MalformedPackage("a file that cannot be kept")
    if any(type(lot) is not int for lot in lots) or len(lots) > min(MOST, len(set(lots))):
        raise MalformedPackage("a lot is offered for twice")
    if not lines <= set(CostLine.values):
        raise MalformedPackage("a cost that is no cost line")
    if not all(_is_amount(each) for each in amounts):
        raise MalformedPackage("an amount that is none")
    if any(offer.amount >= YUAN_LIMIT for offer in package.offers):
        raise MalformedPackage("an offer that is too large")


def _is_text(value: object, longest: int) -> bool:
    return (
        isinstance(value, str) and len(value) <= longest and "\x00" not in value and _is_utf8(value)
    )


def _is_utf8(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False
    return True


def _is_amount(yuan: Decimal) -> bool:
    return yuan.is_finite() and 0 <= yuan < YUAN_LIMIT and yuan == round(yuan, 2)
