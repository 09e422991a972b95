"""Divisions: the province's data, names and codes, what lies within what."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from organizations.regions import queries
from organizations.regions.models import Level, Region

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return {level: Region.objects.filter(level=level).count() for level in Level.values}


def test_load_reference_brings_the_146_divisions_and_is_safe_to_repeat() -> None:
    for _time in range(2):
        call_command("load_reference")
        assert counts() == {"province": 1, "prefecture": 16, "county": 129}
    assert Region.objects.count() == 146


def test_load_reference_puts_a_changed_name_right() -> None:
    call_command("load_reference")
    Region.objects.filter(code="530102").update(name_zh="错")
    call_command("load_reference")
    assert Region.objects.get(code="530102").name_zh == "五华区"


def test_load_reference_of_an_unknown_province_says_which_file_to_add(settings: Settings) -> None:
    settings.PROVINCE_CODE = "110000"
    with pytest.raises(CommandError, match=r"110000\.csv"):
        call_command("load_reference")
    assert Region.objects.count() == 0


def test_two_counties_may_share_an_english_name() -> None:
    call_command("load_reference")
    pair = Region.objects.filter(name_en="Yiliang County").values_list("code", flat=True)
    assert list(pair) == ["530125", "530628"]


def test_label_follows_the_language() -> None:
    region = Region(code="530100", name_zh="昆明市", name_en="Kunming City")
    assert [region.label(language) for language in ("zh-hans", "en", "en-gb")] == [
        "昆明市",
        "Kunming City",
        "Kunming City",
    ]


@pytest.mark.parametrize(
    ("code", "level", "prefix"),
    [
        ("530000", Level.PROVINCE, "53"),
        ("530100", Level.PREFECTURE, "5301"),
        ("530102", Level.COUNTY, "530102"),
    ],
)
def test_prefix_is_what_lower_codes_share(code: str, level: Level, prefix: str) -> None:
    assert Region(code=code, level=level).prefix == prefix


def test_within_holds_the_division_and_all_below() -> None:
    call_command("load_reference")
    assert queries.within("530000").count() == 146
    assert queries.within("530100").count() == 15
    assert queries.descendant_codes("530102") == {"530102"}


def test_tree_holds_every_county_once() -> None:
    call_command("load_reference")
    branches = queries.tree()
    assert len(branches) == 16
    assert sum(len(branch.counties) for branch in branches) == 129
    assert branches[0].prefecture.name_zh == "昆明市"


@pytest.mark.parametrize(
    "facts", [{"code": "53"}, {"level": "village"}, {"level": "county"}, {"name_zh": None}]
)
def test_the_database_refuses_a_division_that_is_not_whole(facts: dict[str, object]) -> None:
    whole = {"code": "530000", "name_zh": "云南省", "name_en": "Yunnan", "level": "province"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Region.objects.create(**(whole | facts))
    assert Region.objects.count() == 0


def test_the_data_file_is_the_projects_own() -> None:
    path = Path(queries.__file__).parent / "data" / "530000.csv"
    assert len(path.read_text(encoding="utf-8").splitlines()) == 147
