"""A data folder of its own for tests that start servers."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.embedded.session import Servers


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the unprivileged account of PostgreSQL may enter."""
    folder = Path(tempfile.mkdtemp(prefix="portal-home-"))
    folder.chmod(0o755)
    yield folder
    Servers(folder).remove()
