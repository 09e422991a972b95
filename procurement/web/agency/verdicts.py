"""Findings of the rulebook as a page shows them: beside their field, in words, with the way out."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from procurement.rules import Earliest, Finding, Kind, Outcome, Severity, words
from procurement.templatetags.display import day
from procurement.web.agency.fields import LATER, Place

STATES: Mapping[Outcome, str] = {
    Outcome.KEPT: "kept",
    Outcome.BROKEN: "broken",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLICABLE: "not_applicable",
}
ORDER = ("broken", "unknown", "kept", "not_applicable")
INTERVALS = frozenset({Kind.MIN_INTERVAL, Kind.MAX_INTERVAL})
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# How a sentence begins when it says what the mark beside it says already.
OUTCOME = re.compile(r"^(还不能判断[，：]|不符合规则：|Cannot tell yet[,:] |Against the rule: )")


@dataclass(frozen=True)
class Verdict:
    """One finding at one place."""

    rule_id: str
    state: str
    text: str
    citation: str
    basis: str
    blocks: bool
    place: Place


def language() -> str:
    """Return the rulebook's name of the reader's language."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def _text(finding: Finding) -> str:
    """Return the sentence without its source, which the page shows on a line of its own."""
    tongue = language()
    if finding.outcome in (Outcome.KEPT, Outcome.NOT_APPLICABLE):
        return words.text(finding.rule, tongue)
    sentence = words.describe(finding, tongue)
    text = OUTCOME.sub("", sentence.removesuffix(words.basis(finding.rule, tongue)).strip())
    text = ISO_DAY.sub(lambda found: day(date.fromisoformat(found[0]), "year"), text)
    text = text[:1].upper() + text[1:]
    breached = finding.outcome is Outcome.BROKEN and finding.rule.severity is Severity.BREACH
    if breached and not finding.excused:
        text += _("这一条不阻止发布，但会记入公开的违规记录。")
    return text


def citation(finding: Finding | Earliest) -> str:
    """Return the source of the rule in the reader's language; empty for the portal's own."""
    rule = finding.rule
    if rule.is_policy:
        return ""
    return rule.citation_en if language() == "en" else rule.citation_zh


def names(finding: Finding) -> tuple[str, ...]:
    """Return the facts a finding is shown beside."""
    to_event = finding.rule.to_event
    if finding.rule.kind in INTERVALS and to_event:
        away = finding.missing and to_event not in finding.missing
        return finding.missing if away else (to_event,)
    if finding.outcome is Outcome.UNKNOWN and finding.facts:
        return finding.facts  # missing may name what only decides whether the rule applies
    return finding.missing or finding.facts or finding.rule.required_fields


def _at(finding: Finding, place: Place) -> Verdict:
    return Verdict(
        rule_id=finding.rule.id,
        state=STATES[finding.outcome],
        text=_text(finding),
        citation=citation(finding) or _("本平台的规定"),
        basis="" if finding.rule.is_policy else "statute",
        blocks=finding.blocks,
        place=place,
    )


def placed(finding: Finding, places: Mapping[str, Place]) -> list[Verdict]:
    """Return a finding as verdicts, one for each place it belongs to; blanks one for each field."""
    facts = names(finding)
    by_place: dict[Place, list[str]] = {}
    order = list(places)  # as the steps ask, so that what is said once stands at the first field
    for fact in sorted(facts, key=lambda each: order.index(each) if each in places else -1):
        by_place.setdefault(places.get(fact, Place(LATER)), []).append(fact)
    if not by_place:
        return [_at(finding, Place(LATER))]
    asks_for_blanks = finding.missing and facts == finding.missing
    return [
        _at(replace(finding, missing=tuple(own)) if asks_for_blanks else finding, place)
        for place, own in by_place.items()
    ]


def _rank(verdict: Verdict) -> tuple[int, bool]:
    return ORDER.index(verdict.state), not verdict.blocks


def all_placed(findings: Iterable[Finding], places: Mapping[str, Place]) -> list[Verdict]:
    """Return every finding at every place it belongs to, the worst first."""
    return sorted((each for f in findings for each in placed(f, places)), key=_rank)


def beside(verdicts: Iterable[Verdict], step: str) -> dict[str, list[Verdict]]:
    """Return the verdicts of a step by field: a rule says the same words once a step."""
    found: dict[str, list[Verdict]] = {}
    said: set[tuple[str, str]] = set()
    for verdict in verdicts:
        own = (verdict.rule_id, verdict.text)
        if verdict.place.step != step or verdict.state == "not_applicable" or own in said:
            continue
        said.add(own)
        shown = found.setdefault(verdict.place.field, [])
        if all(verdict.text != other.text for other in shown):
            shown.append(verdict)
    return found


def receipt(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Return the rows of a rule receipt: every rule that was asked, as counted."""
    tongue = language()
    rows = []
    for finding in sorted(findings, key=lambda f: ORDER.index(STATES[f.outcome])):
        counted = day(finding.actual, "year")
        if finding.outcome in (Outcome.BROKEN, Outcome.UNKNOWN):
            counted = _text(finding).replace(words.text(finding.rule, tongue), "").strip()
        rows.append(
            {
                "rule": words.text(finding.rule, tongue),
                "citation": citation(finding) or _("本平台的规定"),
                "required": words.period(finding.count, tongue) if finding.count else "",
                "counted": counted,
                "state": STATES[finding.outcome],
            }
        )
    return rows


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each state."""
    found = Counter(STATES[finding.outcome] for finding in findings)
    return {state: found[state] for state in ORDER}


@dataclass(frozen=True)
class LawfulDay:
    """The earliest lawful day of an event, with the field that takes it."""

    event: str
    field: str
    day: date
    provisional: bool
    citation: str
    basis: str


def lawful_days(
    bounds: Iterable[Earliest], places: Mapping[str, Place], *, on: date
) -> list[LawfulDay]:
    """Return the earliest lawful days, in order; a day that waits for a holiday notice says so.

    What may lawfully happen since a day before `on` is no question any more, and left out.
    """
    days = [
        LawfulDay(
            event=words.name(bound.event, language()),
            field=places.get(bound.event, Place(LATER)).field,
            day=bound.date or bound.not_before,
            provisional=bound.provisional,
            citation=citation(bound),
            basis="policy" if bound.rule.is_policy else "statute",
        )
        for bound in bounds
        if (bound.date or bound.not_before) >= on
    ]
    return sorted(days, key=lambda each: each.day)
