"""Pages of accounts: a clean slate of attempts, quick passwords, a place for static files."""

from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def clean_slate(settings: Settings) -> None:
    """No attempt of another test counts, and a password is hashed quickly."""
    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
