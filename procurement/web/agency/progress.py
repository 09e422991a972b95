"""How far a draft is: each step's state, what is missing in words, what the rules say of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from procurement.rules import Finding
from procurement.web.agency.drafts import Draft
from procurement.web.agency.fields import CHECK, LATER, PROFILE
from procurement.web.agency.verdicts import LawfulDay, Verdict


class StepLike(Protocol):
    """What is known of a step here."""

    @property
    def slug(self) -> str:
        """Its part of the address."""

    @property
    def title(self) -> StrOrPromise:
        """Its name."""


@dataclass(frozen=True)
class Lack:
    """Something to do in a step before the draft can be handed in."""

    step: str
    field: str
    message: str


@dataclass(frozen=True)
class Checked:
    """A draft, checked: what it lacks, what the rules find, from when it would be lawful."""

    subject: Draft
    findings: Sequence[Finding]
    verdicts: Sequence[Verdict]
    lacks: Sequence[Lack]
    days: Sequence[LawfulDay] = field(default=())

    def blocking(self, step: str) -> list[Verdict]:
        """Return what stands against publication in a step."""
        return [v for v in self.verdicts if v.place.step == step and v.blocks]

    def lacking(self, step: str) -> list[Lack]:
        """Return what a step lacks."""
        return [lack for lack in self.lacks if lack.step == step]

    @property
    def is_lawful(self) -> bool:
        """No rule stands against publishing it now."""
        return not any(finding.blocks for finding in self.findings)


def state(
    step: StepLike, checked: Checked, *, begun: bool, blank: Iterable[str]
) -> tuple[str, str]:
    """Return a step's state in the task list, and a hint on what it waits for."""
    unfinished = list(blank)
    lacking, blocking = checked.lacking(step.slug), checked.blocking(step.slug)
    if not begun:
        is_needed = lacking or blocking or unfinished
        return "not_started", "" if is_needed else _("可以不填。")
    if lacking:
        return "in_progress", lacking[0].message
    if unfinished:
        return "in_progress", _("还差：%(names)s。") % {"names": _("、").join(unfinished)}
    if blocking:
        return "in_progress", blocking[0].text
    return "done", ""


@dataclass(frozen=True)
class Group:
    """One heading of the check page: a step, what it lacks, which rules speak of it."""

    title: str
    url: str
    link: str
    lacks: Sequence[Lack]
    verdicts: Sequence[Verdict]


def groups(
    checked: Checked,
    steps: Iterable[StepLike],
    url: Callable[[str], str],
    profile_url: str,
) -> list[Group]:
    """Return what is to be corrected, grouped by the step that corrects it."""
    found = [
        Group(
            str(step.title),
            url(step.slug),
            _("去修改"),
            _lacking(checked, step.slug),
            _against(checked, step.slug),
        )
        for step in steps
    ]
    found += [
        Group(
            _("本单位的公开资料"), profile_url, _("请审批人补充"), [], _against(checked, PROFILE)
        ),
        Group(_("发布时间和前面的手续"), "", "", [], _against(checked, CHECK)),
    ]
    return [group for group in found if group.lacks or group.verdicts]


def _lacking(checked: Checked, step: str) -> list[Lack]:
    """Return what a step lacks and no rule says already."""
    said = {verdict.place.field for verdict in _against(checked, step)}
    return [lack for lack in checked.lacking(step) if lack.field not in said]


def _against(checked: Checked, step: str) -> list[Verdict]:
    seen: dict[tuple[str, str], Verdict] = {}
    for verdict in checked.verdicts:
        if verdict.place.step == step and verdict.state == "broken":
            seen.setdefault((verdict.place.field, verdict.text), verdict)
    return list(seen.values())


def undecided(checked: Checked) -> list[Verdict]:
    """Return what the rulebook cannot tell yet, once each; what later acts answer comes last."""
    seen: dict[str, Verdict] = {}
    for verdict in sorted(checked.verdicts, key=lambda v: v.place.step == LATER):
        if verdict.state == "unknown":
            seen.setdefault(verdict.rule_id, verdict)
    return list(seen.values())
