"""A data folder of its own for tests that start servers."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.embedded.session import Servers


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder that the unprivileged account of PostgreSQL may enter."""
    folder = Path(tempfile.mkdtemp(prefix="portal-home-"))
    folder.chmod(0o755)
    yield folder
    Servers(folder).remove()


@pytest.fixture
def home() -> Iterator[Path]:
    """A new folder, as after a download."""
    with data_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def used_home() -> Iterator[Path]:
    """One folder for all tests of a file: only the first start makes a database."""
    with data_folder() as folder:
        yield folder
