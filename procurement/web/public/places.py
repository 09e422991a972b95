"""Divisions by code: names in the reader's language, and which codes a place stands for."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organizations.regions.models import Level, Region

_known: dict[str, Region] = {}  # divisions do not change while a process runs

Choice = tuple[str, str]


def known() -> Mapping[str, Region]:
    """Return every division of the province by code; read once."""
    if not _known:
        _known.update({region.code: region for region in Region.objects.order_by("code")})
    return _known


def name(code: str) -> str:
    """Return the name of a division in the reader's language; its code when it has none."""
    region = known().get(code)
    return region.label(get_language() or "zh-hans") if region else code


def names(codes: Iterable[str]) -> str:
    """Return several divisions as one phrase."""
    joint = ", " if (get_language() or "").startswith("en") else "、"
    return joint.join(name(code) for code in codes)


def choices() -> list[tuple[str, list[Choice]]]:
    """Return the prefectures, each with its counties, as grouped choices of a form."""
    groups: dict[str, list[Choice]] = {}
    for code, region in known().items():
        if region.level != Level.PROVINCE:
            groups.setdefault(f"{code[:4]}00", []).append((code, name(code)))
    return [(name(code), members) for code, members in groups.items()]


def prefectures() -> list[Choice]:
    """Return the prefectures with their names."""
    return [(code, name(code)) for code, r in known().items() if r.level == Level.PREFECTURE]


def whole_or_prefectures() -> list[Choice]:
    """Return the whole province, then each prefecture, as choices of a form."""
    return [("", _("全省")), *prefectures()]


def covering(code: str) -> list[str]:
    """Return the codes under which something for this place may be published.

    The place itself, every division inside it, and those around it: what is for the whole province
    is for each of its counties.
    """
    around = {f"{code[:2]}0000", f"{code[:4]}00", code}
    prefix = code.removesuffix("00").removesuffix("00")
    return sorted(around | {each for each in known() if each.startswith(prefix)})


def by_prefecture(counted: Mapping[str, int]) -> dict[str, int]:
    """Return counts by four leading digits as counts by prefecture, province-wide ones in each."""
    everywhere = counted.get(f"{settings.PROVINCE_CODE[:2]}00", 0)
    return {code: counted.get(code[:4], 0) + everywhere for code, _label in prefectures()}
