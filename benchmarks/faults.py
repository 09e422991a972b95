"""Deadlines under faults: what is killed, held still or wrong while bidders race, and what is left.

Each trial: calls with deadlines seconds away, bidders over HTTP who try again under one key, one
fault at the deadlines; then every closing and every letter is waited for, and counted.
"""

import os
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import redis
from django.db import connection

from benchmarks import judging, racing, stage
from benchmarks.judging import Tally
from benchmarks.racing import Site, Try
from benchmarks.rig import Rig
from benchmarks.stage import Bidder, Stage
from organizations import instants
from portal.parts import Part
from procurement import clock
from procurement.notifications.models import Delivery
from procurement.tenders.models import Tender

Fault = Callable[[Rig], None]
FAKETIME: Final = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
_CLOSING: Final = 90.0  # seconds in which every call must be closed and opened, faults included
_LETTERS: Final = 240.0  # and every letter sent, with a back-off of two minutes
_PREPARING: Final = timedelta(minutes=4)  # on the portal's clock; what is left is skipped
_ZOMBIE: Final = 12.0  # seconds


@dataclass(frozen=True)
class Size:
    """How much happens in one trial."""

    calls: int = 3
    bidders: int = 10
    before: float = 3.0  # seconds before a deadline in which bidders come …
    after: float = 0.5  # … and after it
    lead: float = 6.0  # seconds from the beginning of the race to the first deadline


def _workers(rig: Rig) -> None:
    for _time in range(3):
        rig.kill("worker")
        time.sleep(3)


def _flush(rig: Rig) -> None:  # noqa: ARG001 -- a fault is given the rig
    client: Any = redis.Redis.from_url(os.environ["REDIS_URL"])
    client.flushall()


def _two_beats(rig: Rig) -> None:
    beat = rig.parts["beat"]
    second = (*beat.command[:-1], str(rig.home / "beat-schedule-2"))
    rig.add(replace(beat, name="beat2", command=second))


def _mail_down(rig: Rig) -> None:
    rig.mail.down.set()
    time.sleep(20)
    rig.mail.down.clear()


def _wrong_clock(rig: Rig) -> None:
    """The worker's machine is ten minutes behind, from its next start on."""
    worker = rig.parts["worker"]
    behind = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": "-10m", "DONT_FAKE_MONOTONIC": "1"}
    rig.parts["worker"] = replace(worker, env={**worker.env, **behind})
    rig.kill("worker")


def _no_celery(rig: Rig) -> None:
    """Neither broker nor worker nor beat, and none comes back: only the timer is left."""
    for name in ("worker", "beat"):
        rig.drop(name)
    rig.servers["valkey"].process.kill()


def _several(rig: Rig) -> None:
    parts = [partial(rig.kill, name) for name in ("worker", "beat", "web", "gate", "watchdog")]
    servers = [partial(rig.kill_server, name) for name in ("postgres", "valkey")]
    for fault in random.sample([*parts, *servers], 4):
        fault()
        time.sleep(1)


FAULTS: Final[Mapping[str, Fault]] = {
    "none": lambda _rig: None,
    "kill -9 worker, three times": _workers,
    "kill -9 beat": lambda rig: rig.kill("beat"),
    "kill -9 web": lambda rig: rig.kill("web"),
    "kill -9 gate": lambda rig: rig.kill("gate"),
    "kill -9 watchdog": lambda rig: rig.kill("watchdog"),
    "kill -9 PostgreSQL": lambda rig: rig.kill_server("postgres"),
    "kill -9 broker": lambda rig: rig.kill_server("valkey"),
    "FLUSHALL": _flush,
    "worker held still 12 s": lambda rig: rig.freeze("worker", _ZOMBIE),
    "two beats": _two_beats,
    "mail down 20 s": _mail_down,
    "worker's clock -10 min": _wrong_clock,
    "four at once": _several,
    "no broker, no worker, no beat": _no_celery,
}
SHORT: Final = ("kill -9 PostgreSQL",)


def possible() -> list[str]:
    """The faults this machine can bring about."""
    return [name for name in FAULTS if "clock" not in name or FAKETIME.exists()]


def trial(rig: Rig, made: Stage, name: str, size: Size) -> Tally:
    """One trial of one fault."""
    before = dict(rig.parts)
    bidders = random.sample(made.bidders, size.bidders)
    stage.to_office_hours()
    first = instants.now() + _PREPARING
    calls = [stage.call(made, first + timedelta(seconds=n)) for n in range(size.calls)]
    for call in calls:
        for bidder in bidders:
            stage.prepare(call, bidder)
    told = stage.call(made, instants.now() + timedelta(days=40))  # its letters are to be sent
    instants.advance(first - timedelta(seconds=size.lead) - instants.now())
    site = Site(rig.address, rig.edge, instants.shift())
    tries = [_try(c, bidder, n) for c in calls for n, bidder in enumerate(bidders)]
    with ThreadPoolExecutor(1) as aside:
        fault = aside.submit(_at_the_deadline, rig, name, site, tries)
        racing.race(site, tries, before=size.before, after=size.after)
        fault.result()  # a fault that did not come about proves nothing: it is raised here
    connection.close()  # it may be dead
    rig.wait_for(lambda: instants.real() is not None, 60)
    instants.advance(clock.GRACE + timedelta(seconds=3))
    rig.wait_for(
        lambda: not Tender.objects.filter(pk__in=[c.pk for c in calls], opened_at=None), _CLOSING
    )
    rig.wait_for(lambda: _is_told(told), _LETTERS)
    rig.wait_for(lambda: racing.fetch_receipts(site, tries), 30)
    letters = [letter.message_id for letter in Delivery.objects.filter(tender=told)]
    found = judging.judge(calls, tries, letters, rig.mail.taken, readers=len(made.bidders))
    _restore(rig, before)
    return found


def _try(call: Tender, bidder: Bidder, number: int) -> Try:
    """Every third bid is sealed by its bidder, and every third follows its fingerprint."""
    is_own, is_promised = number % 3 > 0, number % 3 > 1
    envelope = stage.sealed_at_home(call, bidder) if is_own else b""
    return Try(call.ocid, _deadline(call), bidder, envelope=envelope, is_promised=is_promised)


def _deadline(call: Tender) -> datetime:
    end = Tender.objects.get(pk=call.pk).tender_period_end
    if end is None:
        raise LookupError(call.ocid)
    return end


def _at_the_deadline(rig: Rig, name: str, site: Site, tries: list[Try]) -> None:
    first = min(one.deadline for one in tries) - timedelta(seconds=random.uniform(0.2, 2.0))
    time.sleep(max(0.0, (first - site.now()).total_seconds()))
    FAULTS[name](rig)


def _is_told(call: Tender) -> bool:
    letters = Delivery.objects.filter(tender=call)
    return letters.exists() and not letters.filter(sent_at=None, failed_at=None).exists()


def _restore(rig: Rig, before: Mapping[str, Part]) -> None:
    """Everything as it was before the fault."""
    for name in set(rig.parts) - set(before):
        rig.drop(name)
    if not rig.servers["valkey"].alive:
        rig.kill_server("valkey")
    for name, part in before.items():
        if rig.parts.get(name) is not part:
            rig.drop(name)
            rig.add(part)
