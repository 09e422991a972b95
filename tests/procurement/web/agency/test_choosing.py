"""The procedure step: a few questions, advice with its clauses, a reason for another choice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.roles import Actor
from procurement.tenders.advising import QUESTIONS
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SignIn = Callable[[Actor], Client]
NO_TO_ALL = {question.replace("advice.", "ask_"): "no" for question in QUESTIONS}
STATED = {
    "figure_open_tender_services": "400万",
    "source_open_tender_services": "云财采〔2026〕1号",
}


@pytest.fixture
def draft(who: build.Cast) -> Tender:
    """A draft in which the method is still to be chosen."""
    return build.draft(who, "open", procurement_method="", method_rationale="", advice_answers={})


def address(tender: Tender) -> str:
    return reverse("agency:tender-step", args=[tender.ocid, "procedure"])


def post(client: Client, tender: Tender, **typed: str) -> HttpResponse:
    return client.post(address(tender), typed)  # type: ignore[return-value]


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_the_step_asks_in_plain_words_and_shows_what_is_known(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    page = text(signed_in(who.drafter).get(address(draft)))  # type: ignore[arg-type]
    for words in (
        "只有一家组织能做吗？",
        "不确定",
        "120,000 元",
        "3 家组织",
        "省里的数额标准还没有写进规则手册",
        "不当作省里的标准",
    ):
        assert words in page
    assert "按您的回答" not in page


def test_asking_for_advice_keeps_the_answers_and_suggests_with_the_clause(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    client = signed_in(who.drafter)
    answer = post(client, draft, advise="1", **NO_TO_ALL, **STATED)
    assert (answer.status_code, answer["Location"]) == (302, address(draft))
    draft.refresh_from_db()
    assert set(draft.advice_answers.values()) == {"no"}
    assert draft.stated_figures == {
        "open_tender_services": {"amount": "4000000", "source": "云财采〔2026〕1号"}
    }
    page = text(client.get(address(draft)))  # type: ignore[arg-type]
    assert page.index("建议采用") < page.index("财库〔2014〕214号第3条第一项")
    assert page.index("也可以用") < page.index("不能用")
    assert "服务不得采用" in page


def test_without_the_threshold_nothing_is_suggested_and_the_page_says_what_is_missing(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    client = signed_in(who.drafter)
    post(client, draft, advise="1", **NO_TO_ALL)
    page = text(client.get(address(draft)))  # type: ignore[arg-type]
    assert "建议采用" not in page
    assert "是否建议还不能判断，缺少：服务类公开招标数额标准" in page


def test_choosing_otherwise_asks_for_the_reason_beside_its_field(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    answer = post(signed_in(who.drafter), draft, procurement_method="open", **NO_TO_ALL, **STATED)
    assert answer.status_code == 422
    page = text(answer)
    assert 'href="#id_method_rationale"' in page
    assert "您选的不是建议的方式，请写明理由。" in page
    assert 'value="云财采〔2026〕1号"' in page
    draft.refresh_from_db()
    assert draft.procurement_method == ""


def test_choosing_otherwise_with_a_reason_is_saved(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    typed = {"procurement_method": "open", "method_rationale": "想让更多组织参加。"}
    answer = post(signed_in(who.drafter), draft, **typed, **NO_TO_ALL, **STATED)
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.procurement_method, draft.method_rationale) == ("open", "想让更多组织参加。")


def test_a_quotation_is_refused_for_services_in_words(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    answer = post(signed_in(who.drafter), draft, procurement_method="quotation")
    assert answer.status_code == 422
    assert "这里不能用这种方式。只用于规格统一的货物，服务不得采用。" in text(answer)


def test_a_method_the_answers_rule_out_is_refused(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    typed = {"procurement_method": "single-source", "method_rationale": "熟悉。"}
    answer = post(signed_in(who.drafter), draft, **typed, **NO_TO_ALL)
    assert answer.status_code == 422
    assert "按您的回答，没有哪一条规定允许用这种方式。" in text(answer)


def test_a_single_source_shows_what_it_asks_for_policy_apart(
    draft: Tender, who: build.Cast, signed_in: SignIn
) -> None:
    client = signed_in(who.drafter)
    post(client, draft, advise="1", **(NO_TO_ALL | {"ask_onlySupplier": "yes"}))
    page = text(client.get(address(draft)))  # type: ignore[arg-type]
    publicity = page.index("须在省级以上指定媒体公示不少于5个工作日")
    experts = page.index("附至少3名专业人员意见")
    assert "法定要求" in page[publicity : publicity + 200]
    assert "本平台的规定" in page[experts : experts + 120]


def test_a_figure_needs_its_source(draft: Tender, who: build.Cast, signed_in: SignIn) -> None:
    answer = post(signed_in(who.drafter), draft, figure_open_tender_services="400万")
    assert answer.status_code == 422
    assert "请写明这个数额出自哪份文件，否则不能采用。" in text(answer)


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ({"advice_answers": {}}, "请先回答选择采购方式前的几个问题。不知道的，选“不确定”。"),
        ({"method_rationale": ""}, "按您的回答，还不能确定该用这种方式，请写明理由。"),
    ],
)
def test_the_step_and_the_check_page_say_what_the_choice_still_lacks(
    who: build.Cast, signed_in: SignIn, left_out: dict[str, Any], words: str
) -> None:
    tender = build.draft(who, "open", **left_out)
    client = signed_in(who.drafter)
    check = reverse("agency:tender-check", args=[tender.ocid])
    for url in (address(tender), check):
        assert words in text(client.get(url))  # type: ignore[arg-type]
    assert client.post(check).status_code == 422
    tender.refresh_from_db()
    assert tender.submitted_at is None


def test_the_plans_step_asks_the_same_and_hands_the_answers_on(
    who: build.Cast, signed_in: SignIn, clock: Clock
) -> None:
    plan = build.planning_draft(who)
    url = reverse("agency:plan-step", args=[plan.ocid, "timing"])
    client = signed_in(who.drafter)
    assert "只有一家组织能做吗？" in text(client.get(url))  # type: ignore[arg-type]
    typed = {"expected_month": "2026-04-01", "procurement_method": "open", **NO_TO_ALL}
    assert client.post(url, typed).status_code == 302
    plan.refresh_from_db()
    assert plan.advice_answers["advice.urgent"] == "no"


def test_the_step_costs_the_same_however_many_groups_there_are(
    draft: Tender,
    who: build.Cast,
    signed_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(who.drafter)
    client.get(address(draft))
    with django_assert_max_num_queries(45) as counted:
        client.get(address(draft))
    few = len(counted)
    for _number in range(5):
        people.cso()
    with django_assert_max_num_queries(few):
        client.get(address(draft))
