"""The province's book: proposed by one rule editor, approved by another, published, pinned."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from organizations.refusals import Invalid, NotPermitted
from procurement import lifecycle, rules
from procurement.publication import catalogue
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.rulebook import actions, queries
from procurement.rulebook.edition import label
from procurement.rulebook.models import BookChange, KeptBook
from procurement.rulebook.refusals import ChangeRefused
from procurement.rules import SHANGHAI, Change, Fault
from tests.builders import organizations as people
from tests.builders import rulebook as build

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
TODAY = AT.date()
DAY = timedelta(days=1)
ANSWERS = Change("policy-enquiry-3wd", "amount", Decimal(2))


def test_current_without_a_change_is_the_book_of_the_files() -> None:
    edition = queries.current(AT)

    assert edition.book.digest == rules.load().digest
    assert edition.label == label(rules.load())


def test_approve_puts_the_figure_in_force_and_publishes_the_difference() -> None:
    before = queries.current(AT).label
    change = build.edition(at=AT)
    edition = queries.current(AT)
    entry = Entry.objects.get(release_id=change.release_id)
    told = json.loads(bytes(entry.body))

    assert edition.book.threshold("open_tender_services") == Decimal(4_000_000)
    assert edition.label == change.label
    assert (entry.kind, entry.ocid) == (NoticeKind.RULEBOOK, "")
    assert told["edition"] == {
        "number": 1,
        "label": change.label,
        "version": edition.book.version,
        "digest": edition.book.digest,
        "replaces": before,
        "effectiveFrom": "2026-11-23",
    }
    assert told["changes"] == [
        {
            "target": "thresholds.open_tender_services",
            "field": "value",
            "before": "unset",
            "after": "4000000",
            "unit": "CNY",
        }
    ]


def test_an_edition_is_no_release_and_no_listing() -> None:
    build.edition(at=AT)

    assert list(Entry.objects.releases()) == []
    assert catalogue.rebuild() == 0
    assert list(Listing.objects.all()) == []


def test_an_edition_holds_from_its_day_on() -> None:
    change = build.edition(at=AT, effective_from=TODAY + DAY)

    assert queries.current(AT).label != change.label
    assert queries.current(AT + DAY).label == change.label


def test_the_same_person_may_not_approve() -> None:
    editor = build.editor()
    change = build.proposal(by=editor, at=AT)

    with pytest.raises(NotPermitted) as refused:
        actions.approve(change, by=editor, at=AT)

    assert "另一位规则编辑" in str(refused.value)
    assert queries.current(AT).book.digest == rules.load().digest
    assert Entry.objects.count() == 0


def test_the_database_too_asks_for_two_people() -> None:
    change = build.proposal(at=AT)
    change.approved_by_id, change.approved_at = change.proposer_id, AT

    with pytest.raises(IntegrityError), transaction.atomic():
        change.save()


def test_others_may_not_propose() -> None:
    with pytest.raises(NotPermitted):
        build.proposal(by=people.overseer(), at=AT)

    assert BookChange.objects.count() == 0


def test_approve_twice_is_refused() -> None:
    change = build.edition(at=AT)

    with pytest.raises(lifecycle.NotNow):
        actions.approve(change, by=build.editor(), at=AT)

    assert Entry.objects.count() == 1


def test_decline_asks_for_a_reason_and_ends_the_proposal() -> None:
    change, editor = build.proposal(at=AT), build.editor()

    with pytest.raises(Invalid):
        actions.decline(change, reason=" ", by=editor, at=AT)
    declined = actions.decline(change, reason="文号有误。", by=editor, at=AT)

    assert declined.decline_reason == "文号有误。"
    with pytest.raises(lifecycle.NotNow):
        actions.approve(change, by=build.editor(), at=AT)


@pytest.mark.parametrize(
    ("figure", "fault", "words"),
    [
        (Change("no-such-rule", "amount", Decimal(1)), Fault.UNKNOWN_RULE, "没有这一条"),
        (Change("thresholds.none", "value", Decimal(1)), Fault.UNKNOWN_RULE, "没有这一条"),
        (Change("bid-period-20-days", "amont", Decimal(21)), Fault.UNKNOWN_FIELD, "amont"),
        (
            Change("policy-enquiry-3wd", "legal_force", Decimal(1)),
            Fault.POLICY_AS_LAW,
            "不能写成法定要求",
        ),
        (Change("bid-period-20-days", "amount", Decimal(19)), Fault.LAXER, "只能定得更严"),
        (Change("enquiry-answer-3wd", "amount", Decimal(4)), Fault.LAXER, "只能定得更严"),
        (
            Change("challenge-result-7wd", "amount", Decimal(1)),
            Fault.SUPPLIERS_TIME,
            "本省不能缩短",
        ),
        (
            Change("policy-objection-window", "amount", Decimal(1)),
            Fault.SUPPLIERS_TIME,
            "本省不能缩短",
        ),
        (Change("bid-period-20-days", "amount", Decimal(20)), Fault.UNCHANGED, "一样"),
        (Change("bid-period-20-days", "amount", Decimal("20.5")), Fault.NOT_A_FIGURE, "20.5"),
        (Change("policy-enquiry-3wd", "amount", Decimal(-1)), Fault.NOT_A_FIGURE, "-1"),
        (Change("policy-enquiry-3wd", "amount", Decimal(0)), Fault.NOT_A_FIGURE, "大于零的整数"),
        (
            Change("price-weight-consultation", "amount_min", Decimal("0.4")),
            Fault.INVERTED,
            "下限大于上限",
        ),
        (Change("thresholds.procurement_limit", "value", Decimal(0)), Fault.NOT_A_FIGURE, "0"),
    ],
)
def test_propose_refuses_with_the_rule_and_the_way_out(
    figure: Change, fault: Fault, words: str
) -> None:
    with pytest.raises(ChangeRefused) as refused:
        build.proposal(figure, at=AT)

    assert refused.value.figure == figure
    assert str(refused.value).startswith(figure.target)
    assert words in str(refused.value)
    assert fault in str(refused.value.__cause__)
    assert BookChange.objects.count() == 0


def test_propose_refuses_a_day_in_the_past() -> None:
    with pytest.raises(Invalid) as refused:
        build.proposal(at=AT, effective_from=TODAY - DAY)

    assert refused.value.field == "effective_from"
    assert BookChange.objects.count() == 0


def test_approve_refuses_when_its_day_has_passed_meanwhile() -> None:
    change = build.proposal(at=AT)

    with pytest.raises(Invalid) as refused:
        actions.approve(change, by=build.editor(), at=AT + DAY)

    assert refused.value.field == "effective_from"
    assert queries.current(AT + DAY).book.digest == rules.load().digest


def test_an_edition_may_not_take_effect_before_the_one_before_it() -> None:
    build.edition(at=AT, effective_from=TODAY + 30 * DAY)

    with pytest.raises(Invalid) as refused:
        build.proposal(ANSWERS, at=AT, effective_from=TODAY + DAY)

    assert refused.value.field == "effective_from"


def test_the_limit_may_not_lie_above_the_threshold() -> None:
    build.edition(at=AT)

    with pytest.raises(ChangeRefused) as refused:
        build.proposal(Change("thresholds.procurement_limit", "value", Decimal(4_000_001)), at=AT)

    assert "采购限额标准高于公开招标数额标准" in str(refused.value)


def test_a_figure_changed_meanwhile_is_to_be_proposed_anew() -> None:
    waiting = build.proposal(ANSWERS, at=AT)
    build.edition(Change("policy-enquiry-3wd", "amount", Decimal(1)), at=AT)

    with pytest.raises(Invalid):
        actions.approve(waiting, by=build.editor(), at=AT)

    assert queries.current(AT).rule("policy-enquiry-3wd").amount == 1


def test_a_threshold_may_differ_by_level() -> None:
    build.edition(
        build.THRESHOLD,
        Change("thresholds.open_tender_services", "value", Decimal(2_000_000), "county"),
        at=AT,
    )
    book = queries.current(AT).book

    assert book.threshold("open_tender_services", "county") == Decimal(2_000_000)
    assert book.threshold("open_tender_services", "prefecture") == Decimal(4_000_000)


def test_a_stricter_statute_says_whose_figure_it_is() -> None:
    build.edition(Change("bid-period-20-days", "amount", Decimal(25)), at=AT)
    rule = queries.current(AT).rule("bid-period-20-days")

    assert rule.amount == 25
    assert rule.text_zh.endswith("（本平台的规定更严：按 25 日执行，法定为 20 日。）")
    assert not rule.is_policy


def test_a_tender_keeps_the_edition_it_was_pinned_to() -> None:
    first = build.edition(ANSWERS, at=AT)
    pin = actions.keep(queries.current(AT), at=AT)
    build.edition(Change("policy-enquiry-3wd", "amount", Decimal(1)), at=AT)

    assert pin == first.label
    assert queries.pinned(pin, AT).rule("policy-enquiry-3wd").amount == 2
    assert queries.current(AT).rule("policy-enquiry-3wd").amount == 1
    assert queries.pinned(label(rules.load()), AT).book.digest == rules.load().digest
    assert queries.pinned("", AT).label == queries.current(AT).label


def test_keep_stores_the_files_once() -> None:
    actions.keep(queries.current(AT), at=AT)
    actions.keep(queries.current(AT), at=AT)

    assert KeptBook.objects.count() == 1


def test_broken_files_leave_the_kept_book_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    pin = actions.keep(queries.current(AT), at=AT)

    def broken(_name: str) -> rules.Book:
        raise rules.BookError("bid-period-20-days: unknown key amont")

    monkeypatch.setattr(rules, "load", broken)
    change = build.edition(build.THRESHOLD, at=AT)
    later = actions.keep(queries.current(AT), at=AT)

    assert KeptBook.objects.get(pk=later).statute == KeptBook.objects.get(pk=pin).statute
    assert (later, pin.split()[0]) == (change.label, "cn-53")


def test_broken_files_and_nothing_kept_say_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_name: str) -> rules.Book:
        raise rules.BookError("bid-period-20-days: unknown key amont")

    monkeypatch.setattr(rules, "load", broken)

    with pytest.raises(rules.BookError, match="unknown key amont"):
        queries.current(AT)


def test_a_figure_that_new_files_have_taken_up_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    build.edition(build.THRESHOLD, ANSWERS, at=AT)
    taken_up = rules.amend(rules.load(), (ANSWERS,), number=0)
    monkeypatch.setattr(rules, "load", lambda _name: taken_up)

    edition = queries.current(AT)

    assert edition.rule("policy-enquiry-3wd").amount == 2
    assert edition.book.threshold("open_tender_services") == Decimal(4_000_000)
