"""Figures of the published procurements: what one record adds to each, and their keeping.

What a record adds follows from the record alone. A notice takes off what the record added before
and puts on what it adds now: so a correction or a cancellation leaves every figure right.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from procurement.publication.models import (
    COUNTED,
    DutyListing,
    DutyState,
    Figure,
    FigureKind,
    Listing,
)
from procurement.rules import SHANGHAI

EVERYWHERE = ""  # the place of what is counted whatever its place
MANY = 5  # bidders: as many and more are told as one
FULL, PARTLY, UNSAID = "full", "partly", "unsaid"  # whether the call pays the full cost
CAPPED, CAP = "capped", "cap"  # money under a cap on indirect cost; the most the caps allow of it
LINE = "line:"  # before the name of a line of cost that the call pays
DIRECT = "direct"  # one invited supplier: no competition to count
KEPT, MISSED, EXCUSED = COUNTED
ENQUIRY, CLOSING, OPENING = "enquiry", "closing", "opening"
_CENT = Decimal("0.01")


class Part(NamedTuple):
    """How many, and how much in yuan."""

    n: int = 0
    yuan: Decimal = Decimal(0)

    def plus(self, other: "Part", times: int = 1) -> "Part":
        """Return the sum with another, taken once, or off with `times=-1`."""
        return Part(self.n + times * other.n, self.yuan + times * other.yuan)


class Key(NamedTuple):
    """Which figure of which picture."""

    kind: FigureKind
    year: int
    region: str
    part: str


Figures = dict[Key, Part]
Counted = tuple[FigureKind, int, str, Part]  # kind, year, key, and what is counted


def told(listing: Listing, duties: Iterable[DutyListing]) -> Figures:
    """Return what one procurement adds to the figures. Pure: its record says all of it."""
    found: defaultdict[Key, Part] = defaultdict(Part)
    for kind, year, part, counted in (*_of(listing), *_duties(duties)):
        for region in (EVERYWHERE, *places(listing.regions)):
            key = Key(kind, year, region, part)
            found[key] = found[key].plus(counted)
    return dict(found)


def places(codes: Iterable[str]) -> list[str]:
    """Return where codes of divisions are counted: in their prefectures, or the province once."""
    found = {f"{code[:4]}00" for code in codes}
    whole = {code for code in found if code.endswith("0000")}
    return sorted(whole or found)


def _of(listing: Listing) -> Iterator[Counted]:
    tender = listing.compiled.get("tender", {})
    bought = _bought(listing)
    if listing.awarded_at and bought is not None:
        year = _local(listing.awarded_at).year
        yield FigureKind.BOUGHT, year, listing.method, Part(1, bought)
        yield from _costs(tender.get("costPolicy", {}), year, bought)
        for key in _services(listing):
            yield FigureKind.SERVED, year, key, Part(1)
    elif listing.status == "active" and listing.tender_period_start:
        year = _local(listing.tender_period_start).year
        for key in _services(listing):
            yield FigureKind.SOUGHT, year, key, Part(1)
    bidders = tender.get("numberOfTenderers")
    if listing.opened_at and bidders is not None:
        direct = tender.get("procurementMethod") == DIRECT
        key = DIRECT if direct else str(min(int(bidders), MANY))
        yield FigureKind.BIDDERS, _local(listing.opened_at).year, key, Part(1)
    if listing.status != "cancelled":
        yield from _days(listing)


def _bought(listing: Listing) -> Decimal | None:
    """Return the yuan of the awards that stand; None where there is none."""
    if listing.status == "cancelled":
        return None
    amounts = [
        Decimal(str(award["value"]["amount"])).quantize(_CENT)
        for award in listing.compiled.get("awards", [])
        if award["status"] == "active"
    ]
    return sum(amounts, Decimal(0)) if amounts else None


def _costs(policy: Mapping[str, Any], year: int, bought: Decimal) -> Iterator[Counted]:
    """Yield what the call says its money pays for; `bought` is the yuan of its awards."""
    answer = policy.get("fullCostCovered")
    covered = UNSAID if answer is None else FULL if answer else PARTLY
    yield FigureKind.COSTS, year, covered, Part(1, bought)
    for line in policy.get("lines", []):
        if line.get("paid"):
            yield FigureKind.COSTS, year, f"{LINE}{line['id']}", Part(1, bought)
    cap = policy.get("indirectRateCap")
    if cap is not None:
        most = (bought * Decimal(str(cap)) / 100).quantize(_CENT)
        yield FigureKind.COSTS, year, CAPPED, Part(1, bought)
        yield FigureKind.COSTS, year, CAP, Part(1, most)


def _services(listing: Listing) -> Iterator[str]:
    """Yield each service, alone and with each group of people."""
    for service in listing.services:
        for people in ("", *listing.populations):
            yield f"{service}:{people}"


def _duties(duties: Iterable[DutyListing]) -> Iterator[Counted]:
    """Yield by month what was done in time, and what became late."""
    for duty in duties:
        since = _local(duty.since)
        yield FigureKind.DUTIES, since.year, f"{since:%m}:{DutyState(duty.state).counted}", Part(1)


def _days(listing: Listing) -> Iterator[Counted]:
    """Yield the days something ends; an opening only where it was not on its deadline's day."""
    ends = listing.tender_period_end
    opened = listing.opened_at
    if opened and ends and _local(opened).date() == _local(ends).date():
        opened = None
    for what, when in ((ENQUIRY, listing.enquiry_period_end), (CLOSING, ends), (OPENING, opened)):
        if when:
            local = _local(when)
            yield FigureKind.DAYS, local.year, f"{local:%m-%d}:{what}", Part(1)


def _local(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)


def keep(before: Figures, after: Figures) -> None:
    """Take off what a record added before, put on what it adds now. Within the notice's act."""
    changes = {
        key: after.get(key, Part()).plus(before.get(key, Part()), -1)
        for key in before.keys() | after.keys()
        if after.get(key) != before.get(key)
    }
    if not changes:
        return
    rows = _rows(changes)
    for key, change in sorted(changes.items()):
        parts = rows[key[:3]].parts
        now = read(parts.get(key.part)).plus(change)
        parts.pop(key.part, None)
        if now.n > 0:
            parts[key.part] = [now.n, f"{now.yuan:.2f}"]
    Figure.objects.bulk_update([row for row in rows.values() if row.pk], ["parts"])
    Figure.objects.bulk_create(row for row in rows.values() if not row.pk)


def _rows(keys: Iterable[Key]) -> dict[tuple[FigureKind, int, str], Figure]:
    """Return the rows these keys stand in, held; new ones where there are none yet."""
    wanted = sorted({key[:3] for key in keys})
    held = Figure.objects.select_for_update().filter(
        kind__in={kind for kind, _year, _region in wanted},
        year__in={year for _kind, year, _region in wanted},
        region__in={region for _kind, _year, region in wanted},
    )
    there = {(FigureKind(row.kind), row.year, row.region): row for row in held.order_by("pk")}
    return {
        place: there.get(place) or Figure(kind=place[0], year=place[1], region=place[2])
        for place in wanted
    }


def read(stored: list[Any] | None) -> Part:
    """Return a part as a row stores it: how many, and yuan as text."""
    return Part(stored[0], Decimal(stored[1])) if stored else Part()


def kept() -> Figures:
    """Return every figure there is."""
    return {
        Key(FigureKind(row.kind), row.year, row.region, part): read(stored)
        for row in Figure.objects.iterator(500)
        for part, stored in row.parts.items()
    }


def years() -> list[int]:
    """Return the years there are figures of, the latest first."""
    found = Figure.objects.filter(region=EVERYWHERE).exclude(kind=FigureKind.DAYS)
    return sorted(set(found.values_list("year", flat=True).distinct()), reverse=True)


Place = tuple[FigureKind, str]  # a kind, and the place


def of_year(year: int, region: str = EVERYWHERE) -> Mapping[Place, Mapping[str, Part]]:
    """Return a year's figures of a place, and everywhere what is served and sought; one query."""
    everywhere = Q(kind__in=(FigureKind.SERVED, FigureKind.SOUGHT))
    found = Figure.objects.filter(everywhere | Q(region=region), year=year)
    return _parts(found.exclude(kind=FigureKind.DAYS))


def of_days(year: int, regions: Iterable[str]) -> Mapping[Place, Mapping[str, Part]]:
    """Return on which days of a year something ends in these places, and how much; one query."""
    return _parts(Figure.objects.filter(kind=FigureKind.DAYS, year=year, region__in=regions))


def _parts(rows: Iterable[Figure]) -> dict[Place, dict[str, Part]]:
    return {
        (FigureKind(row.kind), row.region): {key: read(part) for key, part in row.parts.items()}
        for row in rows
    }
