"""Who may do what in the database: the owner makes the tables, two logins only use them.

The first wall around what must not change; the triggers of the tables are the second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from django.db import connection, transaction

APP: Final = "portal_app"  # web, worker, clock, watchdog
GATE: Final = "portal_gate"  # the gate alone

_ORDINARY = "SELECT, INSERT, UPDATE, DELETE"
# What the application may do where it may not do everything. TRUNCATE is given nowhere.
APP_LIMITS: Final[Mapping[str, tuple[str, ...]]] = {
    "django_migrations": ("SELECT",),
    "organizations_auditrow": ("SELECT, INSERT",),
    "procurement_entry": ("SELECT, INSERT",),
    "procurement_keptbook": ("SELECT, INSERT",),
    "procurement_loghead": ("SELECT", "UPDATE (size)"),
    "procurement_lognode": ("SELECT",),
    "procurement_receiptleaf": ("SELECT, INSERT",),
    "procurement_checkpoint": ("SELECT, INSERT",),
    "procurement_cosignature": ("SELECT, INSERT",),
    "procurement_misfit": ("SELECT, INSERT",),
    "procurement_gatepart": ("SELECT",),
    "procurement_gatekey": ("SELECT",),
    "procurement_receipt": ("SELECT, INSERT",),
    "procurement_refusedenvelope": ("SELECT, INSERT",),
    "procurement_bid": ("SELECT, INSERT, UPDATE",),
    "procurement_offer": ("SELECT, INSERT",),
    "procurement_offerline": ("SELECT, INSERT",),
    "procurement_bidfile": ("SELECT, INSERT",),
    "procurement_carduse": ("SELECT, INSERT",),
    "procurement_cardshare": ("SELECT, INSERT",),
    "procurement_outage": ("SELECT, INSERT",),
}
# The gate: the log it verifies, the envelopes it opens, its own answers, and that it lives.
GATE_LIMITS: Final[Mapping[str, tuple[str, ...]]] = {
    "organizations_clockshift": ("SELECT",),
    "procurement_entry": ("SELECT",),
    "procurement_checkpoint": ("SELECT",),
    "procurement_gatekey": ("SELECT, INSERT",),
    "procurement_gatepart": ("SELECT, INSERT",),
    "procurement_contractingprocess": ("SELECT (id, ocid)",),
    "procurement_tender": ("SELECT (id, process_id, closed_at, opened_at, cancelled_at)",),
    "procurement_heartbeat": ("SELECT, INSERT", "UPDATE (beat_at, detail)"),
}
# Of a bid the gate sees the envelope and what names it, never who sent it.
GATE_BID_COLUMNS: Final = frozenset(
    {
        "envelope",
        "envelope_sha256",
    }
)
# The trigger of a new leaf writes the nodes of its tree, which nobody else may.
_GROW: Final = r"""
DO $$ DECLARE grow regprocedure; BEGIN
    FOR grow IN
        SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'pgtrigger\_grow\_tree\_%'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER', grow);
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', grow);
    END LOOP;
END $$
"""
# django-pgtrigger lets whoever connects switch triggers off by a setting of the session.
_NO_WAY_AROUND: Final = (
    "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) "
    "RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'"
)
_LOCK: Final = 7_204_551  # one command at a time changes the rights of a database


class UnknownLogin(Exception):
    """An address names a login that is none of ours."""


@dataclass(frozen=True)
class Login:
    """A role that may connect, and its password; without one it is made but cannot connect."""

    role: str
    password: str = ""

    @classmethod
    def of(cls, role: str, address: str) -> "Login":
        """Return the login of an address `postgres://role:password@…`; blank gives no password.

        Raises UnknownLogin when the address is another role's.
        """
        parts = urlsplit(address)
        if address and parts.username != role:
            raise UnknownLogin(f"the address of {role} names {parts.username!r}")
        return cls(role, unquote(parts.password or ""))


@transaction.atomic
def grant(*logins: Login) -> None:
    """Make the roles where they are missing and give each exactly its rights, no more.

    Run again it changes nothing; tables that do not exist yet are left out. The caller connects as
    the owner of the tables; to make a missing role it must also be allowed to make roles.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for login in logins:
            _make(login)
        cursor.execute("SELECT current_database()")
        for statement in (_GROW, _NO_WAY_AROUND, *statements(cursor.fetchone()[0], _tables())):
            cursor.execute(statement)


def _make(login: Login) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login.role])
        if cursor.fetchone() is None:
            cursor.execute(  # another database of the same server may make it at this moment
                f"DO $$ BEGIN CREATE ROLE {login.role}; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        if login.password:
            cursor.execute(f"ALTER ROLE {login.role} LOGIN PASSWORD %s", [login.password])


def _tables() -> dict[str, set[str]]:
    """Return every table of the portal with its columns."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        )
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    return found


def statements(database: str, tables: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the statements that give both roles their rights on the tables there are."""
    quote = connection.ops.quote_name
    yield f"REVOKE ALL ON DATABASE {quote(database)} FROM PUBLIC"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    for role in (APP, GATE):
        yield f"REVOKE ALL ON DATABASE {quote(database)} FROM {role}"
        yield f"GRANT CONNECT ON DATABASE {quote(database)} TO {role}"
        yield f"REVOKE ALL ON SCHEMA public FROM {role}"
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
        yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}"
    for table in sorted(tables):
        for right in APP_LIMITS.get(table, (_ORDINARY,)):
            yield f"GRANT {right} ON {quote(table)} TO {APP}"
        for right in GATE_LIMITS.get(table, ()):
            yield f"GRANT {right} ON {quote(table)} TO {GATE}"
    if "procurement_bid" in tables:
        seen = ", ".join(
            quote(each) for each in sorted(GATE_BID_COLUMNS & tables["procurement_bid"])
        )
        yield f'GRANT SELECT ({seen}) ON "procurement_bid" TO {GATE}'
    for table in ("procurement_gatekey", "procurement_gatepart"):
        if table in tables:
            yield _sequence_grant(table)


def _sequence_grant(table: str) -> str:
    """Give the gate the numbers of its own rows, where the table counts them."""
    return (
        f"DO $$ DECLARE s text := pg_get_serial_sequence('{table}', 'id'); BEGIN "
        f"IF s IS NOT NULL THEN EXECUTE format('GRANT USAGE ON SEQUENCE %s TO {GATE}', s); "
        f"END IF; EXCEPTION WHEN undefined_column THEN NULL; END $$"
    )
