"""What was built once by the portal's own acts is put back as rows, as often as tests want it."""

from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction

T = TypeVar("T")
ROOMS = ("organizations", "account", "sessions")  # the tables that a cast fills


@dataclass(frozen=True)
class Kept:
    """What a builder returned, and the rows it left, by table."""

    made: Any
    rows: dict[str, bytes]


_kept: dict[Hashable, Kept] = {}


def once(name: Hashable, build: Callable[[], T]) -> T:
    """Return what `build` makes; from the second time on its rows are put back as they were.

    Only into tables as empty as they were the first time: where somebody is there already, it is
    built. Numbers are not given twice: sequences go on when a test's rows are rolled back.
    """
    tables = _tables()
    if _any_row(tables):
        return build()
    if name not in _kept:
        made = build()
        _kept[name] = Kept(deepcopy(made), {table: _out(table) for table in tables})
        return made
    with transaction.atomic():  # rows may come before those they point to
        for table, rows in _kept[name].rows.items():
            if rows:
                _in(table, rows)
    found: T = deepcopy(_kept[name].made)
    return found


def _tables() -> list[str]:
    models = (model for room in ROOMS for model in apps.get_app_config(room).get_models(True))
    return [model._meta.db_table for model in models]


def _any_row(tables: list[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f'(SELECT 1 FROM "{name}" LIMIT 1)' for name in tables))
        return cursor.fetchone() is not None


def _out(table: str) -> bytes:
    rows = BytesIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
    return rows.getvalue()


def _in(table: str, rows: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY "{table}" FROM STDIN', BytesIO(rows))
