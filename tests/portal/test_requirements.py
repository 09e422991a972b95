"""What the code imports is what production installs."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from portal.bootstrap import ROOT

OURS = ("gate", "portal", "procurement", "organizations")


def _locked(name: str) -> set[str]:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return {line.partition("==")[0].partition("[")[0] for line in lines if "==" in line}


def _imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Every outside package that the code imports, with the file that does."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                package = name.partition(".")[0]
                if package not in sys.stdlib_module_names and package not in OURS:
                    yield package, str(path.relative_to(ROOT))


@pytest.mark.parametrize("folder", OURS)
def test_every_import_is_installed_in_production(folder: str) -> None:
    base = _locked("base.txt")
    homes = packages_distributions()
    missing = [
        f"{path}: {package}"
        for package, path in _imported(ROOT / folder)
        if not {re.sub(r"[-_.]+", "-", home).lower() for home in homes.get(package, [])} & base
    ]
    assert missing == []


def test_each_lock_holds_the_smaller_one() -> None:
    base, local, dev = (_locked(name) for name in ("base.txt", "local.txt", "dev.txt"))
    assert (base - local, local - dev) == (set(), set())
