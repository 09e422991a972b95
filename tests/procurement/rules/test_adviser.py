"""Advice on the method: what the facts allow, under which clause; nothing guessed."""

from decimal import Decimal

from procurement import rules
from procurement.rules.adviser import Advice, advise
from procurement.rules.conditions import Truth

KNOWN: dict[str, object] = {
    "value": Decimal(120000),
    "inCatalogue": True,
    **dict.fromkeys(
        (
            "advice.goods",
            "advice.specialised",
            "advice.tenderTooCostly",
            "advice.failedTender",
            "advice.needUnclear",
            "advice.urgent",
            "advice.priceUnknown",
            "advice.onlySupplier",
            "advice.emergency",
            "advice.continuity",
            "advice.choiceByUsers",
            "advice.onePrice",
            "advice.proposed",
        ),
        False,
    ),
}


def advice(**facts: object) -> dict[str, Advice]:
    """What the book says of each method, once the province has set its threshold."""
    book = rules.load().with_thresholds(
        {"open_tender_services": Decimal(2000000), "procurement_limit": Decimal(500000)}
    )
    named = {name.replace("_", "."): value for name, value in facts.items()}
    return {each.method.id: each for each in advise(book, KNOWN | named)}


def first(found: dict[str, Advice]) -> list[str]:
    return [name for name, each in found.items() if each.suggested is Truth.TRUE]


def test_services_below_the_threshold_are_steered_to_consultation_with_its_clause() -> None:
    found = advice()
    assert first(found) == ["consultation"]
    assert found["consultation"].ground is not None
    assert found["consultation"].ground.clause_zh == "财库〔2014〕214号第3条第一项"
    assert next(iter(found)) == "consultation"
    assert found["open"].may is Truth.TRUE


def test_from_the_threshold_on_it_is_a_public_invitation() -> None:
    assert first(advice(value=Decimal(2000000))) == ["open"]
    assert first(advice(value=Decimal("1999999.99"))) == ["consultation"]


def test_content_that_organisations_propose_is_a_grant() -> None:
    assert first(advice(advice_proposed=True)) == ["grant"]


def test_a_quotation_is_never_for_services() -> None:
    assert advice()["quotation"].may is Truth.FALSE
    assert advice(advice_goods=True)["quotation"].may is Truth.TRUE


def test_a_single_source_needs_one_of_its_grounds() -> None:
    assert advice()["single-source"].may is Truth.FALSE
    going_on = advice(advice_continuity=True)["single-source"]
    assert (going_on.may, going_on.suggested) == (Truth.TRUE, Truth.FALSE)
    assert going_on.ground is not None
    assert going_on.ground.clause_zh == "政府采购法第31条第三项"


def test_an_unset_threshold_suggests_nothing_and_names_what_is_missing() -> None:
    found = {each.method.id: each for each in advise(rules.load(), KNOWN)}
    assert first(found) == []
    assert found["open"].suggested is Truth.UNKNOWN
    assert found["open"].missing == ("thresholds.open_tender_services",)


def test_a_question_not_answered_leaves_its_methods_open() -> None:
    unanswered = {name: fact for name, fact in KNOWN.items() if name != "advice.urgent"}
    found = {each.method.id: each for each in advise(rules.load(), unanswered)}
    assert found["negotiation"].may is Truth.UNKNOWN
    assert found["negotiation"].missing == ("advice.urgent",)
