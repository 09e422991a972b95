"""`python3 manage.py weigh`: the public pages among 30 and among 10,000 tenders, as a table.

On servers of its own, which are thrown away. Ends with 1 when a budget is broken.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django

from portal.embedded.session import Servers


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="manage.py weigh", description=__doc__)
    parser.add_argument("--few", type=int, default=30)
    parser.add_argument("--many", type=int, default=10_000)
    chosen = parser.parse_args()
    begun = time.monotonic()
    with _servers():
        django.setup()
        # what it measures is read when the settings are: addresses are in the environment now
        from benchmarks import weighing  # noqa: PLC0415

        broken = weighing.run(chosen.few, chosen.many)
    print(f"{time.monotonic() - begun:.0f} seconds; {len(broken)} budget(s) broken")
    for each in broken:
        print(each, file=sys.stderr)
    return 1 if broken else 0


@contextlib.contextmanager
def _servers() -> Iterator[None]:
    home = Path(tempfile.mkdtemp(prefix="portal-weigh-"))
    home.chmod(0o755)
    (home / "static").mkdir()
    os.environ |= {
        "DATA_DIR": str(home),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PLAIN_STATIC": "0",  # files as production serves them: hashed and compressed
        "REHEARSAL": "0",  # no banner, no second clock
    }
    servers = Servers(home, durable=False)
    servers.start(lambda _line: None)
    try:
        yield
    finally:
        servers.stop(lambda _line: None)
        servers.remove()


if __name__ == "__main__":
    sys.exit(main())
