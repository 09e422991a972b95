"""What a tender tells the adviser: answers, the province's figures, and what the agency states."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from procurement.planning.models import PlanningNotice
from procurement.rulebook.edition import Edition
from procurement.rules.adviser import Advice
from procurement.rules.conditions import Truth
from procurement.tenders.models import Tender

# What the grounds of the book ask and only a person can tell.
QUESTIONS = (
    "advice.proposed",
    "advice.needUnclear",
    "advice.urgent",
    "advice.specialised",
    "advice.onlySupplier",
    "advice.continuity",
    "advice.emergency",
    "advice.failedTender",
    "advice.priceUnknown",
    "advice.tenderTooCostly",
    "advice.choiceByUsers",
    "advice.onePrice",
)
# Every draft answers these before it is handed in, be it with "not sure"; the others are rare.
ASKED_OF_ALL = QUESTIONS[:6]
# The answer that is the statutory ground of a single source, and its name in the book's conditions.
GROUNDS: Mapping[str, str] = {
    "advice.onlySupplier": "only-supplier",
    "advice.emergency": "emergency",
    "advice.continuity": "continuity",
}
# The province's figures that advice hangs on.
FIGURES = ("open_tender_services", "procurement_limit")


class Answer(StrEnum):
    """What a person says to a question; not sure is no answer to go by."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@dataclass(frozen=True)
class StatedFigure:
    """A figure the province has not set in the book, as the agency states it, with its source."""

    name: str
    amount: Decimal
    source: str


def stated(tender: Tender, edition: Edition) -> list[StatedFigure]:
    """Return what the agency states where the book has no figure: never the province's figure."""
    found = []
    for name in FIGURES:
        said = tender.stated_figures.get(name) or {}
        amount = _amount(said.get("amount"))
        source = str(said.get("source", "")).strip()
        if amount is not None and source and edition.book.threshold(name) is None:
            found.append(StatedFigure(name, amount, source))
    return found


def _amount(text: object) -> Decimal | None:
    try:
        return Decimal(str(text)) if text else None
    except InvalidOperation:
        return None


def figures(tender: Tender, edition: Edition) -> dict[str, object]:
    """Return the stated figures as facts of the book."""
    return {f"thresholds.{each.name}": each.amount for each in stated(tender, edition)}


def advise(subject: Tender | PlanningNotice, edition: Edition) -> tuple[Advice, ...]:
    """Return what the book says of each method for a draft, what is suggested first.

    A question without an answer is unknown, and what hangs on it is never guessed.
    """
    value = subject.value_amount if isinstance(subject, Tender) else subject.budget_amount
    known: dict[str, object] = {"advice.goods": False, **answers(subject.advice_answers)}
    if value is not None:
        known["value"] = value
    if subject.in_catalogue is not None:
        known["inCatalogue"] = subject.in_catalogue
    if isinstance(subject, Tender):
        known |= figures(subject, edition)
    return edition.advise(known)


def answers(given: Mapping[str, object]) -> dict[str, bool]:
    """Return the questions answered yes or no."""
    said = {name: given.get(name) for name in QUESTIONS}
    return {
        name: answer == Answer.YES
        for name, answer in said.items()
        if answer in (Answer.YES, Answer.NO)
    }


def is_answered(given: Mapping[str, object]) -> bool:
    """Say whether every question that no draft may leave out has an answer."""
    return all(given.get(name) in list(Answer) for name in ASKED_OF_ALL)


def ground(given: Mapping[str, object]) -> dict[str, object]:
    """Return the statutory ground of a single source as a fact: none where all are answered no.

    The fact is left out where an answer that could give one is missing or not sure.
    """
    said = answers(given)
    for question, name in GROUNDS.items():
        if said.get(question):
            return {"rationale": name}
    return {"rationale": None} if GROUNDS.keys() <= said.keys() else {}


def suggested(advice: Iterable[Advice]) -> list[Advice]:
    """Return what is suggested: certain, and open to anyone to use on this portal."""
    return [each for each in advice if each.suggested is Truth.TRUE and each.method.offered]


def of_method(advice: Iterable[Advice], method_id: str) -> Advice | None:
    """Return what is said of one method."""
    return next((each for each in advice if each.method.id == method_id), None)


def departs(advice: tuple[Advice, ...], method_id: str) -> bool:
    """Say whether a choice is another than what is suggested; then it needs its reason."""
    first = suggested(advice)
    return bool(first and method_id) and method_id not in {each.method.id for each in first}


def needs_reason(advice: tuple[Advice, ...], method_id: str) -> bool:
    """Say whether a choice needs its reason: it is not surely suggested on a certain ground."""
    found = of_method(advice, method_id)
    return found is None or (found.may, found.suggested) != (Truth.TRUE, Truth.TRUE)


def is_ruled_out(advice: tuple[Advice, ...], method_id: str) -> bool:
    """Say whether the answers leave the method without any ground."""
    found = of_method(advice, method_id)
    return found is not None and found.may is Truth.FALSE
