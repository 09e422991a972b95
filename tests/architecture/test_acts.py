"""Every act has its row in the stage table, its permission, its action and its words."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from organizations.web import audit_words
from procurement.lifecycle import Act, duty, keys, planning, proposal, tender
from procurement.permissions import REQUIREMENTS
from procurement.web.labels import ACTS

ROOT = Path(__file__).resolve().parents[2]

STAGE_TABLES = (planning.ALLOWED, tender.ALLOWED, duty.ALLOWED, proposal.ALLOWED, keys.ALLOWED)
# beginnings: there is nothing yet whose stage could be asked
BEGINNINGS = {
    *(Act.DRAFT_PLAN, Act.DRAFT_TENDER),
    *(Act.PROPOSE_CHANGE, Act.PROPOSE_YEAR, Act.WARN_OF_LAST_YEAR),
    Act.BEGIN_KEYS,
}


@pytest.mark.parametrize("act", Act)
def test_an_act_has_its_four_places(act: Act) -> None:
    assert act in BEGINNINGS or any(act in table for table in STAGE_TABLES)
    assert act in REQUIREMENTS
    assert act in ACTS
    room, verb = act.value.split(".")
    action = getattr(importlib.import_module(f"procurement.{room}.actions"), verb)
    parameters = inspect.signature(action).parameters
    keyword_only = [n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
    assert keyword_only[-2:] == ["by", "at"] or {"by", "at"} <= set(keyword_only)


def test_every_audited_act_reads_in_words() -> None:
    written = {
        kind
        for path in sorted((ROOT / "procurement").rglob("*.py"))
        for kind in re.findall(r"audit\.record\(\s*\"([a-z_.]+)\"", path.read_text())
    }
    assert written
    assert written <= audit_words.acts().keys()


def test_the_stage_tables_name_no_act_twice() -> None:
    named = [act for table in STAGE_TABLES for act in table]
    assert len(named) == len(set(named))
