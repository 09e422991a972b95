"""The book of Yunnan reads whole; a book with a mistake is refused, naming the rule."""

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from procurement import rules
from procurement.rules.book import BOOKS, BookError, read
from procurement.rules.types import UnknownMethod
from procurement.rules.vocabulary import Instrument, Kind, Source, Verification

BOOK = rules.load()


def test_load_reads_every_rule_and_method_once() -> None:
    assert len(BOOK.rules) == 129
    assert Counter(rule.tier for rule in BOOK.rules) == {1: 70, 2: 59}
    assert {rule.kind for rule in BOOK.rules} == set(Kind)
    assert rules.load() is BOOK


def test_methods_are_values_of_the_book() -> None:
    assert [method.id for method in BOOK.methods if method.offered] == [
        "open",
        "invited",
        "negotiation",
        "consultation",
        "single-source",
        "grant",
    ]
    assert BOOK.method("grant").instrument == Instrument.GRANT
    assert [method.id for method in BOOK.methods if method.law == Source.POLICY] == [
        "grant",
        "below-threshold",
    ]
    with pytest.raises(UnknownMethod):
        BOOK.method("lottery")


def test_policy_is_told_apart_from_statute() -> None:
    policies = [rule for rule in BOOK.rules if rule.is_policy]

    assert len(policies) == 13
    assert all(rule.verification is Verification.PORTAL_POLICY for rule in policies)
    assert all(rule.verification.is_policy and not rule.verified for rule in policies)
    assert not any(rule.verified for rule in BOOK.rules if not rule.verification.is_read)


def test_an_unset_threshold_is_none_and_may_be_filled_in() -> None:
    assert dict(BOOK.thresholds) == {"open_tender_services": None, "procurement_limit": None}

    filled = BOOK.with_thresholds({"procurement_limit": Decimal(500_000)})

    assert filled.thresholds["procurement_limit"] == Decimal(500_000)
    assert BOOK.thresholds["procurement_limit"] is None


def test_rules_for_leaves_out_what_is_not_yet_in_force() -> None:
    before = BOOK.rules_for("open", on=date(2026, 1, 31), phases={"evaluation"})
    after = BOOK.rules_for("open", on=date(2026, 2, 1), phases={"evaluation"})

    assert {rule.id for rule in after} - {rule.id for rule in before} == {"abnormally-low-price"}


def test_rules_for_keeps_to_the_method_and_the_phases() -> None:
    assert [
        rule.id for rule in BOOK.rules_for("grant", on=date(2026, 1, 1), phases={"tender"})
    ] == [
        "policy-call-period",
        "policy-call-fields",
        "policy-amendment-5-days",
        "policy-full-cost-line",
    ]


def test_the_digest_is_that_of_the_files() -> None:
    whole = hashlib.sha256()
    for name in ("methods.toml", "statute.toml"):
        body = (BOOKS / "cn-53" / name).read_bytes()
        whole.update(f"{name}\0{len(body)}\0".encode() + body)

    assert BOOK.digest == whole.hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "min-interval"', 'kind = "at-least"', "'at-least' is not a valid Kind"),
        ('unit = "calendar-day"', 'unit = "moon"', "'moon' is not a valid Unit"),
        ('unit = "calendar-day"', 'unit = "person"', "an interval needs a unit of time"),
        ("amount = 30", "amount = -1", "an interval needs a whole amount of zero or more"),
        ("amount = 30", "amounts = 30", "'int' object is not iterable"),
        ("amount = 30", "ammount = 30", "unknown key ammount"),
        (
            'to_event = "tender.published"',
            'to_event = "tender.printed"',
            "unknown event tender.printed",
        ),
        ('"inCatalogue or value', '"inCatalogue xor value', "unexpected 'xor' in"),
        ('procedures = ["open", ', 'procedures = ["lottery", ', "unknown procedure lottery"),
        ('"2021-01-01"', '"2021-02-30"', "day is out of range for month"),
    ],
)
def test_read_refuses_a_mistake_and_names_the_rule(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    _copy(tmp_path, old, new)

    with pytest.raises(BookError, match=f"^intention-min-30-days: {message}"):
        read(tmp_path)


def test_read_refuses_a_period_of_no_days(tmp_path: Path) -> None:
    _copy(tmp_path, "amount = 30", "amount = 0")

    with pytest.raises(BookError, match=r"^intention-min-30-days: a period of no days"):
        read(tmp_path)


def test_read_refuses_policy_that_is_called_law(tmp_path: Path) -> None:
    _copy(tmp_path, 'legal_force = "portal-policy"', 'legal_force = "law"')

    with pytest.raises(BookError, match=r"^[a-z0-9-]+: a rule of the portal's own is called law"):
        read(tmp_path)


def test_read_refuses_a_folder_without_the_files(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="No such file"):
        read(tmp_path)


def test_read_refuses_an_inverted_range(tmp_path: Path) -> None:
    _copy(tmp_path, "amount_min = 0.1\namount_max = 0.3", "amount_min = 0.3\namount_max = 0.1")

    with pytest.raises(BookError, match=r"^price-weight-consultation: the range is inverted$"):
        read(tmp_path)


def test_read_refuses_an_id_used_twice(tmp_path: Path) -> None:
    _copy(tmp_path, 'id = "intention-fields"', 'id = "intention-min-30-days"')

    with pytest.raises(BookError, match=r"^intention-min-30-days: the id is used twice$"):
        read(tmp_path)


def test_read_refuses_what_is_no_toml(tmp_path: Path) -> None:
    _copy(tmp_path, "[meta]", "[meta")

    with pytest.raises(BookError, match="line 21"):
        read(tmp_path)


def test_read_refuses_a_book_without_its_version(tmp_path: Path) -> None:
    _copy(tmp_path, 'version = "', 'edition = "')

    with pytest.raises(BookError, match="version"):
        read(tmp_path)


def test_a_recorded_reason_lifts_only_what_the_text_leaves_open() -> None:
    rule = BOOK.rule("intention-min-30-days")

    assert rule.may_be_overridden
    assert not replace(rule, override=BOOK.rule("bid-period-20-days").override).may_be_overridden


def _copy(folder: Path, old: str, new: str) -> None:
    for name in ("statute.toml", "methods.toml"):
        text = (BOOKS / "cn-53" / name).read_text("utf-8")
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")
