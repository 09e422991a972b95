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
from benchmarks.stage import Bidder, Stage
from organizations import instants
from organizations.register.models import Organization
from procurement.bids import sealed, sealing
from procurement.bids.models import Bid
from procurement.tenders.models import Tender

SIZE: Final = 300_000  # bytes of each bid
_AHEAD: Final = timedelta(hours=2)  # on the portal's clock, to seal everything beforehand
_PATIENCE: Final = 115.0  # seconds, as the edge waits: who tries again sooner makes it worse
_LEAD: Final = 3.0  # seconds before the first bid


def run(rig: Rig, made: Stage) -> int:
    """Measure both rushes and print them; 0 when every bid that arrived in time was accepted."""
    heads = ("p50", "p99", "accepted", "refused in time", "arrived late", "no answer")
    print(f"{'rush':<34}" + "".join(f"{head:>17}" for head in heads), flush=True)
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
    tries = [
        Try(call.ocid, deadline, bidder, envelope=_envelope(call, bidder)) for call, bidder in pairs
    ]
    forms = [racing.upload_form(one) for one in tries]
    instants.advance(deadline - timedelta(seconds=seconds + _LEAD) - instants.now())
    site = Site(rig.address, rig.edge, instants.shift(), _PATIENCE)
    starts = sorted(random.uniform(0.02, seconds) for _one in tries)

    def send(number: int) -> None:
        begin = deadline - timedelta(seconds=starts[-1 - number])
        time.sleep(max(0.0, (begin - site.now()).total_seconds()))
        racing.attempt(site, tries[number], forms[number])

    with ThreadPoolExecutor(len(tries)) as threads:
        list(threads.map(send, range(len(tries))))
    without = _show(f"{bids} x {SIZE // 1000} kB in the last {seconds:.0f} s", tries)
    given = [one.number for one in tries if one.number]
    kept = Bid.objects.filter(tender__in=calls, receipt_number__in=given).count()
    return kept == len(given) and not without


def _envelope(call: Tender, bidder: Bidder) -> bytes:
    organization = Organization.objects.get(pk=bidder.actor.member_of)
    context = sealing.Context(**sealed.context(call, organization))
    return sealing.seal(os.urandom(SIZE), context, sealed.keys(call), code=None, mode="C")


def _show(name: str, tries: list[Try]) -> int:
    """One line of what became of all; return how many that arrived in time have no receipt."""
    waited = [one.seconds for one in tries if one.number]
    cuts = statistics.quantiles(waited, n=100) if len(waited) > 1 else [0.0] * 99
    refused = [one for one in tries if one.status == racing.LATE]
    in_time = sum(one.arrived is None or one.arrived <= one.deadline for one in refused)
    silent = len(tries) - len(waited) - len(refused)
    late = len(refused) - in_time
    cells = (f"{cuts[49]:.2f} s", f"{cuts[98]:.2f} s", len(waited), in_time, late, silent)
    print(f"{name:<34}" + "".join(f"{cell:>17}" for cell in cells), flush=True)
    return in_time + silent
