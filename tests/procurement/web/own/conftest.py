"""Whoever reads their own pages: a person with an account, and their browser."""

import pytest
from django.test import Client

from organizations.accounts.models import User
from tests.builders import organizations as people


@pytest.fixture
def reader() -> User:
    """Somebody with an account and nothing else."""
    return people.user()


@pytest.fixture
def browser(reader: User) -> Client:
    """The reader's, signed in."""
    client = Client()
    client.force_login(reader)
    return client
