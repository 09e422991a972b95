"""Random histories."""

import gc
import os
import time
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.histories import world
from tests.histories.bidding import Bidding
from tests.histories.holding import Holding
from tests.histories.running import Running


class Life(Bidding, Running, Holding):
    """Everybody acts, everything holds."""


STEPS = 16


def backend_seconds() -> float:
    """Return the processor time of the database process that serves this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.django_db
@pytest.mark.slow
def test_random_histories(group: tuple[int, int]) -> None:
    number, histories = group
    Life.world, Life.steps = world.built(), 0
    gc.collect()
    gc.freeze()  # what is built stays: the collector need not look at it again and again
    began, served = time.process_time(), backend_seconds()
    run = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(Life), settings=run)
    finally:
        gc.unfreeze()
    spent = time.process_time() - began
    print(
        f"{histories} histories, {Life.steps} steps, {spent:.1f} s of this process,"
        f" {backend_seconds() - served:.1f} s of the database"
    )
