"""What the docs say of the code is what the code says."""

from pathlib import Path

from procurement.management.commands import lifecycle

ROOT = Path(__file__).resolve().parents[2]


def test_the_life_of_a_procurement_is_documented_as_it_runs() -> None:
    """Write it anew with: python3 manage.py lifecycle > docs/lifecycle.md"""
    written = (ROOT / "docs" / "lifecycle.md").read_text()
    assert written.strip() == lifecycle.page().strip()


def test_every_record_of_a_decision_is_numbered_and_dated() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    assert [path.name for path in records if "\nStatus: " not in path.read_text()] == []
