"""What every test may rely on: a cache of its own and quick passwords."""

import pytest
from django.core.cache import cache
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """Slow hashing protects real passwords; these are in the code."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Sign-in limits count in the cache: no test may use up another's."""
    cache.clear()
