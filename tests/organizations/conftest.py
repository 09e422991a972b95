"""A place for static files, so that the pages find it."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _static_root(settings: Settings) -> None:
    """Nothing is collected for a test; the folder has to be there all the same."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
