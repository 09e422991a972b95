"""Random lives of calls for bids, on the real database, under a clock that moves.

A history is a random row of acts of everybody: the agency publishes, amends, answers, cancels,
awards; bidders submit, replace, withdraw, seal at home, promise and deliver, in time, at the last
instant, too late, and again with the same key; the clock sweeps, early, late, twice, or is killed
half way; blocks are appended, heads signed, the gate looks with right and wrong clocks, cards are
typed, outages move deadlines. `model` says what must follow; after each step the database is
compared with it. A history is one savepoint: nothing of it stays.

What must hold, by name:

1.  no bid after the deadline: none is taken after the deadline in force at its instant, as it was
    public then, nor after the register (`no_bid_after_the_deadline_in_force`)
2.  every receipt once: each receipt given is in the register of its call exactly once, with the
    right status, and the register lists nothing else (`register_lists_every_receipt_once`)
3.  every promise kept: a place that was promised holds its leaf as soon as its block is public
    (`every_promised_place_holds_its_leaf`)
4.  receipts stay: they are those the bidders hold, signed, and no others
    (`every_receipt_is_signed_and_kept`)
5.  registers and all notices are written once and never change (`what_was_published_never_changed`)
6.  nothing opens before its time: register, signed head over it, gate, and cards where the policy
    asks for them; what opens says word for word what was sealed; withdrawn and replaced bids never
    open; one that cannot be opened harms no other
    (`nothing_opens_before_its_time_and_says_what_was_sealed`)
7.  no gate part before deadline, register and signed head, nor for any other envelope
    (`no_gate_part_before_deadline_register_and_signed_head`)
8.  the deadline only grows, and the stage is the model's
    (`stage_is_the_model_s_and_the_deadline_only_grows`)
9.  the logs have no gap, their roots are recomputed here from the leaves by the words of RFC 9162
    (`log_is_gap_free_and_its_root_recomputes`)
10. each head is signed and continues the one before
    (`each_head_is_signed_and_continues_the_one_before`)
11. nothing is half done: each fact has its one notice, a killed act left nothing, a killed run of
    the clock left each call before or after a step (`facts_and_notices_agree`, `_found`)
12. a second run does no more than sign; the same request again is the same bid (`sweeps`,
    `sends_again`)
13. a refused act leaves nothing behind (`refusing`)
14. the catalogue is the log merged at once (`catalogue_is_the_log_merged`)
15. no clear text before the opening, in any column of any table
    (`no_clear_text_before_the_opening`)
16. nobody swallows an error: the clock and the log complain of nothing (`holds`)
17. every opened call says how far it reached, once (`_every_opening_states_its_reach`)

The suite tries a sample. More of them: `python3 manage.py test tests/histories --histories 10000`,
or HISTORIES=10000. Groups of them run side by side, each from a seed of its own, so that a number
of histories is always the same ones.
"""

import gc
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.histories import world
from tests.histories.bidding import Bidding
from tests.histories.holding import Holding
from tests.histories.office import Office
from tests.histories.running import Running

STEPS = 20  # at most, after the beginning
ENOUGH = 100  # histories of a group, after which some must have come far


class Life(Bidding, Office, Running, Holding):
    """Everybody acts, everything holds."""


def backend_seconds() -> float:
    """Return the processor time of the database process that serves this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    told = Path(f"/proc/{number}/stat")
    if not told.exists():  # a server elsewhere, or another system
        return 0.0
    fields = told.read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.django_db
@pytest.mark.slow
def test_random_histories(group: tuple[int, int]) -> None:
    number, histories = group
    Life.world, Life.steps, Life.met = world.built(), 0, Counter()
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
    print(
        f"{histories} histories, {Life.steps} steps,"
        f" {time.process_time() - began:.1f} s of this process,"
        f" {backend_seconds() - served:.1f} s of the database; {dict(Life.met.most_common())}"
    )
    if histories >= ENOUGH:  # a sample that never came so far would prove nothing
        assert set(Life.met) >= {"register", "opened by clock"}
