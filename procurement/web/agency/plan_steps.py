"""The steps in which a planning notice is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.planning.models import PlanningNotice
from procurement.rulebook import queries as rulebook
from procurement.web.agency.choosing import AdviceForm, MethodField
from procurement.web.agency.drafts import Draft, DraftForm, RegionsField
from procurement.web.agency.verdicts import language


def offered_methods() -> list[tuple[str, str]]:
    """Return the methods the portal runs, as choices: name, and one sentence of when it is used."""
    in_english = language() == "en"
    return [
        (method.id, f"{name}{colon}{used}")
        for method in rulebook.files().methods
        if method.offered
        for name, colon, used in [
            (method.name_en, ": ", method.used_en)
            if in_english
            else (method.name_zh, "：", method.used_zh)
        ]
    ]


def method_name(method_id: str) -> str:
    """Return a method's name in the reader's language; empty when none is chosen."""
    if not method_id:
        return ""
    method = rulebook.files().method(method_id)
    return method.name_en if language() == "en" else method.name_zh


class PlanForm(DraftForm):
    """A step of a planning notice."""

    model: ClassVar[type[PlanningNotice]] = PlanningNotice


class NeedForm(PlanForm):
    """What is needed, and for whom."""

    names = ("title", "need_summary", "services", "populations")
    essential = frozenset({"title", "need_summary", "services", "populations"})
    obligatory = frozenset({"title"})
    helps: ClassVar[Mapping[str, Any]] = {
        "title": _("一句话说清买什么、在哪里、为谁。"),
        "need_summary": _("为什么要买、要达到什么效果。写给村里的志愿者也能看懂。"),
    }


class PlaceForm(PlanForm):
    """Where the service is to be given."""

    names = ("regions",)
    essential = frozenset({"regions"})
    regions = RegionsField(label=_("服务地区"), help_text=_("点开州市，可以选整个州市或其中的县。"))  # type: ignore[assignment]


class BudgetForm(PlanForm):
    """How much, from which budget."""

    names = ("budget_amount", "budget_reference", "fiscal_year", "midterm_years")
    essential = frozenset(names)
    helps: ClassVar[Mapping[str, Any]] = {
        "budget_amount": _("可以写 48,000 或 4.8万。"),
        "fiscal_year": _("例如 2026。"),
        "midterm_years": _("本项目列入中期财政规划的年数，一般是 3。"),
    }


class TimingForm(AdviceForm, PlanForm):
    """When the tender is expected, and by which procedure."""

    names = ("expected_month", "procurement_method")
    essential = frozenset(names)
    procurement_method = MethodField(
        label=_("拟用采购方式"), widget=forms.RadioSelect, choices=offered_methods
    )
    helps: ClassVar[Mapping[str, Any]] = {
        "expected_month": _("选那个月的任意一天。采购意向一般应在采购开始 30 日前公开。")
    }

    def __init__(self, data: QueryDict | None = None, *, subject: Draft) -> None:
        super().__init__(data, subject=subject)
        self.ask(subject)

    def changes(self) -> dict[str, Any]:
        """Return what was typed, with the answers."""
        return super().changes() | self.said()


class CommentsForm(PlanForm):
    """Until when the public may comment on the need, and where to."""

    names = ("comments_until", "comments_contact")
    essential = frozenset(names)
    helps: ClassVar[Mapping[str, Any]] = {
        "comments_until": _("向公众提供的服务，采购前必须就需求征求社会公众的意见。"),
        "comments_contact": _("写办公电话、邮箱或地址，会公开。"),
    }


class DeclarationsForm(PlanForm):
    """What the agency declares, and where else the notice stands."""

    names = ("negative_list_declared", "designated_media_url", "designated_media_date")
    essential = frozenset(names)
    helps: ClassVar[Mapping[str, Any]] = {
        "designated_media_url": _(
            "同一份采购意向在政府采购网云南分网上的地址。两处不一致时，以那里为准。"
        ),
    }


@dataclass(frozen=True)
class Step:
    """One page of a draft."""

    slug: str
    title: StrOrPromise
    form: type[DraftForm]


PLAN_STEPS = (
    Step("need", _("需要什么、为谁"), NeedForm),
    Step("place", _("在哪里"), PlaceForm),
    Step("money", _("预算"), BudgetForm),
    Step("timing", _("时间和采购方式"), TimingForm),
    Step("comments", _("征求公众意见"), CommentsForm),
    Step("declarations", _("声明和指定媒体"), DeclarationsForm),
)
