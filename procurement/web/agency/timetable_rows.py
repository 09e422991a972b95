"""The timetable in words and as a drawing: one row a step, placed on one line of days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from procurement.rules import Finding, Method, steps, words
from procurement.rules.steps import Bound, Fault, Step, Timetable
from procurement.templatetags.display import day as in_words
from procurement.web.agency.verdicts import language

# The days a person may move, by the names they have in the address.
EDITABLE: Mapping[str, str] = {
    "planned": steps.PLANNED,
    "publicity": steps.PUBLICITY_END,
    "notice": steps.NOTICE_END,
    "documents": steps.DOCUMENTS_END,
    "enquiry": steps.ENQUIRY_END,
    "deadline": steps.DEADLINE,
    "awarded": steps.AWARDED,
    "starts": steps.START,
    "ends": steps.END,
}
SLUGS = {event: slug for slug, event in EDITABLE.items()}
NAMES: Mapping[str, StrOrPromise] = {
    steps.PLANNED: gettext_lazy("公开采购意向"),
    steps.PUBLISHED: gettext_lazy("发布公告"),
    steps.PUBLICITY_END: gettext_lazy("单一来源公示结束"),
    steps.NOTICE_END: gettext_lazy("公告期结束"),
    steps.DOCUMENTS_END: gettext_lazy("采购文件提供到"),
    steps.ENQUIRY_END: gettext_lazy("提问截止"),
    steps.AMENDED: gettext_lazy("更正而不用延期的最后一天"),
    steps.DEADLINE: gettext_lazy("投标截止并开标"),
    steps.REPORTED: gettext_lazy("评审报告送到"),
    steps.DECIDED: gettext_lazy("确定结果"),
    steps.AWARDED: gettext_lazy("公布结果"),
    steps.AWARD_NOTICE_END: gettext_lazy("结果公告期结束"),
    steps.CHALLENGED: gettext_lazy("质疑期结束"),
    steps.SIGNED: gettext_lazy("签订合同"),
    steps.CONTRACT_PUBLISHED: gettext_lazy("公开合同"),
    steps.START: gettext_lazy("服务开始"),
    steps.END: gettext_lazy("服务结束"),
}
FAULTS: Mapping[Fault, StrOrPromise] = {
    Fault.PAST: gettext_lazy("%(step)s定在 %(day)s，已经过去。最早可以是 %(instead)s。"),
    Fault.DAY_OFF: gettext_lazy("%(step)s定在 %(day)s，那天放假。最近的工作日是 %(instead)s。"),
    Fault.NO_DAYS: gettext_lazy(
        "%(step)s定在 %(day)s，和前一步之间一天也没有。可以改成 %(instead)s。"
    ),
    Fault.AFTER_DEADLINE: gettext_lazy(
        "%(step)s定在 %(day)s，比投标截止还晚。最晚可以是 %(instead)s。"
    ),
}
# The drawing, in units of its viewBox; one row for each step.
WIDTH, ROW, INSET = 360, 42, 10


@dataclass(frozen=True)
class Rule:
    """A bound of a step in words."""

    day: date
    text: str
    citation: str
    is_policy: bool
    provisional: bool
    conditional: bool


@dataclass(frozen=True)
class Bend:
    """A rule that the day of a step breaks, and the address with the lawful day."""

    text: str
    citation: str
    basis: str


@dataclass(frozen=True)
class Row:
    """One step of the timetable."""

    slug: str
    name: str
    day: date
    chosen: bool
    provisional: bool
    earliest: Rule | None
    latest: Rule | None
    bends: list[Bend]
    fault: str
    note: str
    instead: date | None
    instead_url: str
    field: forms.BoundField | None
    is_far: bool  # the end of the service: beside the drawing, not in it


def name(event: str) -> str:
    """Return what a step is called."""
    return str(NAMES[event])


def method_name(method: Method) -> str:
    """Return a method's name in the reader's language."""
    return method.name_en if language() == "en" else method.name_zh


def rows(planned: Timetable, form: forms.Form, query: QueryDict) -> list[Row]:
    """Return the steps in words, in the order of their days."""
    return [_row(step, form, query) for step in planned.steps]


def _row(step: Step, form: forms.Form, query: QueryDict) -> Row:
    slug = SLUGS.get(step.event, "published" if step.event == steps.PUBLISHED else "")
    moved = "published" if _note(step) else slug
    instead = step.instead or (step.earliest.day if step.bends and step.earliest else None)
    if step.bends and instead is None and step.latest:
        instead = step.latest.day
    return Row(
        slug=slug,
        name=name(step.event),
        day=step.day,
        chosen=step.chosen,
        provisional=step.provisional,
        earliest=_rule(step.earliest),
        latest=_rule(step.latest),
        bends=[_bend(finding) for finding in step.bends],
        fault=_fault(step),
        note=_note(step),
        instead=instead,
        instead_url=_with(query, moved, instead) if moved and instead else "",
        field=form[slug] if slug in EDITABLE else None,
        is_far=step.event == steps.END,
    )


def _note(step: Step) -> str:
    """Return what to do when it is too late for the planning notice."""
    if step.event != steps.PLANNED or step.chosen or step.instead is None:
        return ""
    when = {"day": in_words(step.instead, "year")}
    return _("这一天已经过去。采购意向还没有公开的话，公告最早可以在 %(day)s 发布。") % when


def _with(query: QueryDict, slug: str, instead: date) -> str:
    changed = query.copy()
    changed[slug] = instead.isoformat()
    return f"?{changed.urlencode()}"


def _rule(bound: Bound | None) -> Rule | None:
    if bound is None:
        return None
    rule = bound.rule
    return Rule(
        day=bound.day,
        text=words.text(rule, language()),
        citation=""
        if rule.is_policy
        else (rule.citation_en if language() == "en" else rule.citation_zh),
        is_policy=rule.is_policy,
        provisional=bound.provisional,
        conditional=bound.conditional,
    )


def _bend(finding: Finding) -> Bend:
    rule = finding.rule
    said = words.describe(finding, language())
    return Bend(
        text=said.replace(words.basis(rule, language()), "").strip(),
        citation=""
        if rule.is_policy
        else (rule.citation_en if language() == "en" else rule.citation_zh),
        basis="policy" if rule.is_policy else "statute",
    )


def _fault(step: Step) -> str:
    if step.fault is None:
        return ""
    said = {
        "step": name(step.event),
        "day": in_words(step.day, "year"),
        "instead": in_words(step.instead, "year"),
    }
    return str(FAULTS[step.fault]) % said


@dataclass(frozen=True)
class Mark:
    """A step in the drawing: its line, and where its days stand on it."""

    y: int
    track: int
    label: str
    x: float
    start: float  # from where the bar runs
    width: float
    earliest: float | None
    latest: float | None
    state: str  # kept, broken, unknown

    @property
    def top(self) -> int:
        """Where the stroke of a limit begins."""
        return self.track - 5

    @property
    def peak(self) -> int:
        """The top of the diamond that marks a broken rule."""
        return self.track - 6


@dataclass(frozen=True)
class Drawing:
    """The timetable as one picture; `words` says the same in a sentence."""

    width: int
    height: int
    marks: list[Mark]
    words: str


def drawing(told: list[Row]) -> Drawing:
    """Return the picture: a line for each step, the days from left to right."""
    near = [row for row in told if not row.is_far]
    first, last = near[0].day, near[-1].day
    span = max((last - first).days, 1)

    def at(day: date) -> float:
        share = min(max((day - first).days / span, 0), 1)
        return round(INSET + share * (WIDTH - 2 * INSET), 1)

    marks = []
    for number, row in enumerate(near):
        bounds = [each.day for each in (row.earliest, row.latest) if each]
        begin = min([row.day, *bounds])
        marks.append(
            Mark(
                y=number * ROW + 16,
                track=number * ROW + 29,
                label=f"{row.name} {in_words(row.day)}",
                x=at(row.day),
                start=at(begin),
                width=round(at(max([row.day, *bounds])) - at(begin), 1),
                earliest=at(row.earliest.day) if row.earliest else None,
                latest=at(row.latest.day) if row.latest else None,
                state=_state(row),
            )
        )
    said = _("从 %(first)s 到 %(last)s 的 %(count)s 个步骤，每个步骤的日期见下面的表。") % {
        "first": in_words(first, "year"),
        "last": in_words(last, "year"),
        "count": len(near),
    }
    return Drawing(WIDTH, len(near) * ROW, marks, said)


def _state(row: Row) -> str:
    if row.bends or row.fault:
        return "broken"
    return "unknown" if row.provisional else "kept"
