"""A method is chosen with advice; another choice needs its reason, and both are published."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from procurement.legality import Incomplete
from procurement.publication.models import Listing
from procurement.tenders import actions as tenders
from procurement.tenders.advising import ASKED_OF_ALL, QUESTIONS, Answer
from procurement.tenders.facts import facts
from procurement.tenders.models import Tender
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

NO_TO_ALL = dict.fromkeys(QUESTIONS, Answer.NO.value)
STATED = {"open_tender_services": {"amount": "4000000", "source": "云财采〔2026〕1号"}}


def answered(who: build.Cast, method: str, *, why: str = "", **answers: str) -> Tender:
    """A draft below the open-tender threshold, as the agency states it; all else answered no."""
    given = {f"advice.{name}": answer for name, answer in answers.items()}
    return build.draft(
        who,
        method,
        advice_answers=NO_TO_ALL | given,
        stated_figures=STATED,
        method_rationale=why,
    )


def handed_in(tender: Tender, who: build.Cast) -> Tender:
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    return tenders.publish(tender, by=who.approver, at=build.TENDER_DAY)


def lacking(tender: Tender, who: build.Cast) -> list[str]:
    """The fields for which handing in is refused."""
    with pytest.raises(Incomplete) as refused:
        tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    tender.refresh_from_db()
    assert tender.submitted_at is None
    return [problem.field for problem in refused.value.problems]


def advice_of(tender: Tender) -> dict[str, object]:
    """The advice in the public record."""
    advice: dict[str, object] = Listing.objects.get(pk=tender.ocid).compiled["tender"][
        "methodAdvice"
    ]
    return advice


def test_choosing_what_is_suggested_needs_no_reason_of_departure() -> None:
    who = build.cast(3)
    tender = handed_in(answered(who, "consultation", why="需要比较服务方案。"), who)
    assert advice_of(tender)["departsFromAdvice"] is False


def test_choosing_otherwise_without_a_reason_is_refused() -> None:
    who = build.cast(3)
    assert lacking(answered(who, "open"), who) == ["method_rationale"]


def test_choosing_otherwise_with_a_reason_is_published_with_the_advice(client: Client) -> None:
    who = build.cast(3)
    tender = handed_in(answered(who, "open", why="想让更多组织参加。"), who)
    advice = advice_of(tender)
    suggested, chosen = advice["suggested"], advice["chosen"]
    assert isinstance(suggested, list)
    assert isinstance(chosen, dict)
    assert [(each["id"], each["clause"]) for each in suggested] == [
        ("consultation", "财库〔2014〕214号第3条第一项")
    ]
    assert (chosen["id"], chosen["clause"]) == ("open", "政府采购法第26条")
    assert advice["departsFromAdvice"] is True
    assert advice["statedFigures"] == [
        {
            "id": "open_tender_services",
            "value": {"amount": 4000000, "currency": "CNY"},
            "source": "云财采〔2026〕1号",
            "statedBy": {
                "id": f"CN-YN-PORTAL-{who.agency.pk}",
                "name": who.agency.name,
            },
        }
    ]
    page = client.get(reverse("public:tender", args=[tender.ocid])).content.decode()
    for words in (
        "建议的是竞争性磋商，采购人选了公开招标。",
        "想让更多组织参加。",
        "采购人自己说明的数额，不是省里的标准",
        "云财采〔2026〕1号",
    ):
        assert words in page


def test_a_method_without_any_ground_is_refused_whatever_the_reason() -> None:
    who = build.cast(3)
    tender = answered(who, "single-source", why="熟悉这家组织。")
    assert lacking(tender, who) == ["procurement_method"]


def test_a_single_source_with_its_ground_experts_and_publicity_is_published() -> None:
    who = build.cast(1)
    draft = answered(who, "single-source", why="只有一家能做。", onlySupplier=Answer.YES.value)
    chosen = advice_of(handed_in(draft, who))["chosen"]
    assert isinstance(chosen, dict)
    assert chosen["clause"] == "政府采购法第31条第一项"


@pytest.mark.parametrize("method", ["open", "grant", "single-source"])
def test_no_method_is_handed_in_without_the_questions_answered(
    method: str, settings: Settings
) -> None:
    settings.CLOCK_ALONE_UP_TO = 10_000_000  # how it is opened is another question
    who = build.cast(1)
    draft = build.draft(who, method, advice_answers={}, value_amount=Decimal(9_000_000))
    assert lacking(draft, who) == ["advice_answers"]


def test_an_answer_that_nothing_knows_is_none() -> None:
    who = build.cast(3)
    draft = build.draft(who, "open", advice_answers=NO_TO_ALL | {"advice.urgent": "maybe"})
    assert lacking(draft, who) == ["advice_answers"]


def test_the_rare_questions_may_be_left_out() -> None:
    who = build.cast(3)
    draft = build.draft(who, "open", advice_answers=dict.fromkeys(ASKED_OF_ALL, Answer.NO.value))
    assert handed_in(draft, who).published_at is not None


def test_an_uncertain_ground_needs_its_reason() -> None:
    who = build.cast(3)
    draft = answered(who, "grant", proposed=Answer.UNSURE.value)
    assert lacking(draft, who) == ["method_rationale"]


def test_what_is_not_surely_suggested_needs_its_reason() -> None:
    who = build.cast(3)
    draft = build.draft(who, "open", advice_answers=NO_TO_ALL, method_rationale="")
    assert lacking(draft, who) == ["method_rationale"]


@pytest.mark.parametrize(
    ("answers", "fact"),
    [
        ({"onlySupplier": Answer.YES}, {"rationale": "only-supplier"}),
        ({"emergency": Answer.YES}, {"rationale": "emergency"}),
        ({"continuity": Answer.YES}, {"rationale": "continuity"}),
        ({}, {"rationale": None}),
        ({"onlySupplier": Answer.UNSURE}, {}),
    ],
)
def test_a_single_source_takes_its_ground_from_the_answers(
    answers: dict[str, Answer], fact: dict[str, object]
) -> None:
    who = build.cast(1)
    given = {name: answer.value for name, answer in answers.items()}
    draft = answered(who, "single-source", why="见回答。", **given)
    known = facts(draft, published=build.TENDER_DAY)
    assert {name: known[name] for name in known if name == "rationale"} == fact


def test_not_sure_is_never_guessed() -> None:
    who = build.cast(3)
    draft = answered(who, "negotiation", why="很急。", urgent=Answer.UNSURE.value)
    chosen = advice_of(handed_in(draft, who))["chosen"]
    assert isinstance(chosen, dict)
    assert chosen["missing"] == ["advice.urgent"]


def test_an_unset_threshold_suggests_nothing_and_never_counts_as_zero() -> None:
    who = build.cast(3)
    draft = build.draft(who, "open", advice_answers=NO_TO_ALL, value_amount=Decimal(120000))
    assert "suggested" not in advice_of(handed_in(draft, who))


def test_a_figure_without_its_source_does_not_count() -> None:
    who = build.cast(3)
    figures = {"open_tender_services": {"amount": "4000000", "source": " "}}
    draft = build.draft(who, "open", advice_answers=NO_TO_ALL, stated_figures=figures)
    assert advice_of(handed_in(draft, who)).get("statedFigures") is None
