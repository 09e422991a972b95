"""Typed readers of environment variables; an empty variable counts as not set."""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The variable's text without outer blanks, or `default`."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """Yes or no. Raises ImproperlyConfigured on any other word."""
    word = text(name).lower()
    if not word:
        return default
    if word not in _YES | _NO:
        raise ImproperlyConfigured(f"{name}={word!r}: write 1 or 0.")
    return word in _YES


def number(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured when it is none."""
    word = text(name)
    try:
        return int(word) if word else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={word!r}: write a whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """An absolute folder path; it need not exist."""
    return Path(text(name, str(default))).expanduser().resolve()


def database(name: str, default: str) -> dict[str, object]:
    """Django's settings for a database address such as postgres://user:password@host:5432/name."""
    address = text(name, default)
    if urlsplit(address).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name}: the portal speaks PostgreSQL only (postgres://…).")
    config: dict[str, object] = dict(environ.Env.db_url_config(address))
    return config


def next_database(address: str) -> str:
    """The address of the database after this one on the same Redis server: …/0 becomes …/1."""
    server, _slash, number = address.rpartition("/")
    return f"{server}/{int(number) + 1}" if number.isdigit() else f"{address}/1"


def email(name: str, default: str) -> dict[str, object]:
    """Django's EMAIL_… settings for an address such as smtp+tls://user:password@host:587."""
    config: dict[str, object] = dict(environ.Env.email_url_config(text(name, default)))
    return config


def secret(name: str, *, keep_in: Path | None) -> str:
    """The variable's secret; else, when `keep_in` is given, one made once and kept there (0600).

    Raises ImproperlyConfigured when there is neither: a deployed portal must be given its secret.
    """
    given = text(name)
    if given:
        return given
    if keep_in is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Make one with `python3 -c 'import secrets; "
            f"print(secrets.token_urlsafe(50))'` and set it in the environment."
        )
    keep_in.parent.mkdir(parents=True, exist_ok=True)
    draft = keep_in.with_name(f"{keep_in.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
        os.link(draft, keep_in)
    draft.unlink()
    return keep_in.read_text().strip()
