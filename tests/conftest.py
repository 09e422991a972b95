"""What every test may rely on: a cache of its own and quick passwords."""

import gc
from collections.abc import Callable, Iterator
from importlib import import_module
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import Settings

from procurement.publication import held
from procurement.web import overdue
from tests.builders import memory
from tests.servers import share_one_migration

# How long one example takes says more of what else the machine does than of the code. The same
# examples each time: what fails can be run again; others by --hypothesis-profile=default.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis.settings.load_profile("suite")

TEARDOWN = "_fixture_teardown"  # where Django empties the tables after a test of a race


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first: begun last, they would keep one process while the other has nothing."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Collect garbage less often: a tenth of the suite's time went into looking for cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Migrating costs ten seconds of a processor: once a run is enough."""
    share_one_migration()


@pytest.fixture(autouse=True)
def _language_of_its_own() -> None:
    """A page that was asked for in English leaves its language to whoever comes next."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Slow hashing protects real passwords; these are in the code."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _pages_know_the_true_clock() -> None:
    """Pages take the clock by name when they are loaded: not while a test has put another there."""
    import_module(configured.ROOT_URLCONF)


@pytest.fixture(autouse=True, scope="session")
def _heads_of_a_process() -> None:
    """Where stories are told for a whole file, the copies of heads are those of the process."""
    configured.HEADS_DIR = configured.DATA_DIR / "heads" / uuid4().hex


@pytest.fixture(autouse=True)
def _heads_of_its_own(settings: Settings) -> None:
    """The copy of signed heads outlives the database of a test: each has another folder."""
    settings.HEADS_DIR = settings.DATA_DIR / "heads" / uuid4().hex


@pytest.fixture(autouse=True)
def _stories_begin() -> None:
    """What was told before is told again from rows (tests/builders/memory.py)."""
    memory.begin()
    held.prove.cache_clear()  # an entry that is put back has the leaf it had in another test


@pytest.fixture
def told_by_acts() -> None:
    """For a test that changes how acts do their work: no story of others, none for others."""
    memory.begin(by_acts=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Sign-in limits count in the cache: no test may use up another's.

    Stories are told at instants of their own; a reader's look at the real clock would end them.
    """
    cache.clear()
    cache.set(overdue.LOOKED, value=True, timeout=None)


@pytest.fixture(autouse=True, scope="session")
def _races_clear_up() -> Iterator[None]:
    """Tests of races empty the tables afterwards, which append-only tables would refuse."""
    clear: Callable[[TransactionTestCase], None] = getattr(TransactionTestCase, TEARDOWN)

    def clear_all(case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            clear(case)
            cursor.execute("SET session_replication_role = origin")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, TEARDOWN, clear_all)
        yield
