"""Every fact a rule may ask at publication has its place: a step, the register, or a later act."""

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from procurement import rules
from procurement.planning.queries import PHASES as PLAN_PHASES
from procurement.tenders.models import Tender
from procurement.tenders.queries import PHASES
from procurement.web.agency import verdicts
from procurement.web.agency.fields import (
    ANYWHERE,
    CHECK,
    LATER,
    PLAN_PLACES,
    PROBLEM_STEPS,
    PROFILE,
    TENDER_PLACES,
    Place,
)
from procurement.web.agency.plan_steps import PLAN_STEPS
from procurement.web.agency.plan_steps import Step as PlanStep
from procurement.web.agency.tender_steps import TENDER_STEPS
from procurement.web.agency.tender_steps import Step as TenderStep

ON = date(2026, 4, 7)
ELSEWHERE = {CHECK, LATER, PROFILE}


def asked(phases: frozenset[str]) -> set[str]:
    """The facts that rules in force name under any method the portal offers."""
    book = rules.load()
    found: set[str] = set()
    for method in book.methods:
        if not method.offered:
            continue
        for rule in book.rules_for(method, on=ON, phases=phases):
            found |= {*rule.required_fields, rule.from_event, rule.to_event}
        for known in ({}, {"value": 1}):
            for finding in rules.check(book, method, known, on=ON, phases=phases):
                found |= {*finding.facts, *finding.missing}
    return found - {""}


def test_every_fact_of_a_rule_at_publication_has_a_place_in_the_tender() -> None:
    assert asked(PHASES) - set(TENDER_PLACES) == set()


def test_every_fact_of_a_rule_at_planning_has_a_place_in_the_notice_or_later() -> None:
    """What the planning notice does not ask is asked of the tender; it is shown as later."""
    assert asked(PLAN_PHASES) - set(PLAN_PLACES) - set(TENDER_PLACES) == set()


@pytest.mark.parametrize(
    ("places", "steps"),
    [(PLAN_PLACES, PLAN_STEPS), (TENDER_PLACES, TENDER_STEPS)],
    ids=["plan", "tender"],
)
def test_every_place_is_a_field_of_a_step(
    places: Mapping[str, Place], steps: Sequence[PlanStep | TenderStep]
) -> None:
    forms = {step.slug: step.form for step in steps}
    for place in places.values():
        if place.step in ELSEWHERE:
            assert place.field == ""
            continue
        listed = {"criteria", "experts", "draw"}
        form = forms[place.step]
        names = form.names if form else ()
        dynamic = place.field.startswith("paid_")
        assert place.field in listed or dynamic or place.field in names


def test_every_problem_of_a_draft_leads_to_a_step() -> None:
    assert set(PROBLEM_STEPS.values()) <= {step.slug for step in TENDER_STEPS}
    own = {name for name in PROBLEM_STEPS if name not in {"lots", "criteria", "draw"}}
    assert own <= {field.name for field in Tender._meta.get_fields()}


def test_a_blank_field_is_named_beside_itself_alone() -> None:
    book = rules.load()
    known = {"tender.contactPerson.name": "", "tender.contactPerson.telephone": ""}
    found = rules.check(book, "open", known, on=ON, phases=PHASES)
    placed = verdicts.all_placed(found, TENDER_PLACES)
    beside = verdicts.beside(placed, "contacts")
    assert [verdict.text for verdict in beside["contact_name"]] == ["请填写：项目联系人。"]
    assert [verdict.state for verdict in beside["contact_telephone"]] == ["broken"]


def test_a_doubt_is_told_once_a_step_beside_its_first_field() -> None:
    book = rules.load()
    found = rules.check(book, "consultation", {"value": 1}, on=ON, phases=PHASES)
    beside = verdicts.beside(verdicts.all_placed(found, TENDER_PLACES), "approval")
    ((field, (doubt,)),) = beside.items()
    assert field == "approval_authority"
    assert doubt.state == "unknown"
    assert doubt.text.startswith("缺少：服务类公开招标数额标准")


def test_facts_of_later_acts_are_in_no_step() -> None:
    assert {place.step for place in ANYWHERE.values()} == {PROFILE, LATER}
