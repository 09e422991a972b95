"""Pages for what went wrong: plain, human, with a way out."""

import pytest
from django.template.loader import render_to_string


@pytest.mark.parametrize("code", ["400", "500"])
def test_pages_for_our_own_failures_need_no_context(code: str) -> None:
    page = render_to_string(f"{code}.html")
    assert '<a class="button button-secondary" href="/">' in page


@pytest.mark.parametrize("code", ["403", "404", "429", "403_csrf"])
def test_pages_for_a_lost_visitor_lead_home(code: str) -> None:
    page = render_to_string(f"{code}.html")
    assert "回首页" in page


def test_a_refused_act_is_told_in_the_words_of_the_refusal() -> None:
    page = render_to_string("errors/refused.html", {"message": "投标已截止。"})
    assert "<p>投标已截止。</p>" in page
