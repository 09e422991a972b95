"""Choosing a method: a few questions, what the book then suggests, and why another was chosen."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.csos import queries as csos
from procurement.rulebook import queries as rulebook
from procurement.rulebook.edition import Edition
from procurement.rules import Phase, words
from procurement.rules.adviser import Advice
from procurement.rules.conditions import Truth
from procurement.tenders import advising
from procurement.tenders.advising import Answer
from procurement.tenders.models import Tender
from procurement.web.agency.drafts import Draft
from procurement.web.agency.verdicts import language
from procurement.web.widgets import MoneyInput

ANSWERS = (
    (Answer.YES, gettext_lazy("是")),
    (Answer.NO, gettext_lazy("否")),
    (Answer.UNSURE, gettext_lazy("不确定")),
)
FIRST = len(advising.ASKED_OF_ALL)  # asked openly; the rest is rare and folded
FEW = 3  # methods: a rule of more is not what sets one apart
ASKED: Mapping[str, StrOrPromise] = {
    "advice.proposed": gettext_lazy("做什么由社会组织自己提出，您只资助吗？"),
    "advice.needUnclear": gettext_lazy("要求复杂或特殊，现在还写不清楚细节吗？"),
    "advice.urgent": gettext_lazy("有不是本单位拖延造成的紧急，等不及招标吗？"),
    "advice.specialised": gettext_lazy("服务特殊，只有少数几家组织能做吗？"),
    "advice.onlySupplier": gettext_lazy("只有一家组织能做吗？"),
    "advice.continuity": gettext_lazy("必须由原来的组织接着做，并且增加的钱不超过原合同的一成吗？"),
    "advice.emergency": gettext_lazy("发生了无法预见的紧急情况，来不及找别的组织吗？"),
    "advice.failedTender": gettext_lazy("已经招标过，但没有人投标或没有合格的投标吗？"),
    "advice.priceUnknown": gettext_lazy("数量或时间事先定不下来，算不出总价吗？"),
    "advice.tenderTooCostly": gettext_lazy("公开招标的费用占项目金额的比例过大吗？"),
    "advice.choiceByUsers": gettext_lazy("由被服务的人在几家组织里自己选吗？"),
    "advice.onePrice": gettext_lazy("付费标准统一，愿意做的组织都可以加入吗？"),
}


def field_of(question: str) -> str:
    """Return the form field that asks a question."""
    return question.replace("advice.", "ask_")


class MethodField(forms.ChoiceField):
    """The methods the portal runs; another one of the book is refused in the book's words."""

    def validate(self, value: object) -> None:
        """Raise ValidationError that says what the method is for and what to do."""
        known = {method.id: method for method in rulebook.files().methods}
        if value in known and not known[value].offered:
            used = known[value].used_en if language() == "en" else known[value].used_zh
            message = _("这里不能用这种方式。%(used)s请选下面列出的一种。") % {"used": used}
            raise forms.ValidationError(message, code="not-offered")
        super().validate(value)


class AdviceForm(forms.Form):
    """What a form that chooses a method asks first; mixed into the steps of a draft."""

    subject: Draft

    def ask(self, subject: Draft) -> None:
        """Add the questions, and the figures that the book does not hold."""
        self.edition = rulebook.current(instants.now())
        for question, text in ASKED.items():
            self.fields[field_of(question)] = forms.ChoiceField(
                label=text,
                required=False,
                choices=ANSWERS,
                widget=forms.RadioSelect,
                initial=subject.advice_answers.get(question, ""),
            )
        if isinstance(subject, Tender):
            for name in self.unset():
                self._ask_figure(name, subject)

    def unset(self) -> list[str]:
        """Return the figures that the province has not set in the book."""
        return [name for name in advising.FIGURES if self.edition.book.threshold(name) is None]

    def _ask_figure(self, name: str, subject: Tender) -> None:
        said = subject.stated_figures.get(name) or {}
        what = capfirst(words.name(f"thresholds.{name}", language()))
        self.fields[f"figure_{name}"] = forms.DecimalField(
            label=_("%(what)s（元）") % {"what": what},
            required=False,
            min_value=Decimal(1),
            max_digits=14,
            decimal_places=2,
            widget=MoneyInput,
            initial=said.get("amount"),
        )
        self.fields[f"source_{name}"] = forms.CharField(
            label=_("依据文件的名称和文号"),
            required=False,
            max_length=300,
            initial=said.get("source", ""),
        )

    def answered(self) -> dict[str, str]:
        """Return the answers given, by question."""
        given = {name: self.cleaned_data.get(field_of(name), "") for name in ASKED}
        return {name: answer for name, answer in given.items() if answer}

    def figures(self) -> dict[str, dict[str, str]]:
        """Return the figures stated, each with its source."""
        found = {}
        for name in self.unset():
            amount = self.cleaned_data.get(f"figure_{name}")
            source = (self.cleaned_data.get(f"source_{name}") or "").strip()
            if amount is not None:
                found[name] = {"amount": str(amount), "source": source}
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for the source of each figure, and for the reason of another choice."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, said in self.figures().items():
            if not said["source"]:
                self.add_error(f"source_{name}", _("请写明这个数额出自哪份文件，否则不能采用。"))
        if "advise" not in self.data:
            self._judge(cleaned)
        return cleaned

    def _judge(self, cleaned: Mapping[str, Any]) -> None:
        chosen = cleaned.get("procurement_method", "")
        probe = copy(self.subject)
        probe.advice_answers = self.answered()
        if isinstance(probe, Tender):
            probe.stated_figures = self.figures()
        if not chosen or not probe.advice_answers:
            return
        advice = advising.advise(probe, self.edition)
        if advising.is_ruled_out(advice, chosen):
            message = _("按您的回答，没有哪一条规定允许用这种方式。请改选采购方式，或者改正回答。")
            self.add_error("procurement_method", message)
        elif (
            "method_rationale" in self.fields
            and advising.departs(advice, chosen)
            and not (cleaned.get("method_rationale") or "").strip()
        ):
            message = _("您选的不是建议的方式，请写明理由。理由会和建议一起公开。")
            self.add_error("method_rationale", message)

    def said(self) -> dict[str, Any]:
        """Return what the answers change in the draft."""
        changes: dict[str, Any] = {"advice_answers": self.answered()}
        return changes | (
            {"stated_figures": self.figures()} if "figure_" in str(self.fields) else {}
        )


@dataclass(frozen=True)
class Need:
    """A rule that binds this method and few others: what choosing it brings."""

    text: str
    citation: str
    is_policy: bool


@dataclass(frozen=True)
class Told:
    """One method as the advice tells it."""

    name: str
    used: str
    ground: str
    clause: str
    is_policy: bool
    missing: str
    suggestion_missing: str
    needs: list[Need]


def told(advice: Advice, edition: Edition) -> Told:
    """Return the advice on one method in the reader's language."""
    english = language() == "en"
    method, ground = advice.method, advice.ground
    missing = words.names(advice.missing, language())
    return Told(
        name=method.name_en if english else method.name_zh,
        used=method.used_en if english else method.used_zh,
        ground=(ground.en if english else ground.zh) if ground else "",
        clause=(ground.clause_en if english else ground.clause_zh) if ground else "",
        is_policy=method.is_policy,
        missing=missing if advice.may is Truth.UNKNOWN else "",
        suggestion_missing=missing if advice.suggested is Truth.UNKNOWN else "",
        needs=[
            Need(
                text=words.text(rule, language()),
                citation=rule.citation_en if english else rule.citation_zh,
                is_policy=rule.is_policy,
            )
            for rule in edition.book.rules
            if rule.phase is Phase.TENDER
            and method.id in rule.procedures
            and len(rule.procedures) <= FEW
        ],
    )


def advice_of(subject: Draft, edition: Edition) -> dict[str, list[Told]]:
    """Return the methods in four groups: suggested, allowed, cannot tell, not allowed."""
    groups: dict[str, list[Told]] = {"first": [], "allowed": [], "unknown": [], "not": []}
    for each in advising.advise(subject, edition):
        groups[_group(each)].append(told(each, edition))
    return groups


def _group(advice: Advice) -> str:
    if not advice.method.offered or advice.may is Truth.FALSE:
        return "not"
    if advice.suggested is Truth.TRUE:
        return "first"
    return "allowed" if advice.may is Truth.TRUE else "unknown"


def providers(subject: Draft) -> int | None:
    """Return how many organisations of the register could do it; None while that is not asked."""
    codes = list(subject.regions.values_list("code", flat=True))
    if not codes or not subject.services:
        return None
    return csos.pool(codes, subject.services).count()


def context(form: AdviceForm, subject: Draft) -> dict[str, object]:
    """Return what the page shows beside the questions."""
    asked = [form[field_of(name)] for name in ASKED]
    figures = [name for name in form.unset() if f"figure_{name}" in form.fields]
    return {
        "questions": asked[:FIRST],
        "rare": asked[FIRST:],
        "is_rare_open": any(field.value() or field.errors for field in asked[FIRST:]),
        "figures": [(form[f"figure_{name}"], form[f"source_{name}"]) for name in figures],
        "unset": words.names([f"thresholds.{name}" for name in form.unset()], language()),
        "advice": advice_of(subject, form.edition) if subject.advice_answers else None,
        "value": _value(subject),
        "providers": providers(subject),
        "places": list(subject.regions.all()),
        "may_state": bool(figures),
    }


def _value(subject: Draft) -> Decimal | None:
    return subject.value_amount if isinstance(subject, Tender) else subject.budget_amount
