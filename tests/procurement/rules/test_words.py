"""Findings in plain sentences, in both languages; policy is never called law."""

import re
from collections.abc import Mapping
from datetime import date

import pytest

from procurement import rules
from procurement.rules import engine, words
from procurement.rules.conditions import TOKEN
from procurement.rules.coverage import coverage
from procurement.rules.measures import COUNTED, RULE_CONDITIONS
from procurement.rules.presence import FIELD_CONDITIONS
from procurement.rules.types import Finding
from procurement.rules.vocabulary import Outcome
from tests.procurement.rules import cases

BOOK = rules.load()
TODAY = date(2026, 11, 22)
CALL = date(2026, 11, 24)


def found(method: str, rule_id: str, facts: Mapping[str, object]) -> Finding:
    """Return the finding of one rule."""
    findings = rules.check(BOOK, method, facts, on=TODAY)
    return next(finding for finding in findings if finding.rule.id == rule_id)


def test_describe_a_period_that_is_too_short() -> None:
    short = found(
        "open",
        "open-notice-period-5wd",
        {"tender.published": CALL, "tender.noticePeriod.endDate": date(2026, 11, 27)},
    )

    assert words.describe(short) == (
        "公告期截止日定在 2026-11-27，少 2 个工作日：最早可以是 2026-12-01。"
        "依据：政府采购货物和服务招标投标管理办法（财政部令第87号）第16条；第85条。"
    )
    assert words.describe(short, "en") == (
        "End of the notice period: 2026-11-27 is 2 working days short; the earliest date allowed "
        "is 2026-12-01. Basis: MOF Order 87 (tendering for goods and services), Art. 16; Art. 85."
    )


def test_describe_a_policy_as_the_portals_own_rule() -> None:
    short = found(
        "grant",
        "policy-call-period",
        {"tender.published": CALL, "tender.tenderPeriod.endDate": date(2026, 12, 13)},
    )

    assert words.describe(short) == (
        "投标（响应）截止时间定在 2026-12-13，少 1 日：最早可以是 2026-12-14。"
        "依据：本平台规则，不是法律规定。"
    )
    assert words.describe(short, "en") == (
        "Bid deadline: 2026-12-13 is 1 calendar day short; the earliest date allowed is "
        "2026-12-14. Basis: a rule of this portal, not law."
    )


def test_describe_fields_left_blank() -> None:
    blank = found("open", "budget-disclosed", {"tender.value.amount": None})

    assert words.describe(blank, "en").startswith("Please give: budget. Basis: Implementing")


def test_describe_a_duty_not_done_yet_and_overdue() -> None:
    facts = {"award.decided": date(2026, 11, 20), "award.published": None}
    due = found("open", "award-publication-2wd", facts)
    overdue = found("open", "award-publication-2wd", {**facts, "award.decided": date(2026, 11, 16)})

    assert words.describe(due).startswith("结果公告发布最晚在 2026-11-24。")
    assert words.describe(overdue).startswith("结果公告发布最晚应在 2026-11-18，现在还没有。")


def test_describe_a_provisional_date() -> None:
    unsure = found(
        "open",
        "bid-period-20-days",
        {
            "tender.documents.startDate": date(2026, 12, 20),
            "tender.tenderPeriod.endDate": date(2027, 1, 20),
        },
    )

    assert words.describe(unsure).startswith(
        "日期暂定：投标（响应）截止时间不早于 2027-01-09，国务院公布 2027 年放假安排后才能确定。"
    )


def test_describe_marks_what_is_not_verified() -> None:
    rule = BOOK.rule("award-notice-period-1wd-nontender")

    assert words.basis(rule) == (
        "依据：关于做好政府采购信息公开工作的通知（财库〔2015〕135号）（条号未核），条文尚待核实。"
    )
    assert words.label(rule, "en") == "Statute (not verified)"
    assert words.label(BOOK.rule("policy-standstill")) == "本平台规则"


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_no_policy_is_worded_as_law_and_no_sentence_has_a_gap(rule: rules.Rule) -> None:
    for facts in (cases.kept(rule), cases.broken(rule), cases.unknown(rule), {}):
        finding = engine.find(rule, engine.ask(BOOK, rule.procedures[0], facts, on=TODAY))
        for language in ("zh", "en"):
            sentence = words.describe(finding, language)
            assert not re.search(r"[：:] ?[。.;；]|  |\{|\w\.\w+\[|[a-z]\.[a-z]", sentence)
            if rule.is_policy:
                assert "本平台规则" in sentence or "a rule of this portal" in sentence


def test_every_name_the_book_and_the_engine_use_has_words() -> None:
    used = {name for rule in BOOK.rules for name in rule.required_fields}
    used |= {event for rule in BOOK.rules for event in (rule.from_event, rule.to_event)} - {""}
    used |= set(BOOK.events)
    conditions = [rule.applies_when for rule in BOOK.rules]
    conditions += [other.when for rule in BOOK.rules for other in rule.amount_alt]
    conditions += [*RULE_CONDITIONS.values(), *FIELD_CONDITIONS.values()]
    for condition in conditions:
        names = (match["name"] for match in TOKEN.finditer(condition))
        used |= {name for name in names if name}
    for counted in COUNTED.values():
        used |= {*counted.measure.names, *(n for extra in counted.extras for n in extra.names)}
    used -= {"and", "or", "not", "in", "true", "false"}

    assert {name for name in used if words.name(name) == name} == set()


def test_coverage_counts_by_tier() -> None:
    enforced = {line.rule_id for line in coverage(BOOK) if line.enforced}

    assert sum(rule.id in enforced for rule in BOOK.rules if rule.tier == 1) == 70
    assert len(enforced) == 129


def test_outcomes_have_words_for_kept_and_not_applicable() -> None:
    kept = found("open", "budget-disclosed", {"tender.value.amount": 1})

    assert kept.outcome == Outcome.KEPT
    assert words.describe(kept).startswith("已符合：采购文件须公开项目预算金额")
