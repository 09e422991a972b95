"""How many histories: `--histories 10000`, or HISTORIES=10000; they run in groups."""

import os

import pytest

IN_THE_SUITE = 200
GROUP = 250  # histories that share one cast, in one transaction; groups run side by side
LEAST = 2  # groups: as many as the suite has processes


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the number of histories."""
    parser.addoption("--histories", type=int, default=None, help="how many random histories")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Split the histories into groups, each with a seed of its own."""
    if "group" in metafunc.fixturenames:
        asked = metafunc.config.getoption("histories", default=None)
        wanted = asked or int(os.environ.get("HISTORIES", "0")) or IN_THE_SUITE
        groups = min(wanted, max(LEAST, -(-wanted // GROUP)))
        sizes = [wanted // groups + (place < wanted % groups) for place in range(groups)]
        metafunc.parametrize("group", list(enumerate(sizes)), ids=lambda each: f"{each[0]}")
