"""The last seconds before a deadline: sealed bids of 300 kB through edge, web and database."""

import os
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from benchmarks import racing, stage
from benchmarks.racing import Site, Try
from benchmarks.rig import Rig
from benchmarks.stage import Stage
from organizations import instants
from organizations.register.models import Organization
from procurement.bids import sealed, sealing
from procurement.bids.models import Bid
from procurement.tenders.models import Tender

SIZE: Final = 300_000  # bytes of each bid
_AHEAD: Final = timedelta(hours=2)  # on the portal's clock, to seal everything beforehand
_LEAD: Final = 3.0  # seconds before the first bid
_AT_ONCE: Final = 120  # connections of the load, which shares the machine with the portal


def run(rig: Rig, made: Stage) -> int:
    """Measure both rushes and print them; 0 when every bid that arrived in time was accepted."""
    print(f"{'rush':<34}{'p50':>8}{'p99':>8}{'accepted':>10}{'refused':>9}{'no answer':>11}")
    good = [
        _rush(rig, made, bids=500, seconds=20.0),
        _rush(rig, made, bids=1000, seconds=5.0),
    ]
    return 0 if all(good) else 1


def _rush(rig: Rig, made: Stage, *, bids: int, seconds: float) -> bool:
    stage.to_office_hours()
    deadline = instants.now() + _AHEAD
    calls = [stage.call(made, deadline) for _call in range(bids // len(made.bidders))]
    pairs = [(call, bidder) for call in calls for bidder in made.bidders]
    tries = [Try(call.ocid, deadline, bidder) for call, bidder in pairs]
    forms = [
        racing.upload_form(one, _envelope(call, one))
        for one, (call, _b) in zip(tries, pairs, strict=True)
    ]
    instants.advance(deadline - timedelta(seconds=seconds + _LEAD) - instants.now())
    site = Site(rig.address, rig.edge.port, instants.shift())
    starts = sorted(random.uniform(0.02, seconds) for _one in tries)

    def send(number: int) -> None:
        begin = deadline - timedelta(seconds=starts[-1 - number])
        time.sleep(max(0.0, (begin - site.now()).total_seconds()))
        racing.attempt(site, tries[number], forms[number])

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(send, range(len(tries))))
    _show(f"{bids} x {SIZE // 1000} kB in the last {seconds:.0f} s", tries)
    kept = Bid.objects.filter(tender__in=calls, receipt_number__in=[t.number for t in tries])
    return kept.count() == len(tries)


def _envelope(call: Tender, one: Try) -> bytes:
    organization = Organization.objects.get(pk=one.bidder.actor.member_of)
    context = sealing.Context(**sealed.context(call, organization))
    return sealing.seal(os.urandom(SIZE), context, sealed.keys(call), code=None, mode="C")


def _show(name: str, tries: list[Try]) -> None:
    """One line: how long those accepted waited, and what became of all."""
    waited = [one.seconds for one in tries if one.number]
    cuts = statistics.quantiles(waited, n=100) if len(waited) > 1 else [0.0] * 99
    refused = sum(one.status == racing.LATE for one in tries)
    silent = len(tries) - len(waited) - refused
    print(
        f"{name:<34}{cuts[49]:>7.2f}s{cuts[98]:>7.2f}s{len(waited):>10}{refused:>9}{silent:>11}",
        flush=True,
    )
