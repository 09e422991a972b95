"""What a bid holds, and its one form as bytes. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

MAGIC = b"ynbid1"


@dataclass(frozen=True)
class LotOffer:
    """An offer for one lot: yuan for each cost line."""

    lot: int
    lines: Mapping[str, Decimal]

    @property
    def amount(self) -> Decimal:
        """The price offered, in yuan: the sum of the lines."""
        return sum(self.lines.values(), Decimal(0))


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
        files = []
        for each in values["files"]:
            packed = content[end : end + each["size"]]
            if len(packed) != each["size"]:
                raise MalformedPackage("a file is cut short")
            files.append(PackedFile(each["name"], each["media_type"], packed))
            end += each["size"]
        return from_form(values, tuple(files))
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise MalformedPackage(str(error)) from error
