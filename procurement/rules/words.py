"""Findings in plain sentences, Chinese and English. Policy is called policy, never law."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from procurement.rules.types import Count, Finding, Rule
from procurement.rules.vocabulary import Kind, Outcome, Unit

NAMES = Path(__file__).parent / "names.toml"
ZH, EN = 0, 1

UNITS: Mapping[Unit, tuple[str, str, str]] = {
    Unit.CALENDAR_DAY: ("日", "calendar day", "calendar days"),
    Unit.WORKING_DAY: ("个工作日", "working day", "working days"),
    Unit.YEAR: ("年", "year", "years"),
}

COUNTS: Mapping[Unit, tuple[str, str, str]] = {
    **UNITS,
    Unit.SUPPLIER: ("家供应商", "supplier", "suppliers"),
    Unit.BIDDER: ("家投标人", "bidder", "bidders"),
    Unit.PERSON: ("人", "person", "persons"),
    Unit.RESPONDENT: ("位受访者", "respondent", "respondents"),
    Unit.RATIO_POOL_TO_DRAWN: ("倍", "time", "times"),
}
SHARES = frozenset({Unit.RATIO, Unit.RATIO_OF_OPEN_TENDER_THRESHOLD})

SENTENCES: Mapping[str, tuple[str, str]] = {
    "short": (
        "{event}定在 {actual}，少 {short}：最早可以是 {earliest}。",
        "{event}: {actual} is {short} short; the earliest date allowed is {earliest}.",
    ),
    "unset": (
        "请填写{event}：最早可以是 {earliest}。",
        "{event}: please give a date; the earliest allowed is {earliest}.",
    ),
    "unset-by": (
        "请填写{event}：最晚可以是 {latest}。",
        "{event}: please give a date; the latest allowed is {latest}.",
    ),
    "early": (
        "{event}是 {actual}，应当正是 {latest}。",
        "{event}: {actual} is too early; it belongs on {latest}.",
    ),
    "late": (
        "{event}是 {actual}，最晚应在 {latest}。",
        "{event}: {actual} is late; it was due by {latest}.",
    ),
    "overdue": (
        "{event}最晚应在 {latest}，现在还没有。",
        "{event}: due by {latest}, and not there yet.",
    ),
    "blank": ("请填写：{names}。", "Please give: {names}."),
    "broken": ("不符合规则：{text}", "Against the rule: {text}"),
    "due": ("{event}最晚在 {latest}。", "{event}: due by {latest}."),
    "unknown": (
        "还不能判断，缺少：{names}。{text}",
        "Cannot tell yet, for want of: {names}. {text}",
    ),
    "provisional": (
        "日期暂定：{event}不早于 {not_before}，国务院公布 {year} 年放假安排后才能确定。",
        "{event}: provisional, not before {not_before}; certain once {year}'s holidays are out.",
    ),
    "undecided": ("还不能判断：{text}", "Cannot tell yet: {text}"),
    "kept": ("已符合：{text}", "Kept: {text}"),
    "not-applicable": ("不适用：{text}", "Does not apply: {text}"),
    "excused": ("已写明例外理由：{reason}", "A reason for the exception is on record: {reason}"),
}


def describe(finding: Finding, language: str = "zh") -> str:
    """Return a finding in one or two plain sentences that end with what the rule rests on."""
    tongue = _tongue(language)
    sentence = _sentence(finding, tongue)
    parts = [sentence[:1].upper() + sentence[1:] if tongue == EN else sentence]
    if finding.excused and finding.outcome is Outcome.BROKEN:
        parts.append(SENTENCES["excused"][tongue].format(reason=finding.reason))
    parts.append(basis(finding.rule, language))
    return ("" if tongue == ZH else " ").join(parts)


def basis(rule: Rule, language: str = "zh") -> str:
    """Return what a rule rests on: its citation, or that it is the portal's own rule."""
    tongue = _tongue(language)
    if rule.is_policy:
        return ("依据：本平台规则，不是法律规定。", "Basis: a rule of this portal, not law.")[
            tongue
        ]
    cited = (rule.citation_zh, rule.citation_en)[tongue]
    if rule.verified:
        return (f"依据：{cited}。", f"Basis: {cited}.")[tongue]
    return (f"依据：{cited}，条文尚待核实。", f"Basis: {cited}; the wording is not verified yet.")[
        tongue
    ]


def label(rule: Rule, language: str = "zh") -> str:
    """Return the short mark shown beside a rule: statute or portal policy, verified or not."""
    tongue = _tongue(language)
    if rule.is_policy:
        return ("本平台规则", "Portal rule")[tongue]
    if rule.verified:
        return ("法规", "Statute")[tongue]
    return ("法规（待核实）", "Statute (not verified)")[tongue]


def name(fact: str, language: str = "zh") -> str:
    """Return what a fact or event is called; its own name when it has no other."""
    pair = _names().get(fact)
    return pair[_tongue(language)] if pair else fact


def names(facts: Iterable[str], language: str = "zh") -> str:
    """Return several facts as a list in a sentence."""
    called = dict.fromkeys(name(fact, language) for fact in facts)
    return ("、" if _tongue(language) == ZH else ", ").join(called)


def period(count: Count, language: str = "zh") -> str:
    """Return the length of a counted period: `5 个工作日`, `5 working days`."""
    return _length(count.n, count.unit, _tongue(language))


def amount_in_words(rule: Rule, amount: Decimal, language: str = "zh") -> str:
    """Return a figure of a rule in its unit: `5 个工作日`, `10%`, `3 suppliers`."""
    tongue = _tongue(language)
    if rule.unit in SHARES:
        return f"{(amount * 100).normalize():f}%"
    figure = f"{amount.normalize():f}"
    zh, one, many = COUNTS.get(rule.unit, ("", "", "")) if rule.unit else ("", "", "")
    if tongue == ZH:
        return f"{figure} {zh}".strip()
    return f"{figure} {one if amount == 1 else many}".strip()


def text(rule: Rule, language: str = "zh") -> str:
    """Return the rule in plain words."""
    return (rule.text_zh, rule.text_en)[_tongue(language)]


def _sentence(finding: Finding, tongue: int) -> str:
    language = ("zh", "en")[tongue]
    rule = finding.rule
    key = _key(finding)
    counted = finding.count
    return SENTENCES[key][tongue].format(
        event=name(rule.to_event, language),
        names=names(finding.missing, language),
        text=text(rule, language),
        actual=_iso(finding.actual),
        earliest=_iso(finding.earliest),
        latest=_iso(finding.latest),
        not_before=_iso(counted.not_before if counted else None),
        year=counted.not_before.year if counted else "",
        short=_shortfall(finding, tongue),
    )


def _key(finding: Finding) -> str:
    if finding.outcome is Outcome.BROKEN:
        return _broken_key(finding)
    if finding.outcome is not Outcome.UNKNOWN:
        return finding.outcome.value
    if finding.provisional and not set(finding.missing) - {finding.rule.to_event}:
        return "provisional"
    if finding.latest and finding.missing == (finding.rule.to_event,):
        return "due"
    return "unknown" if finding.missing else "undecided"


def _broken_key(finding: Finding) -> str:
    timed = finding.rule.to_event in finding.facts
    if timed and finding.rule.kind is Kind.MIN_INTERVAL and finding.earliest:
        return "short" if finding.actual else "unset"
    if timed and finding.rule.kind is Kind.MAX_INTERVAL and finding.latest:
        return _late_key(finding, finding.latest)
    return "blank" if finding.missing else "broken"


def _late_key(finding: Finding, latest: date) -> str:
    if finding.actual is None:
        return "unset-by" if finding.missing else "overdue"
    return "late" if finding.actual > latest else "early"


def _shortfall(finding: Finding, tongue: int) -> str:
    """Return by how much a period is too short, in the unit it is counted in."""
    counted, actual = finding.count, finding.actual
    if counted is None or counted.end is None or actual is None:
        return ""
    if counted.unit is Unit.WORKING_DAY:
        return _length(sum(day > actual for day in counted.days), counted.unit, tongue)
    return _length((counted.end - actual).days, Unit.CALENDAR_DAY, tongue)


def _length(n: int, unit: Unit, tongue: int) -> str:
    zh, one, many = UNITS[unit]
    return f"{n} {zh}" if tongue == ZH else f"{n} {one if n == 1 else many}"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _tongue(language: str) -> int:
    return EN if language.startswith("en") else ZH


@lru_cache(maxsize=1)
def _names() -> Mapping[str, tuple[str, str]]:
    return {fact: (zh, en) for fact, (zh, en) in tomllib.loads(NAMES.read_text("utf-8")).items()}
