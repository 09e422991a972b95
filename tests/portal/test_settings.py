"""The settings a deployment may get wrong."""

from django.db import connection
from django.db.backends.postgresql.psycopg_any import is_psycopg3


def test_the_driver_is_psycopg2() -> None:
    """Django prefers psycopg 3 silently when both are installed."""
    assert not is_psycopg3


def test_chinese_letters_are_letters(db: None) -> None:
    """Under locale C PostgreSQL does not know a Chinese letter from a sign."""
    with connection.cursor() as cursor:
        cursor.execute("select '昆明市' ~ '^[[:alpha:]]+$'")
        assert cursor.fetchone() == (True,)
