"""Runs what was asked for on a prepared rig, and prints its table."""

import argparse
import itertools
import sys
import time
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command

from benchmarks import faults, rush, stage
from benchmarks.faults import Size
from benchmarks.judging import Tally
from benchmarks.racing import Site
from benchmarks.rig import Rig
from benchmarks.stage import Bidder
from organizations.roles import ANONYMOUS
from procurement.publication import heads
from procurement.publication.tree import Log

HEAD = (
    f"{'fault':<32}{'trials':>7}{'receipts':>9}{'lost':>6}{'altered':>8}{'late':>6}{'twice':>6}"
    f"{'shut':>6}{'letters lost':>14}{'sent again':>11}{'refused in time':>16}"
)


def run(rig: Rig, what: str, chosen: argparse.Namespace) -> int:
    """Prepare the database, start the parts, measure; return the exit code."""
    call_command("migrate", verbosity=0)
    call_command("grant_access", verbosity=0)
    call_command("load_reference", verbosity=0)
    stage.to_office_hours()
    made = stage.make(5 if chosen.short else 12 if what == "faults" else 50)
    facts = {"REHEARSAL": str(int(settings.REHEARSAL)), "LOG_VKEY": heads.vkey(Log.NOTICES)}
    rig.start({**facts, "SITE_URL": settings.SITE_URL})
    if not rig.wait_for(lambda: is_up(rig), 60):
        say("the portal does not start")
        for log in sorted((rig.home / "log").glob("*.log")):
            say(f"{log.name}: {log.read_text(errors='replace')[-1000:]}")
        return 1
    if what == "rush":
        return rush.run(rig, made)
    return show_faults(rig, made, chosen)


def is_up(rig: Rig) -> bool:
    """Whether the site answers."""
    site = Site(rig.address, rig.edge, timedelta(0))
    return site.ask("GET", "/status/", Bidder(ANONYMOUS, "")).status == 200


def show_faults(rig: Rig, made: stage.Stage, chosen: argparse.Namespace) -> int:
    """One line a fault, and their sum."""
    names = [name for name in faults.possible() if chosen.only in name]
    names = [name for name in names if name in faults.SHORT] if chosen.short else names
    size = Size(calls=2, bidders=5) if chosen.short else Size()
    count = chosen.trials or len(names)
    order = list(itertools.islice(itertools.cycle(names), count))
    found: dict[str, Tally] = {name: Tally() for name in names}
    begun = time.monotonic()
    for number, name in enumerate(order, start=1):
        found[name] += faults.trial(rig, made, name, size)
        say(f"  {number}/{count} {time.monotonic() - begun:5.0f} s  {row(name, found[name])}")
    total = sum(found.values(), Tally())
    say(HEAD)
    for name, tally in found.items():
        if tally.trials:
            say(row(name, tally))
    say(row("sum", total))
    say(f"asked for by the watchdog to start again: {', '.join(rig.restarted) or 'nothing'}")
    say(f"{total.broken} promise(s) broken of {total.receipts} receipts, {total.letters} letters")
    return 1 if total.broken else 0


def row(name: str, of: Tally) -> str:
    """One line of the table."""
    return (
        f"{name:<32}{of.trials:>7}{of.receipts:>9}{of.lost:>6}{of.altered:>8}{of.late:>6}"
        f"{of.twice:>6}{of.shut:>6}{of.letters_lost:>5} of {of.letters:>5}{of.letters_twice:>11}"
        f"{of.refused:>16}"
    )


def say(line: str) -> None:
    """Print at once."""
    print(line)
    sys.stdout.flush()
