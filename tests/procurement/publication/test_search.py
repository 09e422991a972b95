"""Search by character pairs: any part of a title that a person types finds it, nothing else."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.publication import search

pytestmark = pytest.mark.django_db

CHINESE = st.text("艾滋病感染者随访关怀服务昆明市检测丽江哨点", min_size=1, max_size=12)
LATIN = st.sampled_from(["HIV", "2026", "CD4", "VCT", "ＨＩＶ", "é", "ꀀꀁ"])
MARKS = st.sampled_from(["（", "）", "、", " ", "-", "：", "“"])
TITLES = st.lists(st.one_of(CHINESE, LATIN, MARKS), min_size=1, max_size=6).map("".join)
FEW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def finds(title: str, words: str) -> bool:
    """Whether the database matches the words in the title."""
    with connection.cursor() as cursor:
        pair = [search.vector(title), search.query(words)]
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", pair)
        return bool(cursor.fetchone()[0])


@FEW
@given(TITLES, st.data())
def test_every_part_of_a_title_finds_it(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title) - 1))
    end = data.draw(st.integers(start + 1, len(title)))
    part = title[start:end]
    assert not search.query(part) or finds(title, part)


@FEW
@given(TITLES, CHINESE)
def test_a_word_is_found_exactly_where_it_stands(title: str, word: str) -> None:
    assert finds(title, word) == (search.fold(word) in search.fold(title))


@pytest.mark.parametrize(
    ("title", "words", "found"),
    [
        ("艾滋病随访关怀服务", "随访", True),
        ("艾滋病随访关怀服务", "访随", False),
        ("艾滋病随访关怀服务", "关", True),
        ("艾滋病随访关怀服务", "务", True),
        ("外展、检测", "展检", False),
        ("HIV检测", "hiv", True),
        ("HIV检测", "iv", True),
        ("HIV检测 昆明", "昆明 检测", True),
        ("HIV检测", "昆明 检测", False),
        ("预算120000元", "20000", True),
    ],
)
def test_words_of_two_characters_and_of_one(title: str, words: str, found: bool) -> None:
    assert finds(title, words) is found


def test_signs_of_the_query_language_are_no_danger() -> None:
    assert search.query("' & | ! <-> :* \\") == ""
    assert finds("价格' 说明", "价格'")


def test_punctuation_alone_asks_for_nothing() -> None:
    assert search.query("、（") == ""
