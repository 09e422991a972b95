"""What must not go into production unnoticed."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks  # noqa: A004 -- Django's names
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.utils.module_loading import import_string

from gate.key import FILE as GATE_KEY
from procurement.publication import notes

# Where a provider of short messages may come from: ours, or the operator's own package beside
# manage.py.
ADAPTERS = ("procurement.notifications.channels.", "adapters.")


def refuse_what_is_unsafe() -> None:
    """Raise ImproperlyConfigured when a check of safety fails.

    For web, worker and beat: `manage.py` holds these checks itself, but does not start them.
    """
    found = [each for each in run_checks(tags=[Tags.security]) if each.is_serious()]
    if found:
        raise ImproperlyConfigured("\n".join(map(str, found)))


@register(Tags.security)
def rehearsal_is_over(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 -- Django's signature
    **_options: object,
) -> list[CheckMessage]:
    """A portal whose clock can be moved cannot hold a lawful procurement."""
    deployed = not settings.EMBEDDED and not settings.DEBUG
    if not (settings.REHEARSAL and deployed) or settings.ALLOW_REHEARSAL_IN_PRODUCTION:
        return []
    return [
        Error(
            "REHEARSAL is on in production: anyone allowed to could move the clock.",
            hint="Set REHEARSAL=0; for a training site set ALLOW_REHEARSAL_IN_PRODUCTION=1.",
            id="portal.E001",
        )
    ]


@register(Tags.security)
def gate_is_apart(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 -- Django's signature
    **_options: object,
) -> list[CheckMessage]:
    """Who can read the gate's key and the sealed bids can open them before the deadline."""
    deployed = not settings.EMBEDDED and not settings.DEBUG
    if not deployed or not os.access(Path(settings.GATE_DIR) / GATE_KEY, os.R_OK):
        return []
    return [
        Error(
            f"The key of the time gate can be read here: {settings.GATE_DIR}.",
            hint="Run `python -m gate` under an account of its own, in a folder of its own "
            "(docs/operations.md).",
            id="portal.E003",
        )
    ]


@register(Tags.security)
def witnesses_are_keys(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 -- Django's signature
    **_options: object,
) -> list[CheckMessage]:
    """A witness whose key cannot be read would stop the heads of the log."""
    try:
        for each in settings.WITNESSES:
            notes.Key.parse(each)
    except notes.Malformed as error:
        hint = "WITNESSES is a list of verifier keys, name+id+key, by commas (docs/verify.md)."
        return [Error(f"WITNESSES: {error}.", hint=hint, id="portal.E004")]
    return []


@register(Tags.security)
def channels_are_adapters(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 -- Django's signature
    **_options: object,
) -> list[CheckMessage]:
    """A word in the environment must not have any code run that happens to be installed."""
    found: list[CheckMessage] = []
    for name, path in settings.CHANNELS.items():
        variable = f"{name.upper()}_ADAPTER"
        if not path:
            continue
        if not path.startswith(ADAPTERS):
            wrong = f"{variable}={path!r} begins with none of: {', '.join(ADAPTERS)}"
        else:
            try:
                fits = callable(getattr(import_string(path), "send", None))
            except ImportError:
                fits = False
            wrong = "" if fits else f"{variable}={path!r} is no class with a `send`."
        if wrong:
            hint = "Put the provider's class into the package `adapters` (docs/operations.md)."
            found.append(Error(wrong, hint=hint, id="portal.E005"))
    return found


@register(Tags.security, deploy=True)
def proxy_says_https(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 -- Django's signature
    **_options: object,
) -> list[CheckMessage]:
    """Behind a proxy that ends TLS, a portal that does not know of it redirects for ever."""
    if not settings.HTTPS or settings.SECURE_PROXY_SSL_HEADER:
        return []
    return [
        Warning(
            "SITE_URL is https, but PROXY_SSL_HEADER does not say which header tells so.",
            hint="With a proxy that overwrites X-Forwarded-Proto: "
            "PROXY_SSL_HEADER=HTTP_X_FORWARDED_PROTO.",
            id="portal.W001",
        )
    ]


@register(Tags.database)
def database_knows_chinese(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 -- Django's signature
    databases: Sequence[str] | None = None,
    **_options: object,
) -> list[CheckMessage]:
    """A cluster made with locale C takes no Chinese character for a letter."""
    wrong = []
    for name in databases or []:
        with connections[name].cursor() as cursor:
            cursor.execute("select '昆' ~ '[[:alpha:]]'")
            if not cursor.fetchone()[0]:
                wrong.append(name)
    return [
        Error(
            f"Database {name!r} was made with a locale that does not know Chinese letters.",
            hint="Make it with --locale=C.UTF-8 -E UTF8.",
            id="portal.E002",
        )
        for name in wrong
    ]
