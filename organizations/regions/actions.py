"""Loads the divisions of a province from its data file; safe to run again."""

import csv
from pathlib import Path

from django.db import transaction

from organizations.refusals import Invalid
from organizations.regions.models import Region

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load(province_code: str) -> int:
    """Create or update every division of `data/<code>.csv`; return how many there are.

    The file is in UTF-8 with the columns code, name_zh, name_en_pinyin, level, parent_code, a
    parent before its children (source: the county-level list named in the README).
    Raises Invalid when the file is missing.
    """
    path = DATA / f"{province_code}.csv"
    if not path.is_file():
        raise Invalid(f"No divisions for province {province_code}: add the data file {path}.")
    with path.open(encoding="utf-8", newline="") as lines:
        regions = [_region(row) for row in csv.DictReader(lines)]
    regions.sort(key=lambda region: (region.parent_id is not None, region.code))
    Region.objects.bulk_create(
        regions,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name_zh", "name_en", "level", "parent"],
    )
    return len(regions)


def _region(row: dict[str, str]) -> Region:
    return Region(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en_pinyin"],
        level=row["level"],
        parent_id=row["parent_code"] or None,
    )
