"""The two logs: what a leaf costs, a proof, a signed head, and an audit of everything.

    .venv/bin/python benchmarks/log.py [--entries 10000] [--receipts 100000]

Runs on embedded servers of its own, with writes that reach the disk, and throws them away. Notices
are published one a transaction with their catalogue; receipts enter in blocks of 32. Proofs are of
random entries. The audit is the whole command, started anew: over the notices, then over both logs.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = 32


def main() -> None:
    """Start servers, measure, stop them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--receipts", type=int, default=100_000)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    home.chmod(0o755)
    (home / "static").mkdir()
    os.environ |= {"DATA_DIR": str(home), "PLAIN_STATIC": "1"}
    from portal.embedded.session import Servers  # noqa: PLC0415

    servers = Servers(home)
    servers.start(lambda _line: None)
    try:
        run(options.entries, options.receipts)
    finally:
        servers.stop(lambda _line: None)
        servers.remove()


def run(entries: int, receipts: int) -> None:
    """The measurements, on running servers."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    told("a notice with its catalogue", [timed(publish) for _ in range(entries)])
    audit()
    blocks = [timed(lambda at=at: append(at)) for at in range(0, receipts, BLOCK)]  # type: ignore[misc]
    told("a block of 32 receipts", blocks)
    sign(entries, receipts)
    prove(receipts)
    audit()


def audit() -> None:
    """Audit everything in a process of its own, as an operator does, and print what it took."""
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "django", "audit_log"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    *_, verdict = child.stdout.read().splitlines()
    _pid, _status, used = os.wait4(child.pid, 0)
    taken, memory = time.perf_counter() - begun, used.ru_maxrss / 1024
    print(f"an audit: {taken:.1f} s, at most {memory:.0f} MB ({verdict})", flush=True)


def publish() -> None:
    """Publish one notice of a new process, in a transaction of its own."""
    from django.db import transaction  # noqa: PLC0415

    from organizations.instants import now  # noqa: PLC0415
    from procurement.publication import log  # noqa: PLC0415
    from procurement.publication.models import NoticeKind  # noqa: PLC0415

    at = now()
    with transaction.atomic():
        process = log.open_process(at=at)
        said = {
            "buyer": {"id": "CN-USCI-1", "name": "疾控中心"},
            "tender": {"id": process.ocid, "title": "随访关怀服务", "status": "planned"},
            "description": "为辖区感染者提供随访、心理支持和转介服务。" * 20,
        }
        log.append(said, kind=NoticeKind.PLANNING, title="随访", ocid=process.ocid, at=at)


def append(at: int) -> None:
    """Append a block of receipts, in a transaction of its own."""
    from django.db import transaction  # noqa: PLC0415

    from procurement.publication import log  # noqa: PLC0415

    with transaction.atomic():
        numbers = range(at, at + BLOCK)
        log.append_receipts([b"yn-bid-leaf/1\n" + n.to_bytes(32, "big") for n in numbers])


def sign(entries: int, receipts: int) -> None:
    """Sign both logs, first whole, then with one leaf more."""
    from organizations.instants import now  # noqa: PLC0415
    from procurement.publication import heads  # noqa: PLC0415
    from procurement.publication.tree import Log  # noqa: PLC0415

    whole = [timed(lambda of=of: heads.sign(of, at=now())) for of in Log]  # type: ignore[misc]
    for of, count, taken in zip(("notices", "receipts"), (entries, receipts), whole, strict=True):
        print(f"the first head, of {count:,} {of}: {taken:.0f} ms", flush=True)
    again = []
    for n in range(50):
        append(receipts + n * BLOCK)
        again.append(timed(lambda: heads.sign(Log.RECEIPTS, at=now())))
    told("a head over a new block", again)


def prove(receipts: int) -> None:
    """Prove random receipts under the newest head, and random older heads."""
    from procurement.publication import nodes, proofs  # noqa: PLC0415
    from procurement.publication.tree import Log  # noqa: PLC0415

    chance = random.Random(53)
    asked = [chance.randrange(1, receipts) for _ in range(500)]
    told("an inclusion proof", [timed(lambda n=n: proofs.proof(Log.RECEIPTS, n)) for n in asked])  # type: ignore[misc]
    told(
        "a consistency proof",
        [timed(lambda n=n: nodes.consistency(Log.RECEIPTS, n, receipts)) for n in asked],  # type: ignore[misc]
    )


def timed(act: Callable[[], object]) -> float:
    """Return the milliseconds of an act."""
    begun = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - begun)


def told(what: str, taken: list[float]) -> None:
    """Print the middle and the slowest of a hundred."""
    slow = statistics.quantiles(taken, n=100)[98]
    print(
        f"{what}: p50 {statistics.median(taken):.2f} ms, p99 {slow:.2f} ms ({len(taken):,} times)"
    )


if __name__ == "__main__":
    main()
