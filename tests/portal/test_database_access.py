"""What the application's login may not do, though its code were bent to try."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pgtrigger import Delete, Protect, Update
from pytest_django import DjangoDbBlocker

from portal import database_access
from portal.database_access import APP, APP_LIMITS, GATE, Login
from portal.demo import gatekeeper
from tests.builders import procurement as build

TAMPERING = [
    "UPDATE procurement_entry SET body = 'x'",
    "UPDATE procurement_entry SET published_at = now()",
    "DELETE FROM procurement_entry",
    "TRUNCATE procurement_entry",
    "TRUNCATE procurement_bid CASCADE",
    "DELETE FROM procurement_loghead",
    "INSERT INTO procurement_loghead (id, size) VALUES (9, 0)",
    "DELETE FROM procurement_bid",
    "DELETE FROM organizations_auditrow",
    "UPDATE organizations_auditrow SET reason = ''",
    "ALTER TABLE procurement_entry DISABLE TRIGGER ALL",
    "ALTER TABLE procurement_entry DROP CONSTRAINT entry_leaf_hash_is_of_its_body",
    "ALTER TABLE procurement_entry OWNER TO portal_app",
    "DROP TABLE procurement_entry",
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION _pgtrigger_should_ignore",
    "SET session_replication_role = replica",
    "COPY procurement_entry TO PROGRAM 'cat'",
    "COPY procurement_entry FROM '/etc/passwd'",
    "GRANT portal_gate TO portal_app",
    "CREATE ROLE mine SUPERUSER",
    "ALTER DATABASE postgres SET fsync = off",
    "SELECT setval(pg_get_serial_sequence('procurement_contractingprocess', 'id'), 1)",
    "DELETE FROM django_migrations",
    "INSERT INTO procurement_lognode (log, level, index, hash) VALUES (1, 0, 0, '')",
    "DELETE FROM procurement_lognode",
    "UPDATE procurement_checkpoint SET note = ''",
    "DELETE FROM procurement_receiptleaf",
    "LOCK TABLE procurement_entry IN ACCESS EXCLUSIVE MODE",
]


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def _granted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Once: who may do what is part of the schema."""
    with django_db_blocker.unblock():
        database_access.grant(Login(APP), Login(GATE))


@pytest.fixture
def _as_application(told_by_acts: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP}")
        yield
        cursor.execute("RESET ROLE")


@pytest.fixture(autouse=True)
def _without_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logins belong to the whole server, which the test processes share."""
    for name in ("APP_DATABASE_URL", "GATE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_as_application")
@pytest.mark.parametrize("statement", TAMPERING)
def test_tampering_is_refused(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be (owner|superuser)|denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM procurement_biddraft",
        "SELECT organization_id FROM procurement_bid",
        "SELECT * FROM organizations_user",
        "SELECT * FROM procurement_tender",
        "UPDATE procurement_bid SET envelope = ''",
        "INSERT INTO procurement_entry (index) VALUES (0)",
        "UPDATE organizations_clockshift SET \"offset\" = '100 days'",
        "SELECT * FROM django_session",
    ],
)
def test_the_gate_sees_no_more_than_it_opens(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {GATE}")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("SET LOCAL ROLE NONE")


def test_the_gate_reads_the_log_and_the_envelopes() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {GATE}")
        cursor.execute("SELECT index, kind, body FROM procurement_entry")
        cursor.execute("SELECT envelope_sha256, envelope FROM procurement_bid")
        cursor.execute("SET LOCAL ROLE NONE")


@pytest.fixture
def _gate_as_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate gives out its parts under its own login, as it does when it runs."""
    release = gatekeeper.release
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {GATE}")
        gatekeeper.announce()
        cursor.execute(f"SET ROLE {APP}")

    def as_itself(at: datetime) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {GATE}")
            given = release(at)
            cursor.execute(f"SET ROLE {APP}")
        return given

    monkeypatch.setattr(gatekeeper, "release", as_itself)
    monkeypatch.setattr(gatekeeper, "announce", lambda: None)


@pytest.mark.usefixtures("_as_application", "_gate_as_itself")
def test_a_whole_procurement_needs_no_more_than_the_application_may() -> None:
    who = build.cast(3)
    tender = build.published(who)
    awards = build.awarded(who, build.evaluated(who, build.opened(who, tender)))
    assert len(awards) == 1


def test_every_table_closed_to_change_is_closed_to_the_application() -> None:
    """A table whose trigger refuses every change stands in the list of limits as well."""
    closed = {
        model._meta.db_table
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", [])
        if type(trigger) is Protect
        and trigger.condition is None
        and str(trigger.operation) == str(Update | Delete)
    }
    limits = {table: " ".join(APP_LIMITS.get(table, ("UPDATE",))) for table in closed}
    assert "procurement_entry" in closed
    assert [table for table, limit in limits.items() if "UPDATE" in limit] == []


def test_no_session_switches_a_trigger_off() -> None:
    """The library has a setting for it; here it has no effect, not even for the owner."""
    who = build.cast(3)
    tender = build.published(who)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(tgname::text)::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'"
        )
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [cursor.fetchone()[0]])
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            cursor.execute("DELETE FROM procurement_entry WHERE ocid = %s", [tender.ocid])
        cursor.execute("SELECT set_config('pgtrigger.ignore', '', true)")


def test_the_application_gives_itself_no_right() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP}")
        cursor.execute(f"GRANT UPDATE ON procurement_entry TO {APP}")  # a warning, no more
        cursor.execute("SELECT has_table_privilege('procurement_entry', 'UPDATE')")
        assert cursor.fetchone() == (False,)
        cursor.execute("SET LOCAL ROLE NONE")


def test_granted_again_nothing_changes() -> None:
    before = _rights()
    call_command("grant_access", verbosity=0)
    assert _rights() == before


def _rights() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL "
            "AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        found: list[tuple[str, str]] = cursor.fetchall()
    return found


def test_an_address_of_another_login_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", "postgres://portal:secret@127.0.0.1/portal")
    with pytest.raises(CommandError, match="address of portal_app names 'portal'"):
        call_command("grant_access")
