"""What the public sees of how the method was chosen: answers, advice, choice, stated figures."""

from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment
from procurement.rulebook.edition import Edition
from procurement.rules.adviser import Advice
from procurement.tenders import advising
from procurement.tenders.models import Tender


def method_advice(tender: Tender, edition: Edition) -> Fragment | None:
    """Return the advice a choice was made with; None where no question was answered.

    The reason for the choice is the tender's `procurementMethodRationale`.
    """
    if not tender.advice_answers:
        return None
    advice = advising.advise(tender, edition)
    chosen = advising.of_method(advice, tender.procurement_method)
    return {
        "answers": [
            {"id": name, "answer": tender.advice_answers[name]}
            for name in advising.QUESTIONS
            if tender.advice_answers.get(name)
        ],
        "suggested": [_told(each) for each in advising.suggested(advice)],
        "chosen": _told(chosen) if chosen else None,
        "departsFromAdvice": advising.departs(advice, tender.procurement_method),
        "statedFigures": [
            {
                "id": each.name,
                "value": fragments.value(each.amount),
                "source": each.source,
                "statedBy": fragments.reference(tender.procuring_entity),
            }
            for each in advising.stated(tender, edition)
        ],
    }


def _told(advice: Advice) -> Fragment:
    ground = advice.ground
    return {
        "id": advice.method.id,
        "basis": advice.method.law.value,
        "clause": ground.clause_zh if ground else "",
        "ground": ground.zh if ground else "",
        "missing": list(advice.missing),
    }
