"""The rule receipt of a notice as its page tells it: each rule in words, its days as counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from procurement.publication.models import NoticeKind
from procurement.rulebook.edition import Edition
from procurement.rulebook.queries import Shelf
from procurement.rules import Rule, Unit, words
from procurement.templatetags.display import day
from procurement.web.public.words import in_english

CHECKED = frozenset(
    {NoticeKind.PLANNING, NoticeKind.TENDER, NoticeKind.AMENDMENT, NoticeKind.AWARD}
)
GROUPS = ("broken", "unknown", "counted", "kept")


@dataclass(frozen=True)
class Line:
    """One rule as the receipt shows it."""

    rule_id: str
    text: str
    citation: str
    is_policy: bool
    note: str  # the recorded reason, or what was wanting
    counted: str  # the count in one sentence
    days: tuple[date, ...]


@dataclass(frozen=True)
class Receipt:
    """What one notice was checked against; `groups` maps a result to its rules."""

    edition: str
    at: datetime
    counts: Mapping[str, int]
    groups: Mapping[str, list[Line]]

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        return _(
            "符合 %(kept)s 条，不符合 %(broken)s 条，暂不能判断 %(unknown)s 条；"
            "另有 %(not_applicable)s 条不适用。"
        ) % dict(self.counts)


def receipt(notice: Mapping[str, Any], shelf: Shelf) -> Receipt | None:
    """Return the receipt a notice carries, None where it was checked against no rule."""
    said = notice.get("receipt")
    if not said:
        return None
    edition = shelf.pinned(said["edition"])
    groups: dict[str, list[Line]] = {name: [] for name in GROUPS}
    for rule in said.get("rules", []):
        kept = "counted" if "count" in rule else "kept"
        groups[kept if rule["result"] == "kept" else rule["result"]].append(_line(rule, edition))
    return Receipt(
        edition=said["edition"],
        at=datetime.fromisoformat(said["date"]),
        counts={
            "kept": said["kept"],
            "broken": said["broken"],
            "unknown": said["unknown"],
            "not_applicable": said["notApplicable"],
        },
        groups=groups,
    )


def _line(said: Mapping[str, Any], edition: Edition) -> Line:
    rule = _rule(said["id"], edition)
    language = "en" if in_english() else "zh"
    count = said.get("count", {})
    return Line(
        rule_id=said["id"],
        text=words.text(rule, language) if rule else said["id"],
        citation=rule.citation_en if rule and in_english() else said.get("citation", ""),
        is_policy=said["basis"] == "policy",
        note=_note(said, language),
        counted=_counted(count, said.get("actualDate", "")) if count else "",
        days=tuple(date.fromisoformat(each) for each in count.get("days", [])),
    )


def _rule(rule_id: str, edition: Edition) -> Rule | None:
    try:
        return edition.rule(rule_id)
    except KeyError:
        return None


def _note(said: Mapping[str, Any], language: str) -> str:
    if said.get("reason"):
        return _("例外的理由：%(reason)s") % {"reason": said["reason"]}
    if said["result"] == "kept" or not said.get("missing"):
        return ""
    return _("缺少：%(names)s") % {"names": words.names(said["missing"], language)}


def _counted(count: Mapping[str, Any], actual: str) -> str:
    """Return from when, how long and until when, and the day the notice gives."""
    figures = {
        "start": _day(count["startDate"]),
        "period": _period(count),
        "end": _day(count.get("endDate") or count.get("notBefore", "")),
        "actual": _day(actual),
    }
    if "endDate" not in count:
        return _("从 %(start)s 起 %(period)s，不早于 %(end)s（暂定）。") % figures
    if actual:
        return _("从 %(start)s 起 %(period)s，到 %(end)s；公告定在 %(actual)s。") % figures
    return _("从 %(start)s 起 %(period)s，到 %(end)s。") % figures


def _period(count: Mapping[str, Any]) -> str:
    zh, one, many = words.UNITS[Unit(count["unit"])]
    number = count["number"]
    return f"{number} {(one if number == 1 else many) if in_english() else zh}"


def _day(iso: str) -> str:
    return day(date.fromisoformat(iso)) if iso else ""


def of(notices: Iterable[Mapping[str, Any]], at: datetime) -> dict[str, Receipt]:
    """Return the receipts of a procurement's notices, by the notice's number."""
    shelf = Shelf(at)
    found = ((notice["id"], receipt(notice, shelf)) for notice in notices)
    return {number: each for number, each in found if each}
