"""Words that were looked for are marked, and marking changes nothing else."""

import html
import re
from itertools import pairwise

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from procurement.publication import search
from procurement.publication.models import Listing
from procurement.web.public import highlights
from tests.procurement.publication import listings
from tests.procurement.web.public.conftest import Open

ALPHABET = st.sampled_from("艾滋病随访关怀Ａａ１1ｶﾞ<>&\"'（）、 ﬁßé\u0301\u0323각ᆨſİ")
TEXTS = st.one_of(st.text(ALPHABET, max_size=24), st.text(max_size=24))
FEW = settings(max_examples=300, deadline=None)


def unmarked(text: str) -> str:
    """The text again: marks taken out, HTML read back."""
    return html.unescape(re.sub("</?mark>", "", text))


@FEW
@given(TEXTS, TEXTS)
def test_unmarking_gives_back_the_text_exactly(text: str, words: str) -> None:
    assert unmarked(highlights.marked(text, words)) == text


@FEW
@given(TEXTS, TEXTS)
def test_nothing_but_marks_is_ever_a_tag(text: str, words: str) -> None:
    assert set(re.findall("<[^>]*>?", highlights.marked(text, words))) <= {"<mark>", "</mark>"}


@FEW
@given(TEXTS, TEXTS)
def test_stretches_are_in_order_and_apart_and_each_holds_what_was_looked_for(
    text: str, words: str
) -> None:
    found = highlights.spans(text, words)
    ends = [0, *(place for span in found for place in (span.start, span.end)), len(text)]
    assert ends == sorted(ends)
    assert all(one.end < other.start for one, other in pairwise(found))
    for span in found:
        piece = search.fold(text[span.start : span.end])
        assert any(run in piece for run in search.runs(words))


@FEW
@given(st.text("艾滋病随访关怀ＨhIｖ（）、 ", min_size=1, max_size=16), st.data())
def test_every_part_of_a_text_is_marked_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    runs = search.runs(text[start:end])
    assert bool(highlights.spans(text, text[start:end])) == bool(runs)
    assert highlights.missing(text[start:end], text) == ""


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("艾滋病随访服务", "随访", "艾滋病<mark>随访</mark>服务"),
        ("ＨＩＶ检测", "hiv", "<mark>ＨＩＶ</mark>检测"),
        ("hiv检测与HIV咨询", "ＨＩＶ", "<mark>hiv</mark>检测与<mark>HIV</mark>咨询"),
        ("检测咨询", "检测 测咨", "<mark>检测咨</mark>询"),
        ("<b>检测</b>", "检测", "&lt;b&gt;<mark>检测</mark>&lt;/b&gt;"),
        ("<mark>", "mark", "&lt;<mark>mark</mark>&gt;"),
        ("外展、检测", "展检", "外展、检测"),
        ("检测", "！", "检测"),
    ],
)
def test_marks_fold_as_search_does(text: str, words: str, told: str) -> None:
    assert highlights.marked(text, words) == told


def test_an_excerpt_shows_the_surroundings_of_the_first_word() -> None:
    text = "前" * 100 + "美沙酮" + "后" * 100
    told = "…" + "前" * 36 + "<mark>美沙酮</mark>" + "后" * 36 + "…"
    assert highlights.excerpt("美沙酮", "别的", text) == told
    assert highlights.excerpt("美沙酮", "只有美沙酮") == "只有<mark>美沙酮</mark>"
    assert highlights.excerpt("美沙酮", "别的") is None


@pytest.mark.django_db
def test_the_list_marks_words_and_shows_where_else_they_stand(
    client: Client, open_now: Open
) -> None:
    model = Listing.objects.get(pk=open_now().ocid)
    listings.copies(model, 1, title="<i>社工</i>随访")
    address = reverse("public:tender-list")
    titles = client.get(address, {"q": "随访"}).content.decode()
    assert "艾滋病<mark>随访</mark>关怀服务" in titles
    assert "&lt;i&gt;社工&lt;/i&gt;<mark>随访</mark>" in titles
    work = client.get(address, {"q": "为五华区"}).content.decode()
    assert "请一家社会组织<mark>为五华区</mark>的感染者" in work
    assert "<mark>" not in client.get(address).content.decode()
