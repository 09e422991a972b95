"""Questions about divisions: the tree, what lies within one, the codes below one."""

from dataclasses import dataclass

from django.db.models import QuerySet

from organizations.regions.models import Level, Region


@dataclass(frozen=True)
class Branch:
    """A prefecture with its counties, as a form shows them."""

    prefecture: Region
    counties: tuple[Region, ...]


def province() -> Region | None:
    """Return the province that is loaded, or None before `load_reference`."""
    return Region.objects.filter(level=Level.PROVINCE).first()


def options(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the divisions below the province as grouped choices of a form, labelled."""
    return [
        (
            branch.prefecture.label(language),
            [(each.code, each.label(language)) for each in (branch.prefecture, *branch.counties)],
        )
        for branch in tree()
    ]


def tree() -> list[Branch]:
    """Return the prefectures with their counties, in the order of their codes. One query."""
    counties: dict[str | None, list[Region]] = {}
    prefectures = []
    for region in Region.objects.exclude(level=Level.PROVINCE).order_by("code"):
        if region.level == Level.PREFECTURE:
            prefectures.append(region)
        else:
            counties.setdefault(region.parent_id, []).append(region)
    return [Branch(each, tuple(counties.get(each.code, ()))) for each in prefectures]


def within(code: str) -> QuerySet[Region]:
    """Return the division of this code and every division below it."""
    return Region.objects.filter(code__startswith=prefix(code))


def prefix(code: str) -> str:
    """Return the leading digits that a division and all below it share."""
    return Region(code=code, level=_level(code)).prefix


def descendant_codes(code: str) -> frozenset[str]:
    """Return the codes of the division and of all below it."""
    return frozenset(within(code).values_list("code", flat=True))


def _level(code: str) -> Level:
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if code.endswith("00") else Level.COUNTY
