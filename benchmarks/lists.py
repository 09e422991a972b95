"""How the tender list grows: its time with 200 and with 20,000 tenders, against a constant page.

    .venv/bin/python benchmarks/lists.py [--tenders 20000]

Runs on embedded servers of its own and throws them away. The list and the constant page take turns,
so a noisy machine slows both; what is printed is a ratio within one run, with its quartiles.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 31
PAGES = {
    "first page": "/tenders/",
    "open now": "/tenders/?status=open",
    "two words": "/tenders/?q=随访 检测",
    "a word of all": "/tenders/?q=服务",
    "a word of a sixth": "/tenders/?q=检测咨询",
    "the same, open now": "/tenders/?q=检测咨询&status=open",
    "a prefecture": "/tenders/?region=530100",
    "a word of all in a rare place": "/tenders/?q=服务&region=532500",
}
CONSTANT = "/about/"
RARE = 5  # the oldest tenders, in a place that no other is in


def listings(first: int, last: int, at: datetime) -> None:
    """Fill the catalogue with tenders numbered from first to last."""
    from django.contrib.postgres.search import SearchVectorField  # noqa: PLC0415
    from django.db.models import Value  # noqa: PLC0415
    from django.db.models.functions import Cast  # noqa: PLC0415

    from procurement.publication import search  # noqa: PLC0415
    from procurement.publication.models import Listing  # noqa: PLC0415

    subjects = ("随访关怀", "检测咨询", "外展宣传", "减低危害", "培训", "评估")
    made: list[Listing] = []
    for number in range(first, last):
        title = f"第{number}号{subjects[number % 6]}服务"
        end = at + timedelta(days=number % 40 - 30)
        listing = Listing(
            ocid=f"ocds-yn0000-2026-{number:06d}",
            title=title,
            method=("open", "consultation", "grant")[number % 3],
            services=["follow_up"],
            populations=["plhiv"],
            regions=["532501" if number < RARE else f"5301{number % 10:02d}"],
            budget=Decimal(50000 + number),
            agency_id="CN-USCI-1",
            agency_name="疾病预防控制中心",
            status="active",
            tender_period_start=end - timedelta(days=25),
            tender_period_end=end,
            updated_at=end - timedelta(days=25),
            compiled={"ocid": str(number)},
            bigrams=Cast(Value(search.vector(title)), SearchVectorField()),
        )
        made.append(listing)
    Listing.objects.bulk_create(made, batch_size=1000)


def milliseconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def measure() -> dict[str, list[float]]:
    """The ratio of each page to the constant page, one value a round."""
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    ratios: dict[str, list[float]] = {name: [] for name in PAGES}
    for page in (CONSTANT, *PAGES.values()):
        assert client.get(page).status_code == 200, page
    for _round in range(ROUNDS):
        for name, page in PAGES.items():
            constant = milliseconds(partial(client.get, CONSTANT))
            ratios[name].append(milliseconds(partial(client.get, page)) / constant)
    return ratios


def main() -> None:
    """Measure small, grow, measure again, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenders", type=int, default=20_000)
    tenders = parser.parse_args().tenders
    sys.path.insert(0, str(ROOT))
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    home.chmod(0o755)
    (home / "static").mkdir()
    os.environ |= {"DATA_DIR": str(home), "PLAIN_STATIC": "1"}
    from portal.embedded.session import Servers  # noqa: PLC0415

    servers = Servers(home, durable=False)
    servers.start(lambda _line: None)
    try:
        run(tenders)
    finally:
        servers.stop(lambda _line: None)
        servers.remove()


def run(tenders: int) -> None:
    """The measurement itself, on running servers."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from organizations.instants import now  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    few = 200
    listings(0, few, now())
    small = measure()
    listings(few, tenders, now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    large = measure()
    print(f"time against a constant page, median [quartiles] of {ROUNDS} rounds")
    for name in PAGES:
        print(f"{name:>29}: {told(small[name])} at {few}, {told(large[name])} at {tenders:,}")
        print(
            f"{'growth':>29}: {statistics.median(large[name]) / statistics.median(small[name]):.2f}"
        )


def told(ratios: list[float]) -> str:
    """A median with its quartiles."""
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:.2f} [{low:.2f}..{high:.2f}]"


if __name__ == "__main__":
    main()
