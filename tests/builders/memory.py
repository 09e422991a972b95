"""What was built once by the portal's own acts is put back as rows, as often as tests want it.

A test's stories begin alike: the same people, the same call, the same bids. The first time a story
is told by acts; the rows it wrote are kept, and written back when another test tells the same story
from the same beginning. Where anything else happened before, it is told by acts again.
"""

from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import translation

T = TypeVar("T")
Name = tuple[Hashable, ...]
Written = tuple[str | None, int]
PLAIN = (str, int, Decimal, date, timedelta, Enum, type(None))  # a datetime is a date, too

# The portal's ways that the acts of a story ask for.
WAYS = (
    "CLOCK_ALONE_UP_TO",
    "DATA_DIR",
    "KEYS_DIR",
    "OCID_PREFIX",
    "PROVINCE_CODE",
    "REHEARSAL",
    "RULEBOOK",
    "SITE_URL",
    "WITNESSES",
)

# The test's transaction, none before it writes; and how much was written, taken back or not.
WRITTEN = """
SELECT pg_current_xact_id_if_assigned()::text, coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
FROM pg_stat_xact_user_tables
"""


class UnnamedError(Exception):
    """A part of a name does not say all there is to say of it."""


@dataclass(frozen=True)
class Standing:
    """All that there is: the rows of each table, and the copies of signed heads."""

    tables: dict[str, bytes]
    heads: dict[str, bytes]


@dataclass(frozen=True)
class Kept:
    """What a builder returned, and what there was before and after."""

    made: Any
    before: Standing
    after: Standing


@dataclass
class Place:
    """Where the test is: the stories told in its transaction, and nothing but these."""

    story: Name
    written: Written
    inside: tuple[str, ...]  # the savepoints it was told in: taken back with one, it never was


@dataclass
class Memory:
    """What is kept for this process, and where its test is."""

    kept: dict[Name, Kept] = field(default_factory=dict)
    bare: Standing | None = None  # as migrations leave it
    place: Place | None = None
    is_on: bool = True


_memory = Memory()


def begin(*, by_acts: bool = False) -> None:
    """Forget where the last test was; `by_acts` where this one changes how acts do their work."""
    _memory.place, _memory.is_on = None, not by_acts


def once(name: tuple[object, ...], build: Callable[[], T]) -> T:
    """Return what `build` makes; from the second time on what it wrote is put back as it was.

    `name` says what is built, and of what. Numbers are not given twice: sequences go on when a
    test's rows are rolled back.
    """
    told, named = _told(), _named(name)
    if told is None or named is None:
        return build()
    story = (*told, named)
    if story in _memory.kept:
        _put_back(_memory.kept[story])
        made = deepcopy(_memory.kept[story].made)
    else:
        made = _built(story, build)
    _memory.place = Place(story, _written(), _savepoints())
    found: T = made
    return found


def _told() -> Name | None:
    """Return the stories told so far; None where something else happened, too."""
    if not (_memory.is_on and connection.in_atomic_block):
        return None
    written = _written()
    if written[0] is None:
        return ()
    place, inside = _memory.place, _savepoints()
    if place is None or place.written != written or inside[: len(place.inside)] != place.inside:
        return None
    return place.story


def _savepoints() -> tuple[str, ...]:
    return tuple(connection.savepoint_ids)


def _written() -> Written:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        number, count = cursor.fetchone()
    return number, int(count)


def _built(story: Name, build: Callable[[], T]) -> T:
    before = _memory.kept[story[:-1]].after if story[1:] else _bare()
    made = build()
    _memory.kept[story] = Kept(deepcopy(made), before, _standing(before))
    return made


def _bare() -> Standing:
    _memory.bare = _memory.bare or _standing(Standing({}, {}))
    return _memory.bare


def _standing(before: Standing) -> Standing:
    """Return all that there is; what did not change since is not kept twice."""
    tables = {table: _out(table) for table in _tables()}
    same = {table: rows for table, rows in before.tables.items() if tables[table] == rows}
    folder = Path(settings.HEADS_DIR)
    copies = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return Standing(tables | same, copies)


def _put_back(kept: Kept) -> None:
    """Write what a story wrote: past triggers, which said their word the first time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, rows in kept.after.tables.items():
            known = kept.before.tables[table]
            if rows is known:
                continue
            if not rows.startswith(known):
                cursor.execute(f'DELETE FROM "{table}"')
                known = b""
            cursor.cursor.copy_expert(f'COPY "{table}" FROM STDIN', BytesIO(rows[len(known) :]))
        cursor.execute("SET session_replication_role = origin")
    for name, content in kept.after.heads.items():
        if kept.before.heads.get(name) != content:
            path = Path(settings.HEADS_DIR) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True)]


def _out(table: str) -> bytes:
    rows = BytesIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
    return rows.getvalue()


def _named(name: tuple[object, ...]) -> Hashable | None:
    """Return a name with the ways it is told in; None where it does not say all."""
    ways = [translation.get_language(), *(str(getattr(settings, way)) for way in WAYS)]
    try:
        return _plain((*name, ways))
    except UnnamedError:
        return None


def _plain(part: object) -> Hashable:
    """Return what may be looked up: rows by their numbers, collections with their order."""
    if isinstance(part, models.Model):
        return (part._meta.label, part.pk)
    if is_dataclass(part):
        return tuple(_plain(getattr(part, each.name)) for each in fields(part))
    if isinstance(part, dict):
        return tuple(map(_plain, part.items()))
    if isinstance(part, (list, tuple)):
        return tuple(map(_plain, part))
    if isinstance(part, (set, frozenset)):
        return frozenset(map(_plain, part))
    if isinstance(part, PLAIN):
        return part
    raise UnnamedError
