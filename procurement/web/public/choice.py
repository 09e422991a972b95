"""How the method was chosen, as the record tells it: answers, advice, choice, stated figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from procurement.rulebook import queries as rulebook
from procurement.rules import words
from procurement.rules.types import Ground
from procurement.templatetags.display import yuan
from procurement.web.public.words import in_english, listed, method


@dataclass(frozen=True)
class Method:
    """One method with the clause that allows it."""

    name: str
    clause: str
    ground: str
    is_policy: bool


@dataclass(frozen=True)
class Stated:
    """A threshold as the agency states it: never the province's figure."""

    name: str
    amount: str
    source: str


@dataclass(frozen=True)
class Choice:
    """Everything the record says of a choice."""

    suggested: list[Method]
    chosen: Method | None
    departs: bool
    reason: str
    answers: list[tuple[str, str]]
    stated: list[Stated]

    @property
    def sentence(self) -> str:
        """What was suggested and what was chosen, in one sentence."""
        names = {
            "suggested": listed(each.name for each in self.suggested),
            "chosen": self.chosen.name if self.chosen else "",
        }
        if not self.suggested:
            return _("按现有的事实还不能建议哪一种方式；采购人选了%(chosen)s。") % names
        if self.departs:
            return _("建议的是%(suggested)s，采购人选了%(chosen)s。") % names
        return _("采购人选了建议的%(chosen)s。") % names


def choice(record: Mapping[str, Any]) -> Choice | None:
    """Return how the method was chosen, None where no question was answered."""
    tender = record.get("tender", {})
    said = tender.get("methodAdvice")
    if not said:
        return None
    language = "en" if in_english() else "zh"
    answers = {"yes": _("是"), "no": _("否"), "unsure": _("不确定")}
    chosen = said.get("chosen")
    return Choice(
        suggested=[_method(each) for each in said.get("suggested", [])],
        chosen=_method(chosen) if chosen else None,
        departs=bool(said.get("departsFromAdvice")),
        reason=tender.get("procurementMethodRationale", ""),
        answers=[
            (words.name(each["id"], language), answers.get(each["answer"], each["answer"]))
            for each in said.get("answers", [])
        ],
        stated=[
            Stated(
                name=words.name(f"thresholds.{each['id']}", language),
                amount=yuan(Decimal(str(each["value"]["amount"]))),
                source=each.get("source", ""),
            )
            for each in said.get("statedFigures", [])
        ],
    )


def _method(said: Mapping[str, Any]) -> Method:
    clause, ground = said.get("clause", ""), said.get("ground", "")
    known = _ground(said["id"], clause) if in_english() else None
    return Method(
        name=method(said["id"]),
        clause=known.clause_en if known else clause,
        ground=known.en if known else ground,
        is_policy=said.get("basis") == "policy",
    )


def _ground(method_id: str, clause: str) -> Ground | None:
    """Return the ground of the book with that clause, for its English words."""
    methods = (known for known in rulebook.files().methods if known.id == method_id)
    return next((g for known in methods for g in known.grounds if g.clause_zh == clause), None)
