"""How far a machine's clock is off, as far as asking the database can tell."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from organizations import instants

AT = 1_795_400_000.0  # seconds


@pytest.mark.parametrize(
    ("before", "after", "skew"),
    [
        (AT - 0.1, AT + 0.1, 0.0),
        (AT - 3.0, AT + 0.1, 0.0),  # a slow answer is no wrong clock
        (AT + 0.7, AT + 0.8, 0.7),
        (AT - 2.0, AT - 0.9, -0.9),
    ],
)
def test_only_what_the_time_of_the_question_cannot_explain_counts(
    monkeypatch: pytest.MonkeyPatch, before: float, after: float, skew: float
) -> None:
    clock = SimpleNamespace(time=iter([before, after]).__next__)
    monkeypatch.setattr(instants, "time", clock)
    monkeypatch.setattr(instants, "real", lambda: datetime.fromtimestamp(AT, UTC))
    assert instants.skew() == pytest.approx(skew)
