"""How the sweep for missed duties grows: 10,000 and 1,000,000 open ones, of which 500 are due.

    .venv/bin/python benchmarks/duties.py [--large 1000000] [--rounds 3]

Runs on embedded servers of its own and throws them away. Both sizes are made and swept in turns on
one database. What is counted is processor time, of this process and of its database server, so that
waiting for others on a busy machine does not count; printed is the ratio of the medians. A sweep
records its 500 breaches whole: row, notice, log, catalogue.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DUE = 500
SMALL = 10_000

PROCESSES = """
INSERT INTO procurement_contractingprocess (id, year, ocid)
SELECT n, 2026, 'ocds-yn0000-2026-' || lpad(n::text, 6, '0') FROM generate_series(1, %(due)s) n
"""
LISTINGS = """
INSERT INTO procurement_listing (ocid, title, summary, method, services, populations, regions,
    agency_id, agency_name, status, updated_at, compiled, bigrams)
SELECT ocid, 'call', '', 'open', '{}', '{}', '{}', 'CN-USCI-1', 'agency', 'active', %(at)s,
    jsonb_build_object('ocid', ocid, 'date', '2026-01-01T00:00:00Z',
        'tender', jsonb_build_object('id', ocid, 'title', 'call'),
        'buyer', jsonb_build_object('id', 'CN-USCI-1', 'name', 'agency'), 'notices', '[]'::jsonb),
    ''::tsvector
FROM procurement_contractingprocess
"""
# The first `due` are due yesterday, each of a procurement of its own; the rest in the coming years.
DUTIES = """
INSERT INTO procurement_obligation (process_id, procuring_entity_id, title, procurement_method,
    rulebook, rule_id, clock_id, event, subject, since_event, since, due_at, not_before, is_certain,
    evidence_url, statement, reply, excuse)
SELECT 1 + n %% %(due)s, %(agency)s, 'call', 'open', '', 'award-decision-5wd', 'award-decision-5wd',
    'award.decided', 'benchmark-' || n, 'evaluation.report.delivered', %(at)s - interval '9 days',
    CASE WHEN n < %(due)s THEN %(at)s - interval '1 day'
         ELSE %(at)s + interval '1 day' + n * interval '1 minute' END,
    %(at)s::date, true, '', '', '', ''
FROM generate_series(%(first)s, %(last)s - 1) n
"""


def main() -> None:
    """Measure both sizes and print their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    home.chmod(0o755)
    (home / "static").mkdir()
    os.environ |= {"DATA_DIR": str(home), "PLAIN_STATIC": "1"}
    from portal.embedded.session import Servers  # noqa: PLC0415

    servers = Servers(home, durable=False)
    servers.start(lambda _line: None)
    try:
        run(options.large, options.rounds)
    finally:
        servers.stop(lambda _line: None)
        servers.remove()


def run(large: int, rounds: int) -> None:
    """The measurement itself, on running servers."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from organizations.instants import now  # noqa: PLC0415
    from organizations.regions.models import Region  # noqa: PLC0415
    from organizations.register.models import Organization  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    at = now()
    agency = Organization.objects.create(
        kind="agency", name="agency", region=Region.objects.all()[0], registered_at=at
    )
    execute(PROCESSES, due=DUE)
    times: dict[int, list[float]] = {SMALL: [], large: []}
    for _round in range(rounds):
        for size in times:
            times[size].append(sweep(size, agency.pk, at))
    ratio = statistics.median(times[large]) / statistics.median(times[SMALL])
    for size, taken in times.items():
        told = ", ".join(f"{seconds:.2f}" for seconds in taken)
        print(f"{size:>9,} open duties, {DUE} due: {told} s of processor time")
    print(f"{'ratio':>9} of the medians: {ratio:.2f}")


def sweep(size: int, agency: int, at: datetime) -> float:
    """Return the processor seconds of one sweep over this many open duties, made for it."""
    from django.db import connection  # noqa: PLC0415

    from procurement import clock  # noqa: PLC0415

    execute("TRUNCATE procurement_obligation, procurement_dutylisting, procurement_ruletally")
    execute("TRUNCATE procurement_listing")
    execute(LISTINGS, at=at)
    execute(DUTIES, due=DUE, first=0, last=size, agency=agency, at=at)
    execute("VACUUM ANALYZE procurement_obligation")
    execute("CHECKPOINT")
    server = connection.connection.get_backend_pid()
    begun = processor(server)
    recorded = clock.record_breaches(at=at, limit=size)
    taken = processor(server) - begun
    assert recorded == DUE, recorded
    assert clock.record_breaches(at=at) == 0
    return taken


def processor(server: int) -> float:
    """Return the processor seconds used so far, by this process and its database server (Linux)."""
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def execute(statement: str, **given: Any) -> None:  # noqa: ANN401 - whatever SQL takes
    """Run one statement."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)


if __name__ == "__main__":
    main()
