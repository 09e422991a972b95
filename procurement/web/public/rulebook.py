"""The rulebook in public: what must be done when, on whose authority, and how sure we are."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations.instants import now
from procurement.publication import queries, search
from procurement.rulebook import queries as rulebook
from procurement.rules import Phase, Rule, Severity
from procurement.rules.words import amount_in_words
from procurement.web import addresses, book_figures
from procurement.web.public import lists, words

PHASES: Mapping[Phase, StrOrPromise] = {
    Phase.PLANNING: _("采购意向与准备"),
    Phase.PUBLICATION: _("信息公开"),
    Phase.TENDER: _("公告与投标"),
    Phase.ENQUIRY: _("提问与答复"),
    Phase.ELIGIBILITY: _("资格"),
    Phase.EVALUATION: _("评审"),
    Phase.AWARD: _("结果"),
    Phase.CHALLENGE: _("质疑"),
    Phase.COMPLAINT: _("投诉"),
    Phase.CONTRACT: _("合同"),
    Phase.IMPLEMENTATION: _("履约"),
    Phase.RECORDS: _("存档"),
}
SEVERITIES: Mapping[Severity, StrOrPromise] = {
    Severity.BLOCK: _("不符合就不能发布"),
    Severity.BREACH: _("不符合会记入公开记录"),
}


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules of one phase, or those with the words, for all procedures or one."""
    at = now()
    edition = rulebook.current(at)
    book = edition.book
    typed = request.GET.get("q", "").strip()
    method = request.GET.get("method", "")
    phase = request.GET.get("phase", "")
    kept = [r for r in book.rules if not method or method in r.procedures]
    if typed:
        kept = [r for r in kept if _has(r, typed)]
    counted = Counter(r.phase for r in kept)
    if phase not in counted:
        phase = "" if typed or not counted else next(p for p in Phase if p in counted)
    shown = [r for r in kept if not phase or r.phase == phase]
    thresholds = book_figures.thresholds(book)
    tallies = queries.tallies()
    context = {
        "book": book,
        "label": edition.label,
        "unset": [each.name for each in thresholds if not each.figure],
        "thresholds": [each for each in thresholds if each.figure],
        "last_year": rulebook.last_year(edition.calendar, at=at),
        "warning": rulebook.warning(edition.calendar, at=at),
        "q": typed,
        "method": method,
        "methods": words.methods(),
        "phases": [
            {
                "label": PHASES[each],
                "figure": counted[each],
                "url": addresses.with_changes(request, phase=each),
                "on": each == phase,
            }
            for each in Phase
            if counted[each]
        ],
        "phase": PHASES[Phase(phase)] if phase else "",
        "rules": [told(each, tallies.get(each.id)) for each in shown],
        "count": lists.how_many(len(shown)),
    }
    return render(request, "public/rule_list.html", context)


@require_safe
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule, in both languages, with its source."""
    book = rulebook.current(now()).book
    try:
        found = book.rule(rule_id)
    except KeyError:
        raise Http404 from None
    return render(
        request,
        "public/rule.html",
        {"rule": told(found, queries.tallies().get(rule_id)), "book": book},
    )


def _has(rule: Rule, typed: str) -> bool:
    text = search.fold(
        " ".join((rule.id, rule.text_zh, rule.text_en, rule.citation_zh, rule.citation_en))
    )
    return all(word in text for word in search.fold(typed).split())


def told(rule: Rule, tally: queries.Kept | None = None) -> dict[str, object]:
    """Return a rule in words, in the reader's language first, and how often it was kept."""
    english = words.in_english()
    pairs = (rule.text_en, rule.text_zh) if english else (rule.text_zh, rule.text_en)
    return {
        "id": rule.id,
        "text": pairs[0],
        "other": pairs[1],
        "other_language": "zh-Hans" if english else "en",
        "citation": rule.citation_en if english else rule.citation_zh,
        "is_policy": rule.is_policy,
        "verified": rule.verified,
        "phase": PHASES[rule.phase],
        "figure": _figure(rule),
        "severity": SEVERITIES[rule.severity],
        "excusable": rule.may_be_overridden,
        "methods": words.listed(_methods(rule)),
        "tally": tally,
        "since": rule.effective_from,
        "since_verified": rule.effective_from_verified,
    }


def _methods(rule: Rule) -> Iterable[str]:
    known = words.methods()
    if len(rule.procedures) == len(known):
        return [str(_("所有采购方式"))]
    return [name for method_id, name in known if method_id in rule.procedures]


def _figure(rule: Rule) -> str:
    """Return the figure of a rule in its unit, or its range."""
    given = (rule.amount, rule.amount_min, rule.amount_max)
    tongue = "en" if words.in_english() else "zh"
    return "–".join(amount_in_words(rule, each, tongue) for each in given if each is not None)
