"""Words of the public pages for what the record holds as codes."""

from collections.abc import Iterable, Mapping

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from organizations.terms import CostLine, Population, Service
from procurement.publication.models import NoticeKind
from procurement.publication.queries import State
from procurement.rulebook import queries as rulebook

STATES: Mapping[str, StrOrPromise] = {
    State.OPEN: gettext_lazy("正在接受投标"),
    State.PLANNED: gettext_lazy("即将采购"),
    State.JUDGING: gettext_lazy("正在开标和评审"),
    State.AWARDED: gettext_lazy("已公布结果"),
    State.UNSUCCESSFUL: gettext_lazy("采购失败"),
    State.CANCELLED: gettext_lazy("已终止"),
}
TONES: Mapping[str, str] = {
    State.OPEN: "now",
    State.PLANNED: "doubt",
    State.JUDGING: "now",
    State.AWARDED: "good",
    State.UNSUCCESSFUL: "quiet",
    State.CANCELLED: "quiet",
}
INSTRUMENTS: Mapping[str, StrOrPromise] = {
    "contract": gettext_lazy("服务合同"),
    "grant": gettext_lazy("资助"),
}
DOCUMENT_TYPES: Mapping[str, StrOrPromise] = {
    "biddingDocuments": gettext_lazy("采购文件"),
    "technicalSpecifications": gettext_lazy("服务需求说明"),
    "evaluationCriteria": gettext_lazy("评审办法"),
    "contractDraft": gettext_lazy("合同草稿"),
    "clarifications": gettext_lazy("澄清与更正"),
}
CAPACITIES: Mapping[str, StrOrPromise] = {
    "buyer": gettext_lazy("采购人代表"),
    "expert": gettext_lazy("评审专家"),
}


def in_english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def listed(words: Iterable[StrOrPromise]) -> str:
    """Return words as one phrase."""
    return (", " if in_english() else "、").join(str(word) for word in words)


def method(method_id: str) -> str:
    """Return the name of a contracting method; what the record says when the book has none."""
    for known in rulebook.files().methods:
        if known.id == method_id:
            return known.name_en if in_english() else known.name_zh
    return method_id


def methods() -> list[tuple[str, str]]:
    """Return every contracting method with its name."""
    return [(known.id, method(known.id)) for known in rulebook.files().methods]


def services(codes: Iterable[str]) -> str:
    """Return what is bought, in words."""
    return listed(_label(Service, code) for code in codes)


def populations(codes: Iterable[str]) -> str:
    """Return whom it is for, in words."""
    return listed(_label(Population, code) for code in codes)


def cost_lines(codes: Iterable[str]) -> str:
    """Return lines of a budget, in words."""
    return listed(_label(CostLine, code) for code in codes)


def notice(kind: str) -> str:
    """Return what a kind of notice is called."""
    return _label(NoticeKind, kind)


def _label(known: type[TextChoices], code: str) -> str:
    return str(known(code).label) if code in known.values else code


def who_may_bid(procurement_method: str, *, hosted: bool) -> str:
    """Return who may take part, in one line; `procurement_method` is the OCDS code."""
    if procurement_method == "direct":
        return _("只与公告里写明的一家组织商定。")
    if procurement_method in {"selective", "limited"}:
        return _("收到邀请的组织可以投标。")
    if hosted:
        return _("登记的社会组织可以投标；没有登记的小组可以由托管组织代为投标。")
    return _("登记的社会组织可以投标。")
