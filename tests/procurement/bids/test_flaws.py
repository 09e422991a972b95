"""Each bad envelope gets a message of its own."""

import pytest

from procurement.bids import flaws
from procurement.bids.envelopes import Context, Flaw, Malformed, Rebound

WHAT = ("promise", *Context("", "", "", "").form(), "members", "policy")


def test_every_flaw_has_words() -> None:
    assert set(flaws.FLAWS) == set(Flaw)
    assert set(flaws.REBOUND) == set(WHAT)
    said = [str(words) for words in flaws.FLAWS.values()]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("flaw", Flaw)
def test_a_malformed_envelope_is_refused_in_words(flaw: Flaw) -> None:
    refusal = flaws.BadEnvelope(Malformed(flaw, "detail"))
    assert str(refusal) == str(flaws.FLAWS[flaw])
    assert (refusal.status, refusal.field, refusal.reason) == (422, "envelope", f"{flaw}: detail")


@pytest.mark.parametrize("what", WHAT)
def test_an_envelope_of_another_place_is_refused_in_words(what: str) -> None:
    refusal = flaws.BadEnvelope(Rebound(what))
    assert str(refusal) == str(flaws.REBOUND[what])
    assert refusal.reason == f"bound to another {what}"
